"""What each purchase is for: supply in the order of its arrival fills needs in the order of their urgency."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from models.audit import asked_cover
from models.case import Case
from models.decisions import Purchase
from models.futures import futures_of, touching
from models.membership import in_force
from models.plan import QUANTITY_STEP, Line, Plan
from models.records import DecisionKind, DemandUse, Material


class Layer(NamedTuple):
    """A need, as the supply that it has called for by the end of each period (rising; material's unit)."""

    label: str
    called: Sequence[float]


class Span(NamedTuple):
    """Units number `after` to `to` of all that a material ever has, counted in the order of their arrival."""

    after: float
    to: float


def fills(plan: Plan) -> Mapping[Purchase, str]:
    """What each purchase fills: `demand 2027-03 to 2027-05; floor 30 days 2027-07; beyond need: minimum order`.

    Opening stock comes first, then arrivals by period, open orders before purchases. The first units are those that are
    drawn, lost or sold past their shelf life within the horizon; the next hold up the floor, the next the target, the next
    what members are entitled to; what remains is beyond need.
    """
    asked, horizon = asked_cover(plan.case), plan.case.calendar.horizon
    lines: dict[str, list[Line]] = defaultdict(list)
    for line in plan.lines:
        lines[line.material].append(line)
    found = {}
    for name, bought in lines.items():
        layers = _layers(plan, plan.case.material[name], [asked.get((name, t), (0.0, 0.0)) for t in horizon])
        for line, span in _queue(plan, name, bought):
            parts = [*_needs(plan.case, layers, line, span), *_beyond(plan.case, layers[-1], line, span)]
            found[line.purchase] = "; ".join(parts)
    return found


def _layers(plan: Plan, material: Material, covers: Sequence[tuple[float, float]]) -> tuple[Layer, ...]:
    """The needs of a material, each on top of the one before."""
    horizon = plan.case.calendar.horizon
    gone = dict.fromkeys(horizon, 0.0)
    for (name, _, period), line in plan.stock.items():
        if name == material.material:
            gone[period] += line.given_out + line.lost
    used = list(accumulate(gone.values()))
    targets, floors = [target for target, _ in covers], [max(floor, material.minimum_stock) for _, floor in covers]
    committed = in_force(plan.case)
    entitled = [sum(row.quantity for row in committed.get((material.material, t), ())) for t in horizon]
    by_members = any(row.material == material.material for row in plan.case.call_offs)
    drawn = by_members or material.demand_use is DemandUse.DRAWS_STOCK
    days = max(material.floor_days, plan.case.settings.cover_floor or 0.0)
    lowest = f"floor {days:g} days" if max(floors) > material.minimum_stock else "minimum stock"
    needs = (
        ("demand" if drawn else "rotation" if any(i == material.material for i, _ in plan.rotated) else "losses", used),
        (lowest, [a + b for a, b in zip(used, floors, strict=True)]),
        (f"target {material.target_cover_days:g} days", [a + b for a, b in zip(used, targets, strict=True)]),
        ("members", [a + b for a, b in zip(used, entitled, strict=True)]),
    )
    layers: list[Layer] = []
    for label, called in needs:
        least = layers[-1].called[-1] if layers else 0.0
        rising = list(accumulate(called, max))
        layers.append(Layer(label, [*rising[:-1], max(rising[-1], least)]))
    return tuple(layers)


def _queue(plan: Plan, material: str, lines: Sequence[Line]) -> Iterator[tuple[Line, Span]]:
    """The purchases of a material with their place in the queue of all that it ever has."""
    case = plan.case
    opening = sum(row.quantity for row in case.opening_stock if row.material == material)
    ordered: dict[int, float] = defaultdict(float)
    for row in plan.open_orders:
        if row.material == material:
            ordered[case.calendar.period_of(row.arrival)] += row.quantity
    position = opening
    by_arrival = sorted(lines, key=lambda line: (line.arrival, line.arrives, line.purchase))
    for line in by_arrival:
        position += sum(ordered.pop(period) for period in sorted(ordered) if period <= line.arrival)
        yield line, Span(position, position + line.purchase.quantity)
        position += line.purchase.quantity


def _needs(case: Case, layers: Sequence[Layer], line: Line, span: Span) -> Iterator[str]:
    """The needs that a stretch of the queue meets, with the periods in which they arise (not before the arrival)."""
    bottom = 0.0
    for layer in layers:
        top = layer.called[-1]
        after, to = max(span.after, bottom), min(span.to, top)
        if to - after > QUANTITY_STEP:
            first = max(line.arrival, _period(layer, after + QUANTITY_STEP))
            last = max(line.arrival, _period(layer, to - QUANTITY_STEP))
            names = dict.fromkeys((case.calendar.name(first), case.calendar.name(last)))
            yield f"{layer.label} {' to '.join(names)}"
        bottom = top


def _period(layer: Layer, position: float) -> int:
    """The period in which a unit of the queue is first called for."""
    return bisect_left(layer.called, position) + 1


def _beyond(case: Case, last: Layer, line: Line, span: Span) -> Iterator[str]:
    """What is beyond all need, and what makes it so: a term of the offer, or scenarios to be ready for."""
    excess = span.to - max(span.after, last.called[-1])
    if excess <= QUANTITY_STEP:
        return
    offer, quantity = case.offer[line.purchase.offer], line.purchase.quantity
    lot = case.lot(offer) or 0.0
    reasons = {
        "decision": any(row.offer == offer.offer and row.kind is not DecisionKind.FORBID for row in case.decisions),
        "minimum order": quantity <= max(offer.minimum_order, lot) + QUANTITY_STEP and offer.minimum_order > 0,
        "whole lots": excess < lot,
        "price break": offer.offer in case.breaks_of,
        "scenarios": any(touching(case, offer.material, future) for future in futures_of(case).kept),
    }
    reason = next((name for name, holds in reasons.items() if holds), "")
    yield f"beyond need: {reason}" if reason else "beyond need"

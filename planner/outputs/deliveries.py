"""Where what arrives is delivered to: the places that the plan lets take it in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from models.decisions import Purchase
from models.plan import QUANTITY_STEP, Plan
from models.wording import figure

Arrival = Purchase | str
"""A purchase, or the number of an open order."""


def deliveries(plan: Plan) -> Mapping[Arrival, str]:
    """For each arrival the place that takes it in, with the quantities where there are several; nothing without depots.

    The plan says what a place takes in of a material in a period, not of which order: open orders come first, then purchases
    in the order of their arrival, and they fill one place after the other.
    """
    if not plan.case.depots:
        return {}
    spaces: dict[tuple[str, int], list[tuple[str, float]]] = defaultdict(list)
    for (material, place, period), line in plan.stock.items():
        if line.taken_in:
            spaces[material, period].append((place, line.taken_in))
    found: dict[Arrival, str] = {}
    for key, items in _arriving(plan).items():
        position = 0.0
        for item, quantity in items:
            parts = list(_parts(spaces[key], position, position + quantity))
            if len(parts) == 1:
                found[item] = parts[0][0]
            else:
                found[item] = "; ".join(f"{place}: {figure(round(part, 3))}" for place, part in parts)
            position += quantity
    return found


def _arriving(plan: Plan) -> Mapping[tuple[str, int], list[tuple[Arrival, float]]]:
    """What arrives of each material in each period, in its order."""
    found: dict[tuple[str, int], list[tuple[Arrival, float]]] = defaultdict(list)
    for order in sorted(plan.open_orders, key=lambda row: (row.arrival, row.order)):
        found[order.material, plan.case.calendar.period_of(order.arrival)].append((order.order, order.quantity))
    for line in sorted(plan.lines, key=lambda line: (line.arrives, line.purchase)):
        found[line.material, line.arrival].append((line.purchase, line.purchase.quantity))
    return found


def _parts(spaces: list[tuple[str, float]], after: float, to: float) -> Iterator[tuple[str, float]]:
    """The places that take in the units number `after` to `to` of an arrival, each with its part of them."""
    bottom = 0.0
    for place, taken_in in spaces:
        part = min(to, bottom + taken_in) - max(after, bottom)
        if part > QUANTITY_STEP:
            yield place, part
        bottom += taken_in

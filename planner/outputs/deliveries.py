"""Where what arrives is delivered to: the places that the plan lets take it in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from models.decisions import Purchase
from models.places import place as place_name
from models.plan import QUANTITY_STEP, Plan
from models.wording import figure

Arrival = Purchase | str
"""A purchase, or the number of an open order."""


class Incoming(NamedTuple):
    """What arrives, how much of it, and whose it is."""

    item: Arrival
    quantity: float
    trader: str


def deliveries(plan: Plan) -> Mapping[Arrival, str]:
    """For each arrival the place that takes it in, with the quantities where there are several; nothing without depots.

    The plan says what a place takes in of a material in a period, not of which order: open orders come first, then purchases
    in the order of their arrival, and they fill one place after the other. Traders with a depot of their own, which may not
    take in their goods, choose before all, and first among such depots of others.
    """
    if not plan.case.depots:
        return {}
    rooms: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    for (material, place, period), line in plan.stock.items():
        if line.taken_in:
            rooms[material, period][place] = line.taken_in
    kin = {place_name(row): row.related_trader for row in plan.case.depots if row.related_trader}
    found: dict[Arrival, str] = {}
    for key, incoming in _arriving(plan).items():
        for item, quantity, trader in sorted(incoming, key=lambda one: one.trader not in kin.values()):
            open_to = [place for place in rooms[key] if kin.get(place) != trader]
            if trader in kin.values():
                open_to.sort(key=lambda place: place not in kin)
            parts = _parts(rooms[key], open_to, quantity)
            if len(parts) == 1:
                found[item] = parts[0][0]
            else:
                found[item] = "; ".join(f"{place}: {figure(round(part, 3))}" for place, part in parts)
    return found


def _arriving(plan: Plan) -> Mapping[tuple[str, int], list[Incoming]]:
    """What arrives of each material in each period, in its order."""
    found: dict[tuple[str, int], list[Incoming]] = defaultdict(list)
    for order in sorted(plan.open_orders, key=lambda row: (row.arrival, row.order)):
        key = order.material, plan.case.calendar.period_of(order.arrival)
        found[key].append(Incoming(order.order, order.quantity, order.trader or ""))
    for line in sorted(plan.lines, key=lambda line: (line.arrives, line.purchase)):
        purchase = line.purchase
        found[line.material, line.arrival].append(Incoming(purchase, purchase.quantity, purchase.trader))
    return found


def _parts(rooms: dict[str, float], open_to: Sequence[str], quantity: float) -> list[tuple[str, float]]:
    """The places that take in an arrival, one after the other, each with its part of it; they have less room afterwards."""
    parts = []
    for place in open_to:
        part = min(quantity, rooms[place])
        if part > QUANTITY_STEP:
            parts.append((place, part))
            rooms[place] -= part
            quantity -= part
    return parts

"""What lies in the depots after some periods of a plan, as opening stock of the next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from models.audit import places
from models.case import Case
from models.classes import restricted_stock
from models.collateral import collateral
from models.plan import QUANTITY_STEP, Plan, rounded
from models.records import Material, OpeningStock, OriginClass

Parts = Sequence[tuple[Any, float]]
"""Parts of a stock, each with what is said of it."""


class Lot(NamedTuple):
    """A part of the stock that came in on a day."""

    received: date | None
    quantity: float


def stock_after(plan: Plan, periods: int) -> tuple[OpeningStock, ...]:
    """The stock after so many periods, by depot, class of origin and day of receipt, at what it cost."""
    if not periods:
        return plan.case.opening_stock
    return tuple(row for material in plan.case.materials for row in _of_material(plan, material, periods))


def given_out(plan: Plan, material: str, depot: str | None, since: date, before: date) -> float:
    """What a plan gives out of a material (its unit) from a day on and before another, the same every day of a period.

    Args:
        depot: alone; all of them where nothing is said.
    """
    calendar, total = plan.case.calendar, 0.0
    for t in calendar.horizon:
        days = (min(before, calendar.first_day(t + 1)) - max(since, calendar.first_day(t))).days
        if days > 0:
            of_period = sum(
                plan.stock[material, place, t].given_out for place in places(plan.case, material)
                if depot in (None, _depot(plan.case, place))
            )  # fmt: skip
            total += of_period * days / calendar.days(t)
    return total


def share_taken_in(plan: Plan | None, case: Case, material: str, depot: str | None, day: date) -> float:
    """The share of what comes of a material on a day that a depot takes in: as the plan has it for the day's period.

    Where it says nothing, all of it goes to the first place that there is for it in the case.
    """
    if depot is None:
        return 1.0
    if plan is not None and material in plan.case.material:
        period = plan.case.calendar.period_of(day)
        lines = [(place, plan.stock.get((material, place, period))) for place in places(plan.case, material)]
        taken_in = {place: line.taken_in for place, line in lines if line is not None}
        if total := sum(taken_in.values()):
            return sum(quantity for place, quantity in taken_in.items() if _depot(plan.case, place) == depot) / total
    return float(_depot(case, next(iter(places(case, material)), "")) == depot)


def _of_material(plan: Plan, material: Material, periods: int) -> Iterator[OpeningStock]:
    name = material.material
    by_place = [(_depot(plan.case, place), plan.stock[name, place, periods].closing) for place in places(plan.case, name)]
    total = sum(quantity for _, quantity in by_place)
    restricted = min(total, restricted_stock(plan, name)[periods])
    by_class = [(OriginClass.RESTRICTED, restricted), (OriginClass.OPEN, total - restricted)]
    by_age = [(lot.received, lot.quantity) for lot in _lots(plan, material, periods)]
    cost = _unit_cost(plan, name, periods)
    for (depot, origin, received), quantity in common_parts(by_place, by_class, by_age):
        if rounded(quantity) > 0.0:
            yield OpeningStock(
                material=name, depot=depot, quantity=rounded(quantity), unit_cost=cost, received=received, origin_class=origin
            )


def common_parts(*divisions: Parts) -> Iterator[tuple[tuple[Any, ...], float]]:
    """The parts of one stock that several divisions of it make together, each division in its order.

    >>> list(common_parts([("a", 3.0), ("b", 1.0)], [("x", 2.0), ("y", 2.0)]))
    [(('a', 'x'), 2.0), (('a', 'y'), 1.0), (('b', 'y'), 1.0)]
    """
    left = [[[label, quantity] for label, quantity in parts if quantity > QUANTITY_STEP / 2] for parts in divisions]
    while all(left):
        quantity = min(parts[0][1] for parts in left)
        yield tuple(parts[0][0] for parts in left), quantity
        for parts in left:
            parts[0][1] -= quantity
            if parts[0][1] <= QUANTITY_STEP / 2:
                parts.pop(0)


def _depot(case: Case, place: str) -> str | None:
    """The depot that a place is in; none where there are no depots."""
    return next((row.depot for row in case.depots if place in (row.depot, f"{row.depot} / {row.storage_class}")), None)


def _lots(plan: Plan, material: Material, periods: int) -> list[Lot]:
    """The stock by day of receipt, the oldest first: what came in first went out first. All alike where nothing ages."""
    case, name = plan.case, material.material
    total = plan.closing_stock[name, periods]
    if material.shelf_life is None:
        return [Lot(None, total)]
    keeps = (1 - material.loss_rate) ** (case.calendar.months / 12)
    opening = [row for row in case.opening_stock if row.material == name]
    lots = sorted(Lot(row.received or case.settings.start_date, row.quantity) for row in opening)
    for t in range(1, periods + 1):
        arrived = sorted(Lot(lot.day, lot.quantity) for lot in plan.lots.get(name, ()) if lot.period == t)
        lots = [Lot(lot.received, keeps * lot.quantity) for lot in lots] + arrived
        lots = _without(lots, sum(plan.stock[name, place, t].given_out for place in places(case, name)))
    scale = total / sum(lot.quantity for lot in lots) if lots else 0.0  # but for rounding it is one
    return [Lot(lot.received, scale * lot.quantity) for lot in lots]


def _without(lots: Sequence[Lot], quantity: float) -> list[Lot]:
    """What is left of lots when some of the oldest go."""
    found = []
    for lot in lots:
        taken = min(lot.quantity, quantity)
        quantity -= taken
        if lot.quantity > taken:
            found.append(Lot(lot.received, lot.quantity - taken))
    return found


def _unit_cost(plan: Plan, material: str, period: int) -> float | None:
    """What a unit of the stock cost on average, where lenders ask (USD); as they count it."""
    found = next((one for one in collateral(plan)[period] if one.material == material), None)
    return max(0.0, found.account / found.quantity) if found is not None and found.quantity > QUANTITY_STEP else None

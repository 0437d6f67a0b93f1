"""The checking side of the borrowing base: what stock and goods on the way are worth to lenders, and the price fall borne."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from models.audit import benchmark_on
from models.case import Case
from models.plan import CENT, QUANTITY_STEP, Assessment, Plan
from models.quotes import usual_cost
from models.records import Advance, Material
from models.treasury import owed_on_loans

NEAR = 1e-9
"""Price falls are found to within this share."""


class Collateral(NamedTuple):
    """What secures loans at a period's end, of one material.

    Attributes:
        quantity: in the depots, in the material's unit; `account` is what it has cost, in USD.
        market: benchmark price, in USD per unit.
        on_the_way: quantity and price of what is paid for and not there yet.
        depot_rate, way_rate: what is lent on a dollar, after the haircut.
    """

    material: str
    period: int
    quantity: float
    account: float
    market: float
    on_the_way: tuple[tuple[float, float], ...]
    depot_rate: float
    way_rate: float

    def in_depot(self, fall: float = 0.0) -> float:
        """What is lent on the stock if market prices fall by a share, in USD."""
        return self.depot_rate * min(self.quantity * self.market * (1 - fall), self.account)

    def in_transit(self, fall: float = 0.0) -> float:
        """What is lent on the goods on the way if market prices fall by a share, in USD."""
        return self.way_rate * sum(quantity * min(price, self.market * (1 - fall)) for quantity, price in self.on_the_way)

    def total(self, fall: float = 0.0) -> float:
        """Both together, in USD."""
        return self.in_depot(fall) + self.in_transit(fall)


class Margin(NamedTuple):
    """The price fall that a plan bears, as a share: of one material, or of all (no name).

    Attributes:
        period: in which it bears least; 0 where nothing is ever owed.
    """

    material: str
    period: int
    fall: float


@lru_cache(maxsize=8)
def collateral(plan: Plan) -> Mapping[int, list[Collateral]]:
    """What secures loans at the end of each period, material by material; nothing without Advances and Funding."""
    found: dict[int, list[Collateral]] = {t: [] for t in plan.case.calendar.horizon}
    for material in plan.case.materials if plan.case.advances and plan.case.funding else ():
        for one in _of_material(plan, material):
            found[one.period].append(one)
    return found


def _of_material(plan: Plan, material: Material) -> Iterator[Collateral]:
    case, name = plan.case, material.material
    row = _terms(case, material)
    first = benchmark_on(case, material, case.settings.start_date)
    cost = usual_cost(case, material.material)
    standard = first if cost is None else cost
    opening = [lot for lot in case.opening_stock if lot.material == name]
    account = sum(lot.quantity * (first if lot.unit_cost is None else lot.unit_cost) for lot in opening)
    lines = [line for line in plan.lines if line.material == name]
    orders = [(case.calendar.period_of(order.arrival), order) for order in plan.open_orders if order.material == name]
    gone = dict.fromkeys(case.calendar.horizon, 0.0)
    for (i, _, t), line in plan.stock.items():
        if i == name:
            gone[t] += line.given_out + line.lost
    for t in case.calendar.horizon:
        account += sum(line.spend for line in lines if line.arrival == t)
        account += sum(order.quantity * order.price for period, order in orders if period == t)
        account -= standard * gone[t]
        way = [(line.purchase.quantity, line.price) for line in lines if line.due_period <= t < line.arrival]
        way += [(order.quantity, order.price) for period, order in orders if order.paid and t < period]
        market = benchmark_on(case, material, case.calendar.first_day(t))
        kept = 1 - row.haircut
        yield Collateral(
            name, t, plan.closing_stock[name, t], account, market, tuple(way), kept * row.in_depot, kept * row.in_transit
        )


def _terms(case: Case, material: Material) -> Advance:
    """The row of Advances that speaks of a material: its own, its group's, or that of all others."""
    by_group = {row.group: row for row in case.advances}
    nothing = Advance(in_depot=0)
    return by_group.get(material.material) or by_group.get(material.group) or by_group.get(None) or nothing


def margins(plan: Plan) -> list[Margin]:
    """The price fall that the plan bears before loans are larger than the base: of all prices, then of each material's."""
    owed, found = owed_on_loans(plan), collateral(plan)
    names = ["", *(one.material for one in found[1] if one.depot_rate or one.way_rate)]
    return [_margin(owed, found, name) for name in names] if found[1] else []


def _margin(owed: Mapping[int, float], found: Mapping[int, list[Collateral]], name: str) -> Margin:
    falls = [(_borne(owed[t], rows, name), t) for t, rows in found.items() if owed[t] > CENT]
    fall, period = min(falls, default=(1.0, 0))
    return Margin(name, period, fall)


def _borne(owed: float, rows: list[Collateral], name: str) -> float:
    """The largest fall at which the base still carries what is owed."""

    def carries(fall: float) -> bool:
        return sum(one.total(fall if name in ("", one.material) else 0.0) for one in rows) >= owed - CENT

    if carries(1.0):
        return 1.0
    low, high = 0.0, 1.0
    while high - low > NEAR:
        middle = (low + high) / 2
        low, high = (middle, high) if carries(middle) else (low, middle)
    return low


def assessed(rule: str, plan: Plan) -> Iterator[Assessment]:
    """Loans against the base at the end of each period."""
    owed = owed_on_loans(plan)
    for t, rows in collateral(plan).items():
        if rows:
            base = sum(one.total() for one in rows)
            steps = QUANTITY_STEP * sum(one.market * max(1, plan.decisions_on[one.material]) for one in rows)
            where = f"loans at the end of {plan.case.calendar.name(t)}"
            tolerance = CENT * (2 * t + len(rows)) + steps
            yield Assessment(rule, where, "at most", base, owed[t], "USD", tolerance)

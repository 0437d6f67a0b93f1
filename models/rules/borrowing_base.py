from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Literal, NamedTuple

import pyomo.environ as pyo

from models import collateral
from models.case import Case
from models.landed_cost import benchmark
from models.ledgers import Linear, linear
from models.needs import kept
from models.plan import Assessment, Charge, Plan
from models.rules.base import Rule
from models.skeleton import Skeleton


class BorrowingBase(Rule):
    """Loans are no larger than what lenders advance on the stock in the depots and on the goods on the way.

    base:     Σ_b balance[b,t] ≤ Σ_i (lent_on_stock[i,t] + lent_on_way[i,t])                          ∀ t     [USD]  couples
    market:   lent_on_stock[i,t] ≤ in_depot[i] · benchmark[i,t] · Σ_w stock[i,w,t]                     ∀ i, t  [USD]
    cost:     lent_on_stock[i,t] ≤ in_depot[i] · account[i,t]                                          ∀ i, t  [USD]
    accounts: account[i,t] = account[i,t−1] + landed value of arrivals − standard[i] · (given out + lost)  ∀ i, t  [USD]
    way:      lent_on_way[i,t] = in_transit[i] · Σ quantity · min(price, benchmark[i,t])               ∀ i, t  [USD]

    The advance rates are after the haircut. Lower of cost and market: an account follows what the stock has cost; what leaves
    it leaves at a standard cost, the mean landed cost of the material's offers, so that the rows stay linear. Goods are on the
    way from the period in which they are paid for to that before their arrival, and count at their own price or the
    benchmark, whichever is lower. What is open and paid when the plan starts is on the way, too.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "money"

    def applies(self, case: Case) -> bool:
        return bool(case.advances and case.funding)

    def declare(self, block: Any, m: Skeleton) -> None:
        terms = _terms_of(m.case.whole)
        every = [(i, t) for i in m.case.material for t in m.case.calendar.horizon]
        on_stock = [(i, t) for i, t in every if terms[i].in_depot]
        for name, index in (("lent_on_stock", on_stock), ("account", on_stock)):
            m.variables(block, name, index, _material, pyo.Reals)
        m.variables(block, "lent_on_way", [(i, t) for i, t in every if terms[i].in_transit], _material)

    def constrain(self, block: Any, m: Skeleton) -> None:
        terms, horizon = _terms_of(m.case.whole), m.case.calendar.horizon
        market, cost, account, way = {}, {}, {}, {}
        arriving = {i: _landed_value(m, i) for i in m.case.material}
        for i, t in block.lent_on_stock:
            lent, share = block.lent_on_stock[i, t], terms[i].in_depot
            price = share * m.benchmark(i, t)
            market[i, t] = None, linear((1.0, lent), *((-price, m.stock[i, w, t]) for w in m.places[i])), 0.0
            cost[i, t] = None, linear((1.0, lent), (-share, block.account[i, t])), 0.0
            account[i, t] = 0.0, self._account(block, m, i, t, arriving[i].get(t, Linear())), 0.0
        for i in m.case.material:
            if terms[i].in_transit:
                sums = _on_the_way(m, i)
                for t in horizon:
                    lent = linear((1.0, block.lent_on_way[i, t]))
                    way[i, t] = 0.0, lent.plus(sums.get(t, Linear()), -terms[i].in_transit), 0.0
        for name, rows in (("market", market), ("cost", cost), ("accounts", account), ("way", way)):
            m.rows(block, name, rows)
        base = {}
        for t in horizon:
            body = Linear().plus(m.debts.owed[t])
            for container in (block.lent_on_stock, block.lent_on_way):
                for index in container:
                    if index[1] == t:
                        body.add(-1.0, container[index])
            base[t] = None, body, 0.0
        m.rows(block, "base", base, coupling=True)

    def _account(self, block: Any, m: Skeleton, i: str, t: int, arriving: Linear) -> Linear:
        """account[t] − account[t−1] − arrivals + standard · (given out + lost)."""
        standard = m.mean_landed(i)
        standard = m.benchmark(i, 1) if standard is None else standard
        body, lost = linear((1.0, block.account[i, t])).plus(arriving, -1.0), 1.0 - kept(m.case, i)
        for w in m.places[i]:
            if (i, w, t) in m.given_out:
                body.add(standard, m.given_out[i, w, t])
            if lost and t > 1:
                body.add(standard * lost, m.stock[i, w, t - 1])
        if t > 1:
            return body.add(-1.0, block.account[i, t - 1])
        body.constant += standard * lost * sum(m.opening_by_place(i).values()) - _opening_value(m.case, i)
        return body

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        return "what lenders advance on the stock and on goods on the way (Advances)" if row == "base" else None

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        yield from collateral.assessed(self.name, plan)


def _material(index: tuple[Any, ...]) -> str:
    return str(index[0])


def _landed_value(m: Skeleton, material: str) -> dict[int, Linear]:
    """What arrives in each period, at its landed cost without the trader's fee, in USD."""
    sums: dict[int, Linear] = {t: Linear() for t in m.case.calendar.horizon}
    for o, f, slot in m.purchases:
        if m.case.offer[o].material == material:
            sums[slot.arrival].add(m.landed[o, slot.period].total, m.buy[o, f, slot.period])
    for order, chosen in m.on_order:
        period = m.case.calendar.period_of(order.arrival)
        if order.material == material and period in sums:
            sums[period].add(order.quantity * order.price, chosen)
    return sums


def _on_the_way(m: Skeleton, material: str) -> dict[int, Linear]:
    """What is paid for and not there yet at the end of each period, at its price or the benchmark's if that is lower (USD)."""
    sums: dict[int, Linear] = {t: Linear() for t in m.case.calendar.horizon}
    market = {t: m.benchmark(material, t) for t in m.case.calendar.horizon}
    for o, f, slot in m.purchases:
        if m.case.offer[o].material == material:
            price = m.landed[o, slot.period].purchase
            for t in range(slot.due, slot.arrival):
                sums[t].add(min(price, market[t]), m.buy[o, f, slot.period])
    for order, chosen in m.on_order:
        if order.material == material and order.paid:
            for t in range(1, min(m.case.calendar.period_of(order.arrival), m.case.calendar.periods + 1)):
                sums[t].add(order.quantity * min(order.price, market[t]), chosen)
    return sums


class _Terms(NamedTuple):
    """Shares of the value of stock in depots, and of goods on the way, that are lent; the haircut is taken off."""

    in_depot: float
    in_transit: float


@lru_cache(maxsize=4)
def _terms_of(case: Case) -> Mapping[str, _Terms]:
    """The terms of each material: those of the row that names it, else its group, else all others; none: nothing is lent."""
    rows = {row.group or "": row for row in case.advances}
    found = {}
    for name, material in case.material.items():
        row = next((rows[key] for key in (name, material.group, "") if key in rows), None)
        kept = 1.0 - row.haircut if row is not None else 0.0
        found[name] = _Terms(row.in_depot * kept, row.in_transit * kept) if row is not None else _Terms(0.0, 0.0)
    return found


def _opening_value(case: Case, material: str) -> float:
    """What the opening stock of a material cost, in USD; where that is not known, the benchmark price on the first day."""
    first = benchmark(case, material, case.calendar.first_day(1))
    rows = (row for row in case.opening_stock if row.material == material)
    return sum(row.quantity * (first if row.unit_cost is None else row.unit_cost) for row in rows)


RULE = BorrowingBase()

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf
from typing import Any

from models.audit import benchmark_on
from models.case import Case
from models.ledgers import Account, Linear
from models.plan import Assessment, Charge, Plan
from models.rules.base import Rule
from models.skeleton import Skeleton


class PriceImpact(Rule):
    """Whoever buys much of a market at once pays more for it: a surcharge on what is beyond a share of its supply.

    split: Σ_k in_step[i,k,t] = Σ_o,f buy[o,f,t]                                                   ∀ i, t       [unit]
    cost:  Σ_k,t uplift[i,k] · benchmark[i,t] · in_step[i,k,t]                                     ∀ i          [USD]

    in_step[i,k,t] ≤ (begins[i,k+1] − begins[i,k]) · accessible_world_supply[i] · part of a year, the variable's bound; the
    first step begins at nothing and costs nothing, the last has no end. Surcharges rise from step to step, so that a plan
    fills the steps in their order by itself and no binaries are needed. They are due in the period of the order, stand in
    nobody's name, and are not part of the landed price that shares of spend are measured at.
    """

    def applies(self, case: Case) -> bool:
        return bool(case.whole.price_impact)

    def declare(self, block: Any, m: Skeleton) -> None:
        steps = {i: _steps(m.case, i) for i in m.case.material}
        index = [(i, k, t) for i, found in steps.items() for k in range(len(found)) for t in m.case.calendar.horizon]
        m.variables(block, "in_step", index, lambda key: str(key[0]))
        for i, k, t in index:
            begins, ends, _ = steps[i][k]
            supply = (m.case.material[i].accessible_world_supply or 0.0) * m.case.calendar.year_fraction
            block.in_step[i, k, t].setub((ends - begins) * supply if ends < inf else None)

    def contribute(self, block: Any, m: Skeleton) -> None:
        for i, k, t in block.in_step:
            uplift = _steps(m.case, i)[k][2]
            m.money.add(Account("price impact", "", i, t, t), uplift * m.benchmark(i, t), block.in_step[i, k, t])

    def constrain(self, block: Any, m: Skeleton) -> None:
        split: dict[tuple[str, int], tuple[float, Linear, float]] = {}
        bought = {i: m.flows.by_period("order", i) for i in m.case.material}
        for i, k, t in block.in_step:
            row = split.setdefault((i, t), (0.0, Linear().plus(bought[i].get(t, Linear()), -1.0), 0.0))
            row[1].add(1.0, block.in_step[i, k, t])
        m.rows(block, "split", split)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for (name, t), quantity in _bought(plan).items():
            units = _surcharge(plan.case, name, quantity)
            if units:
                price = benchmark_on(plan.case, plan.case.material[name], plan.case.calendar.first_day(t))
                yield Charge("price impact", "", name, t, t, units * price)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        if plan.case.price_impact:
            due = sum(charge.amount for charge in self.charges(plan))
            booked = sum(charge.amount for charge in charges if charge.line == "price impact")
            yield Assessment(self.name, "surcharges for market share", "equal", due, booked, "USD", 0.005)


def _bought(plan: Plan) -> dict[tuple[str, int], float]:
    """What is ordered of each material in each period."""
    bought: dict[tuple[str, int], float] = defaultdict(float)
    for line in plan.lines:
        bought[line.material, line.purchase.period] += line.purchase.quantity
    return bought


def _steps(case: Case, material: str) -> list[tuple[float, float, float]]:
    """Building side: beginning and end of each step (shares of the supply), and its surcharge (share of the benchmark)."""
    rows = sorted((row.from_share, row.uplift) for row in case.price_impact if row.material == material)
    if not rows:
        return []
    found = rows if rows[0][0] == 0 else [(0.0, 0.0), *rows]
    return [(begins, ends, uplift) for (begins, uplift), (ends, _) in pairwise([*found, (inf, 0.0)])]


def _surcharge(case: Case, material: str, quantity: float) -> float:
    """Checking side: by how many units' benchmark price a quantity ordered in a period is dearer."""
    supply = (case.material[material].accessible_world_supply or 0.0) * case.calendar.months / 12
    total = before = 0.0
    for row in sorted((row for row in case.price_impact if row.material == material), key=lambda row: row.from_share):
        total += (row.uplift - before) * max(0.0, quantity - row.from_share * supply)
        before = row.uplift
    return total


RULE = PriceImpact()

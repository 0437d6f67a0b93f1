from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyomo.environ as pyo

from models.bounds import supplier_unit
from models.case import Case
from models.ledgers import Account, Linear, linear
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class Suppliers(Rule):
    """A supplier is onboarded once, for all its materials, and delivers no more than its capacity over all its offers.

    used:      Σ_f awards[o,f] ≤ use[s,i]  (each award, where traders share the offer)    ∀ o of s, i     [contracts]
    onboarded: use[s,i] ≤ onboard[s]                                 ∀ s with a cost, i     [suppliers]  couples
    per_period: Σ_o,f buy[o,f,t] ≤ capacity_per_period[s] · onboard[s]            ∀ s, t               [unit/period] couples
    per_year:   Σ_o,f,t buy[o,f,t] ≤ capacity_per_year[s] · onboard[s]            ∀ s, twelve months y [unit/yr]     couples
    onboard, use ∈ {0,1}, onboard = 1 where it costs nothing; onboarding is paid in the first period.

    Each material keeps its own `use`, so that a shared supplier does not tie its materials into one cluster.
    """

    def applies(self, case: Case) -> bool:
        return bool(case.suppliers)

    def declare(self, block: Any, m: Skeleton) -> None:
        costly = [row.supplier for row in m.case.suppliers if row.onboarding_cost]
        m.variables(block, "onboard", costly, lambda index: None, pyo.Binary)
        pairs = dict.fromkeys((offer.supplier, offer.material) for offer in m.case.offers if offer.supplier in set(costly))
        m.variables(block, "use", pairs, lambda index: str(index[1]), pyo.Binary)

    def contribute(self, block: Any, m: Skeleton) -> None:
        for s in block.onboard:
            cost = m.case.supplier[s].onboarding_cost
            m.money.add(Account("onboarding", "", "", 1, 1), cost, block.onboard[s])

    def constrain(self, block: Any, m: Skeleton) -> None:
        used: dict[Any, Any] = {}
        for o, f in m.lanes:
            offer = m.case.offer[o]
            if (offer.supplier, offer.material) in block.use:
                key = (o, "" if offer.exclusive else f)
                use = block.use[offer.supplier, offer.material]
                row = used.setdefault(key, (None, linear((-1.0, use)), 0.0))
                row[1].add(1.0, m.awards[o, f])
        m.rows(block, "used", used)
        pairs = dict.fromkeys(
            (offer.supplier, offer.material) for offer in m.case.whole.offers if offer.supplier in block.onboard
        )
        m.rows(block, "onboarded", {
            (s, i): (None, linear((-1.0, block.onboard[s]), *([(1.0, block.use[s, i])] if (s, i) in block.use else [])), 0.0)
            for s, i in pairs
        }, coupling=True)  # fmt: skip
        self._limit_capacity(block, m)

    def _limit_capacity(self, block: Any, m: Skeleton) -> None:
        bought: Mapping[tuple[str, int], Linear] = defaultdict(Linear)
        unit = {row.supplier: supplier_unit(m.case, row.supplier) for row in m.case.suppliers}
        for o, f, slot in m.purchases:
            offer = m.case.offer[o]
            if offer.supplier in unit:
                share = m.case.in_unit(offer.material, unit[offer.supplier])
                bought[offer.supplier, slot.period].add(share, m.buy[o, f, slot.period])
        horizon, months = m.case.calendar.horizon, m.case.calendar.months
        m.rows(block, "per_period", {
            (row.supplier, t): self._within(block, row.supplier, bought[row.supplier, t], row.capacity_per_period)
            for row in m.case.suppliers if row.capacity_per_period is not None for t in horizon
        }, coupling=True)  # fmt: skip
        yearly: Mapping[tuple[str, int], Linear] = defaultdict(Linear)
        for (supplier, period), quantity in bought.items():
            yearly[supplier, (period - 1) * months // 12].plus(quantity)
        m.rows(block, "per_year", {
            (row.supplier, year): self._within(block, row.supplier, yearly[row.supplier, year], row.capacity_per_year)
            for row in m.case.suppliers if row.capacity_per_year is not None
            for year in range((horizon[-1] - 1) * months // 12 + 1)
        }, coupling=True)  # fmt: skip

    def _within(self, block: Any, supplier: str, bought: Linear, capacity: float) -> tuple[None, Linear, float]:
        """What is bought within a capacity, which a supplier that is onboarded at a cost has only then."""
        if supplier not in block.onboard:
            return None, bought, capacity
        return None, bought.add(-capacity, block.onboard[supplier]), 0.0

    def charges(self, plan: Plan) -> Iterator[Charge]:
        used = {plan.case.offer[row.offer].supplier for row in plan.contracts}
        for row in plan.case.suppliers:
            if row.onboarding_cost and row.supplier in used:
                yield Charge("onboarding", "", "", 1, 1, row.onboarding_cost)

    def idle(self, block: Any, plan: Plan) -> Iterator[tuple[str, Any]]:
        offers = [plan.case.offer[row.offer] for row in plan.contracts]
        pairs, suppliers = {(row.supplier, row.material) for row in offers}, {row.supplier for row in offers}
        yield from (("suppliers.use", pair) for pair in block.use if pair not in pairs)
        yield from (("suppliers.onboard", s) for s in block.onboard if s not in suppliers)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        if row not in ("per_period", "per_year"):
            return None
        limit = getattr(case.supplier[index[0]], f"capacity_{row}")
        unit = supplier_unit(case, index[0])
        return f"the capacity of supplier {index[0]} ({figure(limit)} {unit} {row.replace('_', ' ')})"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        case = plan.case
        for row in case.suppliers:
            if row.capacity_per_period is None and row.capacity_per_year is None:
                continue
            lines = [line for line in plan.lines if line.supplier == row.supplier]
            unit = case.common_unit(offer.material for offer in case.offers if offer.supplier == row.supplier)
            periods: dict[int, float] = defaultdict(float)
            years: dict[int, float] = defaultdict(float)
            decisions = sum(case.in_unit(line.material, unit) for line in lines)
            for line in lines:
                quantity = line.purchase.quantity * case.in_unit(line.material, unit)
                periods[line.purchase.period] += quantity
                years[(line.purchase.period - 1) // (12 // case.calendar.months)] += quantity
            for limit, sums in ((row.capacity_per_period, periods), (row.capacity_per_year, years)):
                for number, achieved in sums.items():
                    if limit is not None:
                        span = case.calendar.name(number) if sums is periods else f"year {number + 1}"
                        yield Assessment(self.name, f"{row.supplier} in {span}", "at most", limit, achieved, unit,
                                         quantity_tolerance(limit, decisions))  # fmt: skip


RULE = Suppliers()

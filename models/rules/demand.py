from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models import needs
from models.audit import demand_in, places
from models.case import Case
from models.ledgers import Account
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.records import DemandUse, Material
from models.rules.base import Rule
from models.skeleton import Skeleton


class Demand(Rule):
    """Demand that draws stock is met from the depots, or is short at its price.

    met: Σ_w given_out[i,w,t] − rotated[i,t] + short[i,t] = demand[i,t]      ∀ i that draws stock, t      [unit]

    `short` exists only where the material has a value of shortage, and costs it (USD per unit). Unmet demand is lost, not
    carried over.
    """

    def applies(self, case: Case) -> bool:
        return any(row.demand_use is DemandUse.DRAWS_STOCK for row in case.whole.materials)

    def declare(self, block: Any, m: Skeleton) -> None:
        short = [
            (i, t) for i, row in m.case.material.items() for t in m.case.calendar.horizon
            if row.demand_use is DemandUse.DRAWS_STOCK and row.value_of_shortage is not None
        ]  # fmt: skip
        m.variables(block, "short", short, lambda index: str(index[0]))

    def contribute(self, block: Any, m: Skeleton) -> None:
        for i, t in block.short:
            m.money.add(Account("shortage", "", i, t, t), m.case.material[i].value_of_shortage or 0.0, block.short[i, t])

    def constrain(self, block: Any, m: Skeleton) -> None:
        met = {}
        for i, row in m.case.material.items():
            if row.demand_use is not DemandUse.DRAWS_STOCK:
                continue
            demand = needs.demand(m.case, i)
            for t in m.case.calendar.horizon:
                body = m.used(i, t)
                for w in m.places[i] if row.shelf_life is None else ():
                    m.given_out[i, w, t].setub(demand[t])
                if (i, t) in block.short:
                    body.add(1.0, block.short[i, t])
                met[i, t] = demand[t], body, demand[t]
        m.rows(block, "met", met)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for material, t, asked, given in _balance(plan):
            if material.value_of_shortage and asked > given:
                amount = (asked - given) * material.value_of_shortage
                yield Charge("shortage", "", material.material, t, t, amount)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        if case.material[index[0]].value_of_shortage is not None:
            return None
        return f"the demand for {index[0]}, which must be met since no value of shortage is given"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        for material, t, asked, given in _balance(plan):
            where = f"{material.material} given out in {plan.case.calendar.name(t)}"
            tolerance = quantity_tolerance(asked, len(places(plan.case, material.material)))
            yield Assessment(self.name, where, "at most", asked, given, material.unit, tolerance)
            if material.value_of_shortage is None:
                yield Assessment(self.name, where, "at least", asked, given, material.unit, tolerance)


def _balance(plan: Plan) -> Iterator[tuple[Material, int, float, float]]:
    """Material, period, demand and what was given out, for materials whose demand draws stock."""
    case = plan.case
    for material in case.materials:
        if material.demand_use is DemandUse.DRAWS_STOCK:
            for t in case.calendar.horizon:
                yield material, t, demand_in(case, material, t), plan.used[material.material, t]


RULE = Demand()

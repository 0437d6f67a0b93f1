from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.case import Case
from models.ledgers import Account
from models.plan import Assessment, Charge, Plan
from models.rules.base import Rule
from models.skeleton import Skeleton


class Contracts(Rule):
    """Signing an offer costs its contract cost, once per trader, in the first period.

    cost: Σ_o,f contract_cost[o] · awards[o,f]     ∀ o, f      [USD]
    """

    def applies(self, case: Case) -> bool:
        return any(offer.contract_cost for offer in case.whole.offers)

    def contribute(self, block: Any, m: Skeleton) -> None:
        for o, f in m.lanes:
            offer = m.case.offer[o]
            m.money.add(Account("contract cost", f, offer.material, 1, 1), offer.contract_cost, m.awards[o, f])

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for row in plan.contracts:
            offer = plan.case.offer[row.offer]
            if offer.contract_cost:
                yield Charge("contract cost", row.trader, offer.material, 1, 1, offer.contract_cost)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        due = sum(plan.case.offer[row.offer].contract_cost for row in plan.contracts)
        booked = sum(charge.amount for charge in charges if charge.line == "contract cost")
        yield Assessment(self.name, "contract costs of all signed offers", "equal", due, booked, "USD", 0.005)


RULE = Contracts()

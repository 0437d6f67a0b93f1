from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.audit import order_periods
from models.bounds import smallest_purchase
from models.case import Case
from models.ledgers import Account, linear
from models.plan import Assessment, Charge, Plan
from models.records import DecisionKind
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.surplus import rewards_spending


class Contracts(Rule):
    """Signing an offer costs its contract cost, once per trader, in the first period in which it can be ordered.

    cost: Σ_o,f contract_cost[o] · awards[o,f]                       ∀ o, f without a contract before the plan  [USD]
    used: Σ_t buy[o,f,t] ≥ smallest[o] · awards[o,f]                 ∀ o with a cost that is not forced, f    [unit]

    Where a trader's share would reward the cost alone, what is signed is used, unless a decision wants the signature.
    `smallest` (models.bounds.smallest_purchase) is the smallest order, or next to nothing.
    """

    def applies(self, case: Case) -> bool:
        return any(offer.contract_cost for offer in case.whole.offers)

    def contribute(self, block: Any, m: Skeleton) -> None:
        for o, f in m.lanes:
            offer = m.case.offer[o]
            first = m.slots[o][0].period if m.slots[o] else 1
            account = Account("contract cost", f, offer.material, first, first)
            m.money.add(account, m.case.signing_cost(o, f), m.awards[o, f])

    def constrain(self, block: Any, m: Skeleton) -> None:
        forced = {row.offer for row in m.case.decisions if row.kind is DecisionKind.FORCE}
        used = {}
        for o, f in m.lanes if rewards_spending(m.case.whole) else ():
            offer = m.case.offer[o]
            if m.case.signing_cost(o, f) and o not in forced:
                bought = [(1.0, m.buy[o, f, slot.period]) for slot in m.slots[o]]
                used[o, f] = 0.0, linear((-smallest_purchase(m.case, offer), m.awards[o, f]), *bought), None
        m.rows(block, "used", used)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for row in plan.contracts:
            offer = plan.case.offer[row.offer]
            cost = plan.case.signing_cost(row.offer, row.trader)
            if cost:
                first = next((period for period, _ in order_periods(plan.case, offer)), 1)
                yield Charge("contract cost", row.trader, offer.material, first, first, cost)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        due = sum(
            plan.case.offer[row.offer].contract_cost for row in plan.contracts
            if not any((past.offer, past.trader) == (row.offer, row.trader) and past.date < plan.case.settings.start_date
                       for past in plan.case.past_purchases)
        )  # fmt: skip
        booked = sum(charge.amount for charge in charges if charge.line == "contract cost")
        if due or booked:
            yield Assessment(self.name, "contract costs of all signed offers", "equal", due, booked, "USD", 0.005)


RULE = Contracts()

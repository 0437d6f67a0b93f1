from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any, ClassVar, Literal

from models.case import Case
from models.fence import frozen_until, known_until, last_orders
from models.invoice import PLAN_CHANGES, WEIGHED
from models.landed_cost import discount_factor
from models.ledgers import Account, Linear, linear
from models.plan import Assessment, Charge, Plan, money_tolerance, weighed
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class Stability(Rule):
    """After the frozen periods the plan orders otherwise than the last one only where that is worth the weight of a change.

    rises: moved[o,f,t] ≥ buy[o,f,t] − last[o,f,t]                       ∀ orders o, f, t of the last plan             [unit]
    falls: moved[o,f,t] ≥ last[o,f,t] − buy[o,f,t]                       ∀ orders o, f, t of the last plan             [unit]
    kept:  Σ factor[t] · all lines of the bill that the objective weighs ≤ cap                         ∀ plans  [USD]  couples
    price: Σ weight · landed[o,t] · moved[o,f,t], and · buy[o,f,t] where the last plan orders nothing on o              [USD]

    Of periods that the last plan did not look ahead to nothing is a change. The price of changes is nothing that anybody pays:
    it counts only where a plan near the last one is looked for (`planner.stability`). The cap is what the best plan is proven
    to cost at least, more by the gap that is asked for and the allowance: then every plan within it is good enough, and the
    least changed one is best. An infinite cap is none.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "money"

    def applies(self, case: Case) -> bool:
        return case.cost_cap is not None

    def declare(self, block: Any, m: Skeleton) -> None:
        last, until = last_orders(m.case), known_until(m.case)
        free = range(frozen_until(m.case) + 1, until + 1)
        block.changeable = [(o, f, slot.period) for o, f, slot in m.purchases if slot.period in free]
        m.variables(block, "moved", [key for key in block.changeable if key in last], m.cluster_of_offer)

    def contribute(self, block: Any, m: Skeleton) -> None:
        for o, f, t in block.changeable:
            price = m.case.settings.stability_weight * m.landed[o, t].total
            account = Account(PLAN_CHANGES, f, m.case.offer[o].material, t, t)
            moved = block.moved[o, f, t] if (o, f, t) in block.moved else m.buy[o, f, t]
            m.money.add(account, price, moved)

    def constrain(self, block: Any, m: Skeleton) -> None:
        rises, falls, last = {}, {}, last_orders(m.case)
        for key in block.moved:
            moved, buy = block.moved[key], m.buy[key]
            rises[key] = -last[key], linear((1.0, moved), (-1.0, buy)), None
            falls[key] = last[key], linear((1.0, moved), (1.0, buy)), None
        m.rows(block, "rises", rises)
        m.rows(block, "falls", falls)
        if m.case.cost_cap == inf:
            return
        total = Linear()
        for account, terms in m.money.accounts.items():
            if account.line in WEIGHED:
                total.plus(terms, discount_factor(m.case, account.due))
        m.rows(block, "kept", {"all": (None, total.gathered(), m.case.cost_cap)}, coupling=True)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        return f"what a plan may cost that changes little ({figure(case.cost_cap or 0.0)} USD)" if row == "kept" else None

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        if plan.case.cost_cap is not None and plan.case.cost_cap < inf:
            tolerance = money_tolerance(len(charges), plan.lines)
            cost = weighed(plan.case, charges)
            yield Assessment(self.name, "cost of the plan", "at most", plan.case.cost_cap, cost, "USD", tolerance)


RULE = Stability()

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.case import Case
from models.invoice import PROTECTION
from models.landed_cost import discount_factor
from models.ledgers import Linear
from models.plan import Assessment, Charge, Plan, discounted, money_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class Protection(Rule):
    """What is short in the plan and in its scenarios costs no more than a ceiling, all together.

    kept: Σ_i,t factor[t] · (loss[i,t] + CVaR + shortage[i,t] + cover penalty[i,t] + N-1 penalty[i,t]) ≤ cap   ∀ plans   [USD]

    `loss` is expected, and all is discounted. A shortage that is planned counts, or planning it would make scenarios seem
    harmless, whose losses are those beyond the plan. The objective `protection` sets the ceiling itself: at the least that
    these can come to, and as much more as the gap that is asked for.
    """

    nature = "agreed"
    limits = "money"

    def applies(self, case: Case) -> bool:
        return case.settings.protection_cap is not None

    def constrain(self, block: Any, m: Skeleton) -> None:
        body = Linear()
        for account, terms in m.money.accounts.items():
            if account.line in PROTECTION:
                body.plus(terms, discount_factor(m.case, account.due))
        m.rows(block, "kept", {"all": (None, body.gathered(), m.case.settings.protection_cap)}, coupling=True)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        cap = figure(case.settings.protection_cap or 0.0)
        return f"the cap on what is short, in the plan and in scenarios, of {cap} USD"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        cap = plan.case.settings.protection_cap
        if cap is not None:
            counted = [discounted(plan.case, charge) for charge in charges if charge.line in PROTECTION]
            yield Assessment(self.name, "expected loss, CVaR, shortages and penalties", "at most", cap, sum(counted), "USD",
                             money_tolerance(len(counted), plan.lines))  # fmt: skip


RULE = Protection()

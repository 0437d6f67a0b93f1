from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.case import Case
from models.permits import obstacles
from models.plan import Assessment, Charge, Plan
from models.rules.base import Rule


class Eligibility(Rule):
    """Only eligible pairs of offer and trader do business; others have no variable, so there is nothing to constrain.

    (o,f) is a lane ⇔ the trader's mandate allows the material, the supplier is approved, not sanctioned and not related
    to the trader, and no decision forbids the pair               ∀ o, f      [pairs]
    buy[o,f,t] exists ⇔ (o,f) is a lane and the supplier's KYC has not expired on the order's day   ∀ o, f, t   [unit]
    """

    def applies(self, case: Case) -> bool:
        return True

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        pairs = {(row.offer, row.trader) for row in plan.purchases} | {(row.offer, row.trader) for row in plan.contracts}
        for offer, trader in sorted(pairs):
            reasons = list(obstacles(plan.case, offer, trader))
            where = f"{trader} buys on {offer}" + (f": {'; '.join(reasons)}" if reasons else "")
            yield Assessment(self.name, where, "at most", 0, len(reasons), "obstacles", 0)
        for line in plan.lines:
            supplier = plan.case.supplier.get(line.supplier)
            if supplier is not None and supplier.kyc_expiry is not None:
                late = max(0, (line.ordered - supplier.kyc_expiry).days)
                where = f"{line.purchase.offer} ordered on {line.ordered}: days after the KYC check expired"
                yield Assessment(self.name, where, "at most", 0, late, "days", 0)


RULE = Eligibility()

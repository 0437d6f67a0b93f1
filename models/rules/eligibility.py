from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.case import Case
from models.plan import Assessment, Charge, Plan
from models.records import DecisionKind
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
            reasons = list(_obstacles(plan.case, offer, trader))
            where = f"{trader} buys on {offer}" + (f": {'; '.join(reasons)}" if reasons else "")
            yield Assessment(self.name, where, "at most", 0, len(reasons), "obstacles", 0)
        for line in plan.lines:
            supplier = plan.case.supplier.get(line.supplier)
            if supplier is not None and supplier.kyc_expiry is not None:
                late = max(0, (line.ordered - supplier.kyc_expiry).days)
                where = f"{line.purchase.offer} ordered on {line.ordered}: days after the KYC check expired"
                yield Assessment(self.name, where, "at most", 0, late, "days", 0)


def _obstacles(case: Case, offer: str, trader: str) -> Iterator[str]:
    """Everything that forbids a trader to buy on an offer."""
    record = case.offer[offer]
    if case.mandates:
        mandates = [row for row in case.mandates if row.trader == trader and row.material == record.material]
        if not any(row.allowed for row in mandates):
            yield "no mandate"
    for supplier in case.suppliers:
        if supplier.supplier == record.supplier:
            if not supplier.approved:
                yield "supplier not approved"
            if supplier.sanctioned:
                yield "supplier sanctioned"
            if supplier.related_trader == trader:
                yield "supplier related to the trader"
    for row in case.decisions:
        forbids = row.kind is DecisionKind.FORBID and row.period is None
        if forbids and row.offer == offer and row.trader in (None, trader):
            yield "forbidden by a decision"


RULE = Eligibility()

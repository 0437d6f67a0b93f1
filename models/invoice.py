"""The lines of the bill: what a plan pays for, each with its meaning."""

from __future__ import annotations

from collections.abc import Mapping

SHORTAGE, EXPECTED_LOSS, EMERGENCY_GOODS, INTEREST = "shortage", "expected loss", "emergency goods", "interest"

COMMITMENT_LINES: Mapping[str, str] = {
    "purchase": "quantity × the offer's price, less price breaks",
    "freight": "freight to the depot",
    "insurance": "insurance on the way",
    "handling": "handling on the way",
    "assay": "sampling and assay",
    "inspection": "inspection and supervision",
    "duty": "what the customs charge on the customs value",
    "price impact": "surcharge for buying much of a market at once",
    "trader fee": "the trader's fee on landed cost",
    "fixed order cost": "fixed cost of each order",
    "contract cost": "cost of signing an offer",
    "take-or-pay": "what is paid for and not taken of contracts' yearly minimum, less what is made up later",
    "onboarding": "cost of becoming a supplier's customer",
    "open orders": "what is unpaid of orders placed before the plan",
    "payables": "what is owed for goods that arrived before the plan",
    "order changes": "what suppliers charge for cancelling or deferring such orders",
}
"""Lines that are commitments to others: budgets and traders' limits count these."""

OTHER_LINES: Mapping[str, str] = {
    "handling in": "taking goods into a depot",
    "handling out": "giving goods out of a depot",
    "rent": "rent of depot space",
    "holding": "cost of holding stock, rent apart",
    INTEREST: "interest on loans, on their balance when each period begins",
    "commitment fee": "what lenders charge on what is not drawn of a loan",
    "upfront fee": "what lenders charge once",
    SHORTAGE: "demand that is not met, at its value",
    "cover penalty": "stock missing from the cover target",
    "entitlement penalty": "stock missing from what members are entitled to",
    "policy penalty": "soft policy limits missed",
    "N-1 penalty": "what soft contingencies lack in their worst loss",
    "undelivered": "credit for what scenarios keep from being delivered and is not paid for, by their probability",
    EMERGENCY_GOODS: "what is bought at once or called from partners in scenarios, at benchmark prices, by their probability",
    EXPECTED_LOSS: "shortages, premiums and price moves of the scenarios, by their probability",
    "CVaR": "mean loss of the worst scenarios, discounted, × risk weight",
    "rotation sales": "credit for what is sold past its shelf life",
    "rotation withheld": "what such sales do not bring since scenarios keep the goods, by their probability",
    "terminal value": "credit for stock left at the end, on average over the scenarios",
}
"""Lines of the objective that nobody is owed."""

RECEIPT_LINES: Mapping[str, str] = {
    "entry fees": "what members pay to join",
    "carry billed": "what members pay for what is held for them: interest on its strike price, holding and rent",
    "call-offs paid": "what members pay for what they draw, at its strike price",
}
"""Lines that members pay: money at hand, which the plan is not cheaper for."""

LINES: Mapping[str, str] = {**COMMITMENT_LINES, **OTHER_LINES, **RECEIPT_LINES}
WEIGHED = LINES.keys() - RECEIPT_LINES.keys()
"""Lines that the objective adds up."""
STORAGE = ("handling in", "handling out", "rent", "holding")
FINANCING = (INTEREST, "commitment fee", "upfront fee")
SALES = "rotation sales"
CASH = frozenset({*COMMITMENT_LINES, *STORAGE, *FINANCING, *RECEIPT_LINES, SALES})
"""Lines that are paid in money, when they are due; all others are what the objective weighs."""
CREDITS = frozenset({"terminal value", EXPECTED_LOSS, INTEREST, SALES})
"""Lines that a plan may be credited for, interest where its rate is below zero: what is credited for goods that do not come, or
that are made up, is never more than they cost."""
PROTECTION = frozenset({SHORTAGE, "cover penalty", "entitlement penalty", "N-1 penalty", EXPECTED_LOSS, "CVaR"})
"""Lines that the objective `protection` makes as small as possible before all others: what is short, now or in scenarios."""
COMMITMENTS = frozenset(COMMITMENT_LINES)
PLAN_CHANGES = "plan changes"
"""What orders otherwise than in the last plan count for in the search for the least changed plan: on nobody's bill."""

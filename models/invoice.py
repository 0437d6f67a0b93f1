"""The lines of the bill: what a plan pays for, each with its meaning."""

from __future__ import annotations

from collections.abc import Mapping

COMMITMENT_LINES: Mapping[str, str] = {
    "purchase": "quantity × the offer's price, less price breaks",
    "freight": "freight to the depot",
    "insurance": "insurance on the way",
    "handling": "handling on the way",
    "assay": "sampling and assay",
    "duty": "duty rate × price",
    "trader fee": "the trader's fee on landed cost",
    "fixed order cost": "fixed cost of each order",
    "contract cost": "cost of signing an offer",
    "onboarding": "cost of becoming a supplier's customer",
    "open orders": "what is unpaid of orders placed before the plan",
}
"""Lines that are commitments to others: budgets and traders' limits count these."""

OTHER_LINES: Mapping[str, str] = {
    "handling in": "taking goods into a depot",
    "handling out": "giving goods out of a depot",
    "rent": "rent of depot space",
    "holding": "cost of holding stock, rent apart",
    "shortage": "demand that is not met, at its value",
    "cover penalty": "stock missing from the cover target",
    "policy penalty": "soft policy limits missed",
    "N-1 penalty": "what soft contingencies lack in their worst loss",
    "terminal value": "credit for stock left at the end",
}
"""Lines of the objective that nobody is owed."""

LINES: Mapping[str, str] = {**COMMITMENT_LINES, **OTHER_LINES}
CREDITS = frozenset({"terminal value"})
"""Lines that a plan is credited for: they are never above zero."""
COMMITMENTS = frozenset(COMMITMENT_LINES)

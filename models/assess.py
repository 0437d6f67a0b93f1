"""The plan's bill and its check: every rule's charges and assessments, in plain arithmetic. No Pyomo model is involved.

All rules are asked, also those that do not apply: whether a rule applies is the building side's word.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.plan import Assessment, Charge, Plan
from models.rules import RULES


def charges_of(plan: Plan) -> tuple[Charge, ...]:
    """Every charge of the plan."""
    return tuple(charge for rule in RULES for charge in rule.charges(plan))


def assess(plan: Plan, charges: Sequence[Charge]) -> tuple[Assessment, ...]:
    """Every limit of every rule, and what the plan makes of it."""
    return tuple(found for rule in RULES for found in rule.check(plan, charges))

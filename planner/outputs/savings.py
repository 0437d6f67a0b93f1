"""What price breaks save on each purchase."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from models.decisions import Contract
from models.plan import Plan
from models.records import BreakBasis
from models.settlements import settlements


class Saving(NamedTuple):
    """What price breaks save on the price of one purchase (USD, before duty and fee): within its order, over its contract."""

    order: float = 0.0
    contract: float = 0.0


def savings(plan: Plan) -> Mapping[tuple[str, str, int], Saving]:
    """By offer, trader and order period; purchases without a saving are left out. They add up to the bill's."""
    found = {}
    for settlement in settlements(plan):
        for line, saving in settlement.savings:
            row = line.purchase
            per_order = settlement.basis is BreakBasis.ORDER
            found[row.offer, row.trader, row.period] = Saving(order=saving) if per_order else Saving(contract=saving)
    return found


def steps_reached(plan: Plan) -> Mapping[Contract, float]:
    """The highest step reached on each contract whose offer has price breaks (material's unit)."""
    steps: dict[Contract, float] = defaultdict(float)
    for settlement in settlements(plan):
        first = settlement.savings[0][0].purchase
        contract = Contract(first.offer, first.trader)
        steps[contract] = max(steps[contract], settlement.step)
    return steps

"""What price breaks save on each purchase."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from models.plan import Contract, Line, Plan
from models.records import BreakBasis
from models.rules.price_breaks.settlement import Settlement, settlements


class Saving(NamedTuple):
    """What price breaks save on the price of one purchase (USD, before duty and fee): within its order, over its contract."""

    order: float = 0.0
    contract: float = 0.0


def savings(plan: Plan) -> Mapping[tuple[str, str, int], Saving]:
    """By offer, trader and order period; purchases without a saving are left out. They add up to the bill's."""
    bought: dict[Contract, list[Line]] = defaultdict(list)
    for line in plan.lines:
        bought[Contract(line.purchase.offer, line.purchase.trader)].append(line)
    found = {}
    for settlement in settlements(plan):
        row = settlement.booked.purchase
        if plan.case.breaks_of[row.offer][0].basis_ is BreakBasis.ORDER:
            found[row.offer, row.trader, row.period] = Saving(order=settlement.saving)
        else:
            for line, part in _parts(settlement, bought[Contract(row.offer, row.trader)]):
                found[row.offer, row.trader, line.purchase.period] = Saving(contract=part)
    return found


def steps_reached(plan: Plan) -> Mapping[Contract, float]:
    """The highest step reached on each contract whose offer has price breaks (material's unit)."""
    steps: dict[Contract, float] = defaultdict(float)
    for settlement in settlements(plan):
        row = Contract(settlement.booked.purchase.offer, settlement.booked.purchase.trader)
        steps[row] = max(steps[row], settlement.step)
    return steps


def _parts(settlement: Settlement, lines: list[Line]) -> Iterator[tuple[Line, float]]:
    """A contract's saving in parts, one for each of its orders: equal for every unit."""
    for line in lines:
        yield line, settlement.saving * line.purchase.quantity / settlement.quantity

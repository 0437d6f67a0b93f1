"""The checking side of price breaks: what a schedule comes to on the quantities bought, in plain arithmetic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from models.audit import order_periods
from models.case import Case
from models.plan import Line, Plan, Purchase, quantity_tolerance, work_out
from models.records import BreakBasis, BreakKind


@dataclass(frozen=True)
class Settlement:
    """What one order, or one contract, saves against the offer's own price.

    Attributes:
        quantity: all units that count together, in the material's unit.
        step: the quantity from which the price that was reached holds.
        saving: in USD on the price alone; negative for a surcharge.
        booked: the purchase line, or a line of the period in which a contract is settled.
    """

    quantity: float
    step: float
    saving: float
    booked: Line


def settlements(plan: Plan) -> Iterator[Settlement]:
    """One settlement for each order, or contract, on an offer with price breaks."""
    together: dict[tuple[str, str, int], list[Line]] = defaultdict(list)
    for line in plan.lines:
        row = line.purchase
        if row.offer in plan.case.breaks_of:
            per_order = plan.case.breaks_of[row.offer][0].basis_ is BreakBasis.ORDER
            together[row.offer, row.trader, row.period if per_order else 0].append(line)
    for (offer, trader, period), lines in together.items():
        quantity = sum(line.purchase.quantity for line in lines)
        begins = [row.from_quantity for row in plan.case.breaks_of[offer]]
        reached = max((q for q in begins if quantity >= q - quantity_tolerance(q)), default=0.0)
        booked = lines[0]
        if not period:
            last = max(order_periods(plan.case, plan.case.offer[offer]))[0]
            booked = work_out(plan.case, Purchase(offer, trader, last, 0.0))
        yield Settlement(quantity, reached, _saving(plan.case, offer, lines, reached), booked)


def _saving(case: Case, offer: str, lines: list[Line], reached: float) -> float:
    """The saving on all lines that count together."""
    rows = case.breaks_of[offer]
    if rows[0].kind is BreakKind.ALL_UNITS:
        return sum(line.purchase.quantity * (line.price - _price(case, offer, line.price, reached)) for line in lines)
    own = lines[0].price
    quantity = sum(line.purchase.quantity for line in lines)
    edges = [row.from_quantity for row in rows if row.from_quantity < quantity]
    saving = 0.0
    for edge, following in pairwise([*edges, quantity]):
        saving += (following - edge) * (own - _price(case, offer, own, edge))
    return saving


def _price(case: Case, offer: str, own: float, quantity: float) -> float:
    """The price that holds from a quantity on, for an offer whose own price is `own`."""
    price = own
    for row in case.breaks_of[offer]:
        if row.from_quantity <= quantity:
            price = row.price if row.price is not None else own - own * (row.discount or 0.0)
    return price

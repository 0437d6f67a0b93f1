"""The checking side of price breaks: what a schedule comes to on the quantities bought, in plain arithmetic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from models.case import Case
from models.plan import Line, Plan, quantity_tolerance, rounded
from models.records import BreakBasis, BreakKind


@dataclass(frozen=True)
class Settlement:
    """What one order, or one contract, saves against the offer's own price.

    Attributes:
        basis: whether it is about an order or a contract.
        quantity: all units that count together, those ordered before the plan among them, in the material's unit.
        step: the quantity from which the price that was reached holds.
        savings: for each purchase line what it saves, in USD on the price alone; negative for a surcharge.
    """

    basis: BreakBasis
    quantity: float
    step: float
    savings: tuple[tuple[Line, float], ...]


def settlements(plan: Plan) -> Iterator[Settlement]:
    """One settlement for each order, or contract, on an offer with price breaks."""
    together: dict[tuple[str, str, int], list[Line]] = defaultdict(list)
    for line in plan.lines:
        row = line.purchase
        if row.offer in plan.case.breaks_of:
            per_order = plan.case.breaks_of[row.offer][0].basis_ is BreakBasis.ORDER
            together[row.offer, row.trader, row.period if per_order else 0].append(line)
    for (offer, trader, period), lines in together.items():
        lines.sort(key=lambda line: line.purchase.period)
        before = 0.0 if period else _ordered_before(plan.case, offer, trader)
        quantity = rounded(before + sum(line.purchase.quantity for line in lines))
        reached, saved = max(
            ((step, tuple(_savings(plan.case, offer, before, lines, step))) for step in _reached(plan.case, offer, quantity)),
            key=lambda found: sum(saving for _, saving in found[1]),
        )
        yield Settlement(plan.case.breaks_of[offer][0].basis_, quantity, reached, saved)


@lru_cache(maxsize=4)
def saved_on(plan: Plan) -> Mapping[str, Sequence[tuple[Line, float]]]:
    """What price breaks save on each purchase, duty and fee included, by material (USD)."""
    found: dict[str, list[tuple[Line, float]]] = defaultdict(list)
    for line, saving in (pair for one in settlements(plan) for pair in one.savings):
        found[line.material].append((line, saving * (1 + line.beside.duty_rate) * (1 + line.fee)))
    return found


def _ordered_before(case: Case, offer: str, trader: str) -> float:
    """What a trader has ordered of a contract before the plan."""
    start = case.settings.start_date
    return sum(row.quantity for row in case.past_purchases if (row.offer, row.trader) == (offer, trader) and row.date < start)


def _reached(case: Case, offer: str, quantity: float) -> tuple[float, float]:
    """The quantity of the step that is reached surely, and of the one reached within the tolerance.

    The one that saves the buyer more holds.
    """
    begins = [0.0, *(row.from_quantity for row in case.breaks_of[offer])]
    return max(q for q in begins if q <= quantity), max(q for q in begins if q - quantity_tolerance(q) <= quantity)


def _savings(case: Case, offer: str, before: float, lines: list[Line], reached: float) -> Iterator[tuple[Line, float]]:
    """What each line saves: at the step reached, or, unit by unit, at the steps that it climbs after what is before it."""
    rows = case.breaks_of[offer]
    for line in lines:
        after = before + line.purchase.quantity
        if rows[0].kind is BreakKind.ALL_UNITS:
            yield line, line.purchase.quantity * (line.price - _price(case, offer, line.price, reached))
        else:
            edges = [before, *(row.from_quantity for row in rows if before < row.from_quantity < after), after]
            parts = ((end - start) * (line.price - _price(case, offer, line.price, start)) for start, end in pairwise(edges))
            yield line, sum(parts)
        before = after


def _price(case: Case, offer: str, own: float, quantity: float) -> float:
    """The price that holds from a quantity on, for an offer whose own price is `own`."""
    price = own
    for row in case.breaks_of[offer]:
        if row.from_quantity <= quantity:
            price = row.price if row.price is not None else own - own * (row.discount or 0.0)
    return price

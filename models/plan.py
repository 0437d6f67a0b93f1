"""A plan: the decisions, and what follows from them in plain arithmetic.

This is the checking side (see `audit`): it shares no code with the model's building side, so that a mistake there cannot
hide here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import ceil, fsum
from typing import Literal, NamedTuple

from models.arrivals import Lot, by_material
from models.audit import arrival_day, due_day, opening, order_day, places, quoted, whole_days
from models.case import Case
from models.decisions import Allotment, Change, Contract, Drawing, Emergency, Move, Purchase, Rotation
from models.invoice import WEIGHED
from models.quotes import Quote, quote
from models.records import OpenOrder

Direction = Literal["at most", "at least", "equal"]

QUANTITY_STEP = 1e-6
"""Decisions are whole multiples of this, in the material's unit; money is in cents."""
CENT = 0.01
SOLVERS = 1e-4
"""What a solver may leave of a cent."""
RELATIVE_TOLERANCE = 1e-6


class Charge(NamedTuple):
    """An amount (USD, undiscounted) on an invoice line; income is negative."""

    line: str
    trader: str
    material: str
    incurred: int
    due: int
    amount: float


@dataclass(frozen=True)
class Assessment:
    """One limit of a rule, and what the plan makes of it.

    Attributes:
        where: what the limit is about, in the workbook's words.
        tolerance: what the figures may differ by, in the same unit.
        hard: a soft limit may be missed at its price.
    """

    rule: str
    where: str
    sense: Direction
    limit: float
    achieved: float
    unit: str
    tolerance: float
    hard: bool = True

    @property
    def excess(self) -> float:
        """By how much the limit is missed; negative where there is room."""
        difference = self.achieved - self.limit
        return {"at most": difference, "at least": -difference, "equal": abs(difference)}[self.sense]

    @property
    def holds(self) -> bool:
        """Whether the limit is kept, within the tolerance."""
        return self.excess <= self.tolerance

    @property
    def binding(self) -> bool:
        """Whether there is no room left."""
        return abs(self.achieved - self.limit) <= max(self.tolerance, RELATIVE_TOLERANCE * abs(self.limit))


def quantity_tolerance(limit: float, decisions: float = 1) -> float:
    """Tolerance of a quantity: 10⁻⁶ of it plus one step for each decision that it adds up."""
    return RELATIVE_TOLERANCE * abs(limit) + QUANTITY_STEP * max(1, decisions)


@dataclass(frozen=True)
class Line:
    """A purchase with everything that follows from it; money in USD per unit of the material."""

    purchase: Purchase
    material: str
    supplier: str
    ordered: date
    arrives: date
    arrival: int
    due: date
    due_period: int
    price: float
    beside: Quote
    """What a unit costs beside its price: freight, insurance, handling, assay, inspection and duty."""
    fee: float
    """The trader's fee as a share of landed cost."""

    @property
    def landed(self) -> float:
        """Landed cost per unit at the offer's own price, without the trader's fee."""
        return self.price + self.beside.total

    @property
    def spend(self) -> float:
        """Quantity × landed cost: the reference spend that policy rules measure, in USD."""
        return self.purchase.quantity * self.landed


class StockLine(NamedTuple):
    """A material in a place over one period, in the material's unit."""

    opening: float
    taken_in: float
    given_out: float
    lost: float
    closing: float


def money_tolerance(amounts: int, lines: Iterable[Line] = ()) -> float:
    """Tolerance of a sum of money: a cent for each amount in it, and one step of each purchase."""
    return CENT * max(1, amounts) + QUANTITY_STEP * sum(line.landed * (1.0 + line.fee) for line in lines)


@dataclass(frozen=True, eq=False)
class Plan:
    """The decisions of a case, and what follows from them."""

    case: Case
    purchases: tuple[Purchase, ...]
    contracts: tuple[Contract, ...]
    moves: tuple[Move, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    allotments: tuple[Allotment, ...] = ()
    changes: tuple[Change, ...] = ()
    rotations: tuple[Rotation, ...] = ()

    @cached_property
    def open_orders(self) -> tuple[OpenOrder, ...]:
        """The open orders as the plan has them arrive, without those that it cancels."""
        days = {order.order: order.arrival for order in self.case.open_orders} | {
            row.order: row.arrival for row in self.changes
        }
        kept = ((order, days[order.order]) for order in self.case.open_orders)
        return tuple(order.model_copy(update={"arrival": day}) for order, day in kept if day is not None)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every purchase, worked out."""
        return tuple(work_out(self.case, purchase) for purchase in self.purchases)

    @cached_property
    def lots(self) -> Mapping[str, Sequence[Lot]]:
        """Everything that arrives, by material."""
        found = {material: list(lots) for material, lots in self.lots_on_order.items()}
        for line in self.lines:
            found.setdefault(line.material, []).append(Lot(
                line.purchase.offer, line.supplier, line.arrives, line.arrival, line.purchase.quantity,
                line.spend * (1 + line.fee), line.due_period, line.purchase.period,
            ))  # fmt: skip
        return found

    @cached_property
    def lots_on_order(self) -> Mapping[str, Sequence[Lot]]:
        """What arrives of orders placed before the plan, by material."""
        return by_material(self.case, self.open_orders)

    @cached_property
    def arrivals(self) -> Mapping[tuple[str, int], float]:
        """Quantity arriving by material and period: purchases and open orders."""
        sums: dict[tuple[str, int], float] = defaultdict(float)
        for material, lots in self.lots.items():
            for lot in lots:
                sums[material, lot.period] += lot.quantity
        return sums

    @cached_property
    def decisions_on(self) -> Mapping[str, int]:
        """How many rounded decisions the stock of a material adds up."""
        return Counter([line.material for line in self.lines] + [move.material for move in self.moves])

    @cached_property
    def stock(self) -> Mapping[tuple[str, str, int], StockLine]:
        """Stock by material, place and period. Without depots everything that arrives lies in one place without name."""
        moves = {(move.material, move.place, move.period): move for move in self.moves}
        result = {}
        for material in self.case.materials:
            keeps = (1 - material.loss_rate) ** (self.case.calendar.months / 12)
            for name in places(self.case, material.material):
                level = opening(self.case, material.material, name)
                for period in self.case.calendar.horizon:
                    move = moves.get((material.material, name, period))
                    taken_in = move.taken_in if move else 0.0
                    if not self.case.depots:
                        taken_in = self.arrivals.get((material.material, period), 0.0)
                    given_out = move.given_out if move else 0.0
                    lost = (1 - keeps) * level
                    closing = round(level - lost + taken_in - given_out, 9) + 0.0  # what adding floats leaves is nothing
                    result[material.material, name, period] = StockLine(level, taken_in, given_out, lost, closing)
                    level = closing
        return result

    @cached_property
    def rotated(self) -> Mapping[tuple[str, int], float]:
        """What is sold past its shelf life, by material and period."""
        return {(row.material, row.period): row.quantity for row in self.rotations}

    @cached_property
    def used(self) -> Mapping[tuple[str, int], float]:
        """What leaves all places for those who ask for it, by material and period."""
        return {key: given - self.rotated.get(key, 0.0) for key, given in self._everywhere("given_out").items()}

    @cached_property
    def closing_stock(self) -> Mapping[tuple[str, int], float]:
        """Stock at a period's end over all places, by material and period."""
        return self._everywhere("closing")

    def _everywhere(self, figure: str) -> Mapping[tuple[str, int], float]:
        """A figure of the stock summed over all places, by material and period."""
        sums: dict[tuple[str, int], float] = defaultdict(float)
        for (material, _, period), line in self.stock.items():
            sums[material, period] += getattr(line, figure)
        return sums


def work_out(case: Case, purchase: Purchase) -> Line:
    """Dates and prices of a purchase, from the records."""
    offer = case.offer[purchase.offer]
    ordered = order_day(case, offer, purchase.period)
    arrives = arrival_day(offer, ordered)
    trader = case.trader[purchase.trader]
    due = due_day(offer, ordered) + whole_days(trader.credit_days)
    price = quoted(case, offer, ordered)
    mandate = case.mandate.get((purchase.trader, offer.material))
    return Line(
        purchase=purchase, material=offer.material, supplier=offer.supplier,
        ordered=ordered, arrives=arrives, arrival=case.calendar.period_of(arrives),
        due=due, due_period=max(1, case.calendar.period_of(due)),
        price=price, beside=quote(case, offer, price, arrives),
        fee=(mandate.fee if mandate and mandate.fee is not None else trader.fee)
        + trader.credit_rate * trader.credit_days / 365,
    )  # fmt: skip


def discounted(case: Case, charge: Charge) -> float:
    """A charge's value on the plan's first day: a twelfth of the yearly rate for each month until the period it is due."""
    return charge.amount / (1 + case.settings.discount_rate / 12) ** ((charge.due - 1) * case.calendar.months)


def weighed(case: Case, charges: Iterable[Charge]) -> float:
    """What the objective makes of a bill, in discounted USD."""
    return fsum(discounted(case, charge) for charge in charges if charge.line in WEIGHED)


def cents(amount: float) -> float:
    """An amount of money, in whole cents."""
    return round(amount, 2)


def cents_up(amount: float) -> float:
    """The least amount in whole cents that is no smaller, but for what a solver leaves of a cent."""
    return ceil(100.0 * amount - SOLVERS) / 100.0


def rounded(quantity: float) -> float:
    """A quantity in whole steps; less than a step is nothing."""
    return round(quantity, 6) + 0.0

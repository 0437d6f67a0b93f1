"""What a plan begins with, while it is put right by what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from models.case import Case
from models.plan import CENT, QUANTITY_STEP, cents, rounded
from models.records import Actual, OpeningStock, OpenOrder, Payable
from planner.carrying.orders import Pipeline

CAME, PAID = " received ", " paid "
"""What stands between the number of an order and the day on which a part of it came or was paid, in the number of that part."""

GivenOut = Callable[[str, str | None, date, date], float]
"""Material, depot or none for all, a day, and the day before which: what is given out."""
Share = Callable[[str, str | None, date], float]
"""Material, depot or none for all, and a day: the share of what comes on that day that the depot takes in."""


@dataclass
class Standing:
    """What the plan begins with.

    Attributes:
        start: the plan's first day; `today` is the day on which it is made, `known_from` the first of which anything is known.
        arrived: orders that were to arrive before the plan, which are in the stock.
        running: orders of the period that the plan begins in, about which it decides itself.
        given_out: what is given out of a material, in a depot or in all, from a day on and before another.
        share: which share of what comes goes to a depot.
        came: goods that came before the plan otherwise than planned.
        notes: what the user should know.
    """

    case: Case
    start: date
    today: date
    known_from: date
    orders: dict[str, OpenOrder]
    arrived: dict[str, OpenOrder]
    running: dict[str, OpenOrder]
    payables: list[Payable]
    stock: list[OpeningStock]
    cash: float
    given_out: GivenOut
    share: Share
    came: list[OpeningStock] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, case: Case, placed: Pipeline, today: date, known_from: date, given_out: GivenOut, share: Share) -> Standing:
        """What a case and the orders that were placed say."""
        orders, arrived, running = (
            {row.order: row for row in rows} for rows in (case.open_orders, placed.arrived, placed.running)
        )
        return cls(
            case, case.settings.start_date, today, known_from, orders, arrived, running, list(case.payables),
            list(case.opening_stock), case.settings.opening_cash, given_out, share,
        )  # fmt: skip

    def put_into(self, case: Case) -> Case:
        """The case that begins with it."""
        return replace(
            case.with_settings(opening_cash=cents(self.cash)), open_orders=tuple(self.orders.values()),
            payables=tuple(self.payables), opening_stock=tuple(self.stock),
        )  # fmt: skip

    def owe(self, order: str, trader: str | None, due: date, amount: float) -> None:
        """An amount is due on a day, beside what may be due of the same order then."""
        same = [one for one in self.payables if (one.order, one.due) == (order, due)]
        together = cents(amount + sum(one.amount for one in same))
        self.payables = [one for one in self.payables if one not in same]
        self.payables += [Payable(order=order, trader=trader, due=due, amount=together)] if together >= CENT else []

    def settle(self, owed: Iterable[Payable], amount: float) -> float:
        """Take an amount off what is owed, the first first; what is left of it."""
        for one in owed:
            self.payables.remove(one)
            amount, rest = max(0.0, amount - one.amount), cents(one.amount - amount)
            self.payables += [one.model_copy(update={"amount": rest})] if rest >= CENT else []
        return amount

    def take(self, order: OpenOrder, quantity: float) -> None:
        """Take goods of an order out of the stock that are not there: of what came on its day first, the largest part first."""
        own = [one for one in self.stock if one.material == order.material]
        for one in sorted(own, key=lambda one: (one.received != order.arrival, -one.quantity)):
            if quantity > 0.0:
                taken = min(one.quantity, quantity)
                quantity -= taken
                place = self.stock.index(one)
                self.stock[place] = one.model_copy(update={"quantity": rounded(one.quantity - taken)})
        self.stock = [one for one in self.stock if one.quantity > 0.0 or one.material != order.material]
        if quantity > QUANTITY_STEP:
            self.notes.append(f"{quantity:,.6g} of {order.material} were needed before {self.start} and were not there")

    def parted(self, order: OpenOrder, row: Actual) -> tuple[OpenOrder, OpenOrder | None]:
        """The part of an order that a row is about, and what is left of it, if anything."""
        part = order.quantity if row.quantity is None else min(row.quantity, order.quantity)
        if row.quantity is not None and row.quantity > order.quantity + QUANTITY_STEP:
            self.notes.append(
                f"Actuals: {row.quantity:,.6g} of {order.order} were {row.kind.value} on {row.date}, and {order.quantity:,.6g} "
                "were ordered: these count"
            )
        left = rounded(order.quantity - part)
        rest = order.model_copy(update={"quantity": left}) if left > QUANTITY_STEP else None
        return order.model_copy(update={"quantity": part}), rest

    def postpone(self, order: OpenOrder, missing: float, arrival: date, told: str) -> None:
        """What is missing of an order that was to have arrived comes later.

        What was to be paid on its arrival or after it, before the plan, is not paid either.
        """
        self.take(order, missing)
        known = {"quantity": missing, "arrival": arrival, "paid": True}
        if not order.paid and order.arrival <= order.pays_on < self.start:
            self.cash += missing * order.price
            known |= {"paid": False, "due": order.pays_on + (arrival - order.arrival)}
            told += f", and is taken to be paid on {known['due']}"
        self.notes.append(told)
        self.orders[order.order] = order.model_copy(update=known)
        self.arrived[order.order] = order.model_copy(update={"quantity": rounded(order.quantity - missing)})

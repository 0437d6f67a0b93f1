"""What really happened, where that is not what the last plan said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from models.case import Case
from models.plan import QUANTITY_STEP, cents, rounded
from models.records import Actual, ActualKind, OpeningStock, OpenOrder, Payable
from planner.carrying.orders import Pipeline

REST = " rest"
"""What the number of an order ends with of which a part has come."""


@dataclass
class Standing:
    """What the plan begins with, while it is put right.

    Attributes:
        start: the plan's first day; `today` is the day on which it is made.
        arrived: orders that were to arrive before the plan, which are in the stock.
        notes: what the user should know.
    """

    start: date
    today: date
    orders: dict[str, OpenOrder]
    arrived: dict[str, OpenOrder]
    payables: list[Payable]
    stock: list[OpeningStock]
    cash: float
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, case: Case, placed: Pipeline, today: date) -> Standing:
        """What a case and the orders that were placed say."""
        return cls(
            case.settings.start_date, today, {row.order: row for row in case.open_orders},
            {row.order: row for row in placed.arrived}, list(case.payables), list(case.opening_stock),
            case.settings.opening_cash,
        )  # fmt: skip

    def put_into(self, case: Case) -> Case:
        """The case that begins with it."""
        return replace(
            case.with_settings(opening_cash=cents(self.cash)), open_orders=tuple(self.orders.values()),
            payables=tuple(self.payables), opening_stock=tuple(self.stock), actuals=(),
        )  # fmt: skip


def happened(standing: Standing, new: Sequence[Actual], every: Sequence[Actual]) -> None:
    """Take into account what happened.

    Args:
        new: rows that no earlier plan has seen: each counts once.
        every: all rows. Where any says that goods were received, what was to arrive and is in none of them has not come.
    """
    for row in sorted(new, key=lambda row: row.date):
        if row.kind is ActualKind.RECEIVED:
            _receive(standing, row)
        elif row.kind is ActualKind.CANCELLED:
            _cancel(standing, row)
        elif row.kind is ActualKind.PAID:
            _pay(standing, row)
    if any(row.kind is ActualKind.RECEIVED for row in every):
        _miss(standing, every)
    for row in _last_counts(new):
        _count(standing, row)


def _receive(standing: Standing, row: Actual) -> None:
    """Goods of an order that was still to come: before the plan they are in the stock, later they come on that day."""
    order = standing.orders.get(row.order or "")
    if order is None:
        if row.order not in standing.arrived:
            _unknown(standing, row)
        return
    part, rest = _parted(order, row.quantity)
    del standing.orders[order.order]
    if row.date < standing.start:
        standing.stock.append(OpeningStock(material=order.material, depot=row.depot, quantity=part.quantity))
        if not order.paid:
            amount = cents(part.quantity * part.price)
            standing.payables.append(Payable(order=order.order, trader=order.trader, due=order.pays_on, amount=amount))
    else:
        standing.orders[order.order] = part.model_copy(update={"arrival": row.date, "cancellable": False, "deferrable": 0})
    if rest is not None:
        standing.orders[rest.order] = rest


def _cancel(standing: Standing, row: Actual) -> None:
    """An order, or a part of it, does not come."""
    order = standing.orders.get(row.order or "")
    arrived = standing.arrived.get(row.order or "")
    if order is not None:
        _, rest = _parted(order, row.quantity)
        del standing.orders[order.order]
        if rest is not None:
            standing.orders[order.order] = rest.model_copy(update={"order": order.order})
    elif arrived is not None:
        part, rest = _parted(arrived, row.quantity)
        _take(standing, arrived.material, part.quantity)
        del standing.arrived[arrived.order]
        if rest is not None:
            standing.arrived[arrived.order] = rest.model_copy(update={"order": arrived.order})
    else:
        _unknown(standing, row)


def _pay(standing: Standing, row: Actual) -> None:
    """What is still due has been paid: before the plan out of its cash, later on that day."""
    order = standing.orders.get(row.order or "")
    owed = [one for one in standing.payables if one.order == row.order]
    if order is None and not owed:
        _unknown(standing, row)
        return
    due = sum(one.amount for one in owed) + (0.0 if order is None or order.paid else order.quantity * order.price)
    if row.date >= standing.start:
        standing.payables = [
            one.model_copy(update={"due": row.date}) if one in owed else one for one in standing.payables
        ]  # fmt: skip
        if order is not None:
            standing.orders[order.order] = order.model_copy(update={"due": row.date})
        return
    standing.cash -= due if row.amount is None else row.amount
    standing.payables = [one for one in standing.payables if one not in owed]
    if order is not None:
        standing.orders[order.order] = order.model_copy(update={"paid": True})


def _miss(standing: Standing, every: Sequence[Actual]) -> None:
    """What was to arrive and has not been received is not in the stock: it comes today at the earliest."""
    received: dict[str, float] = defaultdict(float)
    for row in every:
        if row.kind is ActualKind.RECEIVED and row.order in standing.arrived:
            arrived = standing.arrived[row.order]
            received[row.order] += arrived.quantity if row.quantity is None else row.quantity
    for order in standing.arrived.values():
        missing = rounded(order.quantity - received[order.order])
        if missing > QUANTITY_STEP:
            _take(standing, order.material, missing)
            late = {"quantity": missing, "arrival": max(standing.start, standing.today), "paid": True}
            standing.orders[order.order] = order.model_copy(update=late)
            standing.notes.append(f"order {order.order} was to arrive on {order.arrival} and is not received: it is late")


def _last_counts(rows: Sequence[Actual]) -> Iterator[Actual]:
    """The last count of each material in each depot, the oldest first."""
    counts = sorted((row for row in rows if row.kind is ActualKind.COUNTED), key=lambda row: row.date)
    yield from {(row.material, row.depot): row for row in counts}.values()


def _count(standing: Standing, row: Actual) -> None:
    """What was counted is what there is; goods that came since the plan's first day are in it, and come no more than once."""
    assert row.material is not None and row.quantity is not None
    since = [
        order.quantity for order in standing.orders.values()
        if order.material == row.material and standing.start <= order.arrival <= row.date
    ]  # fmt: skip
    there = max(0.0, row.quantity - sum(since))
    counted = [one for one in standing.stock if one.material == row.material and row.depot in (None, one.depot)]
    before = sum(one.quantity for one in counted)
    others = [one for one in standing.stock if one not in counted]
    if before:
        counted = [one.model_copy(update={"quantity": rounded(one.quantity * there / before)}) for one in counted]
    else:
        counted = [OpeningStock(material=row.material, depot=row.depot, quantity=there)] if there else []
    standing.stock = others + counted


def _take(standing: Standing, material: str, quantity: float) -> None:
    """Take goods out of the stock that are not there, the largest part first."""
    for one in sorted(standing.stock, key=lambda one: -one.quantity):
        if one.material == material and quantity > 0.0:
            taken = min(one.quantity, quantity)
            quantity -= taken
            place = standing.stock.index(one)
            standing.stock[place] = one.model_copy(update={"quantity": rounded(one.quantity - taken)})
    standing.stock = [one for one in standing.stock if one.quantity > 0.0 or one.material != material]


def _parted(order: OpenOrder, quantity: float | None) -> tuple[OpenOrder, OpenOrder | None]:
    """A part of an order, and what is left of it, if anything."""
    part = order.quantity if quantity is None else min(quantity, order.quantity)
    left = rounded(order.quantity - part)
    rest = order.model_copy(update={"order": order.order + REST, "quantity": left}) if left > QUANTITY_STEP else None
    return order.model_copy(update={"quantity": part}), rest


def _unknown(standing: Standing, row: Actual) -> None:
    standing.notes.append(
        f"Actuals: there is no open order {row.order!r} that was {row.kind.value} on {row.date}; the row counts for nothing"
    )

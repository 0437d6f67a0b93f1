"""What really happened, where that is not what the last plan said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from models.case import Case
from models.classes import is_restricted
from models.plan import CENT, QUANTITY_STEP, cents, rounded
from models.records import Actual, ActualKind, OpeningStock, OpenOrder, OriginClass, Payable
from planner.carrying.orders import Pipeline

CAME = " received "
"""What stands between the number of an order and the day on which a part of it came, in the number of that part."""


@dataclass
class Standing:
    """What the plan begins with, while it is put right.

    Attributes:
        start: the plan's first day; `today` is the day on which it is made.
        arrived: orders that were to arrive before the plan, which are in the stock.
        notes: what the user should know.
    """

    case: Case
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
            case, case.settings.start_date, today, {row.order: row for row in case.open_orders},
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
        every: all rows. Where any says that goods were received, what was to arrive and was not received has not come.
    """
    for row in sorted(new, key=lambda row: row.date):
        if row.kind is ActualKind.RECEIVED:
            _receive(standing, row)
        elif row.kind is ActualKind.CANCELLED:
            _cancel(standing, row)
        elif row.kind is ActualKind.PAID:
            _pay(standing, row)
    if any(row.kind is ActualKind.RECEIVED for row in every):
        _miss(standing, new)
    for row in _last_counts(new):
        _count(standing, row)


def _receive(standing: Standing, row: Actual) -> None:
    """Goods of an order that was still to come: before the plan they are in the stock, later they come on that day.

    What is left of the order keeps its number, by which the next part is told.
    """
    order = standing.orders.pop(row.order or "", None)
    if order is None:
        if row.order not in standing.arrived:
            _unknown(standing, row)
        return
    part, rest = _parted(order, row.quantity)
    if rest is not None:
        standing.orders[order.order] = rest
    if row.date < standing.start:
        standing.stock.append(_in_stock(standing.case, part, row))
        if not part.paid:
            _owe(standing, part.order, part.trader, part.pays_on, part.quantity * part.price)
        return
    number = f"{order.order}{CAME}{row.date}"
    there = standing.orders[number].quantity if number in standing.orders else 0.0
    known = {"order": number, "arrival": row.date, "due": part.pays_on, "cancellable": False, "deferrable": 0}
    standing.orders[number] = part.model_copy(update=known | {"quantity": there + part.quantity})


def _in_stock(case: Case, part: OpenOrder, row: Actual) -> OpeningStock:
    """Goods that came before the plan, of their order's origin and at its price."""
    supplier = case.offer[part.offer].supplier if part.offer else part.supplier or ""
    origin = OriginClass.RESTRICTED if is_restricted(case, part.offer or "", supplier) else OriginClass.OPEN
    return OpeningStock(
        material=part.material, depot=row.depot, quantity=part.quantity, unit_cost=part.price or None, received=row.date,
        origin_class=origin,
    )  # fmt: skip


def _cancel(standing: Standing, row: Actual) -> None:
    """An order, or a part of it, does not come; what was taken to have come is not in the stock."""
    holder = next((orders for orders in (standing.orders, standing.arrived) if row.order in orders), None)
    if holder is None or row.order is None:
        _unknown(standing, row)
        return
    part, rest = _parted(holder.pop(row.order), row.quantity)
    if rest is not None:
        holder[row.order] = rest
    if holder is standing.arrived:
        _take(standing, part.material, part.quantity)


def _pay(standing: Standing, row: Actual) -> None:
    """Some or all of what is still due has been paid: before the plan out of its cash, later on that day."""
    own = [one for one in standing.orders.values() if _is_of(one.order, row) and not one.paid]
    owed = [one for one in standing.payables if _is_of(one.order, row)]
    due = sum(one.amount for one in owed) + sum(one.quantity * one.price for one in own)
    if not due:
        _unknown(standing, row)
        return
    paid = left = due if row.amount is None else row.amount
    standing.payables = [one for one in standing.payables if one not in owed]
    for one in owed:
        left, rest = max(0.0, left - one.amount), cents(one.amount - left)
        standing.payables += [one.model_copy(update={"amount": rest})] if rest >= CENT else []
    for order in own:
        amount = order.quantity * order.price
        left, rest = max(0.0, left - amount), cents(amount - left)
        settled = {"paid": True} if rest < CENT else {"price": rest / order.quantity}
        standing.orders[order.order] = order.model_copy(update=settled)
    if row.date < standing.start:
        standing.cash -= paid
    else:
        _owe(standing, row.order or "", (own or owed)[0].trader, row.date, paid)


def _is_of(number: str, row: Actual) -> bool:
    """Whether an order, or a part of one that came, is the one that a row names."""
    return number.split(CAME)[0] == row.order


def _owe(standing: Standing, order: str, trader: str | None, due: date, amount: float) -> None:
    """An amount is due on a day, beside what may be due of the same order then."""
    same = [one for one in standing.payables if (one.order, one.due) == (order, due)]
    together = cents(amount + sum(one.amount for one in same))
    standing.payables = [one for one in standing.payables if one not in same]
    standing.payables += [Payable(order=order, trader=trader, due=due, amount=together)] if together >= CENT else []


def _miss(standing: Standing, new: Sequence[Actual]) -> None:
    """What was to arrive and has not been received is not in the stock: it comes today at the earliest."""
    received: dict[str, float] = defaultdict(float)
    for row in new:
        if row.kind is ActualKind.RECEIVED and row.order in standing.arrived:
            arrived = standing.arrived[row.order]
            received[row.order] += arrived.quantity if row.quantity is None else row.quantity
    for order in standing.arrived.values():
        missing = rounded(order.quantity - received[order.order])
        if CAME not in order.order and missing > QUANTITY_STEP:
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
    rest = order.model_copy(update={"quantity": left}) if left > QUANTITY_STEP else None
    return order.model_copy(update={"quantity": part}), rest


def _unknown(standing: Standing, row: Actual) -> None:
    standing.notes.append(
        f"Actuals: there is no open order {row.order!r} that was {row.kind.value} on {row.date}; the row counts for nothing"
    )

"""What really happened, where that is not what the last plan said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from models.arrivals import supplier_of
from models.case import Case
from models.classes import is_restricted
from models.plan import CENT, QUANTITY_STEP, cents, rounded
from models.records import Actual, ActualKind, OpeningStock, OpenOrder, OriginClass, Payable
from planner.carrying.orders import Pipeline
from planner.findings import Finding, Severity
from planner.sense import Addresses

CAME = " received "
"""What stands between the number of an order and the day on which a part of it came, in the number of that part."""

GivenOut = Callable[[str, str | None, date, date], float]
"""Material, depot or none for all, a day, and the day before which: what is given out."""


@dataclass
class Standing:
    """What the plan begins with, while it is put right.

    Attributes:
        start: the plan's first day; `today` is the day on which it is made.
        arrived: orders that were to arrive before the plan, which are in the stock.
        given_out: what is given out of a material, in a depot or in all, from a day on and before another.
        came: goods that came before the plan otherwise than planned.
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
    given_out: GivenOut
    came: list[OpeningStock] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, case: Case, placed: Pipeline, today: date, given_out: GivenOut) -> Standing:
        """What a case and the orders that were placed say."""
        return cls(
            case, case.settings.start_date, today, {row.order: row for row in case.open_orders},
            {row.order: row for row in placed.arrived}, list(case.payables), list(case.opening_stock),
            case.settings.opening_cash, given_out,
        )  # fmt: skip

    def put_into(self, case: Case) -> Case:
        """The case that begins with it."""
        return replace(
            case.with_settings(opening_cash=cents(self.cash)), open_orders=tuple(self.orders.values()),
            payables=tuple(self.payables), opening_stock=tuple(self.stock), actuals=(),
        )  # fmt: skip


def days_to_come(case: Case, addresses: Addresses, today: date) -> Iterator[Finding]:
    """The rows that tell of a day that is still to come, as faults.

    Args:
        addresses: where each field of the case stands.
    """
    for number, row in enumerate(case.actuals):
        if row.date > today:
            message = f"{row.order or row.material} {row.kind.value} on a day after {today}, for which is planned"
            remedy = "Correct the day, or delete the row until then."
            yield Finding(Severity.FAULT, *addresses.cell(Actual, number, "date"), str(row.date), message, remedy)


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
    part, rest = _parted(standing, order, row)
    if rest is not None:
        standing.orders[order.order] = rest
    if row.date < standing.start:
        standing.came.append(_in_stock(standing.case, part, row))
        standing.stock.append(standing.came[-1])
        if not part.paid:
            _owe(standing, part.order, part.trader, part.pays_on, part.quantity * part.price)
        return
    number = f"{order.order}{CAME}{row.date}"
    there = standing.orders[number].quantity if number in standing.orders else 0.0
    known = {"order": number, "arrival": row.date, "due": part.pays_on, "cancellable": False, "deferrable": 0}
    standing.orders[number] = part.model_copy(update=known | {"quantity": there + part.quantity})


def _in_stock(case: Case, part: OpenOrder, row: Actual) -> OpeningStock:
    """Goods that came before the plan, of their order's origin and at its price."""
    restricted = is_restricted(case, part.offer or "", supplier_of(case, part))
    return OpeningStock(
        material=part.material, depot=row.depot, quantity=part.quantity, unit_cost=part.price or None, received=row.date,
        origin_class=OriginClass.RESTRICTED if restricted else OriginClass.OPEN,
    )  # fmt: skip


def _cancel(standing: Standing, row: Actual) -> None:
    """An order, or a part of it, does not come; what was taken to have come is not in the stock."""
    holder = next((orders for orders in (standing.orders, standing.arrived) if row.order in orders), None)
    if holder is None or row.order is None:
        _unknown(standing, row)
        return
    part, rest = _parted(standing, holder.pop(row.order), row)
    if rest is not None:
        holder[row.order] = rest
    if holder is standing.arrived:
        _take(standing, part, part.quantity)
        _disown(standing, part)


def _disown(standing: Standing, part: OpenOrder) -> None:
    """What is owed of goods that do not come is owed no more; what was to be paid once they are there is not paid either."""
    left = 0.0 if part.paid else cents(part.quantity * part.price)
    if part.arrival <= part.pays_on < standing.start:
        standing.cash, left = standing.cash + left, 0.0
    for one in [one for one in standing.payables if one.order == part.order]:
        standing.payables.remove(one)
        left, rest = max(0.0, left - one.amount), cents(one.amount - left)
        standing.payables += [one.model_copy(update={"amount": rest})] if rest >= CENT else []


def _pay(standing: Standing, row: Actual) -> None:
    """Some or all of what is still due has been paid: before the plan out of its cash, later on that day."""
    own = [one for one in standing.orders.values() if _is_of(one.order, row) and not one.paid]
    owed = [one for one in standing.payables if _is_of(one.order, row)]
    due = sum(one.amount for one in owed) + sum(one.quantity * one.price for one in own)
    if not due:
        _unknown(standing, row)
        return
    paid = left = due if row.amount is None else row.amount
    if paid > due + CENT:
        standing.notes.append(f"Actuals: {paid:,.2f} USD were paid of {row.order} on {row.date}, and {due:,.2f} were owed")
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
            _take(standing, order, missing)
            standing.orders[order.order] = _late(standing, order, missing)
            standing.arrived[order.order] = order.model_copy(update={"quantity": rounded(order.quantity - missing)})


def _late(standing: Standing, order: OpenOrder, missing: float) -> OpenOrder:
    """What is missing of an order: what was to be paid on its arrival or after it, before the plan, is not paid either."""
    arrival = max(standing.start, standing.today)
    told = f"order {order.order} was to arrive on {order.arrival} and is not received: it is late"
    known = {"quantity": missing, "arrival": arrival, "paid": True}
    if not order.paid and order.arrival <= order.pays_on < standing.start:
        standing.cash += missing * order.price
        known |= {"paid": False, "due": order.pays_on + (arrival - order.arrival)}
        told += f", and is taken to be paid on {known['due']}"
    standing.notes.append(told)
    return order.model_copy(update=known)


def _last_counts(rows: Sequence[Actual]) -> Iterator[Actual]:
    """The last count of each material in each depot, the oldest first."""
    counts = sorted((row for row in rows if row.kind is ActualKind.COUNTED), key=lambda row: row.date)
    yield from {(row.material, row.depot): row for row in counts}.values()


def _count(standing: Standing, row: Actual) -> None:
    """What was counted is what there was at the end of that day; what came and went between it and the plan's first day is
    added and taken off, or the other way round where it was counted after that day."""
    assert row.material is not None and row.quantity is not None
    there = rounded(row.quantity + _between(standing, row))
    if there < 0.0:
        standing.notes.append(
            f"Actuals: {row.quantity:,.6g} of {row.material} counted on {row.date} are {-there:,.6g} less than what is known "
            f"to have come and gone allows: nothing is taken to be there on {standing.start}"
        )
        there = 0.0
    counted = [one for one in standing.stock if one.material == row.material and row.depot in (None, one.depot)]
    before = sum(one.quantity for one in counted)
    others = [one for one in standing.stock if one not in counted]
    if before:
        counted = [one.model_copy(update={"quantity": rounded(one.quantity * there / before)}) for one in counted]
    else:
        counted = [OpeningStock(material=row.material, depot=row.depot, quantity=there)] if there else []
    standing.stock = others + counted


def _between(standing: Standing, row: Actual) -> float:
    """What comes and goes from the day after a count to the plan's first day; less than nothing the other way round."""
    assert row.material is not None
    start, after = standing.start, row.date + timedelta(days=1)
    if row.date >= start:
        coming = (one for one in standing.orders.values() if start <= one.arrival <= row.date)
        return standing.given_out(row.material, row.depot, start, after) - _sum(coming, row)
    came = (one for one in standing.arrived.values() if row.date < one.arrival < start)
    received = (one for one in standing.came if one.received is not None and row.date < one.received < start)
    return _sum(came, row) + _sum(received, row) - standing.given_out(row.material, row.depot, after, start)


def _sum(goods: Iterable[OpenOrder | OpeningStock], row: Actual) -> float:
    return sum(one.quantity for one in goods if one.material == row.material)


def _take(standing: Standing, order: OpenOrder, quantity: float) -> None:
    """Take goods of an order out of the stock that are not there: of what came on its day first, and the largest part first."""
    own = [one for one in standing.stock if one.material == order.material]
    for one in sorted(own, key=lambda one: (one.received != order.arrival, -one.quantity)):
        if quantity > 0.0:
            taken = min(one.quantity, quantity)
            quantity -= taken
            place = standing.stock.index(one)
            standing.stock[place] = one.model_copy(update={"quantity": rounded(one.quantity - taken)})
    standing.stock = [one for one in standing.stock if one.quantity > 0.0 or one.material != order.material]
    if quantity > QUANTITY_STEP:
        standing.notes.append(f"{quantity:,.6g} of {order.material} were needed before {standing.start} and were not there")


def _parted(standing: Standing, order: OpenOrder, row: Actual) -> tuple[OpenOrder, OpenOrder | None]:
    """The part of an order that a row is about, and what is left of it, if anything."""
    part = order.quantity if row.quantity is None else min(row.quantity, order.quantity)
    if row.quantity is not None and row.quantity > order.quantity + QUANTITY_STEP:
        standing.notes.append(
            f"Actuals: {row.quantity:,.6g} of {order.order} were {row.kind.value} on {row.date}, and {order.quantity:,.6g} "
            "were ordered: these count"
        )
    left = rounded(order.quantity - part)
    rest = order.model_copy(update={"quantity": left}) if left > QUANTITY_STEP else None
    return order.model_copy(update={"quantity": part}), rest


def _unknown(standing: Standing, row: Actual) -> None:
    standing.notes.append(
        f"Actuals: there is no open order {row.order!r} that was {row.kind.value} on {row.date}; the row counts for nothing"
    )

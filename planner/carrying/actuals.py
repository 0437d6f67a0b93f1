"""What really happened, where that is not what the last plan said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from models.arrivals import supplier_of
from models.case import Case
from models.classes import is_restricted
from models.plan import CENT, QUANTITY_STEP, cents, rounded
from models.records import Actual, ActualKind, OpeningStock, OpenOrder, OriginClass
from planner.carrying.counts import count
from planner.carrying.orders import Pipeline
from planner.carrying.standing import CAME, PAID, Standing
from planner.findings import Finding, Severity
from planner.sense import Addresses
from planner.validate.names import did_you_mean


class Told(NamedTuple):
    """The rows of Actuals.

    Attributes:
        new: those that have not counted yet.
        read: those of the workbook that have.
        done: all that have in earlier plans, whether or not the workbook still has them.
    """

    new: list[Actual]
    read: list[Actual]
    done: tuple[Actual, ...]


def told(book: Case, before: Sequence[Actual], recounted: Iterable[str] = ()) -> Told:
    """What a workbook tells: each row counts once, however often it is read, taken out and put back.

    Args:
        before: rows that have counted in earlier plans.
        recounted: materials of which stock counts count once more.
    """
    seen, again = Counter(map(_content, before)), set(recounted)
    new: list[Actual] = []
    read: list[Actual] = []
    for row in book.actuals:
        content = _content(row)
        was_seen = row.done or seen[content] > 0
        seen[content] -= 1
        is_again = row.kind is ActualKind.COUNTED and row.material in again
        (read if was_seen and not is_again else new).append(row)
    return Told(new, read, tuple(before))


def _content(row: Actual) -> str:
    return row.model_copy(update={"order": row.order and row.order.casefold(), "done": False}).model_dump_json()


def as_done(case: Case, told: Told, counted: Iterable[Actual]) -> tuple[Actual, ...]:
    """The rows that have counted, as the next plan is told of them: those about what the workbook still has."""
    depots = {None, *(row.depot for row in case.depots)}
    rows = (row for row in (*told.done, *counted) if row.material is None or row.material in case.material)
    return tuple(row.model_copy(update={"done": True}) for row in rows if row.depot in depots)


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


def named(rows: Iterable[Actual], book: Case, placed: Pipeline) -> list[Actual]:
    """The rows with the numbers of their orders as these are written, the oldest first."""
    orders = (*book.open_orders, *placed.running, *placed.arrived, *placed.coming)
    known = {order.order.casefold(): order.order for order in orders}
    ordered = sorted(rows, key=lambda row: (row.date, row.depot is not None))  # a count of a depot says more than one of all
    return [row.model_copy(update={"order": row.order and known.get(row.order.casefold(), row.order)}) for row in ordered]


def happened(standing: Standing, rows: Sequence[Actual], told: Told) -> list[Actual]:
    """Take into account what happened; the rows that counted.

    Where any row says that goods were received, what was to arrive and was not received has not come.

    Args:
        rows: the new ones, as `named` gives them.
    """
    counted = [row for row in rows if row.kind in _HOW and _HOW[row.kind](standing, row)]
    if any(row.kind is ActualKind.RECEIVED for row in (*told.read, *counted)):
        _miss(standing, counted)
    return counted + [row for row in rows if row.kind is ActualKind.COUNTED and count(standing, row, told.done)]


def _receive(standing: Standing, row: Actual) -> bool:
    """Goods of an order that was still to come: before the plan they are in the stock, later they come on that day.

    What is left of the order keeps its number, by which the next part is told.
    """
    order = standing.orders.pop(row.order or "", None)
    if order is None and row.order in standing.arrived:
        standing.parted(standing.arrived[row.order], row)  # it is there: only what is too much is told
        return True
    if order is None:
        return _unknown(standing, row)
    part, rest = standing.parted(order, row)
    if rest is not None:
        standing.orders[order.order] = rest
    if row.date < standing.start:
        standing.came.append(_in_stock(standing.case, part, row))
        standing.stock.append(standing.came[-1])
        if not part.paid:
            standing.owe(part.order, part.trader, part.pays_on, part.quantity * part.price)
        return True
    number = f"{order.order}{CAME}{row.date}"
    there = standing.orders[number].quantity if number in standing.orders else 0.0
    known = {"order": number, "arrival": row.date, "due": part.pays_on, "cancellable": False, "deferrable": 0}
    standing.orders[number] = part.model_copy(update=known | {"quantity": there + part.quantity})
    return True


def _in_stock(case: Case, part: OpenOrder, row: Actual) -> OpeningStock:
    """Goods that came before the plan, of their order's origin and at its price."""
    restricted = is_restricted(case, part.offer or "", supplier_of(case, part))
    return OpeningStock(
        material=part.material, depot=row.depot, quantity=part.quantity, unit_cost=part.price or None, received=row.date,
        origin_class=OriginClass.RESTRICTED if restricted else OriginClass.OPEN,
    )  # fmt: skip


def _cancel(standing: Standing, row: Actual) -> bool:
    """An order, or a part of it, does not come; what was taken to have come is not in the stock."""
    holder = next((orders for orders in (standing.orders, standing.arrived) if row.order in orders), None)
    if holder is None or row.order is None:
        return _unknown(standing, row)
    part, rest = standing.parted(holder.pop(row.order), row)
    if rest is not None:
        holder[row.order] = rest
    if holder is standing.arrived:
        standing.take(part, part.quantity)
        _disown(standing, part)
    return True


def _disown(standing: Standing, part: OpenOrder) -> None:
    """What is owed of goods that do not come is owed no more; what was to be paid once they are there is not paid either."""
    left = 0.0 if part.paid else cents(part.quantity * part.price)
    if part.arrival <= part.pays_on < standing.start:
        standing.cash, left = standing.cash + left, 0.0
    standing.settle([one for one in standing.payables if one.order == part.order], left)


def _pay(standing: Standing, row: Actual) -> bool:
    """Some or all of what is still due has been paid: before the plan out of its cash, later on that day."""
    own = [one for one in standing.orders.values() if _is_of(one.order, row) and not one.paid]
    owed = [one for one in standing.payables if _is_of(one.order, row)]
    due = sum(one.amount for one in owed) + sum(one.quantity * one.price for one in own)
    if not due:
        return _unknown(standing, row)
    paid = due if row.amount is None else row.amount
    if paid > due + CENT:
        standing.notes.append(f"Actuals: {paid:,.2f} USD were paid of {row.order} on {row.date}, and {due:,.2f} were owed")
    left = standing.settle(owed, paid)
    for order in own:
        amount = order.quantity * order.price
        left, rest = max(0.0, left - amount), cents(amount - left)
        settled = {"paid": True} if rest < CENT else {"price": rest / order.quantity}
        standing.orders[order.order] = order.model_copy(update=settled)
    if row.date < standing.start:
        standing.cash -= paid
    else:  # under a number of its own: it is not owed, and no later payment is for it
        standing.owe(f"{row.order}{PAID}{row.date}", (own or owed)[0].trader, row.date, paid)
    return True


_HOW: Mapping[ActualKind, Callable[[Standing, Actual], bool]] = {
    ActualKind.RECEIVED: _receive, ActualKind.CANCELLED: _cancel, ActualKind.PAID: _pay,
}  # fmt: skip
"""How each kind of what happens to an order is taken into account; whether a row counts."""


def _is_of(number: str, row: Actual) -> bool:
    """Whether an order, or a part of one that came, is the one that a row names."""
    return number.split(CAME)[0] == row.order


def _miss(standing: Standing, counted: Iterable[Actual]) -> None:
    """What was to arrive and has not been received is not in the stock: it comes today at the earliest."""
    received: dict[str, float] = defaultdict(float)
    for row in counted:
        if row.kind is ActualKind.RECEIVED and row.order in standing.arrived:
            arrived = standing.arrived[row.order]
            received[row.order] += arrived.quantity if row.quantity is None else row.quantity
    for order in list(standing.arrived.values()):
        missing = rounded(order.quantity - received[order.order])
        if CAME not in order.order and missing > QUANTITY_STEP:
            told = f"order {order.order} was to arrive on {order.arrival} and is not received: it is late"
            standing.postpone(order, missing, max(standing.start, standing.today), told)


def _unknown(standing: Standing, row: Actual) -> bool:
    """Say why a row does not count."""
    known = (*standing.orders, *standing.arrived)
    what = f"Actuals: {row.order} {row.kind.value} on {row.date}"
    if row.order in standing.running:
        why = "it is ordered in the running period, after which the row counts"
    elif row.order in known or (row.kind is ActualKind.PAID and any(_is_of(number, row) for number in known)):
        why = "nothing is owed of it; the row counts for nothing. Correct it, or delete it"
    else:
        guess = did_you_mean(row.order or "", known)
        why = f"there is no such order on its way or owed{guess}; the row counts for nothing. Correct it, or delete it"
    standing.notes.append(f"{what}: {why}")
    return False

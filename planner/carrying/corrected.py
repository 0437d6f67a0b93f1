"""What the workbook says otherwise than when the last plan was made from it: of its beginning, and of orders and debts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from models.case import Case
from models.plan import cents
from models.records import OpeningStock, OpenOrder
from planner.carrying.orders import Pipeline
from planner.carrying.pruned import orders_known, payables_known
from planner.carrying.standing import Standing


def recounted(book: Case, before: Case) -> frozenset[str]:
    """The materials whose opening stock the workbook gives otherwise than before."""
    return frozenset(name for name in book.material if _lying(book, name) != _lying(before, name))


def _lying(book: Case, material: str) -> list[OpeningStock]:
    return [row for row in book.opening_stock if row.material == material]


def corrected_stock(
    stock: Sequence[OpeningStock], case: Case, before: Case, has_passed: bool, notes: list[str]
) -> tuple[OpeningStock, ...]:
    """The stock that was carried over, as a corrected workbook has it.

    Args:
        before: the workbook as it was.
        has_passed: whether the day on which its opening stock lay there has passed: then the plan's own figures hold.
    """
    changed = recounted(case, before)
    if not has_passed:
        kept = (row for row in stock if row.material not in changed)
        return (*kept, *(row for row in case.opening_stock if row.material in changed))
    for name in sorted(changed):
        notes.append(
            f"OpeningStock of {name} was changed, and is that of {before.settings.start_date}, after which plans were made: it "
            "does not count. Say in Actuals what was counted"
        )
    return tuple(stock)


def corrected_money(case: Case, book: Case, before: Case, notes: list[str]) -> Case:
    """A case whose cash and loans differ from what was carried over by as much as the workbook differs from what it was."""
    more = book.settings.opening_cash - before.settings.opening_cash
    if more:
        cash = cents(case.settings.opening_cash + more)
        notes.append(
            f"opening cash was changed by {more:+,.2f} USD: so is the cash on {case.settings.start_date}, to {cash:,.2f}"
        )
        case = case.with_settings(opening_cash=cash)
    drawn = {row.source: row.drawn for row in before.funding}
    changes = {row.source: row.drawn - drawn[row.source] for row in book.funding if row.source in drawn}
    funding = []
    for row in case.funding:
        if more := changes.get(row.source, 0.0):
            row = row.model_copy(update={"drawn": max(0.0, cents(row.drawn + more))})
            notes.append(f"what is drawn of {row.source} was changed by {more:+,.2f} USD, to {row.drawn:,.2f}")
        funding.append(row)
    return replace(case, funding=tuple(funding))


def with_orders(case: Case, before: Case, placed: Pipeline, notes: list[str]) -> Case:
    """What is on its way and owed: as carried over, but for rows that were added to the workbook, changed, or taken out."""
    orders = _own(placed.coming, case.open_orders, before.open_orders, lambda row: row.order)
    owed = _own(placed.owed, case.payables, before.payables, lambda row: (row.order, row.due))
    coming = orders_known(case, (row for row in orders if row.arrival >= case.settings.start_date), notes)
    return replace(case, open_orders=tuple(coming), payables=tuple(payables_known(case, owed)))


def _own(carried: Sequence[Any], now: Sequence[Any], before: Sequence[Any], key: Callable[[Any], object]) -> tuple[Any, ...]:
    known = {key(row): row for row in before}
    changed = {key(row): row for row in now if known.get(key(row)) != row}
    gone = known.keys() - {key(row) for row in now}
    kept = [changed.pop(key(row), row) for row in carried if key(row) not in gone]
    new = [row for name, row in changed.items() if name not in known]
    return (*kept, *new)


def put_off(standing: Standing, book: Case, before: Case, placed: Pipeline) -> None:
    """Orders that were to have arrived, and that the workbook now gives otherwise: what comes later is not in the stock."""
    for row in _too_late(book, before, placed, standing.start):
        order = standing.arrived.get(row.order)
        if order is not None and row.arrival >= standing.start:
            told = f"order {row.order} was to arrive on {order.arrival}, and OpenOrders now says {row.arrival}: it is late"
            standing.postpone(order, order.quantity, row.arrival, told)
        elif any(row.order == one.order for one in before.open_orders):
            standing.notes.append(
                f"OpenOrders: {row.order} was changed, which was to arrive before {standing.start}: that does not count. Say "
                "in Actuals what came, or was cancelled"
            )
        else:
            standing.notes.append(
                f"OpenOrders: {row.order} was to arrive on {row.arrival}, before {standing.start}: that does not count. Say "
                "when it comes, or in Actuals what was counted"
            )


def _too_late(book: Case, before: Case, placed: Pipeline, start: date) -> Iterator[OpenOrder]:
    """Rows of OpenOrders that are new or were changed when it is too late for it: they are not on their way."""
    known, coming = {row.order: row for row in before.open_orders}, {row.order for row in placed.coming}
    for row in book.open_orders:
        is_new = row.order not in known
        if known.get(row.order) != row and row.order not in coming and (not is_new or row.arrival < start):
            yield row

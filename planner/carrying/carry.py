"""From the last published plan to the workbook that today's plan is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from models.case import Case
from models.needs import drawn
from models.plan import Plan
from models.records import Actual, Demand, Previous
from planner.carrying.actuals import Standing, happened
from planner.carrying.call_offs import with_call_offs
from planner.carrying.contracts import with_contracts
from planner.carrying.money import with_money
from planner.carrying.moved import input_changes, otherwise
from planner.carrying.orders import Pipeline, pipeline
from planner.carrying.pruned import orders_known, payables_known, stock_known
from planner.carrying.stock import given_out, stock_after
from planner.findings import FaultyInput, Finding, Severity


@dataclass(frozen=True, eq=False)
class Last:
    """The last published plan.

    Attributes:
        book: the workbook as it was then.
        case: what was planned from: the workbook with what had been carried over to it.
        plan: of that case.
    """

    book: Case
    case: Case
    plan: Plan


@dataclass(frozen=True, eq=False)
class Carried:
    """What today's plan is made from, and what the user should know of it."""

    case: Case
    notes: tuple[str, ...]


def carry(book: Case, last: Last | None, today: date, keep_to: Sequence[Previous] = (), until: date | None = None) -> Carried:
    """The workbook of today with what was committed.

    Args:
        book: the workbook as it is.
        keep_to: the orders that the plan is to keep to, those of the last plan or of a baseline; `until` is the last day that
            it looked ahead to.
    """
    notes: list[str] = []
    periods = None if last is None else _passed(book, last, today, notes)
    if last is None or periods is None:
        placed, case = Pipeline(book.open_orders, (), book.payables), book
    else:
        placed = pipeline(last.plan, periods)
        case = _begun(book, last.case.calendar.first_day(periods + 1), notes)
        case = replace(case, opening_stock=tuple(stock_known(case, stock_after(last.plan, periods), notes)))
        case = with_contracts(with_money(case, last, periods, placed), last, periods, _unseen(book, last))
        case = with_call_offs(case, last, periods)
        case = replace(case, **_merged(case, last.book, placed, notes))
    standing, new = Standing.of(case, placed, today, partial(_given_out, book, last)), _unseen(book, last)
    told = tuple(otherwise(new, (*case.open_orders, *placed.arrived)))
    happened(standing, new, book.actuals)
    case = standing.put_into(case)
    ahead = tuple(row for row in keep_to if row.period >= case.settings.start_date)
    moved = () if last is None else (*input_changes(last.book, book), *told)
    case = replace(case.with_settings(previous_until=until), previous=ahead, input_changes=moved)
    return Carried(case, (*notes, *standing.notes))


def _passed(book: Case, last: Last, today: date, notes: list[str]) -> int | None:
    """How many periods of the last plan have passed; nothing where the workbook begins anew."""
    if book.settings.start_date != last.book.settings.start_date or book.settings.period != last.book.settings.period:
        notes.append("the start date was changed: stock, orders, contracts and money are what the workbook says")
        return None
    passed = max(0, last.case.calendar.period_of(today) - 1)
    if passed > last.case.calendar.periods:
        end = last.case.calendar.last_day(last.case.calendar.periods)
        message = f"the last plan ended on {end}, and {today} is planned for: what happened since is not known"
        remedy = "Give the workbook a new start date, and its stock on that day."
        raise FaultyInput([Finding(Severity.FAULT, "Settings", "", "", message, remedy)])
    return passed


def _given_out(book: Case, last: Last | None, material: str, depot: str | None, since: date, before: date) -> float:
    """What is given out of a material between two days: as planned, or without a plan as the workbook asks for it."""
    if last is not None and material in last.case.material:
        return given_out(last.plan, material, depot, since, before)
    asked = drawn(book, material)
    days = {t: (min(before, book.calendar.first_day(t + 1)) - max(since, book.calendar.first_day(t))).days for t in asked}
    return sum(asked[t] * max(0, days[t]) / book.calendar.days(t) for t in asked)


def _begun(book: Case, start: date, notes: list[str]) -> Case:
    """The workbook with another first day, and its horizon as long as before.

    Demand by date goes on past its last row as it is there, which is how days of cover are counted past the horizon, too.
    """
    case = book.with_settings(start_date=start)
    first, end = book.calendar.periods + 1, book.calendar.period_of(case.calendar.last_day(case.calendar.periods))
    rows: list[Demand] = []
    for material in dict.fromkeys(row.material for row in book.demand) if end >= first else ():
        own = [row for row in book.demand if row.material == material]
        last = max(book.calendar.period_of(row.date) for row in own)
        quantity = sum(row.quantity for row in own if book.calendar.period_of(row.date) == last)
        ahead = range(max(first, last + 1), end + 1)
        rows += [Demand(material=material, date=book.calendar.first_day(t), quantity=quantity) for t in ahead]
    if rows:
        notes.append(f"the sheet Demand ends before the plan: from {min(row.date for row in rows)} on its last period goes on")
    return replace(case, demand=(*book.demand, *rows))


def _unseen(book: Case, last: Last | None) -> list[Actual]:
    """The rows of Actuals that the last plan has not seen; each counts once."""
    seen = Counter(row.model_dump_json() for row in (last.book.actuals if last is not None else ()))
    found = []
    for row in book.actuals:
        content = row.model_dump_json()
        if seen[content]:
            seen[content] -= 1
        else:
            found.append(row)
    return found


def _merged(case: Case, before: Case, placed: Pipeline, notes: list[str]) -> dict[str, Any]:
    """What is on its way and owed: as carried over, but for rows that were added to the workbook, changed, or taken out."""
    orders = _own(placed.coming, case.open_orders, before.open_orders, lambda row: row.order)
    owed = _own(placed.owed, case.payables, before.payables, lambda row: (row.order, row.due))
    coming = orders_known(case, (row for row in orders if row.arrival >= case.settings.start_date), notes)
    return {"open_orders": tuple(coming), "payables": tuple(payables_known(case, owed))}


def _own(carried: Sequence[Any], now: Sequence[Any], before: Sequence[Any], key: Any) -> tuple[Any, ...]:
    known = {key(row): row for row in before}
    changed = {key(row): row for row in now if known.get(key(row)) != row}
    gone = known.keys() - {key(row) for row in now}
    kept = [changed.pop(key(row), row) for row in carried if key(row) not in gone]
    new = [row for name, row in changed.items() if name not in known]
    return (*kept, *new)

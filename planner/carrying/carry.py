"""From the last published plan to the workbook that today's plan is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import NamedTuple

from models.case import Case
from models.needs import drawn
from models.plan import Plan
from models.records import Actual, Demand, Previous
from planner.carrying.actuals import Told, as_done, happened, named, told
from planner.carrying.call_offs import with_call_offs
from planner.carrying.contracts import with_contracts
from planner.carrying.corrected import corrected_money, corrected_stock, put_off, recounted, with_orders
from planner.carrying.money import with_money
from planner.carrying.moved import input_changes, otherwise
from planner.carrying.orders import Pipeline, pipeline
from planner.carrying.pruned import stock_known
from planner.carrying.standing import Standing
from planner.carrying.stock import given_out, share_taken_in, stock_after
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
    begun = _anew(book, last) if last is None or periods is None else _going_on(book, last, periods, notes)
    standing = _standing(begun, book, last, today)
    if last is not None and periods is not None:
        put_off(standing, book, last.book, begun.placed)
    counted = happened(standing, begun.rows, begun.said)
    case = standing.put_into(begun.case)
    ahead = tuple(row for row in keep_to if row.period >= case.settings.start_date)
    case = replace(case.with_settings(previous_until=until), previous=ahead, actuals=as_done(case, begun.said, counted))
    if last is not None:
        orders = (*begun.case.open_orders, *begun.placed.arrived)
        case = replace(case, input_changes=(*input_changes(last.book, book), *otherwise(counted, orders)))
    return Carried(case, (*notes, *standing.notes))


class _Begun(NamedTuple):
    """What today's plan begins with as was planned, and what has happened otherwise.

    Attributes:
        said: the rows of Actuals.
        rows: the new ones of them.
    """

    case: Case
    placed: Pipeline
    said: Told
    rows: list[Actual]


def _anew(book: Case, last: Last | None) -> _Begun:
    """The workbook as it is."""
    placed = Pipeline(book.open_orders, (), book.payables)
    said = told(book, () if last is None else last.case.actuals)
    return _Begun(book, placed, said, named(said.new, book, placed))


def _going_on(book: Case, last: Last, periods: int, notes: list[str]) -> _Begun:
    """The workbook with what the last plan leaves after some periods."""
    placed = pipeline(last.plan, periods)
    case = _begun(book, last.case.calendar.first_day(periods + 1), notes)
    has_passed = case.settings.start_date > book.settings.start_date
    said = told(book, last.case.actuals, () if has_passed else recounted(book, last.book))
    rows = named(said.new, book, placed)
    stock = corrected_stock(stock_after(last.plan, periods), case, last.book, has_passed, notes)
    case = replace(case, opening_stock=tuple(stock_known(case, stock, notes)))
    case = with_contracts(with_money(case, last, periods, placed), last, periods, rows)
    case = with_call_offs(corrected_money(case, book, last.book, notes), last, periods)
    return _Begun(with_orders(case, last.book, placed, notes), placed, said, rows)


def _standing(begun: _Begun, book: Case, last: Last | None, today: date) -> Standing:
    """What the plan begins with, before anything has happened."""
    known_from = (book if last is None else last.case).settings.start_date
    share = partial(share_taken_in, None if last is None else last.plan, begun.case)
    return Standing.of(begun.case, begun.placed, today, known_from, partial(_given_out, book, last), share)


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

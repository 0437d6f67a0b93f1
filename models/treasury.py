"""The checking side of money: cash, and what is drawn, owed and paid for it, period by period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from models.case import Case
from models.invoice import CASH
from models.plan import CENT, Assessment, Charge, Plan, money_tolerance
from models.records import EquityOrder, Funding, FundingKind


class Standing(NamedTuple):
    """A source of money over a period, in USD.

    Attributes:
        opening, closing: what is drawn of it and not repaid.
        available: the most that may be, at the period's end.
    """

    source: str
    period: int
    opening: float
    drawn: float
    repaid: float
    closing: float
    available: float


class CashFlow(NamedTuple):
    """Money over a period, in USD: opening + drawn − repaid − paid = closing.

    Attributes:
        paid: by line of the bill; income is negative.
        payments: how many amounts that adds up.
    """

    period: int
    opening: float
    drawn: float
    repaid: float
    paid: Mapping[str, float]
    closing: float
    payments: int


def sources(case: Case) -> list[Funding]:
    """The loans and equity of a case, without their tranches."""
    return [row for row in case.funding if row.kind is not FundingKind.TRANCHE]


def standings(plan: Plan) -> Iterator[Standing]:
    """Every source in every period."""
    decided = {(row.source, row.period): row for row in plan.drawings}
    for row in sources(plan.case):
        level = row.drawn
        for t in plan.case.calendar.horizon:
            found = decided.get((row.source, t))
            drawn, repaid = (found.drawn, found.repaid) if found else (0.0, 0.0)
            closing = level + drawn - repaid
            yield Standing(row.source, t, level, drawn, repaid, closing, lendable(plan.case, row, t))
            level = closing


def lendable(case: Case, row: Funding, period: int) -> float:
    """The most that the balance of a source may be at a period's end, in USD."""
    end = case.calendar.last_day(period)
    tranches = [other for other in case.funding if other.kind is FundingKind.TRANCHE and other.source == row.source]
    there = sum(part.amount for part in tranches or [row] if part.available_from is None or part.available_from <= end)
    if row.available_from is not None and end < row.available_from:
        there = 0.0
    if row.repay_by is None or not _begun(case, row, period):
        return there
    left = max(0, (row.repay_by - end).days)
    return there * left / (row.repay_by - row.repay_from).days if row.repay_from and left else 0.0


def owed_on_loans(plan: Plan) -> dict[int, float]:
    """What is owed on all loans at the end of each period, in USD."""
    loans = {row.source for row in sources(plan.case) if row.kind is FundingKind.LOAN}
    owed = dict.fromkeys(plan.case.calendar.horizon, 0.0)
    for standing in standings(plan):
        owed[standing.period] += standing.closing if standing.source in loans else 0.0
    return owed


def financing(plan: Plan) -> Iterator[Charge]:
    """Interest and fees of the sources."""
    case, records = plan.case, {row.source: row for row in sources(plan.case)}
    part, start = case.calendar.months / 12, case.settings.start_date
    for standing in standings(plan):
        row, t = records[standing.source], standing.period
        lent = row.kind is FundingKind.LOAN
        if lent and row.rate * standing.opening:
            yield Charge("interest", "", "", t, t, standing.opening * row.rate * part)
        if lent and t == case.calendar.periods and row.rate * standing.closing:
            yield Charge("interest", "", "", t, t + 1, standing.closing * row.rate * part)
        since, until = row.available_from or start, row.repay_by or date.max
        is_open = since <= case.calendar.last_day(t) and case.calendar.first_day(t) <= until
        if lent and row.commitment_fee and is_open:
            undrawn = row.amount - standing.opening
            yield Charge("commitment fee", "", "", t, t, undrawn * row.commitment_fee * part)
        if row.upfront_fee and since >= start and case.calendar.period_of(since) == t:
            yield Charge("upfront fee", "", "", t, t, row.amount * row.upfront_fee)


def cash_flows(plan: Plan, charges: Sequence[Charge]) -> list[CashFlow]:
    """Cash, period by period; nothing without sources of money."""
    case = plan.case
    paid: dict[int, dict[str, float]] = {t: defaultdict(float) for t in case.calendar.horizon}
    payments = dict.fromkeys(case.calendar.horizon, 0)
    for charge in charges:
        if charge.line in CASH and charge.due in paid:
            paid[charge.due][charge.line] += charge.amount
            payments[charge.due] += 1
    drawn, repaid = (dict.fromkeys(case.calendar.horizon, 0.0) for _ in range(2))
    for standing in standings(plan):
        drawn[standing.period] += standing.drawn
        repaid[standing.period] += standing.repaid
    found, level = [], case.settings.opening_cash
    for t in case.calendar.horizon if case.funding else ():
        closing = level + drawn[t] - repaid[t] - sum(paid[t].values())
        found.append(CashFlow(t, level, drawn[t], repaid[t], paid[t], closing, payments[t]))
        level = closing
    return found


def assessed(rule: str, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
    """The limits on cash and on each source, and the order in which they are used."""
    case = plan.case
    amounts = 0
    for flow in cash_flows(plan, charges):
        amounts += flow.payments
        where = f"cash at the end of {case.calendar.name(flow.period)}"
        tolerance = money_tolerance(amounts + len(plan.drawings), plan.lines)
        yield Assessment(rule, where, "at least", case.settings.minimum_cash, flow.closing, "USD", tolerance)
    for standing in standings(plan):
        where, cents = f"{standing.source} at the end of {case.calendar.name(standing.period)}", 2 * standing.period * CENT
        yield Assessment(rule, where, "at most", standing.available, standing.closing, "USD", cents)
        yield Assessment(rule, f"{where}: not overpaid", "at least", 0.0, standing.closing, "USD", cents)
    yield from _in_turn(rule, plan)


def _in_turn(rule: str, plan: Plan) -> Iterator[Assessment]:
    """Equity before loans, or both in proportion."""
    case = plan.case
    rows = {row.source: row for row in sources(case)}
    equity = {name for name, row in rows.items() if row.kind is FundingKind.EQUITY}
    put_in, lent = (sum(row.amount for name, row in rows.items() if (name in equity) is own) for own in (True, False))
    if not put_in or not lent:
        return
    by_period: dict[int, list[Standing]] = defaultdict(list)
    for standing in standings(plan):
        by_period[standing.period].append(standing)
    if case.settings.equity_order is EquityOrder.EQUITY_FIRST:
        for t, found in by_period.items():
            left = sum(one.available - one.closing for one in found if one.source in equity)
            loans = sum(one.drawn for one in found if one.source not in equity)
            where = f"loans drawn in {case.calendar.name(t)} while equity is left"
            yield Assessment(rule, where, "at most", 0.0, min(left, loans), "USD", 2 * CENT * t * len(rows))
        return
    for t, found in by_period.items():
        if any(_begun(case, row, t) for name, row in rows.items() if name not in equity):
            return
        own, borrowed = (sum(one.closing for one in found if (one.source in equity) is kind) for kind in (True, False))
        where = f"equity put in by {case.calendar.name(t)}, in proportion to loans"
        tolerance = CENT * t * len(rows) * (1.0 + put_in / lent)
        yield Assessment(rule, where, "equal", borrowed * put_in / lent, own, "USD", tolerance)


def _begun(case: Case, row: Funding, period: int) -> bool:
    """Whether a loan must be repaid in part by a period's end."""
    end = case.calendar.last_day(period)
    if row.kind is not FundingKind.LOAN:
        return False
    return row.repay_by is not None and (end >= row.repay_by or (row.repay_from is not None and end > row.repay_from))

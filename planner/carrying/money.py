"""Cash, loans, and what is left of ceilings after some periods of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from models.assess import charges_of
from models.case import Case
from models.invoice import COMMITMENTS
from models.membership import joining
from models.plan import Charge, Plan, cents
from models.records import Budget, Funding, FundingKind, OpenOrder, Payable
from models.treasury import standings
from planner.carrying.orders import Pipeline
from planner.outputs.cash import cash_rows

if TYPE_CHECKING:
    from planner.carrying.carry import Last


def with_money(case: Case, last: Last, periods: int, placed: Pipeline) -> Case:
    """A workbook's case with the money of the last plan's end of some periods."""
    charges = charges_of(last.plan)
    case = _with_sources(case, last.plan, charges, periods)
    return _with_ceilings(case, last, charges, periods, placed)


def _with_sources(case: Case, plan: Plan, charges: Iterable[Charge], periods: int) -> Case:
    """Cash at hand and what is drawn of each source; what is paid once, to lenders or by members, has been paid."""
    start = plan.case.calendar.first_day(periods + 1)
    flows = cash_rows(plan, tuple(charges))  # the sheet's own figures: what it closes with the next one opens with
    cash = flows[periods - 1].closing if flows and periods else plan.case.settings.opening_cash
    drawn = {row.source: row.drawn for row in plan.case.funding}
    drawn |= {one.source: one.closing for one in standings(plan) if one.period == periods}
    joined = {name for name, t in joining(plan.case).items() if t <= periods}
    joined |= {row.member for row in plan.case.members if not row.entry_fee}
    return replace(
        case.with_settings(opening_cash=cents(cash)),
        funding=tuple(
            row if row.source not in drawn or row.kind is FundingKind.TRANCHE
            else row.model_copy(update={"drawn": max(0.0, cents(drawn[row.source]))} | _fee(row, plan, start))
            for row in case.funding
        ),
        members=tuple(
            row.model_copy(update={"entry_fee": 0.0}) if row.member in joined else row for row in case.members
        ),
    )  # fmt: skip


def _fee(row: Funding, plan: Plan, start: date) -> dict[str, float]:
    """No upfront fee of a loan that was there before the new plan's first day, or had paid it before the last one's."""
    before = {one.source: one.upfront_fee for one in plan.case.funding if one.kind is not FundingKind.TRANCHE}
    opened = row.available_from or plan.case.settings.start_date
    return {"upfront_fee": 0.0} if opened < start or not before[row.source] else {}


def _with_ceilings(case: Case, last: Last, charges: Iterable[Charge], periods: int, placed: Pipeline) -> Case:
    """Ceilings less what has been committed of them; what is still unpaid of it counts again, in the new plan."""
    before = {(row.year, row.trader): row.amount for row in last.book.budgets}
    left = {(row.year, row.trader): row.amount for row in last.case.budgets}
    spent = [charge for charge in charges if charge.line in COMMITMENTS and charge.incurred <= periods]
    known = {order.order for order in last.case.open_orders} | {row.order for row in last.case.payables}
    again = [order for order in placed.coming if order.order not in known and not order.paid]
    owed = [row for row in placed.owed if row.order not in known]

    def used(year: int | None, trader: str | None, earlier: float) -> float:
        calendar = last.plan.case.calendar
        paid = sum(
            charge.amount for charge in spent
            if trader in (None, charge.trader) and year in (None, calendar.first_day(charge.incurred).year)
        )  # fmt: skip
        return earlier + paid - _counts_again(again, owed, year, trader)

    def lower(row: Budget) -> Budget:
        key = row.year, row.trader
        earlier = max(0.0, before[key] - left[key]) if key in before and key in left else 0.0
        return row.model_copy(update={"amount": max(0.0, cents(row.amount - used(*key, earlier)))})

    budget = case.settings.budget
    if budget is not None:
        first, second = last.book.settings.budget, last.case.settings.budget
        earlier = max(0.0, first - second) if first is not None and second is not None else 0.0
        case = case.with_settings(budget=max(0.0, cents(budget - used(None, None, earlier))))
    return replace(case, budgets=tuple(lower(row) for row in case.budgets))


def _counts_again(orders: Iterable[OpenOrder], owed: Iterable[Payable], year: int | None, trader: str | None) -> float:
    """What the new plan counts in a ceiling of orders that the last one has counted (USD)."""
    goods = sum(
        order.quantity * order.price for order in orders
        if trader in (None, order.trader) and year in (None, order.arrival.year)
    )  # fmt: skip
    return goods + sum(row.amount for row in owed if trader in (None, row.trader) and year in (None, row.due.year))

"""Commitments: by when they are made, and what is used of each budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from models.case import Case
from models.invoice import COMMITMENTS
from models.plan import Charge


class Ceiling(NamedTuple):
    """A ceiling on commitments (USD, undiscounted) and what is used of it.

    Attributes:
        year: calendar year of the orders that count; None for the whole plan.
        trader: None for all.
    """

    year: int | None
    trader: str | None
    amount: float
    used: float

    @property
    def words(self) -> str:
        """`whole plan`, `2027`, `2027, First`."""
        return f"{self.year or 'whole plan'}{', ' + self.trader if self.trader else ''}"


def ceilings(case: Case, charges: Sequence[Charge]) -> tuple[Ceiling, ...]:
    """The ceilings of Settings and Budgets, with what is used."""
    rows: list[tuple[int | None, str | None, float]] = [(row.year, row.trader, row.amount) for row in case.budgets]
    if case.settings.budget is not None:
        rows.insert(0, (None, None, case.settings.budget))
    owed = [charge for charge in charges if charge.line in COMMITMENTS]
    return tuple(Ceiling(*row, used=_used(case, owed, row[0], row[1])) for row in rows)


def cumulative_commitments(case: Case, charges: Sequence[Charge]) -> tuple[float, ...]:
    """Commitments by the end of each period of the horizon, counted by order period (USD, undiscounted)."""
    by_period = dict.fromkeys(case.calendar.horizon, 0.0)
    for charge in charges:
        if charge.line in COMMITMENTS and charge.incurred in by_period:
            by_period[charge.incurred] += charge.amount
    return tuple(accumulate(by_period.values()))


def cumulative_budget(case: Case) -> tuple[float | None, ...]:
    """What may be committed by the end of each period: the whole plan's ceiling, and the years' so far; None if neither."""
    whole = [row.amount for row in case.budgets if row.year is None and row.trader is None]
    whole += [] if case.settings.budget is None else [case.settings.budget]
    yearly = {row.year: row.amount for row in case.budgets if row.trader is None and row.year is not None}
    return tuple(min([*whole, *_so_far(case, yearly, period)], default=None) for period in case.calendar.horizon)


def _so_far(case: Case, yearly: dict[int, float], period: int) -> Iterator[float]:
    """The sum of the years' ceilings up to a period, if every one of those years has one."""
    years = range(case.settings.start_date.year, case.calendar.first_day(period).year + 1)
    if all(year in yearly for year in years):
        yield sum(yearly[year] for year in years)


def _used(case: Case, owed: Sequence[Charge], year: int | None, trader: str | None) -> float:
    return sum(
        charge.amount for charge in owed
        if trader in (None, charge.trader) and year in (None, case.calendar.first_day(charge.incurred).year)
    )  # fmt: skip

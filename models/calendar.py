"""Periods: calendar months or quarters, numbered from 1, going on past the horizon wherever dates do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from models.records.settings import PeriodLength

MONTHS = {PeriodLength.MONTH: 1, PeriodLength.QUARTER: 3}


@dataclass(frozen=True)
class Calendar:
    """The plan's periods.

    Raises:
        ValueError: if `start` is not the first day of a month (of a quarter's first month for quarters).
    """

    start: date
    periods: int
    length: PeriodLength

    def __post_init__(self) -> None:
        if self.start.day != 1 or (self.start.month - 1) % self.months:
            raise ValueError(f"{self.start} is not the first day of a {self.length.value}")

    @property
    def months(self) -> int:
        """Months in one period."""
        return MONTHS[self.length]

    @property
    def year_fraction(self) -> float:
        """A period's part of a year: rates per year count a twelfth a month."""
        return self.months / 12

    @property
    def horizon(self) -> range:
        """The numbers of the plan's periods: 1, 2, …, T."""
        return range(1, self.periods + 1)

    def first_day(self, period: int) -> date:
        """First day of a period, also of one past the horizon."""
        if period not in self._first_days:
            month = self.start.year * 12 + self.start.month - 1 + (period - 1) * self.months
            self._first_days[period] = date(month // 12, month % 12 + 1, 1)
        return self._first_days[period]

    @cached_property
    def _first_days(self) -> dict[int, date]:
        """The first days asked for so far: every offer asks for those of every period."""
        return {}

    def last_day(self, period: int) -> date:
        """Last day of a period."""
        return self.first_day(period + 1) - timedelta(days=1)

    def days(self, period: int) -> int:
        """Days in a period."""
        return (self.first_day(period + 1) - self.first_day(period)).days

    def period_of(self, day: date) -> int:
        """Number of the period that contains a day; 0 or less before the plan, above `periods` after it."""
        months = (day.year - self.start.year) * 12 + day.month - self.start.month
        return months // self.months + 1

    def name(self, period: int) -> str:
        """`2027-03` for a month, `2027-Q1` for a quarter."""
        day = self.first_day(period)
        return f"{day:%Y-%m}" if self.months == 1 else f"{day.year}-Q{(day.month + 2) // 3}"

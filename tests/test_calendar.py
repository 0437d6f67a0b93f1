"""Periods: months and quarters, their names, days and numbers, also past the horizon."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.calendar import Calendar
from models.records import PeriodLength

MONTH, QUARTER = PeriodLength.MONTH, PeriodLength.QUARTER


@pytest.mark.parametrize(
    ("start", "length"),
    [
        (date(2027, 1, 2), MONTH),
        (date(2027, 1, 31), MONTH),
        (date(2027, 2, 1), QUARTER),
        (date(2027, 3, 1), QUARTER),
        (date(2027, 4, 2), QUARTER),
    ],
)
def test_a_start_that_is_no_periods_first_day_is_refused(start: date, length: PeriodLength) -> None:
    with pytest.raises(ValueError, match=f"{start} is not the first day of a {length.value}"):
        Calendar(start, 12, length)


def test_months() -> None:
    """From November 2027: December is the second, February 2028, a leap year's, the fourth with 29 days."""
    calendar = Calendar(date(2027, 11, 1), 6, MONTH)
    assert list(calendar.horizon) == [1, 2, 3, 4, 5, 6]
    assert (calendar.first_day(4), calendar.last_day(4), calendar.days(4)) == (date(2028, 2, 1), date(2028, 2, 29), 29)
    assert [calendar.name(t) for t in (1, 2, 3, 15)] == ["2027-11", "2027-12", "2028-01", "2029-01"]
    assert calendar.year_fraction == pytest.approx(1 / 12)


def test_quarters() -> None:
    """From July 2027: the third quarter is January to March 2028, 91 days."""
    calendar = Calendar(date(2027, 7, 1), 4, QUARTER)
    assert (calendar.first_day(3), calendar.last_day(3), calendar.days(3)) == (date(2028, 1, 1), date(2028, 3, 31), 91)
    assert [calendar.name(t) for t in (1, 2, 3)] == ["2027-Q3", "2027-Q4", "2028-Q1"]
    assert calendar.year_fraction == pytest.approx(1 / 4)


@pytest.mark.parametrize("length", [MONTH, QUARTER])
def test_every_day_lies_in_the_period_that_contains_it(length: PeriodLength) -> None:
    """Day by day from two years before the plan to two years after it: first ≤ day ≤ last, and periods never skip."""
    calendar = Calendar(date(2027, 1, 1), 8, length)
    day, before = date(2025, 1, 1), calendar.period_of(date(2025, 1, 1))
    while day < date(2031, 1, 1):
        period = calendar.period_of(day)
        assert calendar.first_day(period) <= day <= calendar.last_day(period)
        assert period - before in (0, 1)
        assert (period <= 0) == (day < calendar.start)
        day, before = day + timedelta(days=1), period


@pytest.mark.parametrize("length", [MONTH, QUARTER])
def test_periods_follow_each_other_without_gap(length: PeriodLength) -> None:
    calendar = Calendar(date(2027, 1, 1), 8, length)
    for period in range(-5, 30):
        assert calendar.last_day(period) + timedelta(days=1) == calendar.first_day(period + 1)
        assert calendar.days(period) == (calendar.last_day(period) - calendar.first_day(period)).days + 1

"""Cells of date columns.

Dates are real dates or the text `2027-01-15`. Every other text is a fault, a month without a day too, because a first
and a last day are different answers (Excel itself makes a date of `2027-01` as it is typed). A time of day is left out
and reported. A date up to 1906 is a number shown as a date, such as a year.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from models.records import Column
from planner.validate.unfit import Changed, Unfit, or_blank
from planner.workbook import Value

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}[-/. ](\d{1,2}|Q[1-4])|(\d{1,2}|Q[1-4])[-/. ]\d{4}", re.IGNORECASE)
_NUMERIC_DATE = re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4}|\d{2})")


def date_from_value(item: Column, value: Value) -> date | Changed:
    """A real date."""
    if isinstance(value, datetime):
        day = _plausible(value.date())
        return day if value.time() == time() else Changed(day, "holds a time of day, which is left out")
    if isinstance(value, date):
        return _plausible(value)
    if isinstance(value, time | timedelta):
        raise Unfit("is a time, not a date", f"Type a date such as 2027-01-31{or_blank(item)}.")
    what = "is TRUE or FALSE" if isinstance(value, bool) else "is a number"
    raise Unfit(f"{what}, not a date", "Type a date such as 2027-01-31, or give the cell a date format if it is one.")


def _plausible(day: date) -> date:
    if day.year <= 1906:
        problem = "lies in 1906 or before: a number shown as a date (2028 is shown as 1905-07-20), or a slip"
        raise Unfit(problem, "Type a date such as 2027-01-31.")
    return day


def date_from_text(item: Column, text: str) -> Changed:
    """A date that Excel holds as text."""
    remedy = f"Type a real date such as 2027-01-31{or_blank(item)}."
    if _DAY.fullmatch(text):
        try:
            return Changed(_plausible(date.fromisoformat(text)), "is text; read as the date")
        except ValueError as error:
            raise Unfit("is not a day of the calendar", remedy) from error
    numeric = _NUMERIC_DATE.fullmatch(text)
    if numeric:
        readings = " or ".join(f"{day.day} {day:%B %Y}" for day in _days(*map(int, numeric.groups()))) or "no day at all"
        raise Unfit(f"is text that could be {readings}", remedy)
    if _MONTH.fullmatch(text):
        raise Unfit("names no day, and the first and the last of it are different answers", remedy)
    raise Unfit("is text, not a date", remedy)


def _days(first: int, second: int, year: int) -> list[date]:
    """The days that 05/01/2026 can be: day before month, and month before day."""
    year += 2000 if year < 100 else 0
    days = []
    for day, month in dict.fromkeys(((first, second), (second, first))):
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue  # there is no such day: this is not how it is meant
    return days

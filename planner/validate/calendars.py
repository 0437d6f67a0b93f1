"""The calendars that a plan may have whose own could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from models.records import PastPurchase, Price, Record, columns
from models.records.settings import PeriodLength

CALENDAR = frozenset({"start_date", "periods", "period"})
"""The settings that say when the plan is."""
ANY_YEAR = 2000
"""Where no sheet names a date, any start will do."""
HISTORY = (Price, PastPurchase)
"""Sheets whose dates may lie long before the plan."""
SHORT, LONG = 12, 36
"""Periods of a plan that looks ahead a little, or far."""


def calendars(unread: Iterable[str], tables: Mapping[type[Record], Iterable[Record]]) -> Iterator[Mapping[str, Any]]:
    """Two sets of values, far from each other, for the settings of the calendar that could not be read.

    Where all could, there is one, and it is empty.

    A plan starts with the year of the first date that its sheets name, or of the one in the middle. Prices and past
    purchases are left out: they may be history.
    """
    missing = CALENDAR & set(unread)
    if not missing:
        yield {}
        return
    named = sorted(_dates(tables))
    first, middle = (named[0].year, named[len(named) // 2].year) if named else (ANY_YEAR, ANY_YEAR)
    for year, periods, period in ((first, SHORT, PeriodLength.MONTH), (middle, LONG, PeriodLength.QUARTER)):
        values = {"start_date": date(year, 1, 1), "periods": periods, "period": period}
        yield {name: value for name, value in values.items() if name in missing}


def _dates(tables: Mapping[type[Record], Iterable[Record]]) -> Iterator[date]:
    for record, rows in tables.items():
        names = [item.name for item in columns(record) if item.kind == "date"] if record not in HISTORY else []
        yield from (value for row in rows if names for name in names if (value := vars(row).get(name)) is not None)

"""The calendars that a plan may have whose own could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import product
from typing import Any

from models.records import Price, Record, columns
from models.records.settings import PeriodLength

CALENDAR = frozenset({"start_date", "periods", "period"})
"""The settings that say when the plan is."""
PERIODS = (12, 36)


def calendars(unread: Iterable[str], tables: Mapping[type[Record], Iterable[Record]]) -> Iterator[Mapping[str, Any]]:
    """Values for those settings of the calendar that could not be read, so far apart that what holds with all of them holds.

    A plan starts with the year of the first date that its sheets name, or of the one in the middle. Prices are left out:
    they may be history.
    """
    named = sorted(_dates(tables)) or [date(2000, 1, 1)]
    starts = {date(named[0].year, 1, 1), date(named[len(named) // 2].year, 1, 1)}
    choices = {"start_date": sorted(starts), "periods": PERIODS, "period": tuple(PeriodLength)}
    names = sorted(CALENDAR & set(unread))
    for values in product(*(choices[name] for name in names)) if names else ():
        yield dict(zip(names, values, strict=True))


def _dates(tables: Mapping[type[Record], Iterable[Record]]) -> Iterator[date]:
    for record, rows in tables.items():
        names = [item.name for item in columns(record) if item.kind == "date"] if record is not Price else []
        yield from (value for row in rows if names for name in names if (value := vars(row).get(name)) is not None)

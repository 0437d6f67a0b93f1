"""Whether the days from which and to which rows hold make sense."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from models.records import Record
from planner.sense.doubt import Doubt, fault


def spans_are_clear(
    rows: Sequence[Any], record: type[Record], what: Callable[[Any], str], same: Callable[[Any], object], remedy: str
) -> Iterator[Doubt]:
    """A row begins before it ends, and no two rows about the same thing hold on one day.

    Args:
        what: a row is about, in words; `same` what tells it from others.
        remedy: what else can be done about two rows on one day.
    """
    before: dict[object, list[tuple[date, date]]] = defaultdict(list)
    for position, row in enumerate(rows):
        begins, ends = row.from_date or date.min, row.to_date or date.max
        if ends < begins:
            message = f"{what(row)} ends on {row.to_date}, before it begins on {row.from_date}"
            yield fault(record, position, "to_date", message, "Exchange the two dates, or correct one.")
            continue
        if any(begins <= last and first <= ends for first, last in before[same(row)]):
            message = f"{what(row)} holds on days on which another row has it: which of them is meant is not clear"
            yield fault(record, position, "from_date", message, f"Let one end before the other begins, or {remedy}.")
        before[same(row)].append((begins, ends))

"""The part of a faulty workbook that can be looked at all the same: rows without faults that refer to such rows only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.case import Case, dangling, table_of
from models.records import SHEETS, Record, Settings
from planner.validate.rows import Rows
from planner.validate.tables import Layout


def sound_part(settings: Settings, tables: Mapping[type[Record], Rows]) -> tuple[Case, Mapping[type[Record], Layout]]:
    """A case of what is sound, and where its rows stand.

    Args:
        settings: without faults.
        tables: every sheet that was read.
    """
    kept = {record: _first_of_each_key(record, rows) for record, rows in tables.items()}
    while True:
        records = {record: [tables[record].records[number] for number in numbers] for record, numbers in kept.items()}
        everything = {record: records.get(record, []) for record in SHEETS if record is not Settings}
        adrift = {(found.record, found.row) for found in dangling(everything)}
        if not adrift:
            break
        kept = {r: [n for place, n in enumerate(numbers) if (r, place) not in adrift] for r, numbers in kept.items()}
    parts: dict[str, Any] = {table_of(record): tuple(rows) for record, rows in everything.items()}
    layouts = {
        record: replace(tables[record].layout, rows=tuple(tables[record].layout.rows[number] for number in numbers))
        for record, numbers in kept.items()
    }
    return Case(settings=settings, **parts), layouts


def _first_of_each_key(record: type[Record], rows: Rows) -> list[int]:
    """Positions of the rows without faults, of several with one key the first."""
    seen: set[tuple[Any, ...]] = set()
    found = []
    for number, row in enumerate(rows.records):
        key = tuple(getattr(row, name) for name in record.key) if number not in rows.unread else ()
        if number not in rows.unread and (not key or key not in seen):
            seen.add(key)
            found.append(number)
    return found

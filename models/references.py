"""References between sheets: every cell that names a row must name one that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.records import SECONDARY, Record, columns


@dataclass(frozen=True)
class Dangling:
    """A cell that refers to something that is not there."""

    record: type[Record]
    row: int
    column: str
    value: str
    accepted: tuple[str, ...]


def dangling(tables: Mapping[type[Record], Sequence[Record]]) -> Iterator[Dangling]:
    """Every cell that refers to a row that is not there; a reference to an absent or empty optional sheet holds."""
    by_sheet = {record.sheet: (record, rows) for record, rows in tables.items()}
    known: dict[str, frozenset[str]] = {}
    for record, rows in tables.items():
        for item in columns(record):
            if not item.refers:
                continue
            sheet, _, name = item.refers.partition(".")
            target, targets = by_sheet[sheet]
            if not targets and not target.required and not target.needed_where_named:
                continue
            if item.refers not in known:
                known[item.refers] = frozenset(str(getattr(row, name)) for row in targets)
            for position, row in enumerate(rows):
                for value in _named(getattr(row, item.name)):
                    if value not in known[item.refers] and not (item.kind in ("country", "origin") and value == SECONDARY):
                        yield Dangling(record, position, item.name, value, tuple(sorted(known[item.refers])))


def _named(value: Any) -> Iterator[str]:
    """The names in a cell: none, one, several, or several with shares."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield part[0] if isinstance(part, tuple) else part

"""The tables in `sources/`: how they are read, and how a figure keeps its basis on the way into a workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from models.records import Record, Settings
from planner.template import book_content

SOURCES = Path(__file__).parent / "sources"

Row = Mapping[str, object]
"""A row of a sheet: field name → value, figures with their basis."""


class Figure(NamedTuple):
    """A figure and where it comes from: `source`, `estimate` or `assumed`."""

    value: float
    basis: str


def read(name: str) -> list[dict[str, str]]:
    """The rows of one table: column → text."""
    with (SOURCES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by(column: str, name: str) -> dict[str, dict[str, str]]:
    """The rows of one table by the value of a column that names them."""
    return {row[column]: row for row in read(name)}


def figure(row: Mapping[str, str], column: str) -> Figure | None:
    """A cell with its basis: from `<column> basis`, else from the row's `basis`; a blank cell is nothing."""
    if not row[column]:
        return None
    return Figure(float(row[column]), row.get(f"{column} basis") or row["basis"])


def assumed(value: float) -> Figure:
    """A figure that is our own assumption."""
    return Figure(round(value, 6), "assumed")


def day(text: str) -> date | None:
    """A date written 2027-01-01; a blank cell is nothing."""
    return date.fromisoformat(text) if text else None


def origin(text: str) -> tuple[tuple[str, float], ...]:
    """Countries with their shares: `CHN`, or `PER 40 %; AUS 60 %`."""
    parts = [part.split() for part in text.split(";")]
    return tuple((words[0], float(words[1]) / 100 if len(words) > 1 else 1.0) for words in parts)


def is_assumed(basis: str) -> float:
    """1 where a country was not read in a source: a number, so that the sheet keeps it as an attribute."""
    return float(basis != "source")


def weakest(*bases: str) -> str:
    """The basis of a figure that is computed from several."""
    return max(bases, key=("source", "estimate", "assumed").index)


def values(rows: Iterable[Row]) -> list[dict[str, object]]:
    """The rows without the bases and without blank cells."""
    return [{name: _plain(cell) for name, cell in row.items() if cell not in (None, "")} for row in rows]


def bases(rows: Iterable[Row]) -> list[dict[str, str]]:
    """For each row, field name → basis."""
    return [{name: cell.basis for name, cell in row.items() if isinstance(cell, Figure)} for row in rows]


def _plain(cell: object) -> object:
    return cell.value if isinstance(cell, Figure) else cell


def workbook(rows: Mapping[type[Record], Sequence[Row]], settings: Row, notes: Sequence[str]) -> bytes:
    """A workbook of rows and settings whose figures have their basis, as it is written."""
    return book_content(
        {record: values(table) for record, table in rows.items()},
        basis={record: bases(table) for record, table in rows.items()} | {Settings: bases([settings])},
        settings=values([settings])[0],
        notes=notes,
    )

"""Faults that follow from a column's declaration: generated from it, for every column of every sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pycountry
import pytest
from openpyxl.utils import coordinate_to_tuple

from models.records import SHEETS, Column, Record, Settings, columns
from planner.findings import Severity
from planner.validate import read
from tests import books

ROWS = 100
"""Good rows of each sheet: more than any sheet has faults to show."""
CODES = sorted(item.alpha_3 for item in pycountry.countries)
WRONG = {
    "text": 7.5,
    "number": "many",
    "integer": "many",
    "date": "soon",
    "yes/no": "perhaps",
    "choice": "whatever",
    "country": "Utopia",
    "territory": 7.5,
    "origin": "Utopia 50 %; CHN 50 %",
    "list": 7.5,
}
"""A value of the wrong kind."""


def good(item: Column, number: int) -> Any:
    """A value that a column accepts, another one in every row."""
    if item.kind == "text":
        target = next((r for r in SHEETS if item.refers.startswith(f"{r.sheet}.")), None)
        return good(_item(target, item.refers.partition(".")[2]), number) if target else f"{item.name} {number}"
    if item.kind in ("number", "integer"):
        lowest = item.at_least if item.at_least is not None else (item.above or 0) + 1
        highest = next(bound for bound in (item.at_most, item.below, lowest + ROWS) if bound is not None)
        return lowest + number if highest - lowest >= ROWS else (lowest + highest) / 2
    if item.kind == "date":
        return date(2027, 1, 1) + timedelta(days=number)
    return {"yes/no": "yes", "choice": next(iter(item.choices), "")}.get(item.kind, CODES[number])


def _item(record: type[Record], name: str) -> Column:
    return next(item for item in columns(record) if item.name == name)


def bad(item: Column) -> Iterator[tuple[Any, str]]:
    """Values that a column does not accept, and the heart of the message."""
    yield WRONG[item.kind], ""
    if item.required:
        yield None, "is required, and blank"
    bounds = ((item.at_least, -1), (item.above, 0), (item.at_most, 1), (item.below, 0))
    yield from ((bound + beyond, "is out of range") for bound, beyond in bounds if bound is not None)
    if item.kind == "integer":
        yield 2.5, "is not a whole number"


def _row(record: type[Record], number: int, *, full: bool = False) -> dict[str, Any]:
    """A good row: what is required and the key, or all of it."""
    needed = [item for item in columns(record) if full or item.required or item.name in record.key]
    return {item.heading: good(item, number) for item in needed}


def _workbook(record: type[Record], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The sheet with its rows, the required sheets, and those that it refers to, each with good rows."""
    referred = {item.refers.partition(".")[0] for item in columns(record)}
    sheets: dict[str, Any] = {
        other.sheet: [_row(other, number) for number in range(min(ROWS, len(rows)))]
        for other in SHEETS
        if other is not Settings and (other.required or other.sheet in referred)
    }
    return sheets | {"Settings": books.tiny()["Settings"], record.sheet: rows}


@pytest.mark.parametrize("record", [record for record in SHEETS if record is not Settings], ids=lambda record: record.sheet)
def test_every_column_refuses_what_it_does_not_accept(record: type[Record], tmp_path: Path) -> None:
    """Row after row is good but for one cell; the faults are these cells and no other."""
    trials = [(item, value, heart) for item in columns(record) for value, heart in bad(item)]
    rows = [  # a row without its only required cell would be blank, so it is full otherwise
        _row(record, number, full=value is None) | {item.heading: value} for number, (item, value, _) in enumerate(trials)
    ]
    headings = books.cells(rows)[0]
    reading = read(books.write(tmp_path / "declared.xlsx", _workbook(record, rows)))
    faults = [fault for fault in reading.findings if fault.severity is Severity.FAULT]
    expected = {
        (headings.index(item.heading) + 1, number): (item, value, heart)
        for number, (item, value, heart) in enumerate(trials, 2)
    }
    told = {_column_and_row(fault.cell): fault for fault in faults}
    assert told.keys() == expected.keys()
    assert len(told) == len(faults) > 0
    for place, (item, value, heart) in expected.items():
        assert told[place].sheet == record.sheet and heart in told[place].message
        assert told[place].message.startswith(item.heading), "the column is named"
        assert value is None or told[place].value == str(value).removesuffix(".0"), "the value is shown"
        assert told[place].remedy
    assert reading.case is None


def _column_and_row(cell: str) -> tuple[int, int]:
    row, column = coordinate_to_tuple(cell)
    return column, row


@pytest.mark.parametrize("item", columns(Settings), ids=lambda item: item.name)
def test_every_setting_refuses_what_it_does_not_accept(item: Column, tmp_path: Path) -> None:
    for value, heart in bad(item):
        sheets = books.tiny()
        sheets["Settings"] |= {item.heading: value}
        row = list(sheets["Settings"]).index(item.heading) + 2
        reading = read(books.write(tmp_path / "settings.xlsx", sheets))
        faults = [fault for fault in reading.findings if fault.severity is Severity.FAULT]
        assert [(fault.address, heart in fault.message) for fault in faults] == [(f"Settings!B{row}", True)]


@pytest.mark.parametrize("record", [record for record in SHEETS if record is not Settings], ids=lambda record: record.sheet)
def test_good_rows_are_all_read(record: type[Record], tmp_path: Path) -> None:
    """The same rows without a fault: nothing is refused that is good."""
    rows = [_row(record, number, full=True) for number in range(ROWS)]
    sheets = _workbook(record, rows)
    reading = read(books.write(tmp_path / "good.xlsx", sheets))
    assert [str(f) for f in reading.findings if f.severity is Severity.FAULT] == []
    assert any(
        f.sheet == record.sheet and f"{ROWS} rows below the headings: {ROWS} read" == f.message for f in reading.findings
    )

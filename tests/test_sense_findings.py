"""What does not fit together is found, said once, in the right cell, with its figures; in memory and in a workbook."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from models.records import Settings, columns
from planner import reference
from planner.findings import Finding
from planner.sense import CHECKS, Check, doubts
from planner.validate import read
from tests.sense.book import case_of, found_in, written
from tests.sense.example import FAULT, Example
from tests.sense.offers import BREAKS, MONEY, OFFERS
from tests.sense.rules import DECISIONS, POLICY
from tests.sense.supply import MATERIALS, STOCK, SUPPLY

EXAMPLES = [*SUPPLY, *MATERIALS, *OFFERS, *BREAKS, *MONEY, *STOCK, *DECISIONS, *POLICY]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_doubt_is_found_and_is_the_only_one(example: Example) -> None:
    found = found_in(case_of(example.rows()))
    assert [doubt for doubt in found if example.is_about(doubt)], found
    assert len(found) == 1 + example.more, found
    assert all(doubt.remedy.endswith(".") for doubt in found)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_finding_names_the_cell_in_the_workbook(example: Example, tmp_path: Path) -> None:
    path = written(example.rows(), tmp_path / "book.xlsx")
    reading = read(path)
    assert reading.case is not None, [str(finding) for finding in reading.findings if finding.severity is FAULT]
    found = [
        finding for finding in doubts(reading.case, reading.addresses)
        if finding.severity is example.severity and example.heart in finding.message
    ]  # fmt: skip
    assert [finding.address for finding in found] == [_address(path, example)]
    assert found[0].value == (_typed(path, found[0]) if example.typed else "")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_check_has_an_example(check: Check) -> None:
    assert any(example.is_about(doubt) for example in EXAMPLES for doubt in check(case_of(example.rows())))


def _address(path: Path, example: Example) -> str:
    """Where the workbook has the expected cell: looked up by its printed heading, else the row's first key."""
    sheet = openpyxl.load_workbook(path)[example.record.sheet]
    cells = [list(row) for row in sheet.iter_rows()]
    if example.record is Settings:
        (row,) = [row for row in cells if row[0].value == example.column.replace("_", " ")]
        return f"Settings!{row[1].coordinate}"
    assert example.row is not None
    by_name = {item.name: reference.heading(item) for item in columns(example.record)}
    top = next(number for number, row in enumerate(cells) if row[0].value == by_name[columns(example.record)[0].name])
    printed = [cell.value for cell in cells[top]]
    name = example.column if by_name[example.column] in printed else example.record.key[0]
    return f"{sheet.title}!{cells[top + 1 + example.row][printed.index(by_name[name])].coordinate}"


def _typed(path: Path, finding: Finding) -> str:
    """What a cell shows."""
    cell = openpyxl.load_workbook(path)[finding.sheet][finding.cell]
    if isinstance(cell.value, datetime):
        return f"{cell.value:%Y-%m-%d}"
    return f"{cell.value * 100:.15g} %" if "%" in cell.number_format else str(cell.value)

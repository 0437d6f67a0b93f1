"""Faulty workbooks: the tiny one with a few cells changed, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.utils import coordinate_to_tuple

from planner.findings import Finding, Severity
from planner.validate import Reading, read
from tests import books

NO_CHANGE: Callable[[Workbook], object] = lambda workbook: None  # noqa: E731  # the default of a field that is called


@dataclass(frozen=True)
class Faulty:
    """One faulty workbook.

    Attributes:
        kind: the kind of finding it shows; several workbooks may show one kind.
        cells: `Sheet!A1` → what is typed there, over the tiny workbook.
        where: the address that the finding names: `Sheet!A1`, `Sheet`, or nothing for the whole file.
        heart: what the message must say.
        more: sheets that are added to the tiny workbook first.
        change: what is done to the workbook last.
        severity: of the finding.
    """

    kind: str
    cells: Mapping[str, Any]
    where: str
    heart: str
    more: Mapping[str, Any] = field(default_factory=dict)
    change: Callable[[Workbook], object] = NO_CHANGE
    severity: Severity = Severity.FAULT

    def __str__(self) -> str:
        return f"{self.kind}: {', '.join(f'{cell}={value}' for cell, value in self.cells.items()) or self.where}"

    def write(self, path: Path) -> Path:
        """Write the faulty workbook."""
        sound = {title: books.cells(content) for title, content in (books.tiny() | dict(self.more)).items()}
        for address, value in self.cells.items():
            title, _, cell = address.partition("!")
            put(sound[title], cell, value)
        books.write(path, sound)
        workbook = openpyxl.load_workbook(path)
        self.change(workbook)
        workbook.save(path)
        return path

    def sound(self, path: Path) -> Path:
        """Write the workbook as it would be without the fault."""
        return books.write(path, books.tiny() | dict(self.more))


def put(grid: list[list[Any]], cell: str, value: Any) -> None:
    """Type something into a cell of a grid, which grows as needed."""
    row, column = coordinate_to_tuple(cell)
    grid += [[] for _ in range(row - len(grid))]
    grid[row - 1] += [None] * (column - len(grid[row - 1]))
    grid[row - 1][column - 1] = value


def found(reading: Reading, faulty: Faulty) -> list[Finding]:
    """The findings of a reading that say what is expected of a faulty workbook."""
    return [
        finding
        for finding in reading.findings
        if finding.severity is faulty.severity and finding.address == faulty.where and faulty.heart in finding.message
    ]


def check(faulty: Faulty, path: Path) -> None:
    """Read a faulty workbook: the finding is there, it says what to do, the file is as it was."""
    faulty.write(path)
    before = path.read_bytes()
    reading = read(path)
    told = "\n".join(f"{finding.severity.value} {finding}" for finding in reading.findings)
    assert len(found(reading, faulty)) == 1, told
    assert all(finding.remedy for finding in reading.findings if finding.severity is not Severity.NOTE), told
    faults = [finding for finding in reading.findings if finding.severity is Severity.FAULT]
    assert (reading.case is None) == bool(faults), told
    assert path.read_bytes() == before

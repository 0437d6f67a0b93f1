"""The workbook of a frontier."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties

from planner import charts
from planner.outputs.efficient import Frontier
from planner.outputs.frontier import KNEE, ROWS, facts, frontier_rows, shown
from planner.report.books import AUTHOR
from planner.report.place import place
from planner.report.sheets import add_sheet
from planner.report.staging import Staged
from planner.report.summary_sheet import add_summary

SHEETS = frozenset({"Summary", "Frontier"})
"""Sheets by which the workbook of a frontier is known."""


def frontier_place(output: Path, book: Path) -> Path:
    """Where the workbook goes.

    Raises:
        Misused, CannotWrite: as `place` says.
    """
    return place(output, SHEETS, book)


def write_frontier(found: Frontier, book: Path, target: Path) -> Path:
    """Write the workbook of a frontier; where it is.

    Raises:
        CannotWrite: if it cannot be written; what was there before stays.
    """
    with Staged(target, {target: _book(found, book)}) as staged:
        return staged.publish()[0]


def _book(found: Frontier, book: Path) -> bytes:
    """The answer with its chart, the table, and each plan's headline."""
    workbook, now = Workbook(), datetime.now(UTC).replace(tzinfo=None)
    workbook.properties = DocumentProperties(creator=AUTHOR, created=now, modified=now)
    summary = workbook.active
    assert summary is not None
    footer, rows = f"Input {book.name}", frontier_rows(found)
    add_summary(summary, f"Cost against {found.against}", f"{footer}; {found.second.title}; money in USD", facts(found), footer)
    table = add_sheet(workbook, ROWS[found.second.form], rows, footer)
    for row, point in zip(rows, found.points, strict=True):
        title = f"Point {row.point}: {found.second.title} {shown(found.second, row.reached)}"
        lines = [replace(fact, sheet="Frontier") for fact in point.headline]
        add_summary(workbook.create_sheet(), title, footer, lines, footer, name=f"Point {row.point}")
    unproven = [number for number, point in enumerate(found.points) if not point.is_proven]
    knee = [number for number, row in enumerate(rows) if row.remark == KNEE]
    costs = [row.cost for row in rows]
    charts.add_frontier(summary, table, found.second.title, costs, unproven, knee, summary.max_row + 2)
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()

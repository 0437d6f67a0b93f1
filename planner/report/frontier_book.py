"""The workbook of a frontier."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planner import charts
from planner.outputs.efficient import Frontier
from planner.outputs.frontier import KNEE, ROWS, facts, frontier_rows, shown
from planner.report.answer_book import new_book, put_in_place
from planner.report.sheets import add_sheet
from planner.report.summary_sheet import add_summary

SHEETS = frozenset({"Summary", "Frontier"})
"""Sheets by which it is known."""


def write_frontier(found: Frontier, book: Path, target: Path) -> Path:
    """Write it: the answer with its chart, the table, and each plan's headline; where it is.

    Raises:
        CannotWrite: if it cannot be written; what was there before stays.
    """
    footer, rows = f"Input {book.name}", frontier_rows(found)
    subtitle = f"{footer}; {found.second.title}; money in USD"
    workbook, summary = new_book(f"Cost against {found.against}", subtitle, facts(found), footer)
    table = add_sheet(workbook, ROWS[found.second.form], rows, footer)
    for row, point in zip(rows, found.points, strict=True):
        title = f"Point {row.point}: {found.second.title} {shown(found.second, row.reached)}"
        lines = [replace(fact, sheet="Frontier") for fact in point.headline]
        add_summary(workbook.create_sheet(), title, footer, lines, footer, name=f"Point {row.point}")
    unproven = [number for number, point in enumerate(found.points) if not point.is_proven]
    knee = [number for number, row in enumerate(rows) if row.remark == KNEE]
    costs = [row.cost for row in rows]
    charts.add_frontier(summary, table, found.second.title, costs, unproven, knee, summary.max_row + 2)
    return put_in_place(workbook, target, book)

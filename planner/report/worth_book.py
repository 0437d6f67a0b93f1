"""The workbook of what scenarios are worth."""

from __future__ import annotations

from pathlib import Path

from planner.distribution import Worth
from planner.outputs.worth import FutureRow, facts, future_rows
from planner.report.answer_book import new_book, put_in_place
from planner.report.sheets import add_sheet

SHEETS = frozenset({"Summary", "Futures"})
"""Sheets by which it is known."""


def write_worth(found: Worth, book: Path, target: Path) -> Path:
    """Write it; where it is.

    Raises:
        CannotWrite: if it cannot be written; what was there before stays.
    """
    footer = f"Input {book.name}"
    workbook, _ = new_book("What the scenarios are worth", f"{footer}; money in USD", facts(found), footer)
    add_sheet(workbook, FutureRow, future_rows(found), footer)
    return put_in_place(workbook, target, book)

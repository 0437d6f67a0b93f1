"""A case in memory, written as a user's input workbook."""

from __future__ import annotations

from pathlib import Path

from models.case import Case
from models.records import SHEETS, Record, Settings, columns
from planner.template.book import book_content


def write(path: Path, case: Case) -> Path:
    """Write every row of a case into a workbook of the template's form; the path, for convenience."""
    tables = {record: [_cells(row) for row in rows] for record, rows in case.tables().items()}
    path.write_bytes(book_content(tables, settings=_cells(case.settings)))
    return path


def _cells(row: Record) -> dict[str, object]:
    """A row's values by field, as far as they are given."""
    assert type(row) in SHEETS or isinstance(row, Settings)
    return {item.name: getattr(row, item.name) for item in columns(type(row))}

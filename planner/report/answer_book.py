"""A workbook that answers one question: a Summary, and the tables that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.worksheet.worksheet import Worksheet

from planner.outputs.fact import Fact
from planner.report.books import AUTHOR, content
from planner.report.staging import publish
from planner.report.summary_sheet import add_summary


def new_book(title: str, subtitle: str, facts: Sequence[Fact], footer: str) -> tuple[Workbook, Worksheet]:
    """A workbook with its Summary."""
    workbook, now = Workbook(), datetime.now(UTC).replace(tzinfo=None)
    workbook.properties = DocumentProperties(creator=AUTHOR, created=now, modified=now)
    summary = workbook.active
    assert summary is not None
    add_summary(summary, title, subtitle, facts, footer)
    return workbook, summary


def put_in_place(workbook: Workbook, target: Path, *made_of: Path) -> Path:
    """Write a workbook; where it is. As `publish` does it, with what that raises."""
    return publish(target, content(workbook), *made_of)

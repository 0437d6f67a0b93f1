"""The plan workbook, and how every workbook of a result begins and ends."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging.core import DocumentProperties
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from models.calendar import Calendar
from planner.outputs import Tables
from planner.outputs.misses import missed_commitments, missed_rules, unmet_demand
from planner.outputs.open_orders import changed_orders
from planner.outputs.pictures import pictures
from planner.outputs.summary import facts
from planner.report.sheets import add_sheet
from planner.report.summary_sheet import add_charts, add_sentences, add_summary
from planner.result import Result

AUTHOR = "planner"
"""The creator that every workbook names."""


def plan_book(result: Result, found: Tables) -> bytes:
    """The plan workbook."""
    settings, calendar = result.plan.case.settings, result.plan.case.calendar
    workbook, summary, footer = new_book(result)
    subtitle = f"{periods(calendar)}; input workbook {result.book.name}; money in USD"
    add_summary(summary, settings.plan_name or "Sourcing plan", subtitle, facts(result, found), footer)
    for title, sentences in _undone(result, found):
        add_sentences(summary, title, sentences)
    for record, rows in found.sheets():
        add_sheet(workbook, record, rows, footer, totals=found.below(record))
    add_charts(workbook, summary, pictures(result, found).blocks(), footer)
    return content(workbook)


def _undone(result: Result, found: Tables) -> Iterator[tuple[str, list[str]]]:
    """What the plan leaves undone, each kind under its title; cover targets also where all are met."""
    unmet, rules = list(unmet_demand(found.cover)), list(missed_rules(found.diversification))
    lacking, changed = list(missed_commitments(found.members)), list(changed_orders(found.open_orders))
    if unmet:
        yield "Demand not met", unmet
    if rules:
        yield "Soft policy rules missed", rules
    if lacking:
        yield "Commitments to members missed", lacking
    if changed:
        yield "Open orders to change", changed
    aimed = any(row.target for row in found.cover)
    otherwise = "Every cover target is met." if aimed else "No material has a cover target."
    yield "Cover targets missed" if result.missed else "Cover targets", [row.sentence for row in result.missed] or [otherwise]


def new_book(result: Result, category: str | None = None) -> tuple[Workbook, Worksheet, str]:
    """A workbook with its first sheet, and the footer of all its sheets.

    Args:
        category: of somebody's own workbook. It does not name the input, which says more than is theirs: whoever has the check
            sum of a file can tell whether it has changed, and whether a guess of what it holds is right.
    """
    workbook = Workbook()
    started = result.started.replace(tzinfo=None)
    workbook.properties = DocumentProperties(creator=AUTHOR, category=category, created=started, modified=started)
    assert workbook.active is not None
    footer = f"Input {result.sha256[:12]}" if category is None else f"Plan of {started:%Y-%m-%d %H:%M} UTC"
    return workbook, workbook.active, footer


def periods(calendar: Calendar) -> str:
    """`Periods 2027-01 to 2028-12`."""
    return f"Periods {calendar.name(1)} to {calendar.name(calendar.periods)}"


def content(workbook: Workbook) -> bytes:
    """A workbook as a file's content."""
    buffer = BytesIO()
    workbook.properties.modified = workbook.properties.created
    _Writer(workbook, ZipFile(buffer, "w", ZIP_DEFLATED)).save()
    return buffer.getvalue()


class _Writer(ExcelWriter):
    """Writes a workbook without the library's temporary files, in which a plan would lie on the disk for all to find."""

    _archive: ZipFile

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        xml = BytesIO()
        writer: Any = WorksheetWriter(ws, xml)
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], xml.getvalue())
        self.manifest.append(ws)

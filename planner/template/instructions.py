"""The instruction sheet: what the planner does, what to fill in, how faults are reported, and where everything is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from openpyxl.cell import Cell
from openpyxl.styles import PatternFill
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from models.records import SHEETS, Record
from planner import reference
from planner.template import look

WIDTHS = (18, 110)
REQUIRED_SHEETS = tuple(record.sheet for record in SHEETS if record.required)

PURPOSE = (
    "The planner reads this workbook and works out what each trading firm should buy, from whom and when, so that the "
    "stockpile meets its targets at the least cost. It proves how close the plan is to the best possible, checks the "
    "written plan by a second computation, and delivers it as a workbook of its own. This file is never changed."
)
STEPS = (
    f"Fill in {', '.join(REQUIRED_SHEETS[:-1])} and {REQUIRED_SHEETS[-1]}: these sheets are required. Every other "
    "sheet is optional: absent or empty, its feature is switched off.",
    "One row is one thing, as the list of sheets below says. Type new rows right under the last one: the drop-downs "
    "and formats are there already. Blank rows do no harm; columns may stand in any order.",
    "Point at a heading to read what the column means, what it accepts and what a blank cell means. Units stand in "
    "brackets; unit is the unit of the row's own material. Money is in USD; shares are percentages (type 65%).",
    "Several names in one cell are separated by semicolons: CHN; AUS. Countries of a mine may carry shares: "
    "CHN 60 %; AUS 40 %. Dates are real dates; figures are figures, without a unit behind them.",
    "Run the command planner check with the name of this file; once it finds no fault, run planner solve likewise.",
)
FAULTS = (
    "A workbook with a fault is never planned in part. The command planner check prints every fault at once, with the sheet, "
    "the cell, the value and what would be accepted, and writes a copy of the workbook in which the faulty cells are "
    "marked and commented and a sheet Faults lists them. Correct that copy, or this file, and run again."
)
COLOURS: Mapping[str, tuple[PatternFill, str]] = {
    "required": (look.REQUIRED, "Heading of a column that must be filled in every row."),
    "optional": (look.OPTIONAL, "Heading of a column whose cells may stay blank."),
    "note": (look.NOTE, "Heading of a column that explains: a unit, a meaning, or the basis of the figure beside it."),
    "missing": (PatternFill("solid", fgColor=look.AMBER), "A cell that must still be filled."),
}


def add_instructions(sheet: Worksheet, records: Sequence[type[Record]], notes: Sequence[str], further: str) -> None:
    """Write the instructions on an empty sheet.

    Args:
        sheet: the sheet to fill.
        records: the sheets that the workbook has, for the list of sheets.
        notes: paragraphs about this workbook in particular.
        further: where to learn of what is not in this workbook.
    """
    sheet.sheet_view.showGridLines = False
    look.put(sheet["A1"], "Sourcing planner: input workbook")
    sheet["A1"].font = look.TITLE
    sheet.row_dimensions[1].height = 30
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = WIDTHS
    if notes:
        _paragraphs(sheet, "About this workbook", notes)
    _paragraphs(sheet, "What the planner does", [PURPOSE])
    _paragraphs(sheet, "What to fill in", [f"{number}. {step}" for number, step in enumerate(STEPS, start=1)])
    _paragraphs(sheet, "When something is wrong", [FAULTS])
    for label, cell in _list(sheet, "Colours", {label: text for label, (_, text) in COLOURS.items()}):
        cell.fill = COLOURS[label][0]
        cell.font = look.ink(COLOURS[label][0])
    for name, cell in _list(sheet, "Sheets", {record.sheet: _about(record) for record in records}):
        cell.hyperlink = Hyperlink(cell.coordinate, location=f"{quote_sheetname(name)}!A1", display=name)
        cell.font = look.LINK
    _paragraphs(sheet, "More", [further])
    look.print_set_up(sheet)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "portrait", 1


def _title(sheet: Worksheet, title: str) -> int:
    """Write a section's title below what is there; the number of the row after it."""
    top = sheet.max_row + 2
    look.put(sheet[f"A{top}"], title)
    sheet[f"A{top}"].font = look.BOLD
    return top + 1


def _paragraphs(sheet: Worksheet, title: str, texts: Sequence[str]) -> None:
    for number, text in enumerate(texts, start=_title(sheet, title)):
        look.put(sheet[f"A{number}"], text)
        sheet[f"A{number}"].alignment = look.WRAPPED
        sheet.merge_cells(f"A{number}:B{number}")
        look.fit_height(sheet, number, [text], [sum(WIDTHS)])


def _list(sheet: Worksheet, title: str, rows: Mapping[str, str]) -> Iterator[tuple[str, Cell]]:
    """Write labels with their texts; each label with its cell."""
    for number, (label, text) in enumerate(rows.items(), start=_title(sheet, title)):
        look.put(sheet[f"A{number}"], label)
        look.put(sheet[f"B{number}"], text)
        sheet[f"A{number}"].alignment = sheet[f"B{number}"].alignment = look.WRAPPED
        look.fit_height(sheet, number, [label, text], WIDTHS)
        yield label, sheet[f"A{number}"]


def _about(record: type[Record]) -> str:
    return f"{'Required. ' if record.required else ''}{reference.sentence(record)}"

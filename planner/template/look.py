"""How a sheet looks: colours, number formats, tables, print set-up; and text that stays text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date
from math import ceil

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from models.records import Column
from planner.reference import is_percentage

LAST_ROW = 1_048_576
"""The last row of a sheet: formats and drop-downs reach down to it, so that added rows have them too."""
A4, A3 = 220, 310
"""Units of column width that can still be read on a landscape page."""

NAVY, PALE, GREY, AMBER = "1F3864", "DCE6F1", "EDEDED", "FFD966"
REQUIRED = PatternFill("solid", fgColor=NAVY)
OPTIONAL = PatternFill("solid", fgColor=PALE)
NOTE = PatternFill("solid", fgColor=GREY)
MISSING = PatternFill("solid", bgColor=AMBER)
"""Fill of a required cell that is still blank (a conditional format takes the background colour)."""

TITLE = Font("Calibri", 18, bold=True, color=NAVY)
BOLD = Font("Calibri", 11, bold=True, color=NAVY)
LINK = Font("Calibri", 11, color="0563C1", underline="single")
WRAPPED = Alignment("left", vertical="top", wrap_text=True)


def number_format(item: Column) -> str:
    """The number format of a column; text columns are `@`, so that Excel makes no number or date of a name."""
    if item.kind == "date":
        return "yyyy-mm-dd"
    if item.kind == "integer":
        return "0"
    if item.kind != "number":
        return "General" if item.kind == "yes/no" else "@"
    if is_percentage(item):
        return "0.0##%"
    return "#,##0.00####" if item.unit.startswith("USD") else "[>=10000]#,##0;General"


def put(cell: Cell, value: object) -> None:
    """Write a value. Text stays text: `=`, `+`, `-` or `@` at its beginning makes no formula of it."""
    if isinstance(value, str):
        cell.value = str(value)
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
    else:
        assert value is None or isinstance(value, int | float | date)
        cell.value = value


def ink(fill: PatternFill) -> Font:
    """The font of a heading on a fill."""
    if fill is NOTE:
        return Font("Calibri", 11, italic=True, color="595959")
    return Font("Calibri", 11, bold=True, color="FFFFFF" if fill is REQUIRED else NAVY)


def head(sheet: Worksheet, headings: Sequence[str], fills: Sequence[PatternFill], widths: Sequence[float]) -> None:
    """Write the heading row, set the columns' widths, and keep headings and first column in view."""
    for position, (heading, fill, width) in enumerate(zip(headings, fills, widths, strict=True), start=1):
        letter = get_column_letter(position)
        cell = sheet[f"{letter}1"]
        put(cell, heading)
        cell.fill, cell.font = fill, ink(fill)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[letter].width = width
    arrow = 4  # the filter's, beside the heading
    fit_height(sheet, 1, headings, [width - arrow for width in widths])
    sheet.freeze_panes = "B2"


def as_table(sheet: Worksheet) -> None:
    """Make an Excel table of all that is written on a sheet, under the sheet's name, and set up its printing."""
    table = Table(displayName=sheet.title, ref=sheet.dimensions)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    print_set_up(sheet)
    sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:A"
    sheet.print_options.gridLines = True


def add_text_table(sheet: Worksheet, headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
    """Fill a sheet with a table of wrapped text."""
    head(sheet, headings, [OPTIONAL] * len(headings), widths)
    for number, row in enumerate(rows, start=2):
        for position, text in enumerate(row, start=1):
            cell = sheet[f"{get_column_letter(position)}{number}"]
            put(cell, text)
            cell.alignment = WRAPPED
        fit_height(sheet, number, row, widths)
    as_table(sheet)


def fit_height(sheet: Worksheet, number: int, texts: Sequence[str], widths: Sequence[float]) -> None:
    """Make a row as high as its wrapped texts need: not every program does so when it opens the file."""
    letters = 1.1  # in one unit of width, which is a digit's: letters are narrower
    lines = (len(textwrap.wrap(text, int(width * letters))) for text, width in zip(texts, widths, strict=True))
    sheet.row_dimensions[number].height = 3 + 15 * max(lines)


def print_set_up(sheet: Worksheet) -> None:
    """Landscape, as wide as can still be read: A4, A3 or several A3 side by side; sheet and page named at the foot."""
    width = visible_width(sheet)
    setup = sheet.page_setup
    setup.orientation = "landscape"
    setup.paperSize = sheet.PAPERSIZE_A4 if width <= A4 else sheet.PAPERSIZE_A3
    setup.fitToWidth, setup.fitToHeight = ceil(width / A3), 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    assert sheet.oddFooter is not None
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "Page &P of &N"


def visible_width(sheet: Worksheet) -> float:
    """Width of all columns that are not hidden."""
    return sum(column.width for column in sheet.column_dimensions.values() if not column.hidden)

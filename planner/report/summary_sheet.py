"""The Summary: ten lines that can be traced, a sentence for each missed target, and the charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from planner import charts
from planner.outputs.fact import Fact
from planner.outputs.schema import DECIMALS, Row, columns
from planner.report.formats import GAP, width
from planner.report.sheets import add_table, put, set_up_printing, write_column
from planner.template import look

WIDTHS = (31, 24, 16, 88, 17)
HEADINGS = ("the answer", "figure", "unit", "what it says", "traced to")
WHOLE = f"#,##0{GAP}"
FORMATS = {"money": f"#,##0.00{GAP}", "dollars": WHOLE, "share": f"0.000%{GAP}", "count": WHOLE, "text": f"@{GAP}"}
NO_CENTS = 1_000_000
"""Amounts from here on are shown in whole dollars."""
CENTRED = Alignment("left", vertical="center", wrap_text=True)
AIR = 4
"""Points between the lines."""
BLOCK_TOP = 3
"""Row of the headings on the sheet Charts."""


def add_summary(sheet: Worksheet, title: str, subtitle: str, facts: Sequence[Fact], footer: str, name: str = "Summary") -> None:
    """Write title and lines on an empty sheet, and name it."""
    sheet.title = name
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = look.NAVY
    for position, wide in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = wide
    put(sheet["A1"], title)
    sheet["A1"].font = look.TITLE
    sheet.row_dimensions[1].height = 30
    put(sheet["A2"], subtitle)
    for letter, heading in zip("ABCDE", HEADINGS, strict=True):
        cell = sheet[f"{letter}4"]
        put(cell, heading)
        cell.fill, cell.font = look.REQUIRED, look.ink(look.REQUIRED)
        cell.alignment = Alignment("right", indent=1) if letter == "B" else Alignment("left")
    for number, fact in enumerate(facts, start=5):
        _add_fact(sheet, number, fact)
    set_up_printing(sheet, footer)


def _add_fact(sheet: Worksheet, number: int, fact: Fact) -> None:
    put(sheet[f"A{number}"], fact.label)
    put(sheet[f"B{number}"], fact.figure)
    put(sheet[f"C{number}"], fact.unit)
    put(sheet[f"D{number}"], fact.detail)
    put(sheet[f"E{number}"], fact.sheet)
    for letter in "ABCDE":
        sheet[f"{letter}{number}"].alignment = CENTRED
        sheet[f"{letter}{number}"].border = Border(bottom=Side("hair", color=look.NAVY))
    figure = sheet[f"B{number}"]
    figure.font, figure.alignment = look.BOLD, Alignment("right", vertical="center")
    large = fact.form == "money" and isinstance(fact.figure, float) and abs(fact.figure) >= NO_CENTS
    figure.number_format = FORMATS["count" if large else "text" if isinstance(fact.figure, str) else fact.form]
    sheet[f"A{number}"].font = look.BOLD
    link = sheet[f"E{number}"]
    link.hyperlink = Hyperlink(link.coordinate, location=f"{quote_sheetname(fact.sheet)}!A1", display=fact.sheet)
    link.font = look.LINK
    look.fit_height(sheet, number, [fact.label, fact.detail], [WIDTHS[0], WIDTHS[3]])
    sheet.row_dimensions[number].height += AIR


def add_sentences(sheet: Worksheet, title: str, sentences: Sequence[str]) -> None:
    """Write a heading and one row for each sentence below what is there."""
    top = sheet.max_row + 2
    put(sheet[f"A{top}"], title)
    sheet[f"A{top}"].font = look.BOLD
    for number, sentence in enumerate(sentences, start=top + 1):
        put(sheet[f"A{number}"], sentence)
        sheet[f"A{number}"].alignment = look.WRAPPED
        sheet.merge_cells(f"A{number}:E{number}")
        look.fit_height(sheet, number, [sentence], [sum(WIDTHS)])


def add_charts(
    workbook: Workbook,
    sheet: Worksheet,
    blocks: Iterable[tuple[type[Row], Sequence[Row]]],
    footer: str,
    *,
    apart: bool = True,
) -> None:
    """Write the figures on a sheet of their own, and below the Summary the charts that show them.

    Args:
        footer: printed at the foot of each page.
        apart: whether the charts begin a page; otherwise they are printed on one page with what is above them.
    """
    data: Worksheet = workbook.create_sheet("Charts")
    data.sheet_properties.tabColor = look.PALE
    ranges: dict[type[Row], charts.Block] = {}
    left = 1
    for record, rows in blocks:
        if rows:
            ranges[record] = _add_block(data, record, rows, left)
        left += len(columns(record)) + 1
    data.freeze_panes = f"A{BLOCK_TOP + 1}"
    set_up_printing(data, footer)
    top = sheet.max_row + 3
    if apart:
        sheet.row_breaks.append(Break(top - 2))  # a blank row keeps the charts' border off the page before
    else:
        sheet.page_setup.fitToHeight = 1
    charts.add(sheet, data, ranges, top)


def _add_block(sheet: Worksheet, record: type[Row], rows: Sequence[Row], left: int) -> charts.Block:
    """A small table with its title above it."""
    put(sheet.cell(1, left), record.sheet)
    sheet.cell(1, left).font = look.BOLD
    items = columns(record)
    for position, item in enumerate(items, start=left):
        heading = sheet.cell(BLOCK_TOP, position)
        put(heading, item.title)
        heading.fill, heading.font = look.REQUIRED, look.ink(look.REQUIRED)
        heading.alignment = Alignment("right", indent=1) if item.form in DECIMALS else Alignment("left")
        sheet.column_dimensions[get_column_letter(position)].width = width(item, rows, whole=True)
        write_column(sheet, item, rows, position, BLOCK_TOP + 1)
    last = BLOCK_TOP + len(rows)
    right = get_column_letter(left + len(items) - 1)
    add_table(sheet, record.sheet, f"{get_column_letter(left)}{BLOCK_TOP}:{right}{last}", items)
    filled = tuple(any(getattr(row, item.name) is not None for row in rows) for item in items)
    return charts.Block(left, BLOCK_TOP, last, filled)

"""Any declared output record as an Excel table: headings, cells, number formats, widths, colours and print set-up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from planner.outputs.schema import DECIMALS, Row, Shown, columns
from planner.template import look

RED, AMBER, GREEN = "F8CBAD", "FFE699", "C6E0B4"
WORDS: Mapping[str, str] = {
    "failed": RED,
    "below floor": RED,
    "missed": AMBER,
    "binding": AMBER,
    "restricted": AMBER,
    "passed": GREEN,
}
"""Colour of a telling word."""

NARROWEST, WIDEST, WIDEST_SENTENCE = 9, 34, 60
GAP = "_)"
"""Number format: room as wide as a bracket, so that figures do not touch the text to their right."""
ARROW = 5
"""Room for the filter's arrow beside a heading's longest word."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x(?=[0-9A-Fa-f]{4}_)")


def put(cell: Cell | MergedCell, value: object) -> None:
    """Write a value; text stays the text that it is, whatever it begins with and whatever it contains."""
    assert isinstance(cell, Cell)
    look.put(cell, printable(value) if isinstance(value, str) else value)


def printable(text: str) -> str:
    r"""Text with what XML cannot hold written as Excel writes it, `_xHHHH_`; a literal `_xHHHH_` is kept from being read so.

    >>> printable("a\x01b")
    'a_x0001_b'
    """
    if text.isprintable() and "_x" not in text:
        return text
    text = text.encode("utf-16", "replace").decode("utf-16")  # lone halves of a surrogate pair
    return _UNPRINTABLE.sub(lambda found: f"_x{ord(found[0][0]):04X}_" if len(found[0]) == 1 else "_x005F_x", text)


def add_sheet(
    workbook: Workbook, record: type[Row], rows: Sequence[Row], footer: str, *, totals: Sequence[Row] = (), pooled: bool = True
) -> Worksheet:
    """Add the sheet of a record, an Excel table; without rows it keeps one blank row, which Excel asks for.

    Args:
        footer: printed at the foot of each page.
        totals: rows written below the table, in bold.
        pooled: whether to show columns that depend on what other traders do.
    """
    sheet: Worksheet = workbook.create_sheet(record.sheet)
    sheet.sheet_properties.tabColor = look.PALE
    items = [item for item in columns(record) if pooled or not item.pooled]
    _head(sheet, items, [width(item, [*rows, *totals]) for item in items])
    for position, item in enumerate(items, start=1):
        write_column(sheet, item, rows, position, 2)
        write_column(sheet, item, totals, position, 2 + len(rows))
        _colour(sheet, item, f"{get_column_letter(position)}2", len(rows))
    _emphasise(sheet, 2 + len(rows), len(totals), len(items))
    add_table(sheet, record.sheet, f"A1:{get_column_letter(len(items))}{max(2, 1 + len(rows))}", items)
    set_up_printing(sheet, footer)
    sheet.print_title_rows = "1:1"
    return sheet


def write_column(sheet: Worksheet, item: Shown, rows: Sequence[Row], position: int, top: int) -> None:
    """Write the cells of one column from a row on; blank cells are left out."""
    values = [getattr(row, item.name) for row in rows]
    code = number_format(item, values)
    for number, value in enumerate(values, start=top):
        if value is not None and value != "":
            cell = sheet.cell(number, position)
            put(cell, value)
            if code != "General":
                cell.number_format = code


def number_format(item: Shown, values: Sequence[object]) -> str:
    """The number format of a column: as many decimals as its values need, within what its form allows.

    Text is `@`, so that Excel makes no number or date of a name that is edited; cells of that format do not show long text.
    """
    if item.form in DECIMALS:
        places = decimals(item, values)
        zeros = f".{'0' * places}" if places else ""
        return f"0{zeros}%{GAP}" if item.form == "share" else f"#,##0{zeros}{GAP}"
    return {"date": f"yyyy-mm-dd{GAP}", "text": "@"}.get(item.form, "General")


def decimals(item: Shown, values: Sequence[object]) -> int:
    """The fewest decimals that show every value of a column in full, within what its form allows."""
    least, most = DECIMALS[item.form]
    scale = 100 if item.form == "share" else 1
    numbers = [value * scale for value in values if isinstance(value, int | float)]
    for places in range(least, most):
        if all(abs(round(number, places) - number) < 1e-9 * max(1.0, abs(number)) for number in numbers):
            return places
    return most


def width(item: Shown, rows: Sequence[Row]) -> float:
    """Wide enough for the longest word of the heading and for the cells."""
    values = [getattr(row, item.name) for row in rows]
    words = max(len(word) for word in item.title.split())
    places = decimals(item, values) if item.form in DECIMALS else 0
    cells = max((_length(value, places) for value in values), default=0)
    widest = WIDEST_SENTENCE if item.form in ("sentence", "any") else WIDEST
    return max(words + ARROW, NARROWEST, min(cells + 2, widest))


def _length(value: object, places: int) -> int:
    """Number of characters of a cell as it is shown."""
    if isinstance(value, float | int):
        return len(f"{value:,.{places}f}")
    return 10 if isinstance(value, date) else len(str(value or ""))


def _head(sheet: Worksheet, items: Sequence[Shown], widths: Sequence[float]) -> None:
    look.head(sheet, [item.title for item in items], [look.REQUIRED] * len(items), widths)
    for position, item in enumerate(items, start=1):
        sheet.cell(1, position).comment = Comment(
            item.sentence, "planner", height=20 * (len(item.sentence) // 45 + 3), width=320
        )


def _colour(sheet: Worksheet, item: Shown, first: str, rows: int) -> None:
    """Conditional formats of a column whose cells stand out."""
    if not item.mark or not rows:
        return
    letter = first[:-1]
    conditions = {
        "words": {f'{first}="{word}"': colour for word, colour in WORDS.items()},
        "zero": {f"AND(ISNUMBER({first}),{first}=0)": AMBER},
        "positive": {f"AND(ISNUMBER({first}),{first}>0)": AMBER},
    }[item.mark]
    for condition, colour in conditions.items():
        style = DifferentialStyle(fill=PatternFill("solid", bgColor=colour))
        rule = Rule(type="expression", formula=[condition], dxf=style)
        sheet.conditional_formatting.add(f"{first}:{letter}{1 + rows}", rule)


def _emphasise(sheet: Worksheet, top: int, number: int, columns_shown: int) -> None:
    """Rows of totals, in bold below a line."""
    for row in range(top, top + number):
        for position in range(1, columns_shown + 1):
            sheet.cell(row, position).font = Font("Calibri", 11, bold=True)
            sheet.cell(row, position).border = Border(top=Side("thin"))


def add_table(sheet: Worksheet, name: str, cells: str, items: Sequence[Shown]) -> None:
    """Make an Excel table of some cells."""
    titles = [TableColumn(id=number, name=item.title) for number, item in enumerate(items, start=1)]
    table = Table(displayName=name.title().replace(" ", ""), ref=cells, autoFilter=AutoFilter(ref=cells), tableColumns=titles)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)


def set_up_printing(sheet: Worksheet, footer: str) -> None:
    """Landscape, all columns on one page, and the footer between sheet name and page number."""
    look.print_set_up(sheet)
    sheet.page_setup.fitToWidth = 1
    assert sheet.oddFooter is not None
    sheet.oddFooter.center.text = footer.replace("&", "&&")

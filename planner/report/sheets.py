"""Any declared output record as an Excel table: headings, cells, number formats, widths, colours and print set-up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from planner.outputs.schema import DECIMALS, Row, Shown, columns
from planner.report.formats import UNITS, lines, number_format, width
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

LINE = 15
"""Points in a line of text."""
PORTRAIT = 160
"""Units of column width up to which a page is upright."""

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
    workbook: Workbook,
    record: type[Row],
    rows: Sequence[Row],
    footer: str,
    *,
    totals: Sequence[Row] = (),
    internal: bool = True,
) -> Worksheet:
    """Add the sheet of a record, an Excel table; without rows it keeps one blank row, which Excel asks for.

    Args:
        footer: printed at the foot of each page.
        totals: rows written below the table, in bold.
        internal: whether to show columns that are left out of traders' and members' own books.
    """
    sheet: Worksheet = workbook.create_sheet(record.sheet)
    sheet.sheet_properties.tabColor = look.PALE
    items = [item for item in columns(record) if internal or not item.internal]
    widths = [width(item, [*rows, *totals]) for item in items]
    _head(sheet, items, widths)
    for position, item in enumerate(items, start=1):
        write_column(sheet, item, rows, position, 2)
        write_column(sheet, item, totals, position, 2 + len(rows))
        letter = get_column_letter(position)
        _colour(sheet, item, f"{letter}2", len(rows))
        sheet.column_dimensions[letter].hidden = bool(rows) and not any(_holds(row, item) for row in rows)
    _emphasise(sheet, 2 + len(rows), len(totals), len(items))
    _wrap(sheet, items, widths, [*rows, *totals])
    add_table(sheet, record.sheet, f"A1:{get_column_letter(len(items))}{max(2, 1 + len(rows))}", items)
    set_up_printing(sheet, footer)
    if look.visible_width(sheet) <= PORTRAIT:
        sheet.page_setup.orientation = "portrait"
    sheet.print_title_rows, sheet.print_title_cols = "1:1", f"A:{get_column_letter(record.keys)}"
    return sheet


def _holds(row: Row, item: Shown) -> bool:
    """Whether a row has anything in a column."""
    return getattr(row, item.name) not in (None, "")


def write_column(sheet: Worksheet, item: Shown, rows: Sequence[Row], position: int, top: int) -> None:
    """Write the cells of one column from a row on; blank cells are left out."""
    code = number_format(item, [getattr(row, item.name) for row in rows])
    for number, row in enumerate(rows, start=top):
        if _holds(row, item):
            cell, value = sheet.cell(number, position), getattr(row, item.name)
            put(cell, value)
            if item.form == "any":
                cell.alignment = Alignment("left")
                cell.number_format = "General" if isinstance(value, str) else UNITS.get(getattr(row, "unit", ""), "#,##0")
            elif code != "General":
                cell.number_format = code


def _wrap(sheet: Worksheet, items: Sequence[Shown], widths: Sequence[float], rows: Sequence[Row]) -> None:
    """Wrap the texts that are longer than their column is wide, so that none runs into the next cell or is cut."""
    texts = [(item.name, wide) for item, wide in zip(items, widths, strict=True) if item.form in ("text", "sentence", "any")]
    for number, row in enumerate(rows, start=2):
        most = max((lines(getattr(row, name), wide) for name, wide in texts), default=1)
        if most > 1:
            sheet.row_dimensions[number].height = LINE * most + 1
            for cell in sheet[number]:
                cell.alignment = Alignment(cell.alignment.horizontal, vertical="top", wrap_text=True)


def _head(sheet: Worksheet, items: Sequence[Shown], widths: Sequence[float]) -> None:
    look.head(sheet, [item.title for item in items], [look.REQUIRED] * len(items), widths)
    for position, item in enumerate(items, start=1):
        if item.form in DECIMALS or item.form == "date":
            sheet.cell(1, position).alignment = Alignment("right", vertical="center", wrap_text=True, indent=1)
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
    """As wide as can be read, on several pages side by side where need be; the footer between sheet name and page number."""
    look.print_set_up(sheet)
    assert sheet.oddFooter is not None
    sheet.oddFooter.center.text = footer.replace("&", "&&")

"""A copy of a workbook with its faults marked: values in place of formulas, otherwise as the user left it."""

from __future__ import annotations

import math
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from planner.findings import CannotWrite, FaultyInput, Finding, Severity
from planner.workbook import FAULTS_SHEET
from planner.workbook.book import Book, Broken, Sheet, Value
from planner.workbook.facts import Position, area, letters

FILLS = {
    Severity.FAULT: PatternFill("solid", fgColor="FFC7CE"),
    Severity.WARNING: PatternFill("solid", fgColor="FFEB9C"),
}
HEADINGS = {"severity": 10, "where": 22, "value": 24, "what is wrong": 80, "what to do": 60}
LINE = 15
"""Points in a line of text: a row is as high as its texts need, since not every program fits it when it opens the file."""
EXPLANATION = (
    "A copy of the workbook in which faults are red, warnings are yellow, and each carries a comment. "
    "It holds values in place of formulas.",
    "Correct the red cells here (or in the original) and run the planner on the corrected file. "
    "This sheet and the comments are not read.",
)
Marks = Mapping[Position, Sequence[Finding]]
Target = Any
"""A sheet of a write-only workbook; the type stubs know only half of what it has."""


def write(path_in: Path, findings: Sequence[Finding], path_out: Path) -> None:
    """See `planner.workbook.write_marked_copy`."""
    if path_in.resolve() == path_out.resolve():
        raise CannotWrite(f"{path_out} is the workbook itself, which is never changed; name another file for the copy")
    book = Book(path_in)
    workbook = Workbook(write_only=True)
    workbook.create_sheet(FAULTS_SHEET)
    findings = [*findings, *_copy_sheets(book, workbook, _by_cell(findings))]
    by_severity = sorted(findings, key=lambda found: list(Severity).index(found.severity))
    _list(workbook[FAULTS_SHEET], by_severity, set(workbook.sheetnames))
    _place(workbook, path_out, book)


def _place(workbook: Workbook, path: Path, source: Book) -> None:
    """Write under a temporary name and move into place; with a password where the source has one."""
    content = BytesIO()
    unfinished = path.with_name(f"~{path.name}")
    try:
        workbook.save(content)
        try:
            unfinished.write_bytes(source.like_this(content.getvalue()))
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(f"the marked copy {path} cannot be written ({error.strerror})") from error


def _by_cell(findings: Sequence[Finding]) -> Mapping[str, Marks]:
    """Faults and warnings with an address: sheet → cell → findings."""
    marks: dict[str, dict[Position, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in findings:
        if finding.cell and finding.severity in FILLS:
            marks[finding.sheet][area(finding.cell).first].append(finding)
    return marks


def _copy_sheets(book: Book, workbook: Workbook, marks: Mapping[str, Marks]) -> Iterator[Finding]:
    """Copy every sheet that can be read; a finding for each that cannot."""
    formats = [BUILTIN_FORMATS.get(item, "General") if isinstance(item, int) else item for item in book.number_formats()]
    for title in book.titles:
        if title.casefold() == FAULTS_SHEET.casefold():
            continue
        target = workbook.create_sheet(title)
        try:
            sheet = book.sheet(title, styles=True)
        except FaultyInput as error:
            yield from (finding for finding in error.findings)
            continue
        _copy(sheet, target, formats, marks.get(title, {}))


def _copy(sheet: Sheet, target: Target, formats: Sequence[str], marks: Marks) -> None:
    for column, width in sheet.facts.widths.items():
        target.column_dimensions[letters(column)].width = width
    for merged in sheet.facts.merged:
        target.merged_cells.add(str(merged))
    height = max([len(sheet.rows), *(row for row, _ in marks)])
    marked_rows = {row for row, _ in marks}
    for number in range(1, height + 1):
        values = sheet.rows[number - 1] if number <= len(sheet.rows) else []
        if number in marked_rows:
            last = max(column for row, column in marks if row == number)
            values = [*values, *[""] * (last - len(values))]
        target.append(_cells(sheet, number, values, formats, marks, target))


def _cells(
    sheet: Sheet, row: int, values: Sequence[Value], formats: Sequence[str], marks: Marks, target: Target
) -> Iterator[Cell | Value | None]:
    """One row. What needs no style is given as it is, which is three times as fast."""
    styles = sheet.facts.styles
    for column, value in enumerate(values, start=1):
        style = styles.get((row, column), 0)
        code = formats[style] if 0 <= style < len(formats) else "General"
        if (row, column) in marks:
            cell = styled(target, value, code)
            _mark(cell, marks[row, column])
            yield cell
        elif value == "":
            yield None
        elif code == "General" and isinstance(value, float) and math.isfinite(value):
            yield value
        elif code == "General" and isinstance(value, str) and value[0].isalnum():
            yield ILLEGAL_CHARACTERS_RE.sub("", value)
        else:
            yield styled(target, value, code)


def styled(target: Target, value: Value, code: str = "General") -> Cell:
    """A cell with a number format. Text stays text, and a cell without a value becomes an Excel error again."""
    cell = WriteOnlyCell(target)
    cell.number_format = code
    if isinstance(value, Broken):
        cell.value, cell.data_type = (value.shown if value.shown.startswith("#") else "#N/A"), "e"
    elif isinstance(value, float) and not math.isfinite(value):
        cell.value, cell.data_type = "#NUM!", "e"
    elif isinstance(value, str):
        cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", value), "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
    else:
        cell.value = value
    return cell


def _mark(cell: Cell, findings: Sequence[Finding]) -> None:
    worst = Severity.FAULT if any(item.severity is Severity.FAULT for item in findings) else Severity.WARNING
    cell.fill = FILLS[worst]
    text = "\n".join(f"{item.message}. {item.remedy}".strip() for item in findings)
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.comment = Comment(text, "planner", height=24 * (len(text) // 45 + 3), width=320)


def _list(sheet: Target, findings: Sequence[Finding], titles: set[str]) -> None:
    for column, width in enumerate(HEADINGS.values(), start=1):
        sheet.column_dimensions[letters(column)].width = width
    top = len(EXPLANATION) + 2
    sheet.freeze_panes = f"A{top + 1}"
    sheet.auto_filter.ref = f"A{top}:{letters(len(HEADINGS))}{top + max(1, len(findings))}"
    _set_up_printing(sheet, top)
    for line in EXPLANATION:
        sheet.append([line])
    sheet.append([])
    sheet.append([_text(sheet, heading, Font("Calibri", 11, bold=True)) for heading in HEADINGS])
    for number, finding in enumerate(findings, start=top + 1):
        texts = (finding.severity.value, finding.address, finding.value, finding.message, finding.remedy)
        cells = [_text(sheet, text) for text in texts]
        if finding.sheet in titles:
            cells[1].font = Font("Calibri", 11, color="0563C1", underline="single")
            cells[1].hyperlink = Hyperlink("A1", location=f"{quote_sheetname(finding.sheet)}!{finding.cell or 'A1'}")
        sheet.row_dimensions[number].height = LINE * max(map(_lines, texts, HEADINGS.values()))
        sheet.append(cells)


def _set_up_printing(sheet: Target, top: int) -> None:
    """Landscape, all columns on one page, headings on each, and the page numbered."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{top}:{top}"
    footer = sheet.HeaderFooter.oddFooter
    footer.left.text, footer.right.text = "&A", "Page &P of &N"


def _lines(text: str, width: int) -> int:
    """Number of lines that a wrapped text takes, at least one."""
    return max(1, sum(max(1, len(textwrap.wrap(part, width))) for part in text.split("\n")))


def _text(sheet: Target, text: str, font: Font | None = None) -> Cell:
    cell = styled(sheet, text)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if font:
        cell.font = font
    return cell

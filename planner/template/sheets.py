"""The sheets of an input workbook: Excel tables whose headings, cells and drop-downs follow the records."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import absolute_coordinate, get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from models.records import SHEETS, Column, Record, Settings, columns
from planner import reference
from planner.template import look
from planner.template.validations import validation

Rows = Sequence[Mapping[str, object]]
Bases = Sequence[Mapping[str, str]]

REFERRED = frozenset(item.refers for record in SHEETS for item in columns(record) if item.refers)
"""Every `Sheet.column` whose values another column's drop-down offers."""


@dataclass(frozen=True)
class Printed:
    """A column as it is printed: its declaration, its colour, and its cells from the first row on."""

    item: Column
    fill: PatternFill
    cells: Sequence[object]

    @property
    def width(self) -> float:
        """Wide enough for the longest word of the heading beside the filter's arrow, and for the cells."""
        words = max(len(word) for word in reference.heading(self.item).split())
        cells = max((len(str(as_cell(value))) for value in self.cells), default=0)
        return min(max(words + 5, cells + 2, 12), 40)


def add_record_sheet(
    workbook: Workbook,
    record: type[Record],
    present: Collection[str],
    rows: Rows = (),
    bases: Bases = (),
    *,
    whole: bool = False,
) -> None:
    """Add the sheet of a record; without rows the table keeps one blank row, which Excel asks for.

    Args:
        workbook: where to add it.
        record: the record that declares the sheet.
        present: names of the workbook's sheets: a drop-down can follow only a sheet that is there.
        rows: field name → value, for each row.
        bases: field name → basis of the figure, for each row.
        whole: whether all columns are shown; else those that hold something, and the required ones.

    Raises:
        ValueError: if a row names a field that the record does not have.
    """
    _refuse_unknown(record, rows)
    _refuse_unknown(record, bases, figures=True)
    sheet = _new_sheet(workbook, record)
    printed = list(_printed(record, rows, bases, whole or not rows))
    headings = [reference.heading(column.item) for column in printed]
    look.head(sheet, headings, [column.fill for column in printed], [column.width for column in printed])
    for letter, column in zip(map(get_column_letter, range(1, len(printed) + 1)), printed, strict=True):
        for number, value in enumerate(column.cells or [None], start=2):
            _fill(sheet, f"{letter}{number}", column.item, value)
        _furnish(sheet, letter, column.item, present)
        if f"{record.sheet}.{column.item.name}" in REFERRED:
            workbook.defined_names.add(_source(sheet, letter, column.item.name))
        if column.item.required:
            anything = f"COUNTA($A2:${get_column_letter(len(printed))}2)>0"
            _mark_missing(sheet, f"{letter}2:{letter}{look.LAST_ROW}", f"AND({anything},ISBLANK({letter}2))")
    look.as_table(sheet)


def add_settings_sheet(workbook: Workbook, values: Mapping[str, object], basis: Mapping[str, str]) -> None:
    """Add Settings: a row for each of `values` and each required key, with its unit and what it means.

    Args:
        workbook: where to add it.
        values: field name → value.
        basis: field name → basis of the figure; without any there is no such column.

    Raises:
        ValueError: if there is no such setting.
    """
    _refuse_unknown(Settings, [values])
    _refuse_unknown(Settings, [basis], figures=True)
    sheet = _new_sheet(workbook, Settings)
    widths = {"key": 24, "value": 24, "basis": 12, "unit": 12, "what it means": 100}
    if not basis:
        del widths["basis"]
    fills = [look.REQUIRED if heading in ("key", "value") else look.NOTE for heading in widths]
    look.head(sheet, list(widths), fills, list(widths.values()))
    shown = [item for item in columns(Settings) if item.required or item.name in values]
    for number, item in enumerate(shown, start=2):
        words = " ".join(reference.hint(item).splitlines())
        texts = {"key": item.heading, "unit": reference.unit(item), "what it means": words}
        for letter, heading in zip("ABCDE", widths, strict=False):
            if heading == "value":
                _add_setting(sheet, f"{letter}{number}", item, values.get(item.name))
            elif heading == "basis":
                _add_setting(sheet, f"{letter}{number}", reference.basis_column(item), basis.get(item.name))
            else:
                look.put(sheet[f"{letter}{number}"], texts[heading])
            sheet[f"{letter}{number}"].alignment = look.WRAPPED
        sheet[f"A{number}"].font = look.BOLD
        look.fit_height(sheet, number, [words], [widths["what it means"]])
    look.as_table(sheet)


def _add_setting(sheet: Worksheet, address: str, item: Column, value: object) -> None:
    """Write a cell that has a declaration, a format and a validation of its own."""
    _fill(sheet, address, item, value)
    rule = validation(item, address, None)
    rule.add(address)
    sheet.add_data_validation(rule)
    if item.required:
        _mark_missing(sheet, address, f"ISBLANK({address})")


def as_cell(value: object) -> str | int | float | date | None:
    """A field's value as it stands in a cell: `yes`, `CHN 60 %; AUS 40 %`, a date, a number or text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(part if isinstance(part, str) else _with_share(*part) for part in value)
    if isinstance(value, str):
        return str(value)
    assert value is None or isinstance(value, int | float | date)
    return value


def _with_share(country: str, share: float) -> str:
    return country if share == 1 else f"{country} {share * 100:.15g} %"


def _printed(record: type[Record], rows: Rows, bases: Bases, whole: bool) -> Iterator[Printed]:
    """The columns that hold something, and the required ones; or all of them."""
    for item in columns(record):
        cells = [row.get(item.name) for row in rows]
        if whole or item.required or any(value not in (None, "", ()) for value in cells):
            yield Printed(item, look.REQUIRED if item.required else look.OPTIONAL, cells)
        if any(item.name in basis for basis in bases):
            yield Printed(reference.basis_column(item), look.NOTE, [basis.get(item.name) for basis in bases])
    attributes = [_attributes(row) for row in rows]
    for name in dict.fromkeys(name for row in attributes for name in row):
        yield Printed(reference.attribute_column(name), look.OPTIONAL, [row.get(name) for row in attributes])


def _attributes(row: Mapping[str, object]) -> Mapping[str, float]:
    attributes = row.get("attributes", {})
    assert isinstance(attributes, Mapping)
    return attributes


def _new_sheet(workbook: Workbook, record: type[Record]) -> Worksheet:
    sheet: Worksheet = workbook.create_sheet(record.sheet)
    sheet.sheet_properties.tabColor = look.NAVY if record.required else look.PALE
    return sheet


def _refuse_unknown(record: type[Record], rows: Rows, figures: bool = False) -> None:
    """Refuse names of fields that the record does not have, or has as something else than a figure."""
    known = {item.name for item in columns(record) if item.is_figure or not figures}
    if record.keeps_attributes and not figures:
        known.add("attributes")
    unknown = {name for row in rows for name in row} - known
    if unknown:
        raise ValueError(f"{record.sheet} has no {'figure' if figures else 'column'} {', '.join(sorted(unknown))}")


def _fill(sheet: Worksheet, address: str, item: Column, value: object) -> None:
    cell = sheet[address]
    cell.number_format = look.number_format(item)
    look.put(cell, as_cell(value))


def _furnish(sheet: Worksheet, letter: str, item: Column, present: Collection[str]) -> None:
    """Give a column its number format, its comment, and its validation, down to the sheet's last row."""
    sheet.column_dimensions[letter].number_format = look.number_format(item)
    text = reference.explanation(item)
    sheet[f"{letter}1"].comment = Comment(text, "planner", height=20 * (len(text) // 45 + 6), width=320)
    target, _, name = item.refers.partition(".")
    rule = validation(item, f"{letter}2", _source_name(target, name) if target in present else None)
    rule.add(f"{letter}2:{letter}{look.LAST_ROW}")
    sheet.add_data_validation(rule)


def _source_name(sheet: str, column: str) -> str:
    return f"{sheet}_{column}"


def _source(sheet: Worksheet, letter: str, column: str) -> DefinedName:
    """A name for a column's values from the first row to the last text, so that drop-downs follow added rows."""
    whole = f"{quote_sheetname(sheet.title)}!${letter}:${letter}"
    first = f"{quote_sheetname(sheet.title)}!{absolute_coordinate(f'{letter}2')}"
    # No text sorts after 255 z's: the search ends at the last text, whatever blank rows lie before it.
    return DefinedName(
        _source_name(sheet.title, column), attr_text=f'{first}:INDEX({whole},MAX(2,MATCH(REPT("z",255),{whole})))'
    )


def _mark_missing(sheet: Worksheet, cells: str, formula: str) -> None:
    rule = Rule(type="expression", formula=[formula], dxf=DifferentialStyle(fill=look.MISSING))
    sheet.conditional_formatting.add(cells, rule)

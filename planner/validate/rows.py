"""From rows to records: every cell read, every row validated, duplicate and nearly equal names reported."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from pydantic import TypeAdapter, ValidationError

from models.records import Column, Record, columns
from planner.reference import BASES, accepted, attribute_column, basis_column, limits
from planner.validate.cells import Reader, is_identifier, reader
from planner.validate.log import Log, counted
from planner.validate.names import bare, did_you_mean, nearest_heading, places, unseen_difference
from planner.validate.numbers import takes_percent
from planner.validate.tables import Doubled, Layout, report_unknown
from planner.validate.unfit import Changed, Unfit, filled, or_blank, shown
from planner.workbook import Broken, Position, Sheet, Value, address

_BRACKETS = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")


@dataclass
class Rows:
    """The records of one sheet, one for each of the layout's rows.

    A row with faults has a record too, of what could be read, so that references to it hold.
    """

    layout: Layout
    records: list[Record] = field(default_factory=list)
    unread: dict[int, set[str]] = field(default_factory=dict)
    """Position of each row with faults → its fields without a value."""
    kept: dict[str, int] = field(default_factory=dict)
    """Attribute → column."""
    doubled: list[Doubled] = field(default_factory=list)
    """The columns that come twice; nothing can be said of cells in which the two differ."""


@dataclass(frozen=True)
class _Cells:
    """One column to read."""

    column: int
    item: Column
    read: Reader
    name: str
    """Field that takes the value, or its name within `store`."""
    store: str = ""
    """The record's mapping that takes the value: `basis` or `attributes`."""


def read_cell(sheet: Sheet, item: Column, read: Reader, cell: Position, log: Log) -> tuple[bool, Any]:
    """Whether a filled cell can be read, and its value; what is to be said of it goes into the log."""
    value = sheet.rows[cell[0] - 1][cell[1] - 1]
    try:
        found = read(value)
    except Unfit as error:
        log.fault(sheet.title, address(*cell), value, f"{item.heading} '{shown(value)}' {error.problem}", error.remedy)
        return False, None
    if isinstance(found, Changed):
        log.changed(sheet.title, item.heading, cell, value, found.how)
        found = found.value
    return True, found


def validated(
    record: type[Record],
    values: Mapping[str, Any],
    unread: set[str],
    report: Callable[[Column | None, str, str], None],
) -> Record:
    """The record of some values.

    Args:
        record: what to make.
        values: field → value.
        unread: fields that could not be read; those out of range are added.
        report: takes a column (nothing for the row as a whole), a problem and a remedy.
    """
    try:
        row = record.model_validate(values)
    except ValidationError as error:
        by_name = {item.name: item for item in columns(record)}
        lacking = frozenset(unread)
        for detail in error.errors(include_url=False):
            item = by_name.get(str(detail["loc"][0])) if detail["loc"] else None
            name = item.name if item else ""
            if name not in lacking:
                report(item, *_problem(item, detail["type"], detail["input"], detail["msg"]))
                unread.add(name)
    else:
        if not unread:
            return row
    known = {name: _taken(record, name).validate_python(value) for name, value in values.items() if name not in unread}
    missing = dict.fromkeys(item.name for item in columns(record) if item.required)
    return record.model_construct(None, **(missing | known))


@cache
def _taken(record: type[Record], name: str) -> TypeAdapter[Any]:
    """Takes the value of one field as a whole record would."""
    kind: Any = record.model_fields[name].annotation
    return TypeAdapter(kind)


def _problem(item: Column | None, kind: str, value: object, message: str) -> tuple[str, str]:
    if item is None:
        return message, ""
    if kind == "enum":
        guess = did_you_mean(str(value), item.choices)
        return f"is not one of the choices{guess}", f"Accepted: {accepted(item)}{or_blank(item)}. {item.sentence}"
    problem = f"is out of range: {limits(item)}"
    if isinstance(value, float) and value > 1 and takes_percent(item):
        return problem, f"A percentage is typed with its sign ({value:g}%) or as a share ({value / 100:g})."
    return problem, f"Type a value in the range{or_blank(item)}."


def read_rows(layout: Layout, record: type[Record], log: Log, names: frozenset[str] = frozenset()) -> Rows:
    """Read all rows of a sheet; its lists may name the given names although they hold commas."""
    found = Rows(layout, doubled=list(layout.doubled))
    is_off = not (layout.present or record.required)
    lacking = set() if is_off else _report_lacking(layout, record, log)
    cells = [*_declared(layout, record, names), *_bases(layout, record), *_others(found, record, log)]
    required = [item for item in columns(record) if item.required and item.name not in lacking]
    for number in layout.rows:
        values, unread = _read_row(layout.sheet, number, cells, log)
        for item in required:
            if item.name not in values and item.name not in unread:
                unread.add(item.name)
                cell = address(number, layout.columns[item.name])
                log.fault(layout.title, cell, "", f"{item.heading} is required, and blank", f"Accepted: {accepted(item)}.")
        unread |= lacking | {twice.field for twice in found.doubled if twice.differ(layout.sheet.rows[number - 1])}
        report = partial(_report, layout, number, log)
        found.records.append(validated(record, values, unread, report))
        if unread:
            found.unread[len(found.records) - 1] = unread
    _report_duplicates(found, record, log)
    _report_look_alikes(found, record, log)
    _report_count(found, log)
    return found


def _read_row(sheet: Sheet, number: int, cells: Sequence[_Cells], log: Log) -> tuple[dict[str, Any], set[str]]:
    """Field → value of one row, and the fields that could not be read."""
    row = sheet.rows[number - 1]
    values: dict[str, Any] = {}
    unread: set[str] = set()
    for cell in cells:
        value = row[cell.column - 1]
        if value == "" or not filled(value):
            continue
        good, found = read_cell(sheet, cell.item, cell.read, (number, cell.column), log)
        if not good:
            unread.add(cell.store or cell.name)
        elif cell.store:
            values.setdefault(cell.store, {})[cell.name] = found
        else:
            values[cell.name] = found
    return values, unread


def _report(layout: Layout, number: int, log: Log, item: Column | None, problem: str, remedy: str) -> None:
    column = layout.columns[item.name] if item else min(layout.columns.values())
    value = layout.sheet.value(number, column)
    words = f"{item.heading} '{shown(value)}' {problem}" if item else problem
    log.fault(layout.title, address(number, column), value, words, remedy)


def _report_lacking(layout: Layout, record: type[Record], log: Log) -> set[str]:
    """The required fields without a column."""
    lacking = [item for item in columns(record) if item.required and item.name not in layout.columns]
    for item in lacking:
        guess = nearest_heading(item.heading, layout.others.values())
        meant = f"; is '{guess}' meant?" if guess else ""
        log.fault(
            layout.title,
            layout.free_heading,
            "",
            f"the column '{item.heading}' is missing{meant}",
            f"Add it in any column, under this heading. {item.sentence}",
        )
    return {item.name for item in lacking}


def _declared(layout: Layout, record: type[Record], names: frozenset[str]) -> Iterable[_Cells]:
    for item in columns(record):
        if item.name in layout.columns:
            yield _Cells(layout.columns[item.name], item, reader(record, item, names), item.name)


def _bases(layout: Layout, record: type[Record]) -> Iterable[_Cells]:
    for item in columns(record):
        if item.name in layout.bases:
            basis = basis_column(item)
            yield _Cells(layout.bases[item.name], basis, basis_reader(basis), item.name, "basis")


def basis_reader(item: Column) -> Reader:
    """The reader of a column that tells where a figure comes from."""

    def read(value: Value) -> str:
        text = shown(value).strip().casefold()
        if isinstance(value, Broken) or text not in BASES:
            problem = f"is not a basis{did_you_mean(text, BASES)}"
            raise Unfit(problem, f"Accepted: {accepted(item)}{or_blank(item)}.")
        return text

    return read


def _others(rows: Rows, record: type[Record], log: Log) -> Iterable[_Cells]:
    """Columns that are not declared: those of numbers are kept where the record keeps attributes."""
    layout, kept = rows.layout, rows.kept
    for column, heading in layout.others.items():
        values = [value for row in layout.rows if filled(value := layout.sheet.rows[row - 1][column - 1])]
        numbers = sum(isinstance(value, float | Broken) for value in values)
        name = " ".join(_BRACKETS.sub(" ", heading).replace("_", " ").lower().split())
        if not record.keeps_attributes or not name or numbers * 2 <= len(values):
            report_unknown(layout, column, places(record), log)
            continue
        cell = address(layout.heading_row, column)
        if name in kept:
            first = address(layout.heading_row, kept[name])
            problem = f"the headings in {first} and {cell} both mean the attribute '{name}'"
            log.fault(layout.title, cell, heading, problem, "Keep one of them.")
            rows.doubled.append(Doubled("attributes", kept[name], column))
            continue
        kept[name] = column
        item = attribute_column(name)
        yield _Cells(column, item, reader(record, item), name, "attributes")


def _report_duplicates(rows: Rows, record: type[Record], log: Log) -> None:
    layout, first = rows.layout, dict[tuple[Any, ...], int]()
    label = " and ".join(item.heading for item in columns(record) if item.name in record.key)
    for position, (number, row) in enumerate(zip(layout.rows, rows.records, strict=True)):
        if not record.key or not rows.unread.get(position, set()).isdisjoint(record.key):
            continue
        key = tuple(getattr(row, name) for name in record.key)
        if first.setdefault(key, number) == number:
            continue
        values = ", ".join(str(value) for value in key if value is not None)
        column = layout.column(record.key[0], record.key)
        log.fault(
            layout.title,
            address(number, column),
            layout.sheet.value(number, column),
            f"rows {first[key]} and {number} have the same {label}{f' ({values})' if values else ''}",
            "Keep one of them, or give them different names.",
        )


def _report_look_alikes(rows: Rows, record: type[Record], log: Log) -> None:
    """Names that differ only in case, spaces or marks, in columns by which rows refer to each other."""
    for item in columns(record):
        if item.kind != "text" or not is_identifier(record, item) or item.name not in rows.layout.columns:
            continue
        numbers: dict[str, int] = {}
        for number, row in zip(rows.layout.rows, rows.records, strict=True):
            numbers.setdefault(getattr(row, item.name, None) or "", number)
        spellings: dict[str, str] = {}
        for name, number in numbers.items():
            other = spellings.setdefault(bare(name) or name, name)
            if other != name:
                log.warning(
                    rows.layout.title,
                    address(number, rows.layout.columns[item.name]),
                    name,
                    f"{item.heading} '{name}' looks like '{other}' in row {numbers[other]}, and is read as another"
                    f"{unseen_difference(name, other)}",
                    "If they are one, spell them alike.",
                )


def _report_count(rows: Rows, log: Log) -> None:
    layout = rows.layout
    if not layout.present:  # that the sheet is empty is said with the others
        return
    faulty = len(rows.unread)
    read, blank = len(layout.rows) - faulty, layout.present - len(layout.rows) - layout.reported
    counts = {
        "with faults": faulty,
        "blank": blank - layout.beside,
        "with entries in columns that are not read only": layout.beside,
        "totals or notes": layout.reported,
    }
    rest = "".join(f", {count} {what}" for what, count in counts.items() if count)
    log.note(layout.title, f"{counted(layout.present, 'row', 'rows')} below the headings: {read} read{rest}")

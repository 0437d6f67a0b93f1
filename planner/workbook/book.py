"""Workbooks and sheets as they are read: every cell's value, and what is known beside it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from planner.findings import FaultyInput
from planner.workbook.circular import circular
from planner.workbook.container import Container, open_container, unusable
from planner.workbook.facts import Damaged, Facts, Position, address, area, scan
from planner.workbook.passwords import encrypted

LARGEST_AREA = 8_000_000
"""Cells of the largest rectangle, from A1, that is read: 1,048,576 rows of 7 columns, or 100,000 rows of 80."""


@dataclass(frozen=True)
class Broken:
    """A cell whose value cannot be known."""

    shown: str
    """The error, or the formula, as the user sees it."""
    problem: str
    remedy: str


Value = str | float | bool | date | datetime | time | timedelta | Broken
"""What a cell holds; a blank cell holds the empty text."""


@dataclass(frozen=True)
class Table:
    """Where an Excel table lies."""

    heading_row: int
    totals_row: int | None
    filtered: bool


@dataclass(frozen=True)
class Sheet:
    """One worksheet. `rows` is a full rectangle from A1."""

    title: str
    hidden: bool
    rows: list[list[Value]]
    facts: Facts
    tables: tuple[Table, ...]

    def value(self, row: int, column: int) -> Value:
        """The value of a cell; blank outside the sheet's rectangle."""
        inside = row <= len(self.rows) and column <= len(self.rows[0])
        return self.rows[row - 1][column - 1] if inside else ""


@dataclass(frozen=True)
class _Entry:
    """A worksheet as the workbook lists it."""

    title: str
    part: str
    hidden: bool


class Book:
    """A workbook, open for reading. Sheets are read when they are asked for."""

    def __init__(self, path: Path) -> None:
        """Open a workbook.

        Raises:
            FaultyInput: if the file cannot be read as a workbook.
        """
        self.name = path.name
        try:
            self._open(path)
        except FaultyInput as error:
            raise FaultyInput([replace(item, message=f"{path.name}: {item.message}") for item in error.findings]) from error

    def _open(self, path: Path) -> None:
        self._container = open_container(path)
        path_inside, root = _workbook(self._container)
        self._entries = {entry.title: entry for entry in _worksheets(self._container, path_inside, root)}
        self._calculated = root.find("{*}calcPr[@fullCalcOnLoad='1']") is None
        try:
            self._reader = CalamineWorkbook.from_filelike(self._container.repacked())
        except CalamineError as error:
            raise _damaged("the workbook", str(error)) from error

    @property
    def titles(self) -> tuple[str, ...]:
        """Names of the worksheets, in their order; charts and macro sheets are not among them."""
        return tuple(self._entries)

    @property
    def macros(self) -> bool:
        return self._container.macros

    @property
    def sha256(self) -> str:
        return self._container.sha256

    @property
    def properties(self) -> bytes:
        """The part that names author and category; empty without one."""
        return self._container.part("docProps/core.xml") or b""

    def like_this(self, content: bytes) -> bytes:
        """A workbook made from this one, with the password that this one has."""
        return content if self._container.password is None else encrypted(content, self._container.password)

    def sheet(self, title: str, *, styles: bool = False) -> Sheet:
        """Read a sheet.

        Args:
            title: its name, as in `titles`.
            styles: whether `facts.styles` is wanted.

        Raises:
            FaultyInput: if the sheet is damaged or spans more cells than can be read.
        """
        entry = self._entries[title]
        part = self._container.part(entry.part) or b""
        try:
            facts = scan(part, styles=styles)
            _refuse_stray_cells(title, facts)
            tables = tuple(_tables(self._container, entry.part))
            if not self._calculated:
                _distrust_zeros(facts)
            rows = _rows(self._reader.get_sheet_by_name(title), title, facts)
        except (CalamineError, Damaged) as error:
            raise _damaged("the sheet", str(error), title) from error
        return Sheet(title, entry.hidden, rows, facts, tables)

    def number_formats(self) -> list[str | int]:
        """For each style number, the number format: its code, or the number of one of Excel's own formats."""
        styles = self._container.part("xl/styles.xml")
        if styles is None:
            return []
        root = ElementTree.fromstring(styles)
        codes = {item.get("numFmtId"): item.get("formatCode", "General") for item in root.iterfind("{*}numFmts/{*}numFmt")}
        used = [item.get("numFmtId", "0") for item in root.iterfind("{*}cellXfs/{*}xf")]
        return [codes.get(number, int(number) if number.isdecimal() and len(number) < 9 else "General") for number in used]


def _damaged(what: str, why: str, title: str = "") -> FaultyInput:
    return unusable(f"{what} is damaged ({why})", "Open the workbook in Excel, let Excel repair it, and save it.", sheet=title)


def _workbook(container: Container) -> tuple[str, ElementTree.Element]:
    """Where the part that lists the worksheets lies, and what it holds."""
    root_rels = _relationships(container, "")
    path = next((target for kind, target in root_rels.values() if kind == "officeDocument"), "xl/workbook.xml")
    data = container.part(path)
    if data is None:
        raise _damaged("the workbook", f"the part {path} is missing")
    return path, ElementTree.fromstring(data)


def _worksheets(container: Container, path: str, root: ElementTree.Element) -> Iterator[_Entry]:
    """The worksheets that the workbook lists."""
    relationships = _relationships(container, path)
    found = []
    for item in root.iterfind("{*}sheets/{*}sheet"):
        identity = next((value for name, value in item.items() if name.endswith("}id")), "")
        kind, part = relationships.get(identity, ("", ""))
        if kind == "worksheet":
            found.append(_Entry(item.get("name", ""), part, item.get("state", "visible") != "visible"))
    if any(not entry.title or set(entry.title) & set("[]:*?/\\") for entry in found):
        raise _damaged("the workbook", "a sheet has a name that Excel does not allow")
    if not found:
        raise unusable("the workbook has no worksheet", "Start from an empty template: planner template.")
    if len({entry.title.casefold() for entry in found}) < len(found):
        raise _damaged("the workbook", "two sheets have the same name")
    yield from found


def _relationships(container: Container, part: str) -> dict[str, tuple[str, str]]:
    """Identity → kind and path of each part that a part refers to; the empty path is the file itself."""
    folder, name = posixpath.split(part)
    data = container.part(posixpath.join(folder, "_rels", f"{name}.rels"))
    if data is None:
        return {}
    return {
        item.get("Id", ""): (
            item.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, item.get("Target", ""))),
        )
        for item in ElementTree.fromstring(data).iterfind("{*}Relationship")
    }


def _tables(container: Container, part: str) -> Iterator[Table]:
    for kind, target in _relationships(container, part).values():
        data = container.part(target) if kind == "table" else None
        if data is None:
            continue
        root = ElementTree.fromstring(data)
        extent = area(root.get("ref", ""))
        if root.get("headerRowCount", "1") != "0":
            totals = extent.last[0] if root.get("totalsRowCount", "0") != "0" else None
            yield Table(extent.first[0], totals, root.find("{*}autoFilter/{*}filterColumn") is not None)


def _refuse_stray_cells(title: str, facts: Facts) -> None:
    if facts.last_row * facts.last_column <= LARGEST_AREA:
        return
    raise unusable(
        f"the sheet reaches down to {address(*facts.lowest)} and right to {address(*facts.rightmost)}: "
        f"more than {LARGEST_AREA:,} cells",
        "Clear the cells far from the data (select the rows or columns, delete, save).",
        sheet=title,
    )


def _distrust_zeros(facts: Facts) -> None:
    """Take a formula's 0 for no value, in a workbook that its writer left for Excel to calculate as it is opened.

    XlsxWriter gives every formula a 0. Excel and LibreOffice, which calculate, never leave a workbook so.
    """
    facts.uncalculated |= facts.zeros


def _rows(reader: CalamineSheet, title: str, facts: Facts) -> list[list[Value]]:
    """The values as a rectangle from A1, with the cells whose value cannot be known."""
    rows = cast(list[list[Value]], reader.to_python(skip_empty_area=False))  # its own list of types is the same
    width = max(facts.last_column, len(rows[0]) if rows else 0)
    if rows and len(rows[0]) < width:
        rows = [row + [""] * (width - len(row)) for row in rows]
    rows += [[""] * width for _ in range(len(rows), facts.last_row)]
    for (row, column), broken in _broken(title, facts):
        rows[row - 1][column - 1] = broken
    return rows


def _broken(title: str, facts: Facts) -> Iterator[tuple[Position, Broken]]:
    """Every cell without a value; what comes later replaces what came before."""
    for cell in facts.uncalculated:
        yield (
            cell,
            Broken(
                _formula(facts, cell),
                "is a formula whose value is not in the file: it has not been calculated",
                "Open the workbook in Excel, save it and try again, or type the value.",
            ),
        )
    for cell, error in facts.errors.items():
        yield cell, Broken(error, "is an Excel error", "Correct the formula, or type the value.")
    for cell in circular(title, facts.formulas):
        yield (
            cell,
            Broken(
                _formula(facts, cell),
                "is a formula that refers to itself, directly or through other cells",
                "Correct the formula, or type the value.",
            ),
        )


def _formula(facts: Facts, cell: Position) -> str:
    return f"={facts.formulas[cell] or '…'}"  # a formula filled down is written out only in its first cell

"""A workbook read as a whole: which sheets it has, what they hold, what refers to what."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.case import Case, table_of
from models.records import (
    SHEETS,
    Contingency,
    Country,
    Hazard,
    Material,
    Offer,
    Policy,
    Record,
    Settings,
    Shock,
    Supplier,
    Trader,
    columns,
)
from models.references import Dangling, dangling
from planner.findings import FaultyInput, Finding, Severity
from planner.validate.addresses import Addresses
from planner.validate.headings import report_attributes, report_units
from planner.validate.log import Log, counted
from planner.validate.names import IGNORED_SHEETS, did_you_mean, listed, nearest, places, sheets, squeeze, unseen_difference
from planner.validate.policies import names_with_commas, spell_values
from planner.validate.rows import Rows, read_rows
from planner.validate.settings import read_settings
from planner.validate.sound import Sound
from planner.validate.tables import Layout, lay_out
from planner.validate.unfit import filled
from planner.workbook import Book, Sheet, address, position

_OUTSIDE = re.compile(r"\[\d+\][^\[\]!]*!")
"""A formula's reference to another workbook."""
_START_OVER = "Start from an empty template: planner template."


@dataclass(frozen=True)
class Reading:
    """What a workbook gave.

    Attributes:
        case: the case; nothing if there is a fault.
        findings: all findings, by sheet and cell.
        addresses: where each field of the case stands.
        sha256: fingerprint of the file; empty if it could not be opened.
        sound: where there is a fault, what could be read all the same; nothing if there are no settings.
    """

    case: Case | None
    findings: tuple[Finding, ...]
    addresses: Addresses
    sha256: str
    sound: Sound | None = None


def read(path: Path) -> Reading:
    """Read and check a workbook, and report every fault of it at once."""
    try:
        book = Book(path)
    except FaultyInput as error:
        return Reading(None, error.findings, Addresses(), "")
    if {"Run", "Checks"} <= set(book.titles):
        message = f"{book.name} is a plan that the planner wrote, not an input workbook"
        remedy = "Name the input workbook; `planner verify` takes the plan first."
        return Reading(None, (Finding(Severity.FAULT, "", "", book.name, message, remedy),), Addresses(), book.sha256)
    log = Log()
    contents = _Contents(book, log)
    contents.read()
    contents.check_references()
    findings = _in_order(log.all(), book.titles)
    faulty = any(finding.severity is Severity.FAULT for finding in findings)
    case, sound = (None, contents.sound()) if faulty else (contents.case(), None)
    return Reading(case, findings, contents.addresses(), book.sha256, sound)


def _in_order(findings: tuple[Finding, ...], titles: tuple[str, ...]) -> tuple[Finding, ...]:
    """By sheet and cell; a sheet's notes about itself come last."""
    order = {title: number for number, title in enumerate(("", *titles))}

    def place(finding: Finding) -> tuple[int, float, int]:
        sheet = order.get(finding.sheet, len(order))
        if finding.cell:
            return (sheet, *position(finding.cell))
        return (sheet, float("inf") if finding.severity is Severity.NOTE else 0, 0)

    return tuple(sorted(findings, key=place))


class _Contents:
    """The sheets of one workbook."""

    def __init__(self, book: Book, log: Log) -> None:
        self._book, self._log = book, log
        self._titles = _known_sheets(book, log)
        self._settings: Settings | None = None
        self._unknown: frozenset[str] = frozenset()
        self._setting_cells: dict[str, str] = {}
        self._rows: dict[type[Record], Rows] = {}
        self._unread: set[type[Record]] = set()

    def read(self) -> None:
        """Read every known sheet, and report what is to be said of the workbook."""
        if self._book.macros:
            self._log.note("", "the workbook has macros; they are ignored")
        for record in SHEETS:
            if record in self._titles:
                self._read_sheet(record)
        self._report_headings()
        self._report_absent()

    def _report_headings(self) -> None:
        """Report what the headings say that is not so, once it is known which unit each material has, and each rule's aim."""
        materials = [row for row in self._records(Material) if isinstance(row, Material)]
        units = {row.material: row.unit for row in materials if row.material}
        rules = [row for row in self._records(Policy) if isinstance(row, Policy)]
        looked_at = {(row.attribute or "").casefold().replace("_", " ") for row in rules}
        for record, rows in self._rows.items():
            report_units(rows, record, units, self._log)
            report_attributes(rows, record, looked_at, self._log)

    def _read_sheet(self, record: type[Record]) -> None:
        try:
            sheet = self._book.sheet(self._titles[record])
        except FaultyInput as error:
            self._log.findings += error.findings
            self._unread.add(record)
            return
        self._report_formulas(sheet)
        if record is Settings:
            self._settings, self._unknown, cells = read_settings(sheet, self._log)
            self._setting_cells = dict(cells)
            return
        layout = lay_out(sheet, places(record), self._log)
        if layout:
            self._rows[record] = read_rows(layout, record, self._log, self._names(record))
            if record in (Policy, Contingency, Shock, Hazard):
                known = self._blocs() | (self._companies() if record is Contingency else frozenset())
                spell_values(self._rows[record], known, self._log)
            if record.required and not layout.rows:
                self._report_empty(record, layout)
        elif record.required or any(filled(value) for row in sheet.rows for value in row):
            names = listed(item.heading for item in columns(record))
            problem = f"no row of headings was found; the columns are: {names}"
            self._log.fault(sheet.title, "", "", problem, "Write the headings over the columns.")
            self._unread.add(record)

    def _names(self, record: type[Record]) -> frozenset[str]:
        """What a sheet's lists may name although it holds commas."""
        named: tuple[type[Record], ...] = (Supplier, Offer, Trader, Country)
        return names_with_commas(map(self._records, named)) if record in (Policy, Contingency) else frozenset()

    def _blocs(self) -> frozenset[str]:
        return frozenset(bloc for row in self._records(Country) if isinstance(row, Country) for bloc in row.blocs)

    def _companies(self) -> frozenset[str]:
        """Every supplier and plant."""
        found = {row.supplier for row in self._records(Supplier) if isinstance(row, Supplier)}
        found |= {name for row in self._records(Offer) if isinstance(row, Offer) for name in (row.supplier, row.plant)}
        return frozenset(found)

    def _report_empty(self, record: type[Record], layout: Layout) -> None:
        cell = address(layout.heading_row + 1, layout.column("", record.key))
        self._log.fault(layout.title, cell, "", f"the sheet {record.sheet} has no rows", "Fill in at least one.")

    def _report_formulas(self, sheet: Sheet) -> None:
        formulas = sheet.facts.formulas
        if formulas:
            count = counted(len(formulas), "formula is", "formulas are")
            self._log.note(sheet.title, f"{count} read by the values that were last calculated")
        outside = [cell for cell, text in formulas.items() if _OUTSIDE.search(text)]
        if outside:
            self._log.warning(
                sheet.title,
                address(*outside[0]),
                f"={formulas[outside[0]]}",
                f"{len(outside)} of the formulas take values from other workbooks, as they were when last calculated",
                "Replace them by values (copy, paste special, values), or make sure that they are up to date.",
            )

    def _report_absent(self) -> None:
        present = {record for record, rows in self._rows.items() if rows.records}
        off = [record.sheet for record in SHEETS if not record.required and record not in present | self._unread]
        if off:
            self._log.note("", f"sheets that are absent or empty, so that their rules are off: {listed(off, 20)}")

    def check_references(self) -> None:
        """Report every name that is not on the sheet it refers to, unless that sheet has faults of its own there."""
        tables = {record: self._records(record) for record in SHEETS if record is not Settings}
        unread = {record.sheet for record in self._unseen()}
        unknown: dict[str, list[tuple[Dangling, str]]] = {}
        for found in dangling(tables):
            item = next(item for item in columns(found.record) if item.name == found.column)
            if item.refers.partition(".")[0] not in unread:
                unknown.setdefault(item.refers, []).append((found, item.heading))
        for refers, astray in unknown.items():
            excused = self._excused(refers, [found for found, _ in astray])
            for found, heading in astray:
                if found.value not in excused:
                    self._report_dangling(found, heading, refers)

    def _excused(self, refers: str, astray: list[Dangling]) -> set[str]:
        """The unknown names that may be those of rows without a readable one: the most used, as many as such rows."""
        nameless = self._nameless(refers)
        if not nameless:
            return set()
        used = Counter(found.value for found in astray)
        is_slip = {found.value: nearest(found.value, found.accepted) is not None for found in astray}
        return set(sorted(used, key=lambda name: (-used[name], is_slip[name], name))[:nameless])

    def _nameless(self, refers: str) -> int:
        """How many rows have no readable name in a column that others refer to."""
        sheet, _, name = refers.partition(".")
        return sum(
            name in names for record, rows in self._rows.items() if record.sheet == sheet for names in rows.unread.values()
        )

    def _records(self, record: type[Record]) -> list[Record]:
        return self._rows[record].records if record in self._rows else []

    def _report_dangling(self, found: Dangling, heading: str, refers: str) -> None:
        layout = self._rows[found.record].layout
        row, column = layout.rows[found.row], layout.columns[found.column]
        sheet, _, name = refers.partition(".")
        if found.accepted:
            alike = (unseen_difference(found.value, name) for name in found.accepted)
            problem = f"is not in {sheet}{did_you_mean(found.value, found.accepted)}{next(filter(None, alike), '')}"
        else:
            problem = f"is named, but the sheet {sheet} is absent or empty"
        self._log.fault(
            layout.title,
            address(row, column),
            layout.sheet.value(row, column),
            f"{heading} '{found.value}' {problem}",
            f"Correct it, or add it to {sheet}, column {name.replace('_', ' ')}.",
        )

    def case(self) -> Case:
        """The case; called only where there is no fault."""
        assert self._settings is not None
        tables: dict[str, Any] = {table_of(record): tuple(rows.records) for record, rows in self._rows.items()}
        return Case(settings=self._settings, **tables)

    def sound(self) -> Sound | None:
        """What could be read; nothing if there are no settings at all."""
        if self._settings is None:
            return None
        return Sound(self._settings, self._unknown, self._rows, self.addresses(), self._unseen())

    def _unseen(self) -> set[type[Record]]:
        """The sheets that could not be read at all, and those that must have rows and have none."""
        return self._unread | {record for record in SHEETS if record.required and not self._records(record)} - {Settings}

    def addresses(self) -> Addresses:
        return Addresses(self._titles, {record: rows.layout for record, rows in self._rows.items()}, self._setting_cells)


def _known_sheets(book: Book, log: Log) -> dict[type[Record], str]:
    """Record → title. Unknown, doubled and missing sheets are reported."""
    found: dict[type[Record], str] = {}
    unknown = []
    for title in book.titles:
        record = sheets().get(squeeze(title))
        if record is None:
            unknown += [title] if squeeze(title) not in IGNORED_SHEETS else []
        elif record in found:
            problem = f"the sheets '{found[record]}' and '{title}' are both read as {record.sheet}"
            log.fault(title, "", title, problem, "Keep one of them, or rename the other.")
        else:
            found[record] = title
    if not found:
        names = listed(record.sheet for record in SHEETS if record.required)
        problem = f"{book.name} has none of the planner's sheets ({names} are required)"
        log.fault("", "", listed(book.titles), problem, _START_OVER)
        return found
    _report_unknown(unknown, found, log)
    for record in SHEETS:
        if record.required and record not in found:
            guess = nearest(record.sheet, unknown)
            hint = f"; is the sheet '{guess}' meant?" if guess else ""
            log.fault(record.sheet, "", "", f"the sheet {record.sheet} is missing{hint}", f"Add it. {_START_OVER}")
    return found


def _report_unknown(titles: list[str], found: dict[type[Record], str], log: Log) -> None:
    for title in titles:
        guess = nearest(title, [record.sheet for record in SHEETS if record not in found])
        hint = f"; the nearest known is '{guess}'" if guess else ""
        remedy = "Correct its name, or leave it as a sheet of your own."
        log.warning(title, "", title, f"the sheet '{title}' is not known and is not read{hint}", remedy)

"""Sheet Settings: keys and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.calendar import Calendar
from models.records import Column, Settings, columns
from planner.reference import basis_column
from planner.validate.calendars import CALENDAR
from planner.validate.cells import reader
from planner.validate.log import Log, counted
from planner.validate.names import Place, nearest, places, squeeze
from planner.validate.rows import basis_reader, read_cell, validated
from planner.validate.tables import Layout, lay_out
from planner.validate.unfit import AROUND, filled, shown
from planner.workbook import Position, Sheet, address

CHOICES = frozenset(item.name for item in columns(Settings) if item.kind == "choice")
"""The settings whose default may be the opposite of what is meant."""
HEADINGS = {
    "key": Place("key", "key"),
    "setting": Place("key", "key"),
    "value": Place("value", "value"),
    "basis": Place("basis", "basis"),
}


def read_settings(sheet: Sheet, log: Log) -> tuple[Settings | None, frozenset[str], Mapping[str, str]]:
    """The settings, those of them that nothing may be said of, and for each key on the sheet the address of its value.

    A figure that could not be read has its default; a choice, and what tells when the plan is, may not be looked at. Where
    there are no settings at all, nothing is returned for them.
    """
    layout = lay_out(sheet, HEADINGS, log)
    if layout is None or not {"key", "value"} <= layout.columns.keys():
        remedy = "Write `key` over the names of the settings and `value` over their values."
        log.fault(sheet.title, "", "", "there are no headings 'key' and 'value'", remedy)
        return None, CALENDAR, {}
    _note_other_columns(layout, log)
    cells, doubled = _cells(layout, log)
    values, unread = _values(layout, cells, log)
    unread |= doubled
    at = {name: address(*cell) for name, cell in cells.items()}

    def report(item: Column | None, problem: str, remedy: str) -> None:
        value = sheet.value(*cells[item.name]) if item else ""
        words = f"{item.heading} '{shown(value)}' {problem}" if item else problem
        log.fault(sheet.title, at[item.name] if item else "", value, words, remedy)

    settings = validated(Settings, values, unread, report)
    log.note(sheet.title, f"{counted(layout.present, 'row', 'rows')} below the headings: {len(cells)} settings read")
    if not isinstance(settings, Settings):
        return None, CALENDAR, at
    unknown = frozenset(unread & (CALENDAR | CHOICES))
    if not unread & CALENDAR and not _starts_a_period(settings, sheet.title, at, log):
        unknown |= {"start_date"}
    return settings, unknown, at


def _note_other_columns(layout: Layout, log: Log) -> None:
    if layout.others:
        log.note(layout.title, f"not read, as notes: {', '.join(layout.others.values())}")


def _cells(layout: Layout, log: Log) -> tuple[dict[str, Position], set[str]]:
    """Field → position of its value, and the fields that come twice. Unknown and doubled keys are reported."""
    found: dict[str, Position] = {}
    doubled: set[str] = set()
    known = places(Settings)
    for row in layout.rows:
        key = layout.sheet.value(row, layout.columns["key"])
        cell = address(row, layout.columns["key"])
        name = shown(key).strip(AROUND)
        place = known.get(squeeze(name))
        if not filled(key):
            log.fault(layout.title, cell, "", f"row {row} has a value without a key", "Name the setting, or clear the row.")
        elif place is None or place.basis:
            guess = nearest(name, [item.heading for item in columns(Settings)])
            hint = f"; the nearest known is '{guess}'" if guess else ""
            remedy = "Correct the key, or delete the row."
            log.warning(layout.title, cell, key, f"the key '{name}' is not known and is not read{hint}", remedy)
        elif place.field in found:
            problem = f"rows {found[place.field][0]} and {row} both set '{place.heading}'"
            log.fault(layout.title, cell, key, problem, "Keep one of them.")
            doubled.add(place.field)
        else:
            found[place.field] = (row, layout.columns["value"])
            if any(twice.differ(layout.sheet.rows[row - 1]) for twice in layout.doubled if twice.field != "basis"):
                doubled.add(place.field)
    return found, doubled


def _values(layout: Layout, cells: Mapping[str, Position], log: Log) -> tuple[dict[str, Any], set[str]]:
    values: dict[str, Any] = {}
    unread: set[str] = set()
    basis: dict[str, str] = {}
    for item in columns(Settings):
        cell = cells.get(item.name)
        if cell and filled(layout.sheet.value(*cell)):
            good, value = read_cell(layout.sheet, item, reader(Settings, item), cell, log)
            if good:
                values[item.name] = value
            else:
                unread.add(item.name)
        elif item.required:
            _report_missing(layout, item, cell, log)
            unread.add(item.name)
        said = (cell[0], layout.columns["basis"]) if cell and "basis" in layout.columns else None
        if said and item.is_figure and filled(layout.sheet.value(*said)):
            good, word = read_cell(layout.sheet, basis_column(item), basis_reader(basis_column(item)), said, log)
            if good:
                basis[item.name] = word
            else:
                unread.add("basis")
    return values | {"basis": basis}, unread


def _report_missing(layout: Layout, item: Column, cell: Position | None, log: Log) -> None:
    if cell:
        log.fault(layout.title, address(*cell), "", f"{item.heading} is required, and blank", item.sentence)
        return
    below = address(layout.heading_row + layout.present + 1, layout.columns["key"])
    log.fault(layout.title, below, "", f"the key '{item.heading}' is missing", f"Add it with its value. {item.sentence}")


def _starts_a_period(settings: Settings, title: str, at: Mapping[str, str], log: Log) -> bool:
    """Whether the calendar can be made: it starts with a period and ends within the dates there are."""
    try:
        Calendar(settings.start_date, settings.periods, settings.period).last_day(settings.periods)
    except ValueError as error:
        reason = str(error) if "first day" in str(error) else "the last period lies beyond the year 9999"
        log.fault(
            title,
            at["start_date"],
            settings.start_date,
            f"start date '{settings.start_date}' does not do: {reason}",
            "Type the 1st of a month; for quarters, of January, April, July or October.",
        )
        return False
    return True

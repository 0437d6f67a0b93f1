"""Where the table on a sheet lies: its heading row, its columns, its rows, and what around it is not data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from planner.validate.log import Log, counted
from planner.validate.names import Place, listed, nearest_heading, squeeze
from planner.validate.table_end import set_aside
from planner.validate.unfit import filled, shown
from planner.workbook import Area, Sheet, Value, address, letters

HEADING_WITHIN = 100
"""Rows from the top of a sheet among which its headings are looked for."""


class Doubled(NamedTuple):
    """Two columns that mean the same, of which the first is read."""

    field: str
    first: int
    second: int

    def differ(self, row: Sequence[Value]) -> bool:
        """Whether they hold different things in a row, so that it is not known which of the two is meant."""
        return row[self.first - 1] != row[self.second - 1]


@dataclass(frozen=True)
class Layout:
    """Where a sheet's table lies; rows and columns count from 1."""

    sheet: Sheet
    heading_row: int
    columns: Mapping[str, int]
    """Field → column."""
    bases: Mapping[str, int]
    """Figure → column of its basis."""
    others: Mapping[int, str]
    """Column → heading, for headings that are not declared."""
    rows: tuple[int, ...]
    """The rows that hold data."""
    present: int
    """Rows from below the headings to the last one with anything in it."""
    reported: int
    """Rows that are neither data nor blank: a totals row, a note below the table."""
    beside: int
    """Rows with entries in columns that are not read only."""
    doubled: tuple[Doubled, ...] = ()
    """The columns that come twice."""

    @property
    def title(self) -> str:
        return self.sheet.title

    def column(self, field: str, key: Sequence[str]) -> int:
        """The field's column; where the sheet lacks it, that of the key, or the first one."""
        present = (self.columns[name] for name in (field, *key) if name in self.columns)
        return next(present, min(self.columns.values()))

    @property
    def free_heading(self) -> str:
        """Address of the first cell to the right of the headings."""
        headings = self.sheet.rows[self.heading_row - 1]
        return address(self.heading_row, max(column for column, value in enumerate(headings, 2) if filled(value)))


def lay_out(sheet: Sheet, known: Mapping[str, Place], log: Log) -> Layout | None:
    """Find a sheet's table, and report what around it is not read; nothing if there are no headings.

    Args:
        sheet: the sheet.
        known: what each squeezed heading stands for.
        log: takes the findings.
    """
    heading_row = _heading_row(sheet, known)
    if heading_row is None:
        return None
    declared, bases, others, doubled = _columns(sheet, heading_row, known, log)
    read = sorted({*declared.values(), *bases.values()})
    rows, present, reported, beside = _rows(sheet, heading_row, read, log)
    layout = Layout(sheet, heading_row, declared, bases, others, rows, present, reported, beside, doubled)
    _refuse_second_table(sheet, heading_row, known, log)
    _report_surroundings(layout, read, log)
    return layout


def _heading_row(sheet: Sheet, known: Mapping[str, Place]) -> int | None:
    """The row with the most known headings; of several an Excel table's heading row, and then the first."""
    own = {table.heading_row for table in sheet.tables}
    scores = {
        number: (len({squeeze(value) for value in row if isinstance(value, str)} & known.keys()), number in own, -number)
        for number, row in enumerate(sheet.rows[:HEADING_WITHIN], start=1)
    }
    best = max(scores, key=lambda number: scores[number], default=None)
    return best if best and scores[best][0] else None


def _columns(
    sheet: Sheet, heading_row: int, known: Mapping[str, Place], log: Log
) -> tuple[dict[str, int], dict[str, int], dict[int, str], tuple[Doubled, ...]]:
    """Declared columns, basis columns, the other headings, and what comes twice."""
    declared: dict[str, int] = {}
    bases: dict[str, int] = {}
    others: dict[int, str] = {}
    doubled: list[Doubled] = []
    for column, value in enumerate(sheet.rows[heading_row - 1], start=1):
        place = known.get(squeeze(shown(value)))
        if not filled(value):
            continue
        if place is None:
            others[column] = " ".join(shown(value).split())
            continue
        columns = bases if place.basis else declared
        if place.field not in columns:
            columns[place.field] = column
            continue
        first, second = address(heading_row, columns[place.field]), address(heading_row, column)
        problem = f"the headings in {first} and {second} both mean the column '{place.heading}'"
        log.fault(sheet.title, second, value, problem, "Keep one of them.")
        doubled.append(Doubled("basis" if place.basis else place.field, columns[place.field], column))
    return declared, bases, others, tuple(doubled)


def _rows(sheet: Sheet, heading_row: int, known: list[int], log: Log) -> tuple[tuple[int, ...], int, int, int]:
    """The rows with data, how many rows are present, are reported as something else, and hold what is not read only."""
    rows: list[int] = []
    last, beside = heading_row, 0
    for number in range(heading_row + 1, len(sheet.rows) + 1):
        row = sheet.rows[number - 1]
        if any(row[column - 1] != "" and filled(row[column - 1]) for column in known):
            rows.append(number)
            last = number
        elif any(map(filled, row)):
            last = number
            beside += 1
    reported = set_aside(sheet, rows, known, log)
    return tuple(rows), last - heading_row, reported, beside


def _report_surroundings(layout: Layout, known: list[int], log: Log) -> None:
    sheet = layout.sheet
    above = sum(any(map(filled, row)) for row in sheet.rows[: layout.heading_row - 1])
    if above:
        rows = counted(above, "row is", "rows are")
        log.note(sheet.title, f"{rows} above the headings in row {layout.heading_row}, and not read")
    for column, figures in _without_heading(layout):
        message = f"column {letters(column)} has no heading and is not read"
        if figures:
            place = address(layout.heading_row, column)
            words = f"{message}, though it holds figures in rows {figures[0]} to {figures[-1]}"
            log.warning(sheet.title, place, "", words, "Write its heading, or delete the figures.")
        else:
            log.note(sheet.title, message)
    for merged in sheet.facts.merged:
        if _touches(merged, layout, known):
            log.fault(
                sheet.title,
                address(*merged.first),
                sheet.value(*merged.first),
                f"the cells {merged} are merged: only the first of them holds a value",
                "Unmerge them (Home, Merge & Center) and fill every cell.",
            )
    _report_hidden(layout, log)


def _without_heading(layout: Layout) -> Iterator[tuple[int, list[int]]]:
    """Columns with entries under no heading, and the rows of their figures."""
    rows = layout.sheet.rows
    for column, heading in enumerate(rows[layout.heading_row - 1]):
        if filled(heading):
            continue
        below = [number for number in range(layout.heading_row, len(rows)) if filled(rows[number][column])]
        if below:
            yield column + 1, [number + 1 for number in below if isinstance(rows[number][column], float)]


def _refuse_second_table(sheet: Sheet, heading_row: int, known: Mapping[str, Place], log: Log) -> None:
    """Report a table above the one that is read: its rows would be left out without a word."""
    if any(table.heading_row == heading_row for table in sheet.tables):
        return
    for number, row in enumerate(sheet.rows[: heading_row - 1], start=1):
        texts = [value for value in row if isinstance(value, str) and filled(value)]
        headings = [text for text in texts if squeeze(text) in known]
        is_over_rows = any(filled(value) for below in sheet.rows[number : heading_row - 1] for value in below)
        if is_over_rows and headings and (len(headings) > 1 or len(texts) == 1):
            log.fault(
                sheet.title,
                address(number, row.index(headings[0]) + 1),
                headings[0],
                f"there are headings in row {number} ({listed(headings, 4)}) and in row {heading_row}: of two tables on one "
                "sheet only one can be read",
                "Put their rows into one table, or move one to a sheet of its own.",
            )
            return


def _touches(merged: Area, layout: Layout, known: list[int]) -> bool:
    last = max(layout.rows, default=layout.heading_row)
    rows = merged.first[0] <= last and merged.last[0] >= layout.heading_row
    return rows and any(merged.first[1] <= column <= merged.last[1] for column in known)


def _report_hidden(layout: Layout, log: Log) -> None:
    sheet, facts = layout.sheet, layout.sheet.facts
    if sheet.hidden:
        log.note(sheet.title, "the sheet is hidden; it is read in full")
    hidden = len(set(facts.hidden_rows) & set(layout.rows))
    if hidden:
        why = "filtered out" if facts.filtered or any(table.filtered for table in sheet.tables) else "hidden"
        log.note(sheet.title, f"{counted(hidden, 'row is', 'rows are')} {why}; all are read")
    for field, column in layout.columns.items():
        if column in facts.hidden_columns:
            log.note(sheet.title, f"column {letters(column)} ({field.strip('_').replace('_', ' ')}) is hidden; it is read")


def report_unknown(layout: Layout, column: int, known: Mapping[str, Place], log: Log) -> None:
    """Warn of a column that nothing is known about."""
    heading = layout.others[column]
    guess = nearest_heading(heading, dict.fromkeys(place.heading for place in known.values()))
    log.warning(
        layout.title,
        address(layout.heading_row, column),
        heading,
        f"the column '{heading}' is not known and is not read" + (f"; the nearest known is '{guess}'" if guess else ""),
        "Correct the heading, or leave the column as a note of your own.",
    )

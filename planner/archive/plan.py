"""What a plan workbook says, as the archive keeps it: its headline figures, and its sheets as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.archive.tables import SHEETS, column_name
from planner.findings import FaultyInput
from planner.headline import Headline, headline, table
from planner.outputs import CostRow, PurchaseRow, Row, Shown, TraderRow, columns
from planner.outputs.costs import BOUGHT, COMMITMENT, TOTAL
from planner.outputs.schema import DECIMALS
from planner.plan_reader import Line, rows
from planner.workbook import Book

BELOW: Mapping[type[Row], tuple[str, ...]] = {CostRow: (BOUGHT, COMMITMENT, TOTAL), TraderRow: (COMMITMENT,)}
"""What the totals below a table are called in its first column: they are no rows of it."""

Cells = dict[str, object]


@dataclass(frozen=True)
class Written:
    """What a plan workbook says.

    Attributes:
        figures: the headline.
        sheets: of each record the rows, by column of its table.
        unread: what could not be read, in a sentence; empty where everything could.
    """

    figures: Sequence[Headline]
    sheets: Mapping[type[Row], Sequence[Cells]]
    unread: str


def written(path: Path) -> Written:
    """Read a plan workbook, as far as it can be read: one that an older planner wrote may lack a sheet or a column."""
    try:
        book = Book(path)
    except FaultyInput as error:
        return Written((), {}, str(error))
    unread: list[str] = []
    sheets: dict[type[Row], Sequence[Cells]] = {}
    for record in SHEETS:
        try:
            sheets[record] = list(_rows(book, record))
        except FaultyInput as error:
            unread.append(str(error))
    try:
        figures = tuple(headline(book, table(book, PurchaseRow)))
    except FaultyInput as error:
        figures = ()
        unread.append(str(error))
    return Written(figures, sheets, "\n".join(dict.fromkeys(unread)))


def _rows(book: Book, record: type[Row]) -> Iterator[Cells]:
    items, below = [(column_name(item), item) for item in columns(record)], BELOW.get(record, ())
    for line in rows(book, record):
        if line.cells[items[0][1].name] not in below:
            yield {name: _cell(line, item) for name, item in items}


def _cell(line: Line, item: Shown) -> object:
    """A value of the column's kind; a blank figure or day is missing."""
    if item.form == "any":
        value = line.cells[item.name]
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)
    if item.form in ("text", "sentence"):
        return line.text(item.name)
    if line.cells[item.name] == "":
        return None
    if item.form in DECIMALS:
        figure = line.number_in(item.name)
        return int(figure) if item.form == "count" else figure
    return line.day(item.name)

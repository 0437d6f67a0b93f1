"""How long the stock of a written plan lasts: its sheet Cover, read back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planner.workbook import Book


@dataclass(frozen=True)
class Cover:
    """A material at the end of a period.

    Attributes:
        days: of cover; nothing where there is no demand.
        missed: which of its target and its floor is missed, as the sheet says it; empty where none is.
    """

    material: str
    period: str
    days: float | None
    missed: str


def read(plan: Path) -> list[Cover]:
    """The rows of the sheet, in their order.

    Raises:
        FaultyInput: the plan, or its sheet, cannot be read.
    """
    return list(_rows(Book(plan)))


def _rows(book: Book) -> Iterator[Cover]:
    from planner.outputs import CoverRow  # loads the models, which a night without such an alert does without
    from planner.outputs.stock import BELOW_FLOOR, MISSED
    from planner.plan_reader import rows

    for line in rows(book, CoverRow):
        days = None if line.cells["days_of_cover"] == "" else line.number_in("days_of_cover")
        result = line.text("result")
        yield Cover(line.text("material"), line.text("period"), days, result if result in (MISSED, BELOW_FLOOR) else "")

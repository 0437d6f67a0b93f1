"""What can be wrong with a cell, in words that every kind of column shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.records import Column
from planner.reference import accepted, blank
from planner.workbook import Broken, Value

AROUND = " \t\r\n\v\f\xa0\u2007\u202f\u200b\u2060\ufeff"
"""What is left out around a text: spaces of every kind, also those without width."""

LONGEST_SHOWN = 80
"""Characters of a value that are repeated in a message."""


class Unfit(Exception):
    """A cell that cannot be read.

    Attributes:
        problem: what is wrong, going on from the column and the value: `is text, not a number`.
        remedy: what to do.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


@dataclass(frozen=True)
class Changed:
    """A value that was read, though the cell holds something else; reported, once for a column."""

    value: Any
    how: str


def wrong(item: Column, problem: str) -> Unfit:
    """The error for a cell of the wrong kind."""
    return Unfit(problem, f"Accepted: {accepted(item)}{or_blank(item)}.")


def filled(value: Value) -> bool:
    """Whether a cell holds anything but spaces."""
    return value != "" and not (isinstance(value, str) and not value.strip(AROUND))


def shown(value: object) -> str:
    """A cell's value as the user sees it."""
    if isinstance(value, Broken):
        return shown(value.shown)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    text = str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{' '.join(text[: 4 * LONGEST_SHOWN].split())[: LONGEST_SHOWN - 2]} …"


def or_blank(item: Column) -> str:
    """What a blank cell would mean, as the end of a remedy."""
    return "" if item.required else f", or leave the cell blank ({blank(item)})"

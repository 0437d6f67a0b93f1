"""What a check between tables finds, and the figures in its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Protocol

from models.records import Choice, Record, columns
from models.wording import figure
from planner.findings import Severity
from planner.reference import is_percentage


class Addresses(Protocol):
    """Knows where each field of a case stands in its workbook."""

    def cell(self, record_type: type[Record], row_index: int | None, column_name: str) -> tuple[str, str]:
        """Sheet and address of a cell; without a row, of the column's heading."""


@dataclass(frozen=True)
class Doubt:
    """Something that does not fit together.

    Attributes:
        record, row, column: the cell that it is about; `row` is the position among the case's rows of the record, and
            nothing for a setting.
        message: what does not fit, with the figures.
        remedy: what to do about it.
    """

    severity: Severity
    record: type[Record]
    row: int | None
    column: str
    message: str
    remedy: str


fault = partial(Doubt, Severity.FAULT)
"""A doubt about input that means nothing, or of which arithmetic proves that no plan can satisfy it."""
warning = partial(Doubt, Severity.WARNING)
"""A doubt about input that can be planned with, and is probably not meant."""
note = partial(Doubt, Severity.NOTE)


def money(value: float) -> str:
    """An amount of money: `USD 1,234.5`."""
    return f"USD {figure(value)}"


def shown(record: type[Record], row: Record, column: str) -> str:
    """A field's value as its cell shows it; empty for a blank cell or one that is not there."""
    if column not in row.model_fields_set:
        return ""
    value: Any = getattr(row, column)
    item = next(item for item in columns(record) if item.name == column)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{100 * value:.15g} %" if is_percentage(item) else f"{value:.15g}"
    return _words(value)


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Choice):
        return value.value
    if isinstance(value, tuple):
        return "; ".join(f"{part[0]} {100 * part[1]:.15g} %" if isinstance(part, tuple) else part for part in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def first_rows(rows: tuple[Any, ...], column: str) -> Mapping[Any, int]:
    """For each value of a column the position of the first row that has it."""
    found: dict[Any, int] = {}
    for position, row in enumerate(rows):
        found.setdefault(getattr(row, column), position)
    return found

"""One change to the sensible workbook, and the doubt that it raises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.records import Contingency, Policy, Record
from planner.findings import Severity
from planner.sense import Doubt
from tests.sense.book import Rows, month, sensible

FAULT, WARNING, NOTE = Severity.FAULT, Severity.WARNING, Severity.NOTE


@dataclass(frozen=True)
class Example:
    """One change to the sensible workbook, and the doubt that it raises, which is the only one unless there are more."""

    name: str
    change: Callable[[Rows], Any]
    severity: Severity
    record: type[Record]
    row: int | None
    column: str
    heart: str
    more: int = 0

    def __str__(self) -> str:
        return self.name

    def rows(self) -> Rows:
        """The rows of the workbook with the change."""
        rows = sensible()
        self.change(rows)
        return rows

    def is_about(self, doubt: Doubt) -> bool:
        """Whether a doubt is the one that is expected."""
        expected = self.severity, self.record, self.row, self.column
        return (doubt.severity, doubt.record, doubt.row, doubt.column) == expected and self.heart in doubt.message


def put(record: type[Record], row: int, **fields: Any) -> Callable[[Rows], None]:
    """Fill in cells of a row; None clears one."""

    def change(rows: Rows) -> None:
        rows[record][row] |= fields
        rows[record][row] = {name: value for name, value in rows[record][row].items() if value is not None}

    return change


def add(record: type[Record], **fields: Any) -> Callable[[Rows], None]:
    """Add a row."""
    return lambda rows: rows.setdefault(record, []).append(fields)


def drop(record: type[Record], *numbers: int) -> Callable[[Rows], None]:
    """Delete rows, or the whole sheet where none is named."""

    def change(rows: Rows) -> None:
        rows[record] = [row for number, row in enumerate(rows[record]) if numbers and number not in numbers]

    return change


def both(*changes: Callable[[Rows], None]) -> Callable[[Rows], None]:
    """Several changes."""

    def change(rows: Rows) -> None:
        for one in changes:
            one(rows)

    return change


def policy(**fields: Any) -> Callable[[Rows], None]:
    """Add a policy rule, by default a share of at most 90 % of what is refined in China, of antimony."""
    usual = {"rule": "new", "kind": "share", "attribute": "refine", "within": ("CHN",), "scope_": "Antimony", "limit": 0.9}
    return add(Policy, **{name: value for name, value in (usual | fields).items() if value is not None})


def contingency(**fields: Any) -> Callable[[Rows], None]:
    """Add a contingency, by default the loss of Germany from March on, for 30 days."""
    row = {"contingency": "new", "kind": "named", "names": ("DEU",), "days_to_survive": 30.0, "from_date": month(3)}
    return add(Contingency, **row | fields)

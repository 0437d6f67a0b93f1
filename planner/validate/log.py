"""Findings as they are collected: faults one by one, changes of the same kind in one column together."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.findings import Finding, Severity
from planner.validate.unfit import shown
from planner.workbook import Position, address


def counted(number: int, one: str, many: str) -> str:
    """`1 row is` or `3 rows are`."""
    return f"{number} {one if number == 1 else many}"


@dataclass
class Log:
    """Collects findings."""

    findings: list[Finding] = field(default_factory=list)
    _changes: dict[tuple[str, str, str], list[tuple[Position, object]]] = field(default_factory=dict)

    def fault(self, sheet: str, cell: str, value: object, message: str, remedy: str) -> None:
        """The workbook cannot be planned with."""
        self.findings.append(Finding(Severity.FAULT, sheet, cell, shown(value), message, remedy))

    def warning(self, sheet: str, cell: str, value: object, message: str, remedy: str) -> None:
        """The user should know."""
        self.findings.append(Finding(Severity.WARNING, sheet, cell, shown(value), message, remedy))

    def note(self, sheet: str, message: str, cell: str = "", value: object = "") -> None:
        """How something was read."""
        self.findings.append(Finding(Severity.NOTE, sheet, cell, shown(value), message))

    def changed(self, sheet: str, heading: str, cell: Position, value: object, how: str) -> None:
        """A cell was read, though it holds something else; told once for a column and a way."""
        self._changes.setdefault((sheet, heading, how), []).append((cell, value))

    def all(self) -> tuple[Finding, ...]:
        """All findings, in the order in which they were made, then the changes."""
        changes = []
        for (sheet, heading, how), cells in self._changes.items():
            (first, value), more = cells[0], len(cells) - 1
            message = f"{heading} '{shown(value)}' {how}{f' (and {more} more in this column)' if more else ''}"
            changes.append(Finding(Severity.NOTE, sheet, address(*first), shown(value), message))
        return (*self.findings, *changes)

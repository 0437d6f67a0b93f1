"""What the planner tells its user: findings with an address, and the errors that end a run.

PlannerError                  every error that a user can meet; carries its exit status
├── FaultyInput               20: the workbook has faults, all of them listed
├── NoPlan                    21: proven that no plan satisfies the hard rules
├── OutOfTime                 22: no plan was found in the time given
├── NotVerified               25: the written plan fails its own check
├── AlreadyRunning            30: another run is writing to the same place
├── SolverFailure             40: the solver gave no usable answer, twice
├── CannotWrite               50: the output could not be put in place
└── Misused                   64: the command line asks for what makes no sense
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Exit(IntEnum):
    """The exit statuses of every command."""

    PLAN = 0
    BUG = 1
    GAP_ABOVE_TARGET = 10
    FAULTY_INPUT = 20
    NO_PLAN = 21
    OUT_OF_TIME = 22
    NOT_VERIFIED = 25
    ALREADY_RUNNING = 30
    SOLVER_FAILURE = 40
    CANNOT_WRITE = 50
    USAGE = 64
    INTERRUPTED = 130
    TERMINATED = 143


class Severity(StrEnum):
    FAULT = "fault"
    """The workbook cannot be planned with."""
    WARNING = "warning"
    """It can, but the user should know."""
    NOTE = "note"
    """How something was read."""


@dataclass(frozen=True, order=True)
class Finding:
    """One thing found in a workbook.

    Attributes:
        sheet: name of the sheet as the workbook spells it; empty for the file as a whole.
        cell: address such as `F12`; empty for the sheet as a whole.
        value: the offending value as the user sees it.
        message: what is wrong, naming the column and what is accepted.
        remedy: what to do about it.
    """

    severity: Severity
    sheet: str
    cell: str
    value: str
    message: str
    remedy: str = ""

    @property
    def address(self) -> str:
        """`Offers!F12`, `Offers` or the empty text."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet

    def __str__(self) -> str:
        where = f"{self.address}: " if self.address else ""
        return f"{where}{self.message}{' — ' + self.remedy if self.remedy else ''}"


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Faults, then warnings, then notes, each as they were found."""
    return sorted(findings, key=lambda finding: list(Severity).index(finding.severity))


class PlannerError(Exception):
    """An error that a user can meet, in the user's words.

    Attributes:
        findings: what is to be said of the workbook.
        closing: the last line about it, where the findings alone do not say what came of the run.
    """

    status: Exit = Exit.BUG
    findings: tuple[Finding, ...] = ()
    closing: str = ""


class FaultyInput(PlannerError):
    """The workbook has faults."""

    status = Exit.FAULTY_INPUT

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class NoPlan(PlannerError):
    """It is proven that no plan satisfies the hard rules."""

    status = Exit.NO_PLAN


class OutOfTime(PlannerError):
    """No plan was found in the time given, and none was proven impossible."""

    status = Exit.OUT_OF_TIME


class NotVerified(PlannerError):
    """The written plan fails its own check and is not delivered."""

    status = Exit.NOT_VERIFIED


class AlreadyRunning(PlannerError):
    """Another run is writing to the same place."""

    status = Exit.ALREADY_RUNNING


class Interrupted(PlannerError):
    """Stopped by the user (130) or the system (143) before there was a plan, or once more while it was being written."""

    def __init__(self, status: Exit) -> None:
        self.status = status
        super().__init__("Interrupted; nothing was written.")


class SolverFailure(PlannerError):
    """The solver gave no usable answer, and neither did the retry."""

    status = Exit.SOLVER_FAILURE


class CannotWrite(PlannerError):
    """The output could not be put in place; what was there before is untouched."""

    status = Exit.CANNOT_WRITE


class Misused(PlannerError):
    """The command line asks for what makes no sense."""

    status = Exit.USAGE

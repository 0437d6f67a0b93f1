"""One case of a night: from its workbook to a published plan, or to the reason why the last one stays."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import Event

from planner.findings import Exit, PlannerError
from planner.nightly import durable
from planner.nightly.command import Ended, run
from planner.nightly.config import CaseOfNight, Night
from planner.nightly.fingerprint import fingerprint
from planner.nightly.folder import PLAN, Folder
from planner.nightly.record import GOOD, Record
from planner.workbook import open_mark

OVERHEAD, SPARE = 30.0, 0.1
"""Seconds beside the solve where nothing is known of past nights, and the share of the time that is kept back."""
VERIFYING = 600.0
"""Seconds in which a plan is verified at most, out of the spare time: a plan that is there must not be lost for want of it."""
LOG, INPUT, STATUS = "log.txt", "input", "status.json"
SECOND_SEED = "2"
MAY_HOLD = GOOD | {Exit.INTERRUPTED, Exit.TERMINATED}
"""Statuses of solves that may have left a plan; one that was asked to end has none where it had not found one yet."""
DECIDED = frozenset({Exit.PLAN, Exit.FAULTY_INPUT, Exit.NO_PLAN})
"""Statuses that the same workbook would have again; a run that ended for want of time is worth another."""


@dataclass(frozen=True)
class Allowance:
    """What a case may take, and how it is to be done.

    Attributes:
        seconds: wall clock; asked for when the case begins.
        memory: GiB.
        force: whether an unchanged workbook is planned anew.
        stopped: whether the night is to end.
    """

    seconds: Callable[[], float]
    memory: float
    force: bool
    stopped: Event


@dataclass(frozen=True)
class CaseOutcome:
    """What came of a case tonight.

    Attributes:
        status: its exit status; 0 where nothing had changed.
        message: in a sentence.
        published: the run that `latest` leads to now; nothing if there never was one.
        unchanged: whether nothing had to be done.
    """

    case: str
    status: Exit
    message: str
    published: Record | None
    unchanged: bool = False


def plan_case(case: CaseOfNight, night: Night, allowance: Allowance) -> CaseOutcome:
    """Plan one case and leave its folder in order; no failure of it comes out, but as an outcome."""
    folder = Folder(case.folder)
    try:
        with folder.locked():
            outcome = _planned(case, night, allowance, folder)
            durable.write(case.folder / STATUS, json.dumps(told(outcome, night), indent=2).encode())
            return outcome
    except PlannerError as error:
        return CaseOutcome(case.name, error.status, str(error), folder.published)
    except OSError as error:
        message = f"{error.filename or case.folder} cannot be written or read: {error.strerror or error}"
        return CaseOutcome(case.name, Exit.CANNOT_WRITE, message, folder.published)


def is_unchanged(case: CaseOfNight) -> bool:
    """Whether the published plan is of the workbook as it is, on the same terms."""
    found = _decided(case)
    return found is not None and found.published


def _decided(case: CaseOfNight) -> Record | None:
    """The last run, if it was of the workbook as it is, on the same terms, and its outcome is what it would be again."""
    runs = Folder(case.folder).records()
    if not runs or runs[-1].fingerprint is None or runs[-1].status not in DECIDED:
        return None
    return runs[-1] if runs[-1].fingerprint == _fingerprint(case, case.book) else None


def told(outcome: CaseOutcome, night: Night) -> dict[str, object]:
    """What the last night came to, for a person or a program: the plan's age and why it is not newer."""
    published = outcome.published
    age = None if published is None else published.age()
    return {
        "case": outcome.case, "status": int(outcome.status), "message": outcome.message,
        "run": None if published is None else published.run, "age_hours": age,
        "fresh": is_fresh(outcome, night), "gap": None if published is None else published.gap,
    }  # fmt: skip


def is_fresh(outcome: CaseOutcome, night: Night) -> bool:
    """Whether there is a plan that is no older than it may be; one whose workbook has not changed does not age."""
    return outcome.published is not None and (outcome.unchanged or outcome.published.age() <= night.fresh_hours)


def _planned(case: CaseOfNight, night: Night, allowance: Allowance, folder: Folder) -> CaseOutcome:
    decided = None if allowance.force else _decided(case)
    if decided is not None:
        return _again(case, decided, folder)
    name, path = folder.begin(datetime.now(UTC))
    found = _Run(case, allowance, folder, path, allowance.seconds(), time.monotonic()).record(name)
    folder.keep(found)
    if found.published:
        folder.publish(name)
    folder.retire(night.keep_runs, night.keep_days, datetime.now(UTC))
    return CaseOutcome(case.name, found.status, found.message, folder.published)


def _again(case: CaseOfNight, decided: Record, folder: Folder) -> CaseOutcome:
    """What came of an unchanged workbook when it was last planned."""
    if decided.published:
        return CaseOutcome(case.name, Exit.PLAN, "nothing has changed since the published plan", folder.published, True)
    message = f"nothing has changed since the run of {decided.run}: {decided.message}"
    return CaseOutcome(case.name, decided.status, message, folder.published)


@dataclass(frozen=True)
class _Run:
    """One run, which may take some seconds from when it began, in a folder of its own."""

    case: CaseOfNight
    allowance: Allowance
    folder: Folder
    path: Path
    seconds: float
    began: float

    def record(self, name: str) -> Record:
        """Do the run; what came of it."""
        started = datetime.now(UTC)
        book, notes = self._snapshot()
        solved = None if book is None else self._solve(book)
        status, message = self._judged(solved, book)
        answer = {} if solved is None else solved.answer
        return Record(
            case=self.case.name, run=name, book=str(self.case.book), version=version("vault-planner"), notes=notes,
            fingerprint=None if book is None else _fingerprint(self.case, book),
            sha256="" if book is None else sha256(book.read_bytes()).hexdigest(),
            started=started, ended=datetime.now(UTC), seconds=self.seconds - self._left(), allotted=self.seconds,
            status=status, published=status in GOOD, message=message,
            solve_seconds=answer.get("seconds", {}).get("solve"), memory=0.0 if solved is None else solved.memory,
            objective=answer.get("objective"), bound=answer.get("bound"), gap=answer.get("gap"),
        )  # fmt: skip

    def _snapshot(self) -> tuple[Path | None, tuple[str, ...]]:
        """A copy of the workbook as it is now, which is what is planned; and what is to be said of it."""
        book = self.case.book
        try:
            content = book.read_bytes()
        except OSError as error:
            return None, (f"{book} cannot be read: {error.strerror}",)
        durable.make_folder(self.path / INPUT)
        durable.write(self.path / INPUT / book.name, content)
        notes = (f"{book} is open in another program: what was saved last is planned",) if open_mark(book) else ()
        return self.path / INPUT / book.name, notes

    def _solve(self, book: Path) -> Ended:
        """Solve; once more with another seed where the solver failed by itself."""
        solved = self._run(self._arguments(book), self._left(), self.allowance.stopped)
        if solved.status is Exit.SOLVER_FAILURE and not solved.why and self._left() > 0.0:
            solved = self._run([*self._arguments(book), "--seed", SECOND_SEED], self._left(), self.allowance.stopped)
        return solved

    def _arguments(self, book: Path) -> list[str]:
        terms, last = self.case.terms, self.folder.published
        beside = OVERHEAD if last is None or last.solve_seconds is None else last.seconds - last.solve_seconds
        limit = max(1.0, (1 - SPARE) * self._left() - beside)
        found = ["solve", str(book), "--output", str(self.path / PLAN), "--time-limit", f"{limit:.1f}"]
        for name in ("objective", "gap", "cluster"):
            value = getattr(terms, name)
            found += [] if value is None else [f"--{name}", str(value)]
        found += ["--cluster-required"] if terms.cluster_required else []
        plan = self.folder.latest_plan
        return found + ([] if plan is None else ["--warm-start", str(plan)])

    def _judged(self, solved: Ended | None, book: Path | None) -> tuple[Exit, str]:
        """The status of the run, and why, once its plan is verified anew from what was written."""
        if solved is None or book is None:
            return Exit.FAULTY_INPUT, f"{self.case.book} cannot be read"
        if solved.status not in MAY_HOLD or not (self.path / PLAN).is_file():
            return self._without_plan(solved), solved.message
        gap = solved.answer.get("gap")
        if gap is not None and gap > self.case.terms.accept_gap:
            return Exit.OUT_OF_TIME, f"the plan is proven to {gap:.2%} only, and {self.case.terms.accept_gap:.2%} is accepted"
        checked = self._run(["verify", str(self.path / PLAN), str(book)], VERIFYING, Event())  # also of a night that is to end
        if checked.status is not Exit.PLAN:
            return Exit.NOT_VERIFIED, checked.message
        status = Exit.GAP_ABOVE_TARGET if solved.why or solved.status is not Exit.PLAN else Exit.PLAN
        why = f"; {solved.why}" if solved.why else ""
        return status, f"planned to a gap of {gap or 0.0:.3%} and verified{why}"

    def _without_plan(self, solved: Ended) -> Exit:
        """The status of a run without a plan: that of the command, unless it was ended from here."""
        if solved.why == "its time was up":
            return Exit.OUT_OF_TIME
        if solved.why and not self.allowance.stopped.is_set():
            return Exit.SOLVER_FAILURE
        return Exit.TERMINATED if solved.why else solved.status or Exit.BUG  # a good end without a plan is none

    def _run(self, arguments: list[str], seconds: float, stopped: Event) -> Ended:
        return run(arguments, self.path / LOG, seconds, self.allowance.memory, stopped)

    def _left(self) -> float:
        return self.began + self.seconds - time.monotonic()


def _fingerprint(case: CaseOfNight, book: Path) -> str | None:
    terms = case.terms
    return fingerprint(book, version("vault-planner"), terms.objective, terms.gap)

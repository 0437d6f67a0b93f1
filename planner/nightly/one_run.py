"""One run of one case: its workbook as it is, what was committed, a plan, and the check of the plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import Event

from planner.findings import Exit
from planner.nightly import durable
from planner.nightly.command import Ended, run
from planner.nightly.config import CaseOfNight
from planner.nightly.fingerprint import fingerprint
from planner.nightly.folder import CARRIED, INPUT, PLAN, UNFINISHED, Folder, carried_book
from planner.nightly.journal import tell, timed
from planner.nightly.record import GOOD, PLANNED, Record
from planner.workbook import is_locked, open_mark

OVERHEAD, SPARE = 30.0, 0.1
"""Seconds beside the solve where nothing is known of past nights, and the share of the time that is kept back."""
VERIFYING = 600.0
"""Seconds in which a plan is verified at most, out of the spare time: a plan that is there must not be lost for want of it."""
LOG = "log.txt"
SECOND_SEED = "2"


@dataclass(frozen=True)
class Allowance:
    """What a case may take, and how it is to be done.

    Attributes:
        seconds: wall clock; asked for when the case begins.
        memory: GiB.
        force: whether an unchanged workbook is planned anew.
        stopped: whether the night is to end.
        today: day on which it is planned.
    """

    seconds: Callable[[], float]
    memory: float
    force: bool
    stopped: Event
    today: date = field(default_factory=date.today)


@dataclass(frozen=True)
class Run:
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
        with timed("snapshot", self.case.name, name):
            book, notes = self._snapshot()
        carried = None if book is None else self._run(self._carrying(book), self._left(), self.allowance.stopped)
        solved = self._solve() if carried is not None and carried.status is Exit.PLAN else carried
        status, message = self._judged(solved)
        message = message.replace(self.path.name, name)  # by which its files are found, once it is whole
        answer = {} if solved is None else solved.answer
        return Record(
            case=self.case.name, run=name, book=str(self.case.book), notes=(*notes, *_notes_of(carried)),
            version=version("vault-planner"), pyomo=version("pyomo"), highspy=version("highspy"),
            fingerprint=None if book is None else fingerprint_of(self.case, book, self.allowance.today),
            sha256="" if book is None else sha256(book.read_bytes()).hexdigest(),
            started=started, ended=datetime.now(UTC), seconds=self.seconds - self._left(), allotted=self.seconds,
            status=status, published=status in PLANNED, message=message,
            solve_seconds=answer.get("seconds", {}).get("solve"), memory=0.0 if solved is None else solved.memory,
            begins=None if carried is None else carried.answer.get("begins"),
            objective=answer.get("objective"), bound=answer.get("bound"), gap=answer.get("gap"),
        )  # fmt: skip

    def _snapshot(self) -> tuple[Path | None, tuple[str, ...]]:
        """A copy of the workbook as it is now, which is what is planned; and what is to be said of it."""
        book = self.case.book
        try:
            content = book.read_bytes()
        except OSError as error:
            return None, (f"{book} cannot be read: {error.strerror}",)
        for folder in (INPUT, CARRIED):
            durable.make_folder(self.path / folder)
        durable.write(self.path / INPUT / book.name, content)
        notes = (f"{book} is open in another program: what was saved last is planned",) if open_mark(book) else ()
        return self.path / INPUT / book.name, notes

    @property
    def _carried(self) -> Path:
        return carried_book(self.path, self.case.book.name)

    def _carrying(self, book: Path) -> list[str]:
        """The command that carries over what was committed."""
        latest, baseline = self.folder.latest_plan, self.case.baseline
        found = ["carry", str(book), "--on", self.allowance.today.isoformat(), "--output", str(self._carried)]
        found += [] if latest is None else ["--last", str(latest.parent)]
        found += [] if baseline is None else ["--baseline", str(baseline)]
        return found + ([] if self.case.passwords is None else ["--password-from", self.case.passwords.plan])

    def _solve(self) -> Ended:
        """Solve; once more with another seed where the solver failed by itself."""
        solved = self._run(self._arguments(), self._left(), self.allowance.stopped)
        if solved.status is Exit.SOLVER_FAILURE and not solved.why and self._left() > 0.0:
            solved = self._run([*self._arguments(), "--seed", SECOND_SEED], self._left(), self.allowance.stopped)
        return solved

    def _arguments(self) -> list[str]:
        terms, last = self.case.terms, self.folder.published
        beside = OVERHEAD if last is None or last.solve_seconds is None else last.seconds - last.solve_seconds
        limit = max(1.0, (1 - SPARE) * self._left() - beside)
        found = ["solve", str(self._carried), "--output", str(self.path / PLAN), "--time-limit", f"{limit:.1f}"]
        for name in ("objective", "gap", "cluster"):
            value = getattr(terms, name)
            found += [] if value is None else [f"--{name}", str(value)]
        found += ["--cluster-required"] if terms.cluster_required else []
        found += [] if self.case.passwords is None else self.case.passwords.arguments()
        plan = self.folder.latest_plan
        return found + ([] if plan is None or is_locked(plan) else ["--warm-start", str(plan)])

    def _judged(self, solved: Ended | None) -> tuple[Exit, str]:
        """The status of the run, and why, once its plan is verified anew from what was written."""
        if solved is None:
            return Exit.FAULTY_INPUT, f"{self.case.book} cannot be read"
        if solved.status not in GOOD or not (self.path / PLAN).is_file():
            return self._without_plan(solved), solved.message
        gap = solved.answer.get("gap")
        if gap is not None and gap > self.case.terms.accept_gap:
            return Exit.OUT_OF_TIME, f"the plan is proven to {gap:.2%} only, and {self.case.terms.accept_gap:.2%} is accepted"
        checked = self._run(
            ["verify", str(self.path / PLAN), str(self._carried)], VERIFYING, Event()
        )  # also of a night that is to end
        if checked.status is not Exit.PLAN:
            return Exit.NOT_VERIFIED, checked.message
        status = Exit.GAP_ABOVE_TARGET if solved.why or solved.status is not Exit.PLAN else Exit.PLAN
        why = f"; {solved.why}" if solved.why else ""
        return status, f"planned to a gap of {gap or 0.0:.3%} and verified{_changes_in(solved)}{why}"

    def _without_plan(self, solved: Ended) -> Exit:
        """The status of a run without a plan: that of the command, unless it was ended from here."""
        if solved.why == "its time was up":
            return Exit.OUT_OF_TIME
        if solved.why and not self.allowance.stopped.is_set():
            return Exit.SOLVER_FAILURE
        return Exit.TERMINATED if solved.why else solved.status or Exit.BUG  # a good end without a plan is none

    def _run(self, arguments: list[str], seconds: float, stopped: Event) -> Ended:
        ended = run(arguments, self.path / LOG, seconds, self.allowance.memory, stopped)
        stage, name, answer = arguments[0], self.path.name.removeprefix(UNFINISHED), ended.answer
        self._log(stage, ended)
        tell(
            stage, self.case.name, name, "" if ended.status in GOOD and not ended.why else ended.message, status=ended.status,
            seconds=ended.seconds, memory=ended.memory, gap=answer.get("gap"), objective=answer.get("objective"),
        )  # fmt: skip
        return ended

    def _log(self, stage: str, ended: Ended) -> None:
        """What a command came to, and all that it had to say, in the run's log."""
        told = [f"{stage}: status {int(ended.status)} after {ended.seconds:.1f} s, {ended.memory:.2f} GiB", ended.message]
        told += [f"{one.get('severity')}: {one.get('message')}" for one in ended.answer.get("findings", ())]
        told += [f"note: {one}" for one in ended.answer.get("notes", ())]
        with (self.path / LOG).open("a", encoding="utf-8") as file:
            file.write("\n".join(told) + "\n")

    def _left(self) -> float:
        return self.began + self.seconds - time.monotonic()


def fingerprint_of(case: CaseOfNight, book: Path, today: date) -> str | None:
    """What decides a case's plan: its workbook, its terms, what it is to keep to, and the month that it begins in."""
    terms = case.terms
    kept = "" if case.baseline is None or not case.baseline.is_file() else sha256(case.baseline.read_bytes()).hexdigest()
    month = f"{today:%Y-%m}"
    return fingerprint(book, version("vault-planner"), terms.objective, terms.gap, case.passwords, kept, month)


def _changes_in(solved: Ended) -> str:
    """How many orders are not as in the last plan, if there was one."""
    changes = solved.answer.get("changes")
    return "" if changes is None else f"; {changes['orders']} of {changes['of']} orders are not as planned last"


def _notes_of(carried: Ended | None) -> tuple[str, ...]:
    """What is to be said of what was carried over."""
    return () if carried is None else tuple(map(str, carried.answer.get("notes", ())))

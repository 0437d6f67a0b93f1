"""workbook → records → case → model → outcome → plan → verified plan → workbook."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from models.case import Case
from models.records import Objective
from planner import report, sense, validate, workbook
from planner.answers import no_plan, result_of
from planner.clock import Clock
from planner.engine import Options, Resources
from planner.engine.progress import Display
from planner.engine.signals import Requests, one_run
from planner.explain import marginal_values, missed_targets
from planner.findings import CannotWrite, FaultyInput, Finding, Severity
from planner.main_solve import Models, Task, main_solve
from planner.protection import aimed
from planner.proving import Model, Solved
from planner.result import Result
from planner.verify import verify
from planner.warm_start import WarmStart, warm_start


@dataclass(frozen=True)
class Overrides:
    """What the command line says over the Settings sheet; None leaves the sheet's word."""

    gap: float | None = None
    time_limit: float | None = None
    threads: int | None = None
    seed: int | None = None
    objective: Objective | None = None
    resources: Resources = field(default_factory=Resources)
    earlier: Path | None = None
    """Plan workbook to start from."""
    encryption: report.Encryption | None = None
    """With what the workbooks are encrypted."""


class Checked(NamedTuple):
    """What was read, every finding of it, and the copy with the faults marked: where it is, or why there is none."""

    reading: validate.Reading
    findings: tuple[Finding, ...]
    marked: Path | None = None
    unmarked: str = ""


def check(book: Path, marked: Path) -> Checked:
    """Read a workbook and run every check on it. Faults are also marked in a copy of the workbook, if it can be written."""
    checked = examine(book)
    findings = checked.findings
    if not faults_of(findings) or not workbook.is_readable(book):
        return checked
    try:
        report.refuse_open(marked)
        marked.parent.mkdir(parents=True, exist_ok=True)
        workbook.write_marked_copy(book, findings, marked)
    except (CannotWrite, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return checked._replace(unmarked=f"no marked copy in {marked}: {why}")
    return checked._replace(marked=marked)


def examine(book: Path) -> Checked:
    """Read a workbook and run every check on it; of a faulty one, on all that could be read."""
    reading = validate.read(book)
    if reading.case is not None:
        return Checked(reading, (*reading.findings, *sense.doubts(reading.case, reading.addresses)))
    if reading.sound is not None:
        return Checked(reading, (*reading.findings, *sense.doubts_beside_faults(reading.sound)))
    return Checked(reading, reading.findings)


class Sound(NamedTuple):
    """A workbook without faults."""

    case: Case
    sha256: str


def sound(book: Path) -> Sound:
    """Read a workbook that has no faults.

    Raises:
        FaultyInput: it has.
    """
    reading, findings, *_ = examine(book)
    if reading.case is None or faults_of(findings):
        raise FaultyInput(faults_of(findings))
    return Sound(reading.case, reading.sha256)


def solve(
    book: Path, output: Path, overrides: Overrides, display: Display, tell: Callable[[Checked], object] = lambda _: None
) -> tuple[Result, tuple[Path, ...]]:
    """The main job: from a workbook to a verified plan, written and in place.

    Args:
        tell: called with what the checks found, before the solve.

    Returns:
        the finished run, and the files written.

    Raises:
        FaultyInput, NoPlan, OutOfTime, SolverFailure, NotVerified, CannotWrite: nothing is written then, but for the
            marked copy of a faulty workbook; what was there before stays.
    """
    with one_run() as requests:
        return _solved(book, output, overrides, display, tell, requests)


def _solved(
    book: Path, output: Path, overrides: Overrides, display: Display, tell: Callable[[Checked], object], requests: Requests
) -> tuple[Result, tuple[Path, ...]]:
    """The main job; what was asked for by signals so far is known."""
    clock, started = Clock(), datetime.now(UTC)
    with clock.stage("read and check"):
        checked = check(book, report.marked_place(None, output, book))
        if checked.reading.case is not None:
            checked = checked._replace(findings=(*checked.findings, *_laid_open(book, overrides)))
        tell(checked)
        reading, findings = checked.reading, checked.findings
        if reading.case is None or faults_of(findings):
            raise FaultyInput(faults_of(findings))
    if overrides.encryption is not None:
        overrides.encryption.require(reading.case)
    case, options, known = reading.case, options_of(reading.case, overrides), partial(_earlier, overrides=overrides)
    with requests.listen(), clock.stage("solve"):
        aim = aimed(case, overrides.objective or case.settings.objective, options, display, overrides.resources, known)
    with clock.stage("build"):
        models = Models.of(aim.case, overrides.resources.method)
        earlier = _earlier(models.plan, overrides) if aim.first is None else WarmStart(aim.first.values)
        if aim.first is not None and aim.first.values is None:
            raise no_plan(models.plan, aim.first, options)
        gc.freeze()  # all of it stays to the end: the collector need not look through it again and again
    with requests.listen(), clock.stage("solve"):
        found = main_solve(Task(models, aim.options, display, overrides.resources, earlier.values, earlier.searches))
    if requests.asked is not None:
        overrides.resources.tell("Interrupted: the best plan so far is checked and written.")
    with requests.listen(), clock.stage("explain"):
        result = _explained(found.solved, options)
    result = replace(
        result, book=book, sha256=reading.sha256, started=started, findings=findings, started_from=overrides.earlier,
        cluster=overrides.resources.cluster, without_policy=found.without_policy, protection=aim.first,
        last_cost=found.last_cost, searches=found.searches,
    )  # fmt: skip
    written = replace(result, seconds=clock.seconds)
    with requests.listen(), clock.stage("write and verify"), report.stage(written, output, overrides.encryption) as staged:
        verify(staged.plan, case)
        paths = staged.publish()
    stopped = requests.asked or result.outcome.stopped  # the plan is kept all the same
    return replace(result, outcome=replace(result.outcome, stopped=stopped), seconds=clock.seconds), paths


def _laid_open(book: Path, overrides: Overrides) -> Iterator[Finding]:
    """Doubts about what is written so that anybody can read it, of a workbook that not everybody can."""
    if overrides.encryption is None and workbook.is_encrypted(book):
        remedy = "Name the variables of their passwords with --password-from and --own-password, or in [passwords] of a night."
        yield Finding(Severity.WARNING, "", "", "", "the workbook is encrypted, and its plan will not be", remedy)


def options_of(case: Case, overrides: Overrides) -> Options:
    """Command line over Settings over default."""
    settings = case.settings
    return Options(
        gap=settings.relative_gap if overrides.gap is None else overrides.gap,
        time_limit=settings.time_limit if overrides.time_limit is None else overrides.time_limit,
        threads=settings.threads if overrides.threads is None else overrides.threads,
        seed=settings.seed if overrides.seed is None else overrides.seed,
    )


def _earlier(model: Model, overrides: Overrides) -> WarmStart:
    """What an earlier plan says, if one is to be started from."""
    if overrides.earlier is None:
        return WarmStart()
    found = warm_start(overrides.earlier, model.skeleton, model.form)
    overrides.resources.tell(found.sentence)
    return found


def _explained(solved: Solved, options: Options) -> Result:
    """A plan with what its limits are worth, and why targets are missed."""
    result, m, form = result_of(solved, options), solved.model.skeleton, solved.model.form
    missed = missed_targets(m, form, solved.polished, result.assessments)
    return replace(result, marginal_values=marginal_values(m, form, solved.polished), missed=missed)


def default_output(book: Path) -> Path:
    """Where the plan of a workbook goes: `outputs/<name of the book>/plan.xlsx`."""
    return Path("outputs") / book.stem / "plan.xlsx"


def faults_of(findings: Sequence[Finding]) -> list[Finding]:
    """The faults among findings."""
    return [finding for finding in findings if finding.severity is Severity.FAULT]

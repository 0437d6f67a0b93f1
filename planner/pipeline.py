"""workbook → records → case → model → outcome → plan → verified plan → workbook."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from models.case import Case
from models.records import Objective
from planner import report, sense, validate, workbook
from planner.answers import no_plan, result_of, was_asked_to_end
from planner.clock import Clock
from planner.engine import Method, Options, Outcome, Resources, Running, StandardForm, chosen, results
from planner.engine import solve as solve_form
from planner.engine.programme import Floats
from planner.engine.progress import Display
from planner.engine.signals import Requests, one_run
from planner.explain import marginal_values, missed_targets
from planner.findings import (
    CannotWrite,
    FaultyInput,
    Finding,
    Severity,
)
from planner.protection import aimed
from planner.proving import Model, Solved, carried_over, proven
from planner.result import Result
from planner.verify import verify
from planner.warm_start import warm_start

WITHOUT_POLICY = 0.25
"""Share of the time that is kept for the same plan without the Policy sheet, where the two are solved one after the other."""

CLOSE_ENOUGH = 0.002
"""Relative gap to which the plan without the Policy sheet is solved at least, where it takes time of its own: it only tells
what the sheet costs, and the Summary says between which figures that lies."""


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
        tell(checked)
        reading, findings = checked.reading, checked.findings
        if reading.case is None or faults_of(findings):
            raise FaultyInput(faults_of(findings))
    if overrides.encryption is not None:
        overrides.encryption.require(reading.case)
    case, options, known = reading.case, options_of(reading.case, overrides), partial(_start, overrides=overrides)
    with requests.listen(), clock.stage("solve"):
        aim = aimed(case, overrides.objective or case.settings.objective, options, display, overrides.resources, known)
    with clock.stage("build"):
        model = Model.of(aim.case)
        baseline = Model.of(replace(aim.case, policy=())) if case.policy else None
        start = aim.first.values if aim.first is not None else known(model)
        if aim.first is not None and start is None:
            raise no_plan(model, aim.first, options)
    with requests.listen(), clock.stage("solve"):
        solved, without_policy = _solve(model, baseline, aim.options, display, overrides.resources, start)
    if requests.asked is not None:
        overrides.resources.tell("Interrupted: the best plan so far is checked and written.")
    with requests.listen(), clock.stage("explain"):
        result = _explained(solved, options)
    result = replace(result, book=book, sha256=reading.sha256, started=started, findings=findings)
    result = replace(result, started_from=overrides.earlier, cluster=overrides.resources.cluster)
    result = replace(result, without_policy=without_policy, protection=aim.first)
    written = replace(result, seconds=clock.seconds)
    with requests.listen(), clock.stage("write and verify"), report.stage(written, output, overrides.encryption) as staged:
        verify(staged.plan, case)
        paths = staged.publish()
    stopped = requests.asked or result.outcome.stopped  # the plan is kept all the same
    return replace(result, outcome=replace(result.outcome, stopped=stopped), seconds=clock.seconds), paths


def options_of(case: Case, overrides: Overrides) -> Options:
    """Command line over Settings over default."""
    settings = case.settings
    return Options(
        gap=settings.relative_gap if overrides.gap is None else overrides.gap,
        time_limit=settings.time_limit if overrides.time_limit is None else overrides.time_limit,
        threads=settings.threads if overrides.threads is None else overrides.threads,
        seed=settings.seed if overrides.seed is None else overrides.seed,
    )


def _solve(
    model: Model, baseline: Model | None, options: Options, display: Display, resources: Resources, start: Floats | None
) -> tuple[Solved, Outcome | None]:
    """Solve the plan, and the same without the Policy sheet."""
    in_parts = chosen(model.form, resources.method) is Method.DECOMPOSED
    resources.tell(_way(model.form, in_parts, resources))
    way = _one_after_the_other if in_parts else _side_by_side
    with display:
        solved, without_policy = way(model, baseline, options, display, resources, start)
    if isinstance(solved, Outcome):
        raise no_plan(model, solved, options)
    return solved, without_policy


def _way(form: StandardForm, in_parts: bool, resources: Resources) -> str:
    """How the model is solved, in words."""
    if in_parts:
        return f"Solved material by material ({len(form.clusters)}), at prices on the limits that they share."
    return "Solved as one programme" + (", on this machine: it is too small for a cluster." if resources.cluster else ".")


def _side_by_side(
    model: Model, baseline: Model | None, options: Options, display: Display, resources: Resources, start: Floats | None
) -> tuple[Solved | Outcome, Outcome | None]:
    """Both in one process each, at the same time."""
    with Running(model.form, options, display.labelled("plan"), start) as main:
        if baseline is None:
            outcomes = results([main])
        else:
            with Running(baseline.form, options, display.labelled("without policy")) as beside:
                outcomes = results([main, beside])
    solved = _proven(model, outcomes[0], options, display, resources)
    return solved, outcomes[1] if len(outcomes) > 1 else None


def _one_after_the_other(
    model: Model, baseline: Model | None, options: Options, display: Display, resources: Resources, start: Floats | None
) -> tuple[Solved | Outcome, Outcome | None]:
    """Each with every core; the second starts from the first's plan, and takes what is left of the time."""
    began = time.monotonic()
    limited = options if baseline is None else replace(options, time_limit=(1.0 - WITHOUT_POLICY) * options.time_limit)
    outcome = solve_form(model.form, limited, display.labelled("plan"), start, resources)
    solved = _proven(model, outcome, limited, display, resources)
    if baseline is None or isinstance(solved, Outcome) or solved.outcome.values is None or was_asked_to_end(solved.outcome):
        return solved, None
    known = carried_over(solved.model.form.columns, solved.outcome.values, baseline.form.columns)
    left = max(1.0, began + options.time_limit - time.monotonic())
    left_over = replace(options, time_limit=left, gap=max(options.gap, CLOSE_ENOUGH))
    return solved, solve_form(baseline.form, left_over, display.labelled("without policy"), known, resources)


def _proven(model: Model, outcome: Outcome, options: Options, display: Display, resources: Resources) -> Solved | Outcome:
    """The plan of an outcome, rounded and judged again."""

    def again(form: StandardForm, left: Options, start: Floats | None) -> Outcome:
        return solve_form(form, left, display.labelled("plan"), start, resources)

    return proven(model.skeleton.case, model, outcome, options, again)


def _start(model: Model, overrides: Overrides) -> Floats | None:
    """What an earlier plan says, if one is to be started from."""
    if overrides.earlier is None:
        return None
    found = warm_start(overrides.earlier, model.skeleton, model.form)
    overrides.resources.tell(found.sentence)
    return found.values


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

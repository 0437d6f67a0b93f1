"""What the commands print: findings, the answer, and the same as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.findings import CannotWrite, Exit, FaultyInput, Finding, PlannerError, Severity, by_severity

if TYPE_CHECKING:
    from planner.compare import Comparison
    from planner.outputs.fact import Fact
    from planner.pipeline import Checked
    from planner.report.encryption import Encryption
    from planner.result import Result


class Finite(click.FloatRange):
    """A number in a range: text such as nan is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


class WithUsual(click.Group):
    """A group whose first command is meant where none is named: `planner nightly CONFIG` is `planner nightly run CONFIG`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = args and (args[0] in self.commands or args[0] in ("-h", "--help"))
        return super().parse_args(ctx, args if named else [next(iter(self.commands)), *args])


PLACE = click.Path(path_type=Path)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead, whatever comes of it.")


def encryption(plan: str | None, own: Sequence[str]) -> Encryption | None:
    """With what to encrypt workbooks, as the options of a command name it; what is no variable is not repeated in any message.

    Args:
        plan: variable with the plan's password.
        own: `NAME=VARIABLE` of each trader and member.
    """
    from planner.report.encryption import Encryption
    from planner.workbook.passwords import PREFIX, is_variable

    if plan is None and own:
        raise click.UsageError("--own-password needs --password-from VARIABLE: all workbooks are encrypted, or none.")
    if plan is None:
        return None
    named = {name: variable for name, _, variable in (text.rpartition("=") for text in own)}
    if not all(named) or not all(map(is_variable, (plan, *named.values()))):
        raise click.UsageError(f"A password is in an environment variable whose name begins with {PREFIX}; name that.")
    return Encryption(plan, named)


def marked(checked: Checked) -> str:
    """Where the marked copy of a faulty workbook is, or why there is none, as the end of a line."""
    return f", marked in {checked.marked}" if checked.marked else f"; {checked.unmarked}" if checked.unmarked else ""


def print_findings(findings: Iterable[Finding], *, notes: bool = True) -> None:
    """Findings to standard error, one line each, the worst first; notes only counted, where they are not asked for."""
    left_out = 0
    for finding in by_severity(findings):
        if notes or finding.severity is not Severity.NOTE:
            click.echo(f"{finding.severity.value}: {finding}", err=True)
        else:
            left_out += 1
    if left_out:
        click.echo(f"{_count(left_out, 'note')} on how the workbook was read: planner check prints them", err=True)


@contextmanager
def findings_of(seen: Sequence[Checked]) -> Iterator[None]:
    """Give an error what the checks had found before it, and say of a faulty workbook that nothing was planned."""
    from planner.pipeline import faults_of

    try:
        yield
    except PlannerError as error:
        for checked in seen:
            if not isinstance(error, FaultyInput) or faults_of(checked.findings):
                error.findings = tuple(found for found in checked.findings if found.severity is not Severity.NOTE)
            if isinstance(error, FaultyInput):
                error.closing = f"{faults(error.findings)}: nothing was planned{marked(checked)}"
        raise


@contextmanager
def nothing_was(done: str) -> Iterator[None]:
    """Say what did not come about when a workbook has faults."""
    try:
        yield
    except FaultyInput as error:
        error.closing = f"{faults(error.findings)}: nothing was {done}"
        raise


def new_place(path: Path) -> Path:
    """Where a workbook goes that replaces nothing.

    Raises:
        Misused: the path cannot be that of a workbook.
        CannotWrite: there is a file, which is left as it is.
    """
    from planner.report import place

    if path.exists():
        raise CannotWrite(f"{path} exists, and is left as it is. Name another file, or move it away.")
    return place(path, ())


def faults(findings: Iterable[Finding]) -> str:
    """`3 faults`."""
    return _count(sum(finding.severity is Severity.FAULT for finding in findings), "fault")


def print_answer(result: Result) -> None:
    """The plan in a few lines."""
    from planner.outputs.costs import bought  # the sheets' rows are not needed for help
    from planner.outputs.members import member_rows
    from planner.outputs.misses import missed_commitments

    outcome = result.outcome
    assert outcome.objective is not None
    worth = bought(result.charges)
    above = max(0.0, outcome.objective - outcome.bound)
    proven = f"at most {outcome.gap or 0:.3%} ({above:,.0f} USD) above the best possible"
    proven = proven if math.isfinite(above) else "how far above the best possible is not proven"
    click.echo(
        f"{len(result.plan.purchases)} purchases worth {worth:,.0f} USD on {len(result.plan.contracts)} contracts; "
        f"cost {outcome.objective:,.0f} USD, {proven}; stopped: {outcome.stopped.value}"
    )
    for missed in result.missed:
        click.echo(missed.sentence)
    for sentence in missed_commitments(member_rows(result.plan)):
        click.echo(sentence)


def line_of(fact: Fact) -> str:
    """A line of a summary, with its figure as a person would write it."""
    from planner.outputs.fact import percent, usd

    figure = fact.figure
    if isinstance(figure, float | int):
        is_money = fact.form in ("money", "dollars")
        shown = usd(figure) if is_money else percent(figure) if fact.form == "share" else f"{figure:,.0f}"
        return f"{fact.label}: {shown} ({fact.detail})"
    return f"{fact.label}: {figure} ({fact.detail})"


def record(result: Result, paths: tuple[Path, ...], status: Exit) -> dict[str, Any]:
    """A run as JSON has it."""
    outcome, baseline = result.outcome, result.without_policy
    return {
        "status": int(status),
        "stopped": outcome.stopped.value,
        "held": outcome.held.value,
        "objective": outcome.objective,
        "bound": outcome.bound,
        "gap": outcome.gap,
        "objective_without_policy": baseline.objective if baseline is not None else None,
        "purchases": len(result.plan.purchases),
        "contracts": len(result.plan.contracts),
        "changes": _changes(result),
        "checks": len(result.assessments),
        "missed_targets": [missed.sentence for missed in result.missed],
        "findings": as_records(found for found in result.findings if found.severity is not Severity.NOTE),
        "seconds": dict(result.seconds),
        "input_sha256": result.sha256,
        "output": str(paths[0]),
        "files": [str(path) for path in paths],
    }


def _changes(result: Result) -> dict[str, Any] | None:
    """What is not as in the last plan, if there is one."""
    from planner.outputs.changes import moved

    if result.plan.case.last_plan_until is None:
        return None
    found, objective = moved(result.plan), result.outcome.objective
    saved = None if result.last_cost is None or objective is None else result.last_cost - objective
    return {"orders": found.orders, "of": found.of, "moved": found.value, "saved": saved}


def ending(status: Exit, message: str, findings: Sequence[dict[str, str]] = ()) -> dict[str, Any]:
    """How a command ended, as JSON has it."""
    return {"status": int(status), "message": message, "findings": list(findings)}


def dumped(answer: Any) -> str:
    """An answer as JSON, which has no word for what is infinite: it is null."""
    from pydantic_core import to_json  # not needed for help

    return to_json(answer, inf_nan_mode="null").decode()


def fields(comparison: Comparison) -> dict[str, Any]:
    """A comparison as JSON has it."""
    return {"same": comparison.same, "same_decisions": comparison.same_decisions} | asdict(comparison)


def as_records(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings as JSON has them, the worst first."""
    return [
        {
            "severity": found.severity.value, "sheet": found.sheet, "cell": found.cell, "value": found.value,
            "message": found.message, "remedy": found.remedy,
        }
        for found in by_severity(findings)
    ]  # fmt: skip


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

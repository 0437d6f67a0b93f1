"""The commands, the only door to click. Thin: what they do is done elsewhere, imported only when it is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.findings import Exit, FaultyInput, Finding, PlannerError, Severity

if TYPE_CHECKING:
    from planner.result import Result

BOOK = click.argument("book", type=click.Path(path_type=Path))


class _Planner(click.Group):
    """Commands in the order in which a user needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_Planner, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="vault-planner")
def cli() -> None:
    """Plan what a critical-minerals stockpile buys, from whom and when: a workbook in, a verified plan out."""


@cli.command()
@BOOK
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Plan workbook [outputs/BOOK/plan.xlsx].")
@click.option("--gap", type=click.FloatRange(0, 1, max_open=True), help="Stop within this share of the best possible [0.001].")
@click.option("--time-limit", type=click.FloatRange(0, min_open=True), help="Seconds to solve for at most [600].")
@click.option("--objective", type=click.Choice(["cost"]), help="What to make as small as possible [cost].")
@click.option("--threads", type=click.IntRange(1, 256), help="Threads of the solver [1].")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Seed of the solver [1].")
@click.option("--quiet", is_flag=True, help="Print nothing but where the plan is, and errors.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the run instead.")
def solve(
    book: Path, output: Path | None, gap: float | None, time_limit: float | None, objective: str | None,
    threads: int | None, seed: int | None, quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Find the best plan for BOOK, check it by a second computation, and write it.

    Options go over the Settings sheet, which goes over the defaults in brackets.
    """
    from planner import pipeline
    from planner.engine.progress import Display

    overrides = pipeline.Overrides(gap, time_limit, threads, seed)
    target = output or pipeline.default_output(book)
    result, paths = pipeline.solve(book, target, overrides, Display(quiet=quiet or as_json))
    status = pipeline.status(result.outcome)
    if as_json:
        click.echo(json.dumps(_record(result, paths, status)))
    else:
        if not quiet:
            _print_findings(result.findings)
            _print_answer(result)
        click.echo(f"The plan is in {paths[0]}")
    raise SystemExit(status)


@cli.command()
@BOOK
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Marked copy [outputs/BOOK/faults.xlsx].")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object instead.")
def check(book: Path, output: Path | None, as_json: bool) -> None:
    """Print everything that is wrong with BOOK, and mark it in a copy."""
    from planner import pipeline

    marked = output or pipeline.default_output(book).with_name("faults.xlsx")
    _, findings = pipeline.check(book, marked)
    faults = pipeline.faults_of(findings)
    if as_json:
        click.echo(json.dumps({"faults": len(faults), "findings": [_finding(found) for found in findings]}))
    else:
        _print_findings(findings)
        click.echo(f"{book}: {_count(len(faults), 'fault')}" + (f", marked in {marked}" if faults and marked.exists() else ""))
    raise SystemExit(Exit.FAULTY_INPUT if faults else Exit.PLAN)


@cli.command()
@click.argument("plan", type=click.Path(path_type=Path))
@BOOK
def verify(plan: Path, book: Path) -> None:
    """Recompute every rule and every cost line of PLAN from its decisions and from BOOK."""
    from planner import pipeline, validate
    from planner.verify import verify as recompute

    reading = validate.read(book)
    if reading.case is None:
        raise FaultyInput(pipeline.faults_of(reading.findings))
    found = recompute(plan, reading.case)
    click.echo(f"{plan}: {len(found.assessments)} limits recomputed, all hold")


@cli.command()
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
def compare(first: Path, second: Path) -> None:
    """Show what differs between two plans: headline figures, awards, quantities."""
    from planner.compare import compare as difference

    difference(first, second).print()


@cli.command()
@click.argument("output", type=click.Path(path_type=Path, dir_okay=False), default="template.xlsx")
def template(output: Path) -> None:
    """Write an empty workbook to fill in."""
    from planner.template import write_template

    write_template(output)
    click.echo(f"The template is in {output}")


@cli.command()
@click.argument("name", type=click.Choice(["vault", "tiny", "gallium"]), default="vault")
@click.argument("output", type=click.Path(path_type=Path, dir_okay=False), required=False)
def example(name: str, output: Path | None) -> None:
    """Write one of the example workbooks, to try and to change."""
    from importlib.resources import files

    target = output or Path(f"{name}.xlsx")
    target.write_bytes((files("planner_examples") / f"{name}.xlsx").read_bytes())
    click.echo(f"The example is in {target}")


@cli.command()
def reference() -> None:
    """Print the data dictionary: every sheet and column, as Markdown."""
    from planner.reference import markdown

    click.echo(markdown())


@cli.command()
def formulation() -> None:
    """Print the mathematics of the rules, in order."""
    from models.rules import RULES

    for rule in RULES:
        click.echo(f"## {rule.name}\n\n{rule.statement}\n")


def main() -> None:
    """Run a command; every error that a user can meet ends with its exit status and no traceback."""
    try:
        cli.main(standalone_mode=False)
    except click.UsageError as error:
        error.show()
        raise SystemExit(Exit.USAGE) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(Exit.CANNOT_WRITE) from None
    except (click.Abort, KeyboardInterrupt):
        raise SystemExit(Exit.INTERRUPTED) from None
    except FaultyInput as error:
        _print_findings(error.findings)
        click.echo(f"{_count(len(error.findings), 'fault')}: nothing was planned", err=True)
        raise SystemExit(error.status) from None
    except PlannerError as error:
        click.echo(str(error), err=True)
        raise SystemExit(error.status) from None
    except OSError as error:
        click.echo(f"{error.filename or 'A file'} cannot be written or read: {error.strerror}", err=True)
        raise SystemExit(Exit.CANNOT_WRITE) from None


def _print_findings(findings: tuple[Finding, ...] | list[Finding]) -> None:
    """Faults and warnings to standard error, notes with them, one line each."""
    for finding in findings:
        click.echo(f"{finding.severity.value}: {finding}", err=True)


def _print_answer(result: Result) -> None:
    """The plan in a few lines."""
    from planner.outputs.costs import bought

    outcome = result.outcome
    assert outcome.objective is not None
    worth = bought(result.charges)
    click.echo(
        f"{len(result.plan.purchases)} purchases worth {worth:,.0f} USD on {len(result.plan.contracts)} contracts; "
        f"cost {outcome.objective:,.0f} USD, at most {outcome.gap or 0:.3%} "
        f"({max(0.0, outcome.objective - outcome.bound):,.0f} USD) above the best possible; stopped: {outcome.stopped.value}"
    )
    for missed in result.missed:
        click.echo(missed.sentence)


def _record(result: Result, paths: tuple[Path, ...], status: Exit) -> dict[str, Any]:
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
        "checks": len(result.assessments),
        "missed_targets": [missed.sentence for missed in result.missed],
        "findings": [_finding(found) for found in result.findings if found.severity is not Severity.NOTE],
        "seconds": dict(result.seconds),
        "input_sha256": result.sha256,
        "output": str(paths[0]),
        "files": [str(path) for path in paths],
    }


def _finding(found: Finding) -> dict[str, str]:
    return {
        "severity": found.severity.value, "sheet": found.sheet, "cell": found.cell, "value": found.value,
        "message": found.message, "remedy": found.remedy,
    }  # fmt: skip


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

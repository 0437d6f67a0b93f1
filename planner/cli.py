"""The commands, the only door to click. Thin: what they do is done elsewhere, imported only when it is needed."""

from __future__ import annotations

import gc
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from planner import cli_words as words
from planner.cli_carry import carry
from planner.cli_history import history
from planner.cli_nightly import nightly
from planner.cli_risk import frontier, scenarios, stress
from planner.cli_words import JSON, PLACE
from planner.findings import CannotWrite, Exit, FaultyInput, Interrupted, PlannerError

if TYPE_CHECKING:
    from planner.pipeline import Checked

BOOK = click.argument("book", type=PLACE)
NEW_OBJECTS = 50_000
"""After so many the garbage collector looks for circles: records live to the end, and to look after every 700, as is
Python's wont, takes a sixth of the time of a check."""


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
@click.option("--output", type=PLACE, help="Plan workbook [outputs/BOOK/plan.xlsx].")
@click.option("--gap", type=words.Finite(0, 1, max_open=True), help="Stop within this share of the best possible [0.001].")
@click.option(
    "--time-limit",
    type=words.Finite(0, min_open=True),
    help="Seconds to solve for at most, of which a quarter for the price of Policy [600].",
)
@click.option("--objective", type=click.Choice(["cost", "protection"]), help="What to make as small as possible [cost].")
@click.option("--threads", type=click.IntRange(1, 256), help="Threads of the solver [1].")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Seed of the solver [1].")
@click.option("--warm-start", type=PLACE, metavar="PLAN", help="Earlier plan to start from.")
@click.option("--method", type=click.Choice(["auto", "monolithic", "decomposed"]), help="Solve whole, or by material [auto].")
@click.option("--cluster", metavar="ADDRESS", help="Solve on a Dask scheduler, such as tcp://HOST:8786.")
@click.option("--cluster-required", is_flag=True, help="Stop if the cluster cannot be used [solve here].")
@click.option("--password-from", metavar="VARIABLE", help="Encrypt all: environment variable with the plan's password.")
@click.option("--own-password", multiple=True, metavar="NAME=VARIABLE", help="The same for a trader's or member's workbook.")
@click.option("--quiet", is_flag=True, help="Print nothing but where the plan is, and errors.")
@JSON
def solve(
    book: Path, output: Path | None, gap: float | None, time_limit: float | None, objective: str | None,
    threads: int | None, seed: int | None, warm_start: Path | None, method: str | None, cluster: str | None,
    cluster_required: bool, password_from: str | None, own_password: tuple[str, ...], quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Find the best plan for BOOK, check it by a second computation, and write it.

    Beside PLAN.xlsx each trader gets a workbook of its own in PLAN_traders, and each member in PLAN_members.

    Options go over the Settings sheet, which goes over the defaults in brackets.
    """
    from models.records import Objective
    from planner import pipeline, report
    from planner.answers import status
    from planner.engine import Method, Resources
    from planner.engine.progress import Display

    seen: list[Checked] = []

    def tell(checked: Checked) -> None:
        seen.append(checked)
        if not quiet and not as_json and not pipeline.faults_of(checked.findings):
            words.print_findings(checked.findings, notes=False)  # before the solve: there may be no plan to tell them with

    if cluster_required and cluster is None:
        raise click.UsageError("--cluster-required needs --cluster ADDRESS.")
    encryption = words.encryption(password_from, own_password)
    display = Display(quiet=quiet or as_json)
    way = Method(method or ("decomposed" if cluster_required else "auto"))
    resources = Resources(way, cluster, cluster_required, display.tell)
    aim = Objective(objective) if objective else None
    overrides = pipeline.Overrides(gap, time_limit, threads, seed, aim, resources, warm_start, encryption)
    with words.findings_of(seen), report.reserved(output or pipeline.default_output(book), book) as target:
        result, paths = pipeline.solve(book, target, overrides, display, tell)
    ended = status(result.outcome)
    if as_json:
        click.echo(words.dumped(words.record(result, paths, ended)))
    else:
        if not quiet:
            words.print_answer(result)
        click.echo(f"The plan is in {paths[0]}")
    raise SystemExit(ended)


@cli.command()
@BOOK
@click.option("--output", type=PLACE, help="Marked copy [outputs/BOOK/faults.xlsx].")
@JSON
def check(book: Path, output: Path | None, as_json: bool) -> None:
    """Print everything that is wrong with BOOK, and mark it in a copy."""
    from planner import pipeline, report

    checked = pipeline.check(book, report.marked_place(output, pipeline.default_output(book), book))
    faults = pipeline.faults_of(checked.findings)
    status = Exit.FAULTY_INPUT if faults else Exit.PLAN
    closing = f"{book}: {words.faults(checked.findings)}{words.marked(checked)}"
    if as_json:
        marked = str(checked.marked) if checked.marked else None
        found = words.as_records(checked.findings)
        click.echo(json.dumps(words.ending(status, closing, found) | {"faults": len(faults), "marked": marked}))
    else:
        words.print_findings(checked.findings)
        click.echo(closing)
    raise SystemExit(status)


@cli.command()
@click.argument("plan", type=PLACE)
@BOOK
@JSON
def verify(plan: Path, book: Path, as_json: bool) -> None:
    """Recompute every rule, every cost line and the figures of PLAN from its decisions and from BOOK."""
    from planner import pipeline
    from planner.plan_reader import planned_from
    from planner.verify import verify as recompute
    from planner.workbook import Book

    with words.nothing_was("verified"):
        case, sha256 = pipeline.sound(book)
        if planned_from(Book(plan)) != sha256:
            click.echo(f"note: {book} is not the file that the plan was made from, or has been changed since", err=True)
        found = recompute(plan, case)
    told = f"{plan}: {len(found.assessments)} limits and figures recomputed, all hold"
    click.echo(json.dumps(words.ending(Exit.PLAN, told) | {"limits": len(found.assessments)}) if as_json else told)


@cli.command()
@click.argument("first", type=PLACE)
@click.argument("second", type=PLACE)
@JSON
def compare(first: Path, second: Path, as_json: bool) -> None:
    """Show what differs between two plans: headline figures, awards, quantities."""
    from planner.compare import compare as difference

    with words.nothing_was("compared"):
        found = difference(first, second)
    if as_json:
        told = "the plans are equal" if found.same else "the plans differ"
        click.echo(json.dumps(words.ending(Exit.PLAN, told) | words.fields(found), default=str))
    else:
        found.print()


@cli.command()
@click.argument("output", type=PLACE, default="template.xlsx")
@click.option("--preset", "presets", multiple=True, metavar="NAME", help="Start from a programme's rules; may be repeated.")
def template(output: Path, presets: tuple[str, ...]) -> None:
    """Write an empty workbook to fill in."""
    from planner.report import publish
    from planner.template import PRESETS, template_content

    for name in presets:
        if name not in PRESETS:
            raise click.BadParameter(f"there is no preset {name!r}: choose from {', '.join(PRESETS)}", param_hint="--preset")
    publish(words.new_place(output), template_content(presets))
    click.echo(f"The template is in {output}")


@cli.command()
@click.argument("name", type=click.Choice(["vault", "tiny", "gallium"]), default="vault")
@click.argument("output", type=PLACE, required=False)
def example(name: str, output: Path | None) -> None:
    """Write one of the example workbooks, to try and to change."""
    from importlib.resources import files

    from planner.report import publish

    target = words.new_place(output or Path(f"{name}.xlsx"))
    publish(target, (files("planner_examples") / f"{name}.xlsx").read_bytes())
    click.echo(f"The example is in {target}")


@cli.command()
@click.option("--output", type=PLACE, help="Write it as a sheet of this workbook instead.")
def reference(output: Path | None) -> None:
    """Print the data dictionary: every sheet and column, as Markdown."""
    from planner.reference import markdown

    if output is None:
        click.echo(markdown())
        return
    from planner.report import publish
    from planner.template import reference_content

    publish(words.new_place(output), reference_content())
    click.echo(f"The data dictionary is in {output}")


@cli.command()
def formulation() -> None:
    """Print the mathematics of the rules, in order."""
    from models.rules import RULES

    for rule in RULES:
        click.echo(f"## {rule.name}\n\n{rule.statement}\n")


cli.add_command(frontier)
cli.add_command(stress)
cli.add_command(scenarios)
cli.add_command(carry)
cli.add_command(nightly)
cli.add_command(history)


def main() -> None:
    """Run a command; every error that a user can meet ends with its exit status and no traceback."""
    gc.set_threshold(NEW_OBJECTS)
    try:
        with _terminable():
            cli.main(standalone_mode=False)
    except click.UsageError as error:
        if "--json" in sys.argv[1:]:
            click.echo(json.dumps(words.ending(Exit.USAGE, error.format_message())))
        error.show()
        raise SystemExit(Exit.USAGE) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(Exit.CANNOT_WRITE) from None
    except (click.Abort, KeyboardInterrupt):
        _end(Interrupted(Exit.INTERRUPTED))
    except _Terminated:
        _end(Interrupted(Exit.TERMINATED))
    except PlannerError as error:
        _end(error)
    except OSError as error:
        _end(CannotWrite(f"{error.filename or 'A file'} cannot be written or read: {error.strerror}"))


class _Terminated(BaseException):
    """SIGTERM came at a time when nothing is lost by ending at once."""


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM unwind what is going on, as Ctrl-C does, so that nothing half done is left."""

    def end(signum: int, frame: FrameType | None) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(error: PlannerError) -> None:
    """End with an error's status, and its words or one JSON object."""
    closing = error.closing or str(error)
    if "--json" in sys.argv[1:]:
        click.echo(json.dumps(words.ending(error.status, closing, words.as_records(error.findings))))
    else:
        if isinstance(error, FaultyInput):
            words.print_findings(error.findings)
        click.echo(closing, err=True)
    raise SystemExit(error.status) from None

"""The commands about risk: what becomes of plans in scenarios, what these are worth, and what safety costs."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import isfinite
from pathlib import Path

import click

from planner import cli_words as words
from planner.cli_words import JSON, PLACE
from planner.findings import Exit

GAP = click.option("--gap", type=words.Finite(0, 1, max_open=True), help="Of each plan: share of the best possible [0.001].")
TIME_LIMIT = click.option("--time-limit", type=words.Finite(0, min_open=True), help="Seconds for each plan at most [600].")


@click.group()
def scenarios() -> None:
    """Where scenarios come from, and what they are worth."""


@scenarios.command()
@click.argument("book", type=PLACE)
@click.option("--n", "number", type=click.IntRange(1, 100_000), default=500, show_default=True, help="How many to draw.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True, help="Of the random draws.")
@click.option("--keep", type=click.IntRange(1), help="Keep so many that stand best for the others.")
@click.option("--output", type=PLACE, help="Workbook with the draws [BOOK-sample.xlsx].")
def sample(book: Path, number: int, seed: int, keep: int | None, output: Path | None) -> None:
    """Draw scenarios from the sheet Hazards of BOOK, and write BOOK with them in place of its own."""
    from planner import pipeline
    from planner.report import publish
    from planner.sampling import reduced, sampled
    from planner.template import case_content

    target = words.new_place(output or book.with_name(f"{book.stem}-sample.xlsx"))
    with words.nothing_was("drawn"):
        case = sampled(pipeline.sound(book).case, number, seed)
    if keep is not None:
        case = reduced(case, keep)
    publish(target, case_content(case), book)
    kept = f", of which {len(case.scenarios)} {'is' if len(case.scenarios) == 1 else 'are'} kept" if keep is not None else ""
    happens = sum(row.probability for row in case.scenarios)
    click.echo(f"{number} draws{kept}; something happens in {happens:.1%} of them. They are in {target}")


@scenarios.command()
@click.argument("book", type=PLACE)
@GAP
@TIME_LIMIT
@click.option("--output", type=PLACE, help="Workbook of the values [outputs/BOOK/scenario-values.xlsx].")
@JSON
def value(book: Path, gap: float | None, time_limit: float | None, output: Path | None, as_json: bool) -> None:
    """What it is worth to plan with the scenarios of BOOK, and to know which comes: VSS and EVPI."""
    from planner import pipeline
    from planner.outputs.worth import facts
    from planner.report import reserved
    from planner.report.worth_book import SHEETS, write_worth
    from planner.worth import worth

    def tell(done: int, of: int) -> None:
        if not as_json:
            click.echo(f"{done} of {of} plans", err=True)

    usual = pipeline.default_output(book).with_name("scenario-values.xlsx")
    with reserved(output or usual, book, SHEETS) as target, words.nothing_was("solved"):
        case = pipeline.sound(book).case
        found = worth(case, pipeline.options_of(case, pipeline.Overrides(gap, time_limit)), tell)
        told = f"The values are in {write_worth(found, book, target)}"
    if as_json:
        intervals = {"planning": found.planning._asdict(), "knowing": found.knowing._asdict()}
        click.echo(words.dumped(words.ending(Exit.PLAN, told) | intervals | {"output": str(target)}))
        return
    for fact in facts(found):
        click.echo(words.line_of(fact))
    click.echo(told)


@click.command()
@click.argument("plan", type=PLACE)
@click.option("--scenarios", "book", type=PLACE, required=True, metavar="BOOK",
              help="Workbook with the plan's input and the scenarios to live through.")  # fmt: skip
@click.option("--output", type=PLACE, help="Workbook of the test [stress.xlsx beside the plan].")
@JSON
def stress(plan: Path, book: Path, output: Path | None, as_json: bool) -> None:
    """Hold the purchases of PLAN, and live through every scenario of a workbook."""
    from planner import pipeline
    from planner.engine.progress import Display
    from planner.outputs.stress import facts
    from planner.report import place, reserved
    from planner.report.stress_book import SHEETS, write_stress
    from planner.stress import stress as lived_through

    with reserved(output or plan.with_name("stress.xlsx"), plan, SHEETS) as target, words.nothing_was("tested"):
        place(target, SHEETS, book)
        checked = pipeline.sound(book)
        with Display(quiet=as_json) as display:
            found = lived_through(plan, book, checked.case, checked.sha256, display.count)
        written = write_stress(found, plan, book, target)
    told = f"The stress test is in {written}"
    if as_json:
        figures = {"expected": found.expected, "cvar": found.cvar, "scenarios": len(found.lived), "worst": found.lived[0].loss}
        click.echo(json.dumps(words.ending(Exit.PLAN, told) | figures | {"output": str(written)}))
        return
    if not found.same_input:
        click.echo(f"note: {book} is not the file that the plan was made from: its other sheets are to be the same", err=True)
    for fact in facts(found):
        click.echo(words.line_of(fact))
    click.echo(told)


@click.command()
@click.argument("book", type=PLACE)
@click.option(
    "--against", type=click.Choice(["china-share", "cover-days", "cvar"]), required=True, help="What to set cost against."
)
@click.option("--points", type=click.IntRange(2, 99), default=9, show_default=True, help="Levels to solve, both ends included.")
@GAP
@TIME_LIMIT
@click.option("--output", type=PLACE, help="Workbook of the frontier [outputs/BOOK/frontier-AGAINST.xlsx].")
@JSON
def frontier(
    book: Path, against: str, points: int, gap: float | None, time_limit: float | None, output: Path | None, as_json: bool
) -> None:
    """What safety costs: plans of BOOK from the cheapest to the safest by a second measure, each proven."""
    from planner import pipeline
    from planner.frontier import frontier as solved
    from planner.measures import MEASURES
    from planner.outputs.efficient import Point
    from planner.outputs.frontier import facts, frontier_rows, shown
    from planner.report import reserved
    from planner.report.frontier_book import SHEETS, write_frontier

    def tell(done: int, point: Point) -> None:
        if not as_json:
            reached = shown(MEASURES[against], point.reached)
            proven = f"gap {point.gap:.3%}" if isfinite(point.gap) else "not proven"
            click.echo(f"{done} of {points}: {reached}, cost {point.cost:,.0f} USD, {proven}", err=True)

    usual = pipeline.default_output(book).with_name(f"frontier-{against}.xlsx")
    with reserved(output or usual, book, SHEETS) as target, words.nothing_was("solved"):
        case = pipeline.sound(book).case
        found = solved(case, against, points, pipeline.options_of(case, pipeline.Overrides(gap, time_limit)), tell)
        written = write_frontier(found, book, target)
    status = Exit.PLAN if found.is_proven else Exit.GAP_ABOVE_TARGET
    told = f"The frontier is in {written}"
    if as_json:
        rows = [asdict(row) for row in frontier_rows(found)]
        click.echo(words.dumped(words.ending(status, told) | {"against": against, "points": rows, "output": str(written)}))
    else:
        for fact in facts(found):
            click.echo(words.line_of(fact))
        click.echo(told)
    raise SystemExit(status)

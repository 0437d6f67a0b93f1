"""The commands about risk: what becomes of plans in scenarios, and where scenarios come from."""

from __future__ import annotations

import json
from pathlib import Path

import click

from planner import cli_words as words
from planner.findings import Exit

PLACE = click.Path(path_type=Path)


@click.group()
def scenarios() -> None:
    """Where scenarios come from."""


@scenarios.command()
@click.argument("book", type=PLACE)
@click.option("--n", "number", type=click.IntRange(1, 100_000), default=500, show_default=True, help="How many to draw.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True, help="Of the random draws.")
@click.option("--keep", type=click.IntRange(1), help="Keep so many that stand best for the others.")
@click.option("--output", type=PLACE, help="Workbook with the draws [BOOK-sample.xlsx].")
def sample(book: Path, number: int, seed: int, keep: int | None, output: Path | None) -> None:
    """Draw scenarios from the sheet Hazards of BOOK, and write BOOK with them in place of its own."""
    from planner import pipeline
    from planner.sampling import reduced, sampled
    from planner.template import write_case

    target = output or book.with_name(f"{book.stem}-sample.xlsx")
    words.refuse_existing(target)
    with words.nothing_was("drawn"):
        case = sampled(pipeline.sound(book).case, number, seed)
    if keep is not None:
        case = reduced(case, keep)
    write_case(target, case)
    kept = f", of which {len(case.scenarios)} are kept" if keep is not None else ""
    happens = sum(row.probability for row in case.scenarios)
    click.echo(f"{number} draws{kept}; something happens in {happens:.1%} of them. They are in {target}")


@click.command()
@click.argument("plan", type=PLACE)
@click.option("--scenarios", "book", type=PLACE, required=True, metavar="BOOK",
              help="Workbook with the plan's input and the scenarios to live through.")  # fmt: skip
@click.option("--output", type=PLACE, help="Workbook of the test [stress.xlsx beside the plan].")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead, whatever comes of it.")
def stress(plan: Path, book: Path, output: Path | None, as_json: bool) -> None:
    """Hold the purchases of PLAN, and live through every scenario of a workbook."""
    from planner import pipeline
    from planner.outputs.stress import facts
    from planner.report.stress_book import write_stress
    from planner.stress import stress as lived_through

    with words.nothing_was("tested"):
        checked = pipeline.sound(book)
        found = lived_through(plan, checked.case, checked.sha256)
    written = write_stress(found, plan, book, output or plan.with_name("stress.xlsx"))
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

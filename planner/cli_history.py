"""The commands of the archive: what came of past nights, of one run, and of a material's cover, stock or price."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner import cli_words as words
from planner.cli_words import JSON, PLACE
from planner.findings import Exit, Misused

if TYPE_CHECKING:
    from planner.archive.reading import Archive

CONFIG = "nightly.toml"
OF_NIGHT = click.option("--config", type=PLACE, default=CONFIG, show_default=True, help="File of the night.")
ARCHIVE = click.option(
    "--archive", metavar="ARCHIVE", help="File, postgresql+psycopg:// URL, or env:NAME [what the file of the night says]."
)
CASE = click.option("--case", metavar="CASE", help="This case alone.")


@click.group(cls=words.WithUsual)
def history() -> None:
    """What came of past nights: `planner history [CONFIG]`."""


@history.command()
@click.argument("config", type=PLACE, default=CONFIG)
@ARCHIVE
@CASE
@click.option("--last", type=click.IntRange(1), default=7, show_default=True, help="Runs of each case.")
@JSON
def nights(config: Path, archive: str | None, case: str | None, last: int, as_json: bool) -> None:
    """List the last runs of every case, with what each plan costs against the one before [nightly.toml]."""
    from planner.archive.queries import nights as asked

    with _opened(config, archive) as opened:
        found = asked(opened, last, case)
    if as_json:
        _tell(f"{len(found)} runs", nights=[asdict(night) for night in found])
        return
    from planner.archive.shown import of_nights, show

    show(of_nights(found) if found else "There is no run in the archive yet.")


@history.command()
@click.argument("run")
@OF_NIGHT
@ARCHIVE
@CASE
@JSON
def show(run: str, config: Path, archive: str | None, case: str | None, as_json: bool) -> None:
    """Show everything of RUN; with --json also the rows of its plan."""
    from planner.archive.queries import story

    with _opened(config, archive) as opened:
        found = story(opened, run, case)
    if as_json:
        figures = [dict(zip(("figure", "unit", "value"), figure, strict=True)) for figure in found.figures]
        _tell(f"the run {run}", run=found.run, figures=figures, sheets=found.sheets)
        return
    from planner.archive.shown import of_story
    from planner.archive.shown import show as printed

    printed(of_story(found))


@history.command()
@click.argument("material")
@click.argument("measure")
@OF_NIGHT
@ARCHIVE
@CASE
@click.option("--last", type=click.IntRange(1), default=30, show_default=True, help="Published plans of each case.")
@JSON
def trend(material: str, measure: str, config: Path, archive: str | None, case: str | None, last: int, as_json: bool) -> None:
    """Show how a MEASURE of a MATERIAL (or of a part of its name) went over nights: cover, stock, bought, cost, price."""
    from planner.archive.queries import MEASURES, material_called
    from planner.archive.queries import trend as asked

    if measure not in MEASURES:
        raise Misused(f"There is no measure {measure!r}: choose from {', '.join(MEASURES)}.")
    with _opened(config, archive) as opened:
        name = material_called(opened, material)
        points = asked(opened, name, MEASURES[measure], last, case)
    if not points:
        raise Misused(f"No published plan of the case {case!r} has {name}. planner history lists the cases.")
    if as_json:
        figures = MEASURES[measure].figures
        rows = [asdict(point) | {"figures": dict(zip(figures, point.figures, strict=True))} for point in points]
        _tell(f"{MEASURES[measure].sentence}: {len(points)} plans", material=name, measure=measure, points=rows)
        return
    from planner.archive.shown import console, of_trend

    terminal = console()
    terminal.print(of_trend(name, MEASURES[measure], points, terminal.is_terminal, terminal.width))


@contextmanager
def _opened(config: Path, archive: str | None) -> Iterator[Archive]:
    """The archive that is named, or that of a night."""
    from planner.archive.address import address
    from planner.archive.reading import reading

    if archive is None:
        from planner.nightly.config import read

        archive = read(config).archive
    with reading(address(archive)) as opened:
        yield opened


def _tell(message: str, **found: object) -> None:
    click.echo(json.dumps(words.ending(Exit.PLAN, message) | found, default=str))

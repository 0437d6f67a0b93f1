"""The answers of an archive as tables, and a measure as a chart over nights."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import cycle
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from planner.archive.queries import Measure, Night, Point, Story
from planner.findings import Exit

PLAIN_WIDTH, CHART_WIDTH, CHART_HEIGHT, MARGIN = 140, 110, 16, 26
"""Characters of a line that goes elsewhere than to a terminal; of a chart at most, and of what stands beside it."""
MARGIN_OF_VALUES = 0.05
"""Of a chart, above and below what is drawn, as a share of it."""
MARKS: Final = "*o+x#@%&"
"""Of the lines of a chart."""
NONE: Final = "–"
LARGE = 1e5
"""From here on a figure is told in whole units."""


def show(found: RenderableType) -> None:
    """Print it: as wide as the terminal, or wide enough for the tables where the output goes elsewhere."""
    console().print(found)


def console() -> Console:
    """Where answers go."""
    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    return Console(width=width, markup=False, emoji=False, highlight=False)  # what is in an archive is shown as it is


def of_nights(nights: Sequence[Night]) -> RenderableType:
    """A line for each run, with its message where its plan was not published."""
    told = ("case", "night (UTC)", "run", "status", "published", "plan begins")
    table = _grid(*told, ">gap", ">cost, USD", ">change, USD", ">seconds")
    for column in table.columns[1:3]:  # by the run's number another command asks for it
        column.no_wrap = True
    for night in nights:
        table.add_row(
            night.case, f"{night.started:%Y-%m-%d %H:%M}", night.run, _status(night.status), _yes(night.published),
            night.begins or NONE, _number(night.gap, ".3%"), _number(night.cost, ",.0f"), _number(night.change, "+,.0f"),
            f"{night.seconds:,.0f}",
        )  # fmt: skip
    return table


def of_story(story: Story) -> RenderableType:
    """What the archive has of one run."""
    run = _grid("of the run", "")
    for name, value in story.run.items():
        if name not in ("notes", "unread") or value:
            run.add_row(name, _status(value) if name == "status" else _yes(value) if name == "published" else _plain(value))
    figures = _grid("headline figure", ">value", "unit")
    for name, unit, figure in story.figures:
        figures.add_row(name, _number(figure, ".3%" if unit == "%" else ",.2f" if unit else ",.0f"), unit.strip("%"))
    sheets = _grid("table of its plan", ">rows")
    for name, rows in story.sheets.items():
        sheets.add_row(name, f"{len(rows):,}")
    return Group(run, *([figures, sheets] if story.sheets else []))


def of_trend(material: str, measure: Measure, points: Sequence[Point], colours: bool, width: int) -> RenderableType:
    """A measure of a material over nights, as a table and as a chart: every figure of one case, the first of several."""
    unit = points[0].unit if len({point.unit for point in points}) == 1 else measure.unit
    courses = _courses(points, measure)
    table = _grid("night (UTC)", *(f">{name}" for name in courses))
    several = len({point.case for point in points}) > 1
    title = f"{material}: {measure.sentence}, {unit}" + (f" ({measure.figures[0]})" if several else "")
    for night in sorted({night for course in courses.values() for night in course}):
        values = [course.get(night) for course in courses.values()]
        shown = (_number(value, ",.4g" if value is not None and abs(value) < 1000 else ",.0f") for value in values)
        table.add_row(f"{night:%Y-%m-%d}" if several else f"{night:%Y-%m-%d %H:%M}", *shown)
    chart = _chart(unit, courses, colours, min(width, CHART_WIDTH))
    return Group(title, table, Text.from_ansi(chart))


def _courses(points: Sequence[Point], measure: Measure) -> dict[str, dict[datetime, float | None]]:
    """What is shown, each by night: the figures of one case, or the first figure of several, which meet on a day."""
    cases = dict.fromkeys(point.case for point in points)
    if len(cases) == 1:
        return {name: {point.started: point.figures[at] for point in points} for at, name in enumerate(measure.figures)}
    return {case: {_day(point.started): point.figures[0] for point in points if point.case == case} for case in cases}


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _chart(unit: str, courses: Mapping[str, Mapping[datetime, float | None]], colours: bool, width: int) -> str:
    """A line for each course; nothing where there are not two nights."""
    drawn = {name: [(night, value) for night, value in course.items() if value is not None] for name, course in courses.items()}
    values = [value for course in drawn.values() for _, value in course]
    if len({night for course in drawn.values() for night, _ in course}) < 2:
        return ""
    from plotille import Figure

    figure = Figure()
    figure.width, figure.height, figure.origin, figure.with_colors = width - MARGIN, CHART_HEIGHT, False, colours
    figure.x_label, figure.y_label = "night", unit
    figure.x_ticks_fkt, figure.y_ticks_fkt = lambda night, _: f"{night:%y-%m-%d}", lambda value, _: f"{value:,.5g}"
    if min(values) < max(values):
        beside = (max(values) - min(values)) * MARGIN_OF_VALUES
        figure.set_y_limits(max(min(values) - beside, min(0.0, min(values))), max(values) + beside)
    for (name, course), mark in zip(drawn.items(), cycle(MARKS), strict=False):
        nights = [night.replace(tzinfo=None) for night, _ in course]
        figure.plot(nights, [value for _, value in course], label=name, marker=mark)
    chart: str = figure.show(legend=True)
    return chart


def _grid(*headings: str) -> Table:
    """A table; a heading that begins with > is of figures. No cell is cut off."""
    table = Table(box=SIMPLE_HEAD)
    for heading in headings:
        justify: JustifyMethod = "right" if heading.startswith(">") else "left"
        table.add_column(heading.removeprefix(">"), justify=justify, overflow="fold")
    return table


def _status(status: int) -> str:
    return f"{status} {Exit(status).name.lower().replace('_', ' ')}" if status in list(Exit) else str(status)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _number(value: float | None, form: str) -> str:
    return NONE if value is None else format(value, form)


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:,.6g}"
    return NONE if value is None else str(value)

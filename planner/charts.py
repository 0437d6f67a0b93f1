"""Native charts: editable in Excel, drawn from the ranges of the sheet Charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties
from openpyxl.worksheet.worksheet import Worksheet

from planner.outputs.pictures import CommitmentRow, FinalCoverRow, OriginRow, SpendRow
from planner.outputs.schema import Row

NAVY, ORANGE, GREY = "1F3864", "C55A11", "A6A6A6"
NARROW, WIDE, HEIGHT = 14, 21, 9
"""Sizes in centimetres: the narrow ones stand left, the wide ones, with many bars or long names, right."""
ROWS = 18
"""Rows of the sheet that a chart covers."""
MILLIONS = "#,##0,,"


class Block(NamedTuple):
    """Where a chart's figures lie: first column, heading row, last row, and which columns hold anything."""

    left: int
    top: int
    last: int
    filled: tuple[bool, ...]


def add(sheet: Worksheet, data: Worksheet, blocks: Mapping[type[Row], Block], top: int) -> None:
    """Draw the charts whose figures are there, two by two from a row on."""
    makers = {
        SpendRow: (_spend, "A", top, NARROW),
        FinalCoverRow: (_cover, "D", top, WIDE),
        CommitmentRow: (_commitments, "A", top + ROWS, NARROW),
        OriginRow: (_origins, "D", top + ROWS, WIDE),
    }
    for record, (make, letter, row, wide) in makers.items():
        if record in blocks:
            chart = make(data, blocks[record])
            chart.width, chart.height = wide, HEIGHT
            sheet.add_chart(chart, f"{letter}{row}")


def _spend(data: Worksheet, block: Block) -> BarChart | LineChart:
    chart = _bars("Spend by trader, USD million", MILLIONS)
    _add_series(chart, data, block)
    return chart


def _cover(data: Worksheet, block: Block) -> BarChart | LineChart:
    chart = _bars("Days of cover at the end, against the target", "0")
    _add_series(chart, data, block, only=1)
    marks = LineChart()
    _add_series(marks, data, block, only=2)
    series = marks.series[0]
    series.smooth = False
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    series.marker.symbol, series.marker.size = "dash", 9
    series.marker.graphicalProperties = GraphicalProperties(solidFill=ORANGE, ln=LineProperties(solidFill=ORANGE))
    chart += marks
    return chart


def _origins(data: Worksheet, block: Block) -> BarChart | LineChart:
    chart = _bars("Shares by origin, tightest limits" if block.filled[2] else "Shares by refining country", "0%")
    chart.type = "bar"
    chart.x_axis.scaling.orientation = "maxMin"  # the first row on top
    _add_series(chart, data, block)
    return chart


def _commitments(data: Worksheet, block: Block) -> BarChart | LineChart:
    chart = LineChart()
    _dress(chart, "Cumulative commitments, USD million", MILLIONS)
    _add_series(chart, data, block)
    for series, colour in zip(chart.series, (NAVY, ORANGE), strict=False):
        series.smooth = False
        series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=colour, w=28000))
    return chart


def _bars(title: str, code: str) -> BarChart:
    chart = BarChart()
    chart.gapWidth = 60
    _dress(chart, title, code)
    return chart


def _dress(chart: BarChart | LineChart, title: str, code: str) -> None:
    """Title, axes that are drawn from zero, legend at the foot."""
    chart.title = title
    assert chart.title is not None and chart.title.tx is not None and chart.title.tx.rich is not None
    for run in chart.title.tx.rich.p[0].r:
        run.rPr = CharacterProperties(sz=1200, b=True)
    chart.y_axis.number_format = code
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill="D9D9D9")))
    chart.x_axis.delete = chart.y_axis.delete = False
    assert chart.legend is not None
    chart.legend.position = "b"


def _add_series(chart: BarChart | LineChart, data: Worksheet, block: Block, only: int = 0) -> None:
    """One series for each column of figures that holds anything, or for one of them; names and categories from the sheet."""
    for offset, colour in ((1, NAVY), (2, ORANGE)):
        if block.filled[offset] and only in (0, offset):
            column = block.left + offset
            series = Series(Reference(data, min_col=column, min_row=block.top, max_row=block.last), title_from_data=True)
            series.graphicalProperties = GraphicalProperties(solidFill=colour)
            chart.series.append(series)
    chart.set_categories(Reference(data, min_col=block.left, min_row=block.top + 1, max_row=block.last))

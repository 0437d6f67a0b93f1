"""Native charts: editable in Excel, drawn from the ranges of the sheet Charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import NamedTuple

from openpyxl.chart import BarChart, LineChart, Reference, ScatterChart, Series
from openpyxl.chart.axis import ChartLines, TextAxis
from openpyxl.chart.marker import DataPoint, Marker
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from planner.outputs.member_page import HeldRow
from planner.outputs.pictures import BalanceRow, CommitmentRow, FinalCoverRow, OriginRow, SpendRow
from planner.outputs.schema import Row

NAVY, ORANGE, PALE, GREY = "1F3864", "C55A11", "B4C7E7", "D9D9D9"
NARROW, WIDE, HEIGHT, SHORT, TALL = 17, 21, 7, 5.2, 10
"""Sizes in centimetres: the narrow ones stand left, one below the other, the one of all materials right; four are short,
so that they stand on one page."""
HEAD, BAR, TALLEST = 3, 0.5, 120
"""Height of lying bars: what title, axis and legend need, what the name of each does, and the most that it grows to, in cm."""
ROW_HEIGHT = 0.529
"""Centimetres in a row of the sheet."""
SHARE_COLUMN, LOSS_COLUMN = 4, 8
"""Columns between the name and the share unmet, and the expected loss, of a material on the sheet Unmet."""
REACHED_COLUMN, COST_COLUMN = 3, 4
"""What is drawn of the sheet Frontier."""
MILLIONS, LEAST_IN_MILLIONS = "#,##0,,", 1e7
TENTHS, HUNDREDTHS = 1e7, 1e6
"""USD below which an axis in millions has one decimal, and two."""


class Block(NamedTuple):
    """Where a chart's figures lie: first column, heading row, last row, and which columns hold anything."""

    left: int
    top: int
    last: int
    filled: tuple[bool, ...]

    @property
    def bars(self) -> int:
        """Number of rows below the heading."""
        return self.last - self.top


def add(sheet: Worksheet, data: Worksheet, blocks: Mapping[type[Row], Block], top: int) -> None:
    """Draw the charts whose figures are there, from a row on."""
    usual = SHORT if BalanceRow in blocks else HEIGHT
    left = {SpendRow: _spend, CommitmentRow: _commitments, OriginRow: _origins, BalanceRow: _balances}
    if FinalCoverRow in blocks:
        _place(sheet, _cover(data, blocks[FinalCoverRow]), f"D{top}", WIDE, _height(blocks[FinalCoverRow].bars, HEIGHT))
    if HeldRow in blocks:
        _place(sheet, _held(data, blocks[HeldRow]), f"A{top}", NARROW + WIDE, HEIGHT)
    for record in (record for record in left if record in blocks):
        height = _height(blocks[record].bars, usual) if record is OriginRow else usual
        _place(sheet, left[record](data, blocks[record]), f"A{top}", NARROW, height)
        top += ceil(height / ROW_HEIGHT) + 1


def _height(bars: int, least: float) -> float:
    """Of a chart of lying bars, in centimetres: each has room for its name."""
    return min(TALLEST, max(least, HEAD + BAR * bars))


def _place(sheet: Worksheet, chart: BarChart | LineChart | ScatterChart, cell: str, width: int, height: float) -> None:
    """Put a chart on a sheet, its upper left corner at a cell; sizes in centimetres."""
    chart.width, chart.height = width, height
    sheet.add_chart(chart, cell)


def add_stress(
    sheet: Worksheet, losses: Worksheet, days: Worksheet, unmet: Worksheet, points: int, materials: int, top: int
) -> None:
    """Draw the sheets of a stress test: losses and days survived by probability, and the materials that cost most.

    Args:
        points: rows of the sheets of losses and days.
        materials: rows of the sheet Unmet to draw.
        top: row from which to draw.
    """
    height = _height(2 * materials, TALL)
    below = top + ceil(height / ROW_HEIGHT) + 2
    sheet.row_breaks.append(Break(below - 2))  # a blank row keeps the charts' border off the page before
    lost = _curve(losses, points, "Loss that is not exceeded, by probability, USD million", "0%",
                  _millions(losses.cell(1 + points, 2).value))  # fmt: skip
    lasting = _curve(days, points, "Probability that nothing is short for so many days", "0", "0%")
    lasting.y_axis.scaling.max = 1
    _place(sheet, lost, f"A{top}", NARROW, TALL)
    _place(sheet, lasting, f"A{below}", NARROW, TALL)
    if materials:
        cost = _lying("Expected loss by material, USD million", _millions(unmet.cell(2, 1 + LOSS_COLUMN).value))
        short = _lying("Unmet where shocks hit, of what is asked for, by material", "0%")
        for chart, column, row in ((cost, LOSS_COLUMN, top), (short, SHARE_COLUMN, below)):
            _add_series(chart, unmet, Block(1, 1, 1 + materials, (True,) * (LOSS_COLUMN + 1)), {column: NAVY})
            _place(sheet, chart, f"D{row}", WIDE, height)


def _curve(data: Worksheet, points: int, title: str, across: str, code: str) -> LineChart:
    """The second column of a sheet over the first, whose form is `across`."""
    line = LineChart()
    _dress(line, title, code)
    line.x_axis.number_format = across
    assert isinstance(line.x_axis, TextAxis)
    line.x_axis.tickLblSkip = 10
    _add_series(line, data, Block(1, 1, 1 + points, (True, True)), {1: NAVY})
    line.series[0].smooth = False
    return line


def add_frontier(
    sheet: Worksheet,
    table: Worksheet,
    title: str,
    costs: Sequence[float],
    unproven: Sequence[int],
    knee: Sequence[int],
    top: int,
) -> None:
    """Draw cost over the second measure from the sheet of a frontier, as a line with a mark for each plan.

    Args:
        title: of the second measure.
        costs: of the sheet's rows, rising, in USD.
        unproven, knee: numbers of the rows whose marks are hollow, or stand out.
        top: row from which to draw.
    """
    chart = ScatterChart()
    last = 1 + len(costs)
    x, y = (Reference(table, min_col=column, min_row=2, max_row=last) for column in (REACHED_COLUMN, COST_COLUMN))
    large = costs[-1] >= LEAST_IN_MILLIONS
    code = _millions(costs[-1] - costs[0]) if large else "#,##0"
    _dress(chart, f"Discounted cost, USD{' million' if large else ''}, over: {title}", code)
    chart.legend, chart.x_axis.majorGridlines = None, None
    chart.y_axis.scaling.min = _below(costs[0], costs[-1] - costs[0])
    shown = table.cell(2, REACHED_COLUMN).number_format
    chart.x_axis.number_format = shown if "%" in shown else "#,##0"
    line = Series(y, x)
    line.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=NAVY))
    line.smooth, line.marker = False, _mark(NAVY)
    line.dPt = [_marked(n, ORANGE) for n in knee] + [_marked(n, None) for n in unproven]
    chart.series.append(line)
    _place(sheet, chart, f"A{top}", WIDE + NARROW, TALL)


def _millions(span: object) -> str:
    """The form of figures in millions, with as many decimals as tell those apart that lie within a span of USD."""
    assert isinstance(span, int | float)
    return MILLIONS if span >= TENTHS else "#,##0.0,," if span >= HUNDREDTHS else "#,##0.00,,"


def _below(least: float, span: float) -> float | None:
    """A round figure a little below the least; the chart's own choice where all are one."""
    if span <= 0.0:
        return None
    step = 10.0 ** floor(log10(span))
    return step * floor((least - 0.1 * span) / step)


def _marked(number: int, colour: str | None) -> DataPoint:
    """A mark of its own for one point."""
    mark = _mark(colour)
    return DataPoint(idx=number, marker=mark, spPr=mark.spPr)


def _mark(colour: str | None) -> Marker:
    """A round mark, hollow where it has no colour."""
    fill = GraphicalProperties(noFill=True) if colour is None else GraphicalProperties(solidFill=colour)
    fill.line.solidFill = colour or NAVY
    return Marker("circle", size=8, spPr=fill)


def _spend(data: Worksheet, block: Block) -> BarChart | LineChart:
    chart = BarChart()
    _dress(chart, "Spend by trader, USD million", MILLIONS)
    _add_series(chart, data, block, {1: NAVY, 2: ORANGE})
    return chart


def _cover(data: Worksheet, block: Block) -> BarChart | LineChart:
    """The days lie over the target, so that what is seen of the target is what is missing."""
    chart = _lying(
        "Stock at the end: days covered, dark, of the target, light"
        if block.filled[2]
        else "Stock and days of cover at the end",
        "0",
    )
    chart.overlap = 100
    _add_series(chart, data, block, {2: PALE, 1: NAVY})
    return chart


def _origins(data: Worksheet, block: Block) -> BarChart | LineChart:
    limited = block.filled[2]
    chart = _lying("Shares by origin: each rule's tightest limit" if limited else "Shares by refining country", "0%")
    _add_series(chart, data, block, {1: NAVY, 2: ORANGE})
    return chart


def _commitments(data: Worksheet, block: Block) -> BarChart | LineChart:
    return _lines(data, block, "Cumulative commitments, USD million", {1: NAVY, 2: ORANGE})


def _balances(data: Worksheet, block: Block) -> BarChart | LineChart:
    return _lines(data, block, "Cash and loans at period ends, USD million", {1: PALE, 2: NAVY, 3: ORANGE})


def _held(data: Worksheet, block: Block) -> BarChart | LineChart:
    title = "What you are entitled to and what is held for you at period ends, USD"
    return _lines(data, block, title, {1: ORANGE, 2: NAVY}, "#,##0")


def _lines(data: Worksheet, block: Block, title: str, colours: Mapping[int, str], code: str = MILLIONS) -> LineChart:
    """Lines over the periods."""
    chart = LineChart()
    _dress(chart, title, code)
    _add_series(chart, data, block, colours)
    for series in chart.series:
        series.smooth = False
        series.graphicalProperties.line.width = 28000
    return chart


def _lying(title: str, code: str) -> BarChart:
    """Bars from left to right, the first row on top, every row with its name."""
    chart = BarChart()
    chart.type = "bar"
    _dress(chart, title, code)
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.tickLblSkip = 1
    chart.y_axis.crosses = "max"  # of the axis turned round: at the foot
    return chart


def _dress(chart: BarChart | LineChart | ScatterChart, title: str, code: str) -> None:
    """Title, small axes that are drawn from zero, legend at the foot."""
    chart.title = title
    assert chart.title is not None and chart.title.tx is not None and chart.title.tx.rich is not None
    for run in chart.title.tx.rich.p[0].r:
        run.rPr = CharacterProperties(sz=1200, b=True)
    if isinstance(chart, BarChart):
        chart.gapWidth = 50
    chart.title.overlay = False
    small = ParagraphProperties(defRPr=CharacterProperties(sz=800))
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = RichText(p=[Paragraph(pPr=small, endParaRPr=CharacterProperties(sz=800))])
    chart.y_axis.number_format = code
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill=GREY)))
    assert chart.legend is not None
    chart.legend.position, chart.legend.overlay = "b", False


def _add_series(chart: BarChart | LineChart, data: Worksheet, block: Block, colours: Mapping[int, str]) -> None:
    """One series for each of these columns of figures that holds anything; names and categories from the sheet."""
    for offset, colour in colours.items():
        if block.filled[offset]:
            column = block.left + offset
            series = Series(Reference(data, min_col=column, min_row=block.top, max_row=block.last), title_from_data=True)
            series.graphicalProperties = GraphicalProperties(solidFill=colour, ln=LineProperties(solidFill=colour))
            chart.series.append(series)
    chart.set_categories(Reference(data, min_col=block.left, min_row=block.top + 1, max_row=block.last))

"""Two written plans side by side: headline figures, awards gained and lost, quantities changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pandas as pd
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.table import Table

from models.plan import QUANTITY_STEP
from planner.headline import Headline, headline, table
from planner.outputs import ContractRow, PurchaseRow
from planner.outputs.run import GAP
from planner.workbook import Book

AWARD = ["offer", "trader"]
ORDER = ["offer", "trader", "ordered_in"]
PLAIN_WIDTH = 140
"""Characters in a line of plain text."""


@dataclass(frozen=True)
class Figure:
    """A headline figure of both plans; None where a plan does not have it."""

    name: str
    form: str
    first: float | None
    second: float | None

    @property
    def change(self) -> float | None:
        return None if self.first is None or self.second is None else self.second - self.first


@dataclass(frozen=True)
class Award:
    """A contract that one plan has and the other has not; quantity in the material's unit, landed cost in USD."""

    offer: str
    trader: str
    supplier: str
    material: str
    quantity: float
    unit: str
    landed_cost: float


@dataclass(frozen=True)
class Change:
    """An order whose quantity differs; quantities in the material's unit, `value` is the change of landed cost in USD."""

    offer: str
    trader: str
    period: str
    material: str
    unit: str
    first: float
    second: float
    value: float


@dataclass(frozen=True)
class Comparison:
    """What differs between two plans. Printed by rich, and as plain text by `str`."""

    first: Path
    second: Path
    figures: tuple[Figure, ...]
    gained: tuple[Award, ...]
    lost: tuple[Award, ...]
    changes: tuple[Change, ...]

    @property
    def same_decisions(self) -> bool:
        """Whether both plans sign and order the same."""
        return not (self.gained or self.lost or self.changes)

    @property
    def same(self) -> bool:
        """Whether the headline figures agree as well."""
        return self.same_decisions and all(figure.first == figure.second for figure in self.figures)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield escape(f"first:  {self.first}\nsecond: {self.second}")
        if self.same:
            yield "The plans are equal: the same awards, orders and headline figures."
            return
        yield _figures(self.figures)
        if self.same_decisions:
            yield "Both plans sign the same offers and order the same quantities."
        for title, awards in (("Awards gained", self.gained), ("Awards lost", self.lost)):
            if awards:
                yield _awards(title, awards)
        if self.changes:
            yield _changes(self.changes)

    def __str__(self) -> str:
        text = StringIO()
        Console(file=text, width=PLAIN_WIDTH, no_color=True).print(self)
        return text.getvalue()

    def print(self) -> None:
        """Print it: as wide as the terminal, or wide enough for the tables where the output goes elsewhere."""
        terminal = Console()
        (terminal if terminal.is_terminal else Console(width=PLAIN_WIDTH)).print(self)


def compare(first: Path, second: Path) -> Comparison:
    """Compare two plan workbooks.

    Raises:
        FaultyInput: if one of them cannot be read as a plan.
    """
    one, other = Book(first), Book(second)
    gained, lost = _award_changes(table(one, ContractRow), table(other, ContractRow))
    orders = table(one, PurchaseRow), table(other, PurchaseRow)
    figures = _figures_of(headline(one, orders[0]), headline(other, orders[1]))
    return Comparison(first, second, tuple(figures), gained, lost, _order_changes(*orders))


def _figures_of(first: Iterator[Headline], second: Iterator[Headline]) -> Iterator[Figure]:
    """The figures of both plans; a cost line that one plan does not have is zero there."""
    before, after = ({figure[:2]: figure[2] for figure in figures} for figures in (first, second))
    for name, form in dict.fromkeys([*before, *after]):
        otherwise = None if name == GAP else 0.0
        yield Figure(name, form, before.get((name, form), otherwise), after.get((name, form), otherwise))


def _award_changes(before: pd.DataFrame, after: pd.DataFrame) -> tuple[tuple[Award, ...], tuple[Award, ...]]:
    """The awards gained and those lost, the most valuable first."""
    both = before[AWARD].merge(after[AWARD], how="outer", indicator=True)
    gained, lost = (both.loc[both["_merge"] == side, AWARD] for side in ("right_only", "left_only"))
    return _as_awards(after.merge(gained)), _as_awards(before.merge(lost))


def _as_awards(table: pd.DataFrame) -> tuple[Award, ...]:
    names = list(Award.__dataclass_fields__)
    ordered = table.sort_values(["landed_cost", *AWARD], ascending=[False, True, True])
    return tuple(Award(*values) for values in ordered[names].itertuples(index=False))


def _order_changes(before: pd.DataFrame, after: pd.DataFrame) -> tuple[Change, ...]:
    """The orders whose quantity differs, the largest change of value first; an order that is not there counts as zero."""
    both = before.merge(after, on=[*ORDER, "material", "unit"], how="outer", suffixes=("_first", "_second"))
    figures = ["quantity_first", "quantity_second", "landed_cost_first", "landed_cost_second"]
    both[figures] = both[figures].astype(float).fillna(0.0)
    both["value"] = both["landed_cost_second"] - both["landed_cost_first"]
    changed = both[(both["quantity_second"] - both["quantity_first"]).abs() > QUANTITY_STEP]
    ordered = changed.assign(size=changed["value"].abs()).sort_values(["size", *ORDER], ascending=[False, True, True, True])
    names = [*ORDER, "material", "unit", "quantity_first", "quantity_second", "value"]
    return tuple(Change(*values) for values in ordered[names].itertuples(index=False))


def _figures(figures: Sequence[Figure]) -> Table:
    table = _grid("Headline", ("figure", ""), ("first", "right"), ("second", "right"), ("change", "right"))
    for figure in figures:
        values = (figure.first, figure.second, figure.change)
        table.add_row(figure.name, *(_number(value, figure.form) for value in values))
    return table


def _awards(title: str, awards: Sequence[Award]) -> Table:
    names = ("offer", "trader", "supplier", "material")
    table = _grid(title, *((name, "") for name in names), ("quantity", "right"), ("landed cost, USD", "right"))
    for row in awards:
        texts = (escape(getattr(row, name)) for name in names)
        table.add_row(*texts, f"{row.quantity:,.12g} {escape(row.unit)}", f"{row.landed_cost:,.2f}")
    return table


def _changes(changes: Sequence[Change]) -> Table:
    names = ("offer", "trader", "period", "material")
    figures = (("first", "right"), ("second", "right"), ("change of landed cost, USD", "right"))
    table = _grid("Quantities changed", *((name, "") for name in names), *figures)
    for row in changes:
        texts = (escape(getattr(row, name)) for name in names)
        unit = escape(row.unit)
        table.add_row(*texts, f"{row.first:,.12g} {unit}", f"{row.second:,.12g} {unit}", f"{row.value:+,.2f}")
    return table


def _grid(title: str, *headings: tuple[str, str]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading, side in headings:
        table.add_column(heading, justify="right" if side else "left")
    return table


def _number(value: float | None, form: str) -> str:
    if value is None:
        return "–"
    return {"USD": f"{value:,.2f}", "%": f"{value * 100:.3f} %"}.get(form, f"{value:,.0f}")

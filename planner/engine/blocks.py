"""A programme cut into blocks: for each cluster its columns and local rows, and what it takes of the rows that couple.

    minimise    Σ_k cost_k · x_k + cost_∅ · z
    subject to  Σ_k D_k x_k + D_∅ z  within the coupling rows' bounds,  x_k ∈ X_k (local rows, bounds, wholeness)

A column that belongs to no cluster although all its rows speak of one cluster only is that cluster's (a supplier of one
material), and a coupling row that touches one cluster only is local: what is said of nobody else ties nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from planner.engine.programme import Booleans, Floats, Integers, Programme
from planner.engine.standard_form import MASTER, compressed, totals

ROUNDING = 1e-13
"""Share of the amounts that a reduced cost adds up which adding them up in double precision may leave."""

PASSES = 3
"""Bounds of the master's columns are derived from each other's at most this often."""


@dataclass(frozen=True, eq=False)
class Block:
    """One cluster, or the master's columns.

    Attributes:
        columns: their places in the whole.
        programme: the block's own columns and local rows.
        row, column, value: D_k: coupling row, column among the block's own, coefficient.
    """

    columns: Integers
    programme: Programme
    row: Integers
    column: Integers
    value: Floats

    def reduced_cost(self, duals: Floats) -> Floats:
        """cost_k − D_kᵀ y: what the columns cost when the coupling rows' duals are charged."""
        charged = totals(self.column, self.value * duals[self.row], len(self.columns))
        return self.programme.cost - charged

    def use(self, values: Floats, rows: int) -> Floats:
        """D_k x_k: what some values take of each of the coupling rows."""
        return totals(self.row, self.value * values[self.column], rows)


@dataclass(frozen=True, eq=False)
class Blocks:
    """A programme in blocks.

    Attributes:
        clusters: the clusters' blocks; those without columns are left out.
        master: the columns that belong to none; bounds that their rows imply are filled in.
        coupling: the places of the coupling rows in the whole.
        lower, upper: their bounds.
    """

    clusters: tuple[Block, ...]
    master: Block
    coupling: Integers
    lower: Floats
    upper: Floats

    @classmethod
    def of(cls, whole: Programme, cluster: Integers) -> Blocks:
        """Cut a programme; `cluster` tells each column's, or `MASTER`."""
        cluster, row_cluster = _assigned(whole, cluster)
        coupling = row_cluster == MASTER
        count = int(cluster.max(initial=MASTER)) + 1
        blocks = [_cut(whole, part, coupling) for part in _parts(whole, cluster, row_cluster, count)]
        lower, upper = whole.row_lower[coupling], whole.row_upper[coupling]
        clusters = tuple(block for block in blocks[1:] if len(block.columns))
        master = _bounded(blocks[0], clusters, lower, upper)
        return cls(clusters, master, np.flatnonzero(coupling).astype(np.int32), lower, upper)

    @property
    def rows(self) -> int:
        """How many rows couple."""
        return len(self.lower)

    @property
    def master_is_tied(self) -> bool:
        """Whether rows tie the master's own columns to each other, and no cluster: several that need not be whole."""
        others = np.zeros(self.rows, dtype=bool)
        for block in self.clusters:
            others[block.row] = True
        free = ~self.master.programme.integer[self.master.column] & (self.master.value != 0.0)
        return bool(np.any(np.bincount(self.master.row[free], minlength=self.rows)[~others] > 1))

    def relaxed(self) -> Blocks:
        """The same without wholeness."""
        return self._with_programmes(lambda own: replace(own, integer=np.zeros_like(own.integer)))

    def costless(self) -> Blocks:
        """The same without costs."""
        return self._with_programmes(lambda own: replace(own, cost=np.zeros_like(own.cost)))

    def _with_programmes(self, changed: Callable[[Programme], Programme]) -> Blocks:
        master, *clusters = (replace(block, programme=changed(block.programme)) for block in (self.master, *self.clusters))
        return replace(self, clusters=tuple(clusters), master=master)

    def droppable(self, block: Block) -> Booleans:
        """The columns of a block that cost something or nothing and that no coupling row needs: lowering them is no loss."""
        needed = np.where(block.value > 0.0, self.lower[block.row] > -np.inf, self.upper[block.row] < np.inf)
        droppable = block.programme.cost >= 0.0
        droppable[block.column[needed]] = False
        return droppable

    def joined(self, parts: list[Floats], master: Floats) -> Floats:
        """Values of the whole's columns from those of the blocks."""
        values = np.zeros(len(master) + sum(map(len, parts)))
        for block, part in zip((self.master, *self.clusters), (master, *parts), strict=True):
            values[block.columns] = part
        return values

    def used(self, values: Floats) -> Floats:
        """What the whole's values take of each coupling row."""
        return sum(
            (block.use(values[block.columns], self.rows) for block in (self.master, *self.clusters)), np.zeros(self.rows)
        )

    def overdrawn(self, values: Floats) -> Floats:
        """By how much the whole's values break each coupling row."""
        used = self.used(values)
        broken: Floats = np.maximum(np.maximum(used - self.upper, self.lower - used), 0.0)
        return broken

    def price_of_decisions(self) -> Floats:
        """For each coupling row the most that one unit of it costs where the master's whole-number columns provide it."""
        own = self.master.programme
        whole = own.integer[self.master.column]
        row, column = self.master.row[whole], self.master.column[whole]
        price = np.zeros(self.rows)
        np.maximum.at(price, row, np.abs(own.cost[column] / self.master.value[whole]))
        return price

    def charge(self, duals: Floats) -> float:
        """What the coupling rows are worth at their duals, and the master's columns at their best: the bound's first part.

        A row's dual is charged at the bound that it prices; -∞ where that bound is missing. What is left of a column's cost by
        the rounding of its sum is nothing.
        """
        priced = np.where(duals > 0.0, self.lower, self.upper)
        used = duals != 0.0
        own, charged = self.master.programme, np.abs(self.master.value * duals[self.master.row])
        size = np.abs(own.cost) + totals(self.master.column, charged, len(own.cost))
        reduced = self.master.reduced_cost(duals)
        reduced = np.where(np.abs(reduced) > ROUNDING * size, reduced, 0.0)
        best = np.where(reduced > 0.0, own.lower, own.upper)
        paid = reduced != 0.0
        return float(duals[used] @ priced[used] + reduced[paid] @ best[paid])


@dataclass(frozen=True, eq=False)
class _Part:
    """The columns, rows and entries of the whole that make one block."""

    columns: Integers
    rows: Integers
    entries: Integers


def _assigned(whole: Programme, cluster: Integers) -> tuple[Integers, Integers]:
    """The cluster of every column and of every row, once what ties nobody else is a cluster's own."""
    cluster, row, column, rows = cluster.copy(), whole.row, whole.column, len(whole.row_lower)
    while True:
        least, most = _span(cluster[column], row, rows, without_master=True)
        column_least, column_most = _span_of_rows(least, most, row, column, len(cluster))
        own = (cluster == MASTER) & (column_least == column_most)
        if not own.any():
            break
        cluster[own] = column_least[own]
    least, most = _span(cluster[column], row, rows, without_master=False)
    return cluster, np.where((least == most) & (least != MASTER), least, MASTER).astype(np.int32)


def _span(touched: Integers, row: Integers, rows: int, *, without_master: bool) -> tuple[Integers, Integers]:
    """The least and the greatest cluster that each row touches; crossed for a row that touches none."""
    kept = touched != MASTER if without_master else np.ones(len(touched), dtype=bool)
    least = np.full(rows, np.iinfo(np.int32).max, dtype=np.int32)
    most = np.full(rows, MASTER - 1, dtype=np.int32)
    np.minimum.at(least, row[kept], touched[kept])
    np.maximum.at(most, row[kept], touched[kept])
    return least, most


def _span_of_rows(least: Integers, most: Integers, row: Integers, column: Integers, columns: int) -> tuple[Integers, Integers]:
    """The least and the greatest cluster that the rows of each column touch."""
    column_least = np.full(columns, np.iinfo(np.int32).max, dtype=np.int32)
    column_most = np.full(columns, MASTER - 1, dtype=np.int32)
    np.minimum.at(column_least, column, least[row])
    np.maximum.at(column_most, column, most[row])
    return column_least, column_most


def _parts(whole: Programme, cluster: Integers, row_cluster: Integers, count: int) -> list[_Part]:
    """The master's part, then each cluster's; everything is sorted once."""
    edges = np.arange(MASTER, count + 1)
    sorted_places = []
    for owner in (cluster, row_cluster, cluster[whole.column]):
        order = np.argsort(owner, kind="stable").astype(np.int32)
        sorted_places.append(np.split(order, np.searchsorted(owner[order], edges[1:-1])))
    return [_Part(*parts) for parts in zip(*sorted_places, strict=True)]


def _cut(whole: Programme, part: _Part, coupling: Booleans) -> Block:
    place, own_place = np.cumsum(coupling) - 1, np.full(len(whole.cost), -1)
    own_place[part.columns] = np.arange(len(part.columns))
    local_place = np.full(len(whole.row_lower), -1)
    local = part.rows[~coupling[part.rows]]
    local_place[local] = np.arange(len(local))
    shared = coupling[whole.row[part.entries]]
    inside, across = part.entries[~shared], part.entries[shared]
    start, column, value = compressed(
        local_place[whole.row[inside]].astype(np.int32), own_place[whole.column[inside]].astype(np.int32),
        whole.value[inside], len(local),
    )  # fmt: skip
    programme = Programme(
        cost=whole.cost[part.columns], lower=whole.lower[part.columns], upper=whole.upper[part.columns],
        integer=whole.integer[part.columns], start=start, column=column, value=value,
        row_lower=whole.row_lower[local], row_upper=whole.row_upper[local],
    )  # fmt: skip
    return Block(
        part.columns, programme, place[whole.row[across]].astype(np.int32),
        own_place[whole.column[across]].astype(np.int32), whole.value[across],
    )  # fmt: skip


def _bounded(master: Block, clusters: tuple[Block, ...], lower: Floats, upper: Floats) -> Block:
    """The master's block with the bounds that rows imply for columns that have none.

    A column without a bound makes every bound that does not price it at exactly zero worthless. What a row leaves for one
    of its columns is its bound less the least, or the most, that all others take of it.
    """
    least, most = np.zeros(len(lower)), np.zeros(len(lower))
    for block in clusters:
        low, high = _extremes(block, block.programme.lower, block.programme.upper)
        least += totals(block.row, low, len(lower))
        most += totals(block.row, high, len(lower))
    own = master.programme
    bounds = own.lower.copy(), own.upper.copy()
    for _ in range(PASSES):
        before = np.isfinite(bounds[0]).sum() + np.isfinite(bounds[1]).sum()
        _tighten(master, bounds, (least, most), (lower, upper))
        if np.isfinite(bounds[0]).sum() + np.isfinite(bounds[1]).sum() == before:
            break
    return replace(master, programme=replace(own, lower=bounds[0], upper=bounds[1]))


def _extremes(block: Block, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """The least and the most that each entry of D_k can come to."""
    ends = block.value * lower[block.column], block.value * upper[block.column]
    return np.minimum(*ends), np.maximum(*ends)


def _tighten(
    master: Block, bounds: tuple[Floats, Floats], others: tuple[Floats, Floats], row_bounds: tuple[Floats, Floats]
) -> None:
    """One pass over the master's entries: missing bounds of columns are filled in place."""
    low, high = _extremes(master, *bounds)
    rows = len(row_bounds[0])
    least, most = others[0] + totals(master.row, low, rows), others[1] + totals(master.row, high, rows)
    for row, column, value, own_low, own_high in zip(master.row, master.column, master.value, low, high, strict=True):
        rest_least = _without(least[row], own_low, others[0][row], master, row, low)
        rest_most = _without(most[row], own_high, others[1][row], master, row, high)
        ends = (row_bounds[0][row] - rest_most) / value, (row_bounds[1][row] - rest_least) / value
        below, above = ends if value > 0.0 else ends[::-1]
        if not np.isfinite(bounds[0][column]) and np.isfinite(below):
            bounds[0][column] = below
        if not np.isfinite(bounds[1][column]) and np.isfinite(above):
            bounds[1][column] = above


def _without(total: float, own: float, others: float, master: Block, row: int, ends: Floats) -> float:
    """A row's extreme without one entry, also where that entry is infinite."""
    if np.isfinite(own):
        return float(total - own)
    mine = ends[master.row == row]
    infinite = ~np.isfinite(mine)
    return float(others + mine[~infinite].sum()) if infinite.sum() == 1 else float(total)

"""The standard form: a mixed-integer linear programme as arrays.

    minimise    cost · x + offset
    subject to  row_lower ≤ A x ≤ row_upper,  lower ≤ x ≤ upper,  x[integer] whole

A is held row by row (compressed sparse rows), every row with ascending columns, no column twice and no zero. Missing
bounds are infinite. Everything is in the user's units until `planner.engine.scaling` says otherwise.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from planner.engine.programme import Booleans, Floats, Integers, Programme

Name = tuple[str, Hashable]
"""A row's or column's address: the name of its Pyomo container and its index there."""

MASTER = -1
"""The cluster of a column that belongs to none."""


@dataclass(frozen=True, eq=False)
class StandardForm(Programme):
    """A programme with names and structure; see the module's head for the algebra.

    Attributes:
        offset: added to the cost.
        rows, columns: addresses, in the order of the arrays.
        clusters: names of the clusters.
        cluster: for each column the position of its cluster in `clusters`, or `MASTER`.
        coupling: for each row whether it ties clusters together; other rows are local.
        aside: for each column the part of its cost that nobody pays (the price of changes), if there is such a part; not
            below zero, and of clusters' columns only. What decomposition proves, it proves of the costs without it.
    """

    offset: float
    rows: tuple[Name, ...]
    columns: tuple[Name, ...]
    clusters: tuple[str, ...]
    cluster: Integers
    coupling: Booleans
    aside: Floats | None = None

    @property
    def bare(self) -> Programme:
        """The programme alone, which is quick to hand on."""
        return Programme(**{item.name: getattr(self, item.name) for item in fields(Programme)})

    def objective(self, x: Floats) -> float:
        """The cost of the solution x, offset included."""
        return float(self.cost @ x) + self.offset

    def activity(self, x: Floats) -> Floats:
        """A x, one figure per row."""
        return totals(self.row, self.value * x[self.column], len(self.rows))

    def violation(self, x: Floats) -> float:
        """By how much x breaks its worst row, bound or wholeness: 0 for a solution, NaN where x is not a number."""
        activity = self.activity(x)
        whole = x[self.integer]
        parts = (
            self.row_lower - activity,
            activity - self.row_upper,
            self.lower - x,
            x - self.upper,
            np.abs(whole - np.rint(whole)),
        )
        return float(np.max([np.max(part, initial=0.0) for part in parts]))

    def held(self, integers: Floats) -> StandardForm:
        """The linear programme that remains when the integer columns are held at these values."""
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[self.integer] = upper[self.integer] = integers
        return replace(self, lower=lower, upper=upper, integer=np.zeros_like(self.integer))

    def freed(self, rows: Booleans) -> StandardForm:
        """The form without the bounds of some rows."""
        return replace(
            self, row_lower=np.where(rows, -np.inf, self.row_lower), row_upper=np.where(rows, np.inf, self.row_upper)
        )

    def cluster_among(self, names: Sequence[str]) -> Integers:
        """For each column the position of its cluster among these names instead of `clusters`, or `MASTER`."""
        number = {name: k for k, name in enumerate(names)}
        last = MASTER  # which, being -1, is also the place where it is looked up
        return np.array([*(number[name] for name in self.clusters), last], dtype=np.int32)[self.cluster]

    def assert_local_rows(self) -> None:
        """Assert that no local row touches the master's columns or those of two clusters.

        A local row left without entries (all its coefficients are zero in this case) touches nothing and passes.

        Raises:
            ValueError: naming the first row that does, and what it touches.
        """
        least, most = self._extremes_of_cluster()
        astray = ~self.coupling & (least <= most) & ((least == MASTER) | (least != most))
        if not astray.any():
            return
        r = int(np.argmax(astray))
        touched = sorted({self._cluster_name(k) for k in self.cluster[self.column[self.row == r]]})
        raise ValueError(f"the local row {address(self.rows[r])} touches {' and '.join(touched)}: declare it coupling")

    def _extremes_of_cluster(self) -> tuple[Integers, Integers]:
        """For each row the least and the greatest cluster it touches; crossed for an empty row."""
        touched = self.cluster[self.column]
        least = np.full(len(self.rows), len(self.clusters), dtype=np.int32)
        most = np.full(len(self.rows), MASTER - 1, dtype=np.int32)
        np.minimum.at(least, self.row, touched)
        np.maximum.at(most, self.row, touched)
        return least, most

    def _cluster_name(self, k: int) -> str:
        return "the master" if k == MASTER else f"cluster {self.clusters[k]}"


def totals(position: Integers, amount: Floats, length: int) -> Floats:
    """The sum of the amounts at each position below the length."""
    return np.bincount(position, weights=amount, minlength=length).astype(np.float64, copy=False)


def address(name: Name) -> str:
    """A row or column as Pyomo prints it: `budget.ceiling[2027]`.

    >>> address(("buy", ("o1", 3)))
    'buy[o1,3]'
    """
    container, index = name
    if index is None:
        return container
    parts = index if isinstance(index, tuple) else (index,)
    return f"{container}[{','.join(map(str, parts))}]"


def numbered(names: Sequence[Name]) -> dict[Name, int]:
    """The position of each row or column.

    Raises:
        ValueError: one comes twice.
    """
    numbers = {name: k for k, name in enumerate(names)}
    if len(numbers) < len(names):
        twice = next(name for k, name in enumerate(names) if numbers[name] != k)
        raise ValueError(f"{address(twice)} comes twice")
    return numbers


def positions(names: Sequence[Name], among: dict[Name, int]) -> Integers:
    """Where these rows or columns stand among others; -1 for those that do not."""
    return np.array([among.get(name, -1) for name in names], dtype=np.int32)


def compressed(row: Integers, column: Integers, value: Floats, n_rows: int) -> tuple[Integers, Integers, Floats]:
    """Entries in any order as (start, column, value) by rows: sorted, entries of one place added up, zeros left out."""
    order = np.lexsort((column, row))
    row, column, value = row[order], column[order], value[order]
    if len(value):
        first = np.ones(len(value), dtype=bool)
        first[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
        value = np.add.reduceat(value, np.flatnonzero(first))
        row, column = row[first], column[first]
        keep = value != 0.0
        row, column, value = row[keep], column[keep], value[keep]
    start = np.zeros(n_rows + 1, dtype=np.int32)
    np.cumsum(np.bincount(row, minlength=n_rows), out=start[1:])
    return start, column.astype(np.int32), value

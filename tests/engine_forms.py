"""Small standard forms for the engine's tests, written as dense matrices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.engine import StandardForm
from planner.engine.standard_form import MASTER, compressed

INF = np.inf


def dense(
    cost: Sequence[float],
    rows: Sequence[tuple[float, Sequence[float], float]],
    bounds: Sequence[tuple[float, float]],
    whole: Sequence[int] = (),
    offset: float = 0.0,
) -> StandardForm:
    """minimise cost·x + offset with every row as (lower, coefficients, upper), bounds per column, whole columns."""
    size = len(cost)
    matrix = np.array([row[1] for row in rows], dtype=float).reshape(len(rows), size)
    row, column = np.nonzero(matrix)
    start, column, value = compressed(row.astype(np.int32), column.astype(np.int32), matrix[row, column], len(rows))
    return StandardForm(
        cost=np.array(cost, dtype=float),
        offset=offset,
        lower=np.array([low for low, _ in bounds], dtype=float),
        upper=np.array([high for _, high in bounds], dtype=float),
        integer=np.isin(np.arange(size), whole),
        start=start,
        column=column,
        value=value,
        row_lower=np.array([row[0] for row in rows], dtype=float),
        row_upper=np.array([row[2] for row in rows], dtype=float),
        rows=tuple(("row", r) for r in range(len(rows))),
        columns=tuple(("x", j) for j in range(size)),
        clusters=(),
        cluster=np.full(size, MASTER, dtype=np.int32),
        coupling=np.zeros(len(rows), dtype=bool),
    )


def knapsacks(rows: int = 20, items: int = 120) -> StandardForm:
    """A random multidimensional knapsack: plans are found at once, the proof takes hours."""
    rng = np.random.default_rng(3)
    weight = rng.integers(1, 1000, (rows, items)).astype(float)
    worth = weight.mean(axis=0) + rng.integers(0, 300, items)
    limits = np.floor(weight.sum(axis=1) / 2)
    return dense(
        list(-worth),
        [(-INF, list(weight[r]), limits[r]) for r in range(rows)],
        [(0, 1)] * items,
        whole=range(items),
    )


def market_split(markets: int = 5, retailers: int = 40) -> StandardForm:
    """Cornuéjols and Dawande's market split: whether any plan exists is beyond branch and bound for a long time."""
    rng = np.random.default_rng(1)
    sales = rng.integers(0, 100, (markets, retailers)).astype(float)
    half = np.floor(sales.sum(axis=1) / 2)
    return dense(
        [0.0] * retailers,
        [(half[m], list(sales[m]), half[m]) for m in range(markets)],
        [(0, 1)] * retailers,
        whole=range(retailers),
    )

"""Where the distance between a plan and the bound lies, and which clusters to decide anew for it.

With c̄ the costs at duals y, x_k the plan's clusters and z its master columns, and each row r priced at its bound b_r,

    cost − L(y) = Σ_k (c̄_k·x_k − proven_k) + Σ_r y_r·(use_r − b_r) + Σ_j (c̄_j·z_j − best_j)

and no term is negative where the plan keeps to the rows: a cluster whose plan is not its best at these duals, a limit that
is paid for and not used, a supplier that is onboarded and not worth it. To mend one, the clusters that it touches are
decided anew together, with all others held.
"""

from __future__ import annotations

import numpy as np

from planner.engine.blocks import Blocks
from planner.engine.programme import Floats

LOCAL = 0.25
"""A row that touches a smaller share of the clusters makes those that it touches neighbours."""
NOTHING = 1e-9
"""Terms below this, in scaled money, are rounding."""


class Neighbourhoods:
    """Groups of clusters to be decided anew together, each offered once until there is a better plan.

    Args:
        blocks: the whole in blocks.
    """

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        touches = np.zeros((blocks.rows, len(blocks.clusters)))
        for k, block in enumerate(blocks.clusters):
            touches[block.row, k] = 1.0
        local = touches[touches.sum(axis=1) <= LOCAL * len(blocks.clusters)]
        by_row = touches / np.maximum(touches.sum(axis=1, keepdims=True), 1.0)
        master = blocks.master
        by_column = np.zeros((len(master.columns), len(blocks.clusters)))
        np.add.at(by_column, master.column, by_row[master.row])
        by_column /= np.maximum(by_column.sum(axis=1, keepdims=True), 1e-9)
        np.add.at(by_row, master.row, by_column[master.column])
        together = local.T @ local + len(touches) * np.eye(len(blocks.clusters))
        self._nearness = np.vstack((together / max(len(touches), 1), by_row, by_column))
        self._offered: set[frozenset[int]] = set()

    def start_anew(self) -> None:
        """There is a better plan: everything may be offered again."""
        self._offered.clear()

    def _blame(self, terms: Floats) -> Floats:
        """Of each cluster: its own term, and its part of those of rows and columns that it touches."""
        own = len(self._blocks.clusters)
        blame: Floats = terms[:own] + terms[own:] @ self._nearness[own:]
        return blame

    def groups(self, duals: Floats, proven: Floats, values: Floats, size: int, most: int) -> list[list[int]]:
        """Groups without a common cluster, each of those near one of the largest terms of a plan's distance.

        Args:
            duals: of the coupling rows.
            proven: for each cluster the bound on its cost at these.
            values: the plan, all columns of the whole.
            size: clusters in a group.
            most: groups at most; there are fewer where the others were offered already.
        """
        terms = distance(self._blocks, duals, proven, values)
        blame = self._blame(terms)
        taken: set[int] = set()
        found: list[list[int]] = []
        for term in np.argsort(-terms, kind="stable")[: np.count_nonzero(terms > NOTHING)]:
            if len(found) == most:
                break
            order = np.lexsort((-blame, -self._nearness[term]))
            if self._nearness[term, order[0]] == 0.0 or int(order[0]) in taken:
                continue
            group = [int(k) for k in order if int(k) not in taken][:size]
            if frozenset(group) not in self._offered:
                self._offered.add(frozenset(group))
                taken.update(group)
                found.append(group)
        return found


def distance(blocks: Blocks, duals: Floats, proven: Floats, values: Floats) -> Floats:
    """The terms of a plan's distance: of the clusters, of the coupling rows, of the master's columns."""
    master = blocks.master
    clusters = np.array([block.reduced_cost(duals) @ values[block.columns] for block in blocks.clusters]) - proven
    rows = _priced(duals, blocks.used(values), blocks.lower, blocks.upper)
    columns = _priced(master.reduced_cost(duals), values[master.columns], master.programme.lower, master.programme.upper)
    return np.concatenate((clusters, rows, columns))


def _priced(prices: Floats, values: Floats, lower: Floats, upper: Floats) -> Floats:
    """price · (value − the bound that the price asks for); 0 where there is no price or no such bound."""
    best = np.where(prices > 0.0, lower, upper)
    told = (prices != 0.0) & np.isfinite(best)
    return np.where(told, prices * (values - np.where(told, best, 0.0)), 0.0)

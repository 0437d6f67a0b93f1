"""The Lagrangian bound: its best duals, and what clusters have proven at these (`coordinator` has the formula)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.engine.blocks import Blocks
from planner.engine.decomposition import tuning
from planner.engine.decomposition.master import Master
from planner.engine.programme import Floats, Programme


class Bound:
    """The best duals so far, the centre of a box in which better ones are looked for.

    Args:
        offset: constant of the cost.
        box: how far each dual may move; `tuning.BOX` where nothing is said.
        most: of every dual's size.

    Attributes:
        duals: of the coupling rows.
        proven: for each cluster a bound on its cost at these.
    """

    def __init__(
        self,
        blocks: Blocks,
        master: Master,
        offset: float,
        duals: Floats,
        box: Floats | None = None,
        most: Floats | None = None,
    ) -> None:
        self._blocks, self._master, self._offset = blocks, master, offset
        most = np.full(blocks.rows, np.inf) if most is None else most
        self._least = np.where(np.isfinite(blocks.upper), -most, 0.0)
        self._most = np.where(np.isfinite(blocks.lower), most, 0.0)
        self.duals, self.proven = np.clip(duals, self._least, self._most), np.full(len(blocks.clusters), -np.inf)
        self._box = tuning.BOX * np.maximum(np.abs(duals), 0.1 * self.usual) if box is None else box

    @property
    def usual(self) -> float:
        """The mean size of a dual."""
        return float(np.abs(self.duals).mean()) if len(self.duals) else 0.0

    @property
    def unproven(self) -> Floats:
        """For each cluster what it has not proven of the best plan that is known of it."""
        unproven: Floats = self._best_known(self.duals) - self.proven
        return unproven

    def is_at(self, duals: Floats) -> bool:
        """Whether these duals are the best ones."""
        return np.array_equal(duals, self.duals)

    def judge(self, duals: Floats, which: Sequence[int], bounds: Floats) -> float:
        """Take in the bounds that clusters have at some duals: all clusters, unless the duals are the best ones.

        Other duals become the best ones if they promise a higher bound, and where they lie at the box's edge it grows; it
        shrinks if they do not, or tell nothing.

        Returns:
            the bound on the cost of every plan.
        """
        if self.is_at(duals):
            self.proven[which] = np.maximum(self.proven[which], bounds)
            return self._lagrangian(duals, self.proven)
        value = self._lagrangian(duals, bounds)
        if value > -np.inf and self._promise(duals) > self._promise(self.duals):
            self._box = np.where(np.abs(duals - self.duals) > tuning.EDGE * self._box, 2.0 * self._box, self._box)
            self.duals, self.proven = duals, bounds
        else:
            self._box = self._box / 2.0
        return value

    def loosest_first(self) -> list[int]:
        """All clusters, those first that have least proven of the best plans that are known of them."""
        return [int(k) for k in np.argsort(-self.unproven, kind="stable")]

    def loosest(self) -> list[int]:
        """The clusters that make nearly all of what clusters have not proven, the loosest first."""
        order, unproven = self.loosest_first(), self.unproven
        most = int(np.searchsorted(np.cumsum(unproven[order]), 0.9 * unproven.sum())) + 1
        return order[:most]

    def boxed_master(self) -> Programme:
        """The master whose duals stay within the box around the best ones: leaving it costs what the rows are then worth."""
        programme, m = self._master.programme(np.zeros(self._blocks.rows)), self._blocks.rows
        cost, upper = programme.cost.copy(), programme.upper.copy()
        low, high = self._edges()
        cost[len(cost) - 2 * m :] = np.concatenate((high, -low))
        upper[len(cost) - 2 * m :] = tuning.UNBOUNDED
        return replace(programme, cost=cost, upper=upper)

    def within_box(self, duals: Floats) -> Floats:
        """The master's duals without its solver's rounding, which a row without a bound on one side would not forgive."""
        return np.clip(duals[: self._blocks.rows], *self._edges())

    def pushed(self) -> Floats:
        """Duals at the box's edge, where its master says nothing."""
        return np.clip(self.duals + np.sign(self.duals) * self._box, *self._edges())

    def is_at_most(self) -> bool:
        """Whether a dual is as large as it may be."""
        return bool(np.any((self.duals != 0.0) & ((self.duals <= self._least) | (self.duals >= self._most))))

    def _edges(self) -> tuple[Floats, Floats]:
        """The least and the largest that each dual may be: of the sign for which its row has a bound."""
        return np.maximum(self.duals - self._box, self._least), np.minimum(self.duals + self._box, self._most)

    def _lagrangian(self, duals: Floats, parts: Floats) -> float:
        return self._blocks.charge(duals) + self._offset + float(parts.sum())

    def _promise(self, duals: Floats) -> float:
        """What the Lagrangian would be if no cluster had a plan better than those known: no bound, but a fair comparison."""
        return self._lagrangian(duals, self._best_known(duals))

    def _best_known(self, duals: Floats) -> Floats:
        return np.array([min(plan.reduced_cost(duals) for plan in plans) for plans in self._master.plans])

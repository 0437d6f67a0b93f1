"""Plans of everything, composed of the clusters' plans: a few clusters decided anew together, all others held."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from planner.engine.blocks import Blocks
from planner.engine.decomposition import tuning
from planner.engine.decomposition.bound import Bound
from planner.engine.decomposition.jobs import Answer, Composition, Job
from planner.engine.decomposition.master import Master, Mixture
from planner.engine.decomposition.neighbourhood import Neighbourhoods
from planner.engine.joint import joint
from planner.engine.programme import Floats, Programme

MakeJob = Callable[[Programme, Floats | None, float, int], Job]
"""A job of a programme, with its start, relative gap and most nodes."""


class Composer:
    """Makes the tasks that may give a plan; it never makes the same one of a mixture twice.

    Args:
        whole, blocks: the programme of everything, and the same in blocks.
        master: the clusters' plans.
        job: makes jobs.
        solve: solves a linear programme.
    """

    def __init__(
        self, whole: Programme, blocks: Blocks, master: Master, job: MakeJob, solve: Callable[[Programme], Answer]
    ) -> None:
        self._whole, self._blocks, self._master, self._job, self._solve = whole, blocks, master, job, solve
        self._open = np.zeros(len(whole.cost), dtype=bool)
        self._open[blocks.master.columns] = blocks.master.programme.integer
        self._dear = tuning.DEAR * blocks.price_of_decisions()
        self._near = Neighbourhoods(blocks)
        self._mixtures: set[tuple[tuple[int, ...], frozenset[int]]] = set()

    def of_mixture(self, bound: Bound, gap: float = tuning.TOGETHER_GAP, others: Sequence[int] = ()) -> Composition | None:
        """The clusters that the master leaves between plans; nothing where they were tried.

        Args:
            others: clusters to be decided anew with the first of them.
        """
        programme = self._master.programme(self._prices(bound))
        answer = self._solve(programme)
        if not answer.plans:
            return None
        mixture = self._master.mixture(answer.plans[-1], answer.duals)
        values, free = self._rounded(mixture)
        if others:
            first = free[: tuning.TOGETHER[0] // 2]
            free = [*first, *(k for k in others if k not in first)][: tuning.TOGETHER[0]]
        mixed = tuple(mixture.best()), frozenset(free)
        if mixed in self._mixtures:
            return None
        self._mixtures.add(mixed)
        return self._together(bound, values, free, gap)

    def near(self, bound: Bound, values: Floats, size: int, most: int) -> list[Composition]:
        """Clusters near the largest terms of a plan's distance from the bound, in groups of a size."""
        groups = self._near.groups(bound.duals, bound.proven, values, size, most)
        return [self._together(bound, values, group, tuning.TOGETHER_GAP) for group in groups]

    def start_anew(self) -> None:
        """There is a better plan: all that is near it may be tried again."""
        self._near.start_anew()

    def mended(self, bound: Bound, values: Floats, attempt: int) -> Composition | None:
        """The clusters that take most of what some values overdraw, each time more of them and dearer; nothing if none does."""
        self._dear = self._dear + (tuning.DEARER - 1.0) * self._prices(bound)
        size = tuning.TOGETHER[min(attempt, len(tuning.TOGETHER) - 1)]
        free = self._overdrawers(values)[:size]
        return self._together(bound, values, free, tuning.ROUGH) if free else None

    def _prices(self, bound: Bound) -> Floats:
        """What overdrawing a row costs."""
        return np.maximum(tuning.ELASTIC * np.abs(bound.duals) + max(bound.usual, 1e-3), self._dear)

    def _rounded(self, mixture: Mixture) -> tuple[Floats, list[int]]:
        """Every cluster's plan of the largest weight, and the clusters to be decided anew: those between plans, then those
        that take what is overdrawn."""
        chosen = [plans[p].values for plans, p in zip(self._master.plans, mixture.best(), strict=True)]
        values = self._blocks.joined(chosen, mixture.master)
        split = mixture.split()
        return values, [*split, *(k for k in self._overdrawers(values) if k not in split)][: tuning.TOGETHER[0]]

    def _overdrawers(self, values: Floats) -> list[int]:
        """The clusters that take of what is overdrawn, which may have to give way; those that take most first."""
        blocks, over = self._blocks, self._blocks.overdrawn(values)
        taken = np.array([np.abs(block.use(values[block.columns], blocks.rows)) @ over for block in blocks.clusters])
        return [int(k) for k in np.argsort(-taken, kind="stable") if taken[k] > 0.0]

    def _together(self, bound: Bound, values: Floats, free: Sequence[int], gap: float) -> Composition:
        """Some clusters decided anew together, starting from what they are, all others held."""
        part = joint(self._blocks, free, values, self._prices(bound))
        start = np.full(len(part.programme.cost), np.nan)
        start[: len(part.columns)] = values[part.columns]
        job = self._job(part.programme, start, gap, tuning.TOGETHER_NODES)
        return Composition(self._whole, values, part.columns, job, self._open)

"""The relaxation, cluster by cluster: duals that are nearly right, and a proof where no plan can keep to the coupling rows.

Cutting planes, one for each cluster and round, in a box around the best duals that grows where it was too small and shrinks
where it misled (Kelley, The cutting-plane method for solving convex programs, 1960; Linderoth and Wright, Decomposition
algorithms for stochastic programming on a computational grid, 2003). A cluster's linear programme takes a hundredth of a
second, and more clusters hardly make more rounds. As one programme the relaxation of 60 materials took 10 s and that of 240
took 163 s; this way 4 s and 17 s.

Proof of infeasibility. Where every cost is zero, a bound above zero says that every choice of cluster plans overdraws the
rows, whatever it costs: with |y| ≤ 1, L(y) is at most the least sum of what the rows are overdrawn by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from planner.engine.blocks import Blocks
from planner.engine.decomposition import tuning
from planner.engine.decomposition.bound import Bound
from planner.engine.decomposition.jobs import Answer
from planner.engine.decomposition.master import Master
from planner.engine.knowledge import ACCEPTED_VIOLATION
from planner.engine.programme import Floats, Programme

Solve = Callable[[Sequence[Programme]], list[Answer]]
"""Solves programmes, each with its proven bound."""

Enough = Callable[[float, float], bool]
"""Whether the bound is high enough, told it and what the best mixture within the box costs."""


class Infeasible(Exception):
    """No plan keeps to the rows: proven."""


class NoMinimum(Exception):
    """A cluster has no least cost by itself, at duals that are tried again and again."""


def relaxed_duals(blocks: Blocks, offset: float, gap: float, solve: Solve, learn_bound: Callable[[float], None]) -> Floats:
    """The coupling rows' duals in the linear relaxation, nearly.

    Args:
        offset: constant of the cost.
        gap: relative gap that the search is to reach.
        solve: solves linear programmes.
        learn_bound: told of bounds on the cost.

    Raises:
        Infeasible: nothing satisfies the rows.
        NoMinimum: a cluster has no least cost by itself.
    """

    def enough(bound: float, mixture: float) -> bool:
        learn_bound(bound)
        return mixture - bound <= tuning.NEAR * gap * abs(mixture)

    linear = blocks.relaxed()
    ascent = _Ascent(linear, offset, solve)
    usual = _usual_prices(linear, ascent.master, blocks.price_of_decisions())
    found = ascent.run(tuning.SHY * usual, tuning.FAR * usual, enough)
    if found.is_at_most():
        least_overdrawn(linear, solve)
    return found.duals


def duals_of(
    whole: Programme, blocks: Blocks, offset: float, solve: Callable[[Programme], Answer], learn_bound: Callable[[float], None]
) -> Floats:
    """The coupling rows' duals in the linear relaxation, solved as one programme; none where the solver says nothing.

    Raises:
        Infeasible: nothing satisfies the rows.
    """
    answer = solve(replace(whole, integer=np.zeros_like(whole.integer)))
    if answer.infeasible:
        raise Infeasible
    learn_bound(answer.bound + offset)
    return answer.duals[blocks.coupling] if len(answer.duals) else np.zeros(blocks.rows)


def least_overdrawn(blocks: Blocks, solve: Solve) -> list[list[Floats]]:
    """For each cluster the plans that overdraw the coupling rows least together, unless all overdraw them.

    Raises:
        Infeasible: every choice of plans overdraws them: proven.
        NoMinimum: a cluster has no least overdraft.
    """
    ascent = _Ascent(blocks.costless(), 0.0, solve)
    unit = np.ones(blocks.rows)

    def enough(bound: float, mixture: float) -> bool:
        if bound > ACCEPTED_VIOLATION * (1 + blocks.rows):
            raise Infeasible
        return mixture <= ACCEPTED_VIOLATION

    ascent.run(unit, unit, enough)
    return [[plan.values for plan in plans] for plans in ascent.master.plans]


class _Ascent:
    """The search for the duals of the highest bound, begun at none."""

    def __init__(self, blocks: Blocks, offset: float, solve: Solve) -> None:
        self._blocks, self._offset, self._solve = blocks, offset, solve
        self.master = Master(blocks)
        self._duals = np.zeros(blocks.rows)
        self._bounds = self._priced()
        if not all(self.master.plans):
            raise NoMinimum

    def run(self, box: Floats, most: Floats, enough: Enough) -> Bound:
        """Raise the bound until that is enough, or brings no more.

        Args:
            box: how far each dual may move in the first round.
            most: of its size.

        Raises:
            Infeasible: a cluster has no plan.
            NoMinimum: duals without a bound, again and again.
        """
        everyone = range(len(self._blocks.clusters))
        found = Bound(self._blocks, self.master, self._offset, self._duals, box, most)
        best, lost = found.judge(self._duals, everyone, self._bounds), 0
        for _ in range(tuning.ASCENT):
            mixed = self._solve([found.boxed_master()])[0]
            if not mixed.plans or enough(best, mixed.bound + self._offset):
                break
            self._duals = found.within_box(mixed.duals)
            self._bounds = self._priced()
            bound = found.judge(self._duals, everyone, self._bounds)
            best, lost = max(best, bound), 0 if bound > -np.inf else lost + 1
            if lost == tuning.LOST:
                raise NoMinimum
        return found

    def _priced(self) -> Floats:
        """Every cluster's bound at the duals; its plans are columns of the master."""
        answers = self._solve(
            [replace(block.programme, cost=block.reduced_cost(self._duals)) for block in self._blocks.clusters]
        )
        if any(answer.infeasible for answer in answers):
            raise Infeasible
        for k, answer in enumerate(answers):
            self.master.learn(k, *answer.plans)
        return np.array([answer.bound for answer in answers])


def _usual_prices(blocks: Blocks, master: Master, decided: Floats) -> Floats:
    """What the duals may be like: the price of the decision that a row waits for, or all costs spread over the row.

    Where doing nothing is free, that is the dearest column's.
    """
    dearest = max((float(np.abs(block.programme.cost).max(initial=0.0)) for block in blocks.clusters), default=0.0)
    cost = max(sum(abs(plans[0].cost) for plans in master.plans), dearest)
    used = sum((np.abs(plans[0].use) for plans in master.plans), np.zeros(blocks.rows))
    sizes = [used, *(np.where(np.isfinite(bound), np.abs(bound), 0.0) for bound in (blocks.lower, blocks.upper))]
    size = np.max(sizes, axis=0)
    largest = float(size.max(initial=0.0)) or 1.0
    return np.where(decided > 0.0, decided, max(cost, 1e-3) / np.where(size > 0.0, size, largest))

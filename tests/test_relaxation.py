"""The relaxation found cluster by cluster is that of the whole, and what it proves is so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import highspy
import numpy as np
import pytest

from planner.engine import Held, Options, StandardForm, decomposition
from planner.engine.blocks import Blocks
from planner.engine.decomposition import Alone, tuning
from planner.engine.decomposition.jobs import Answer, Job, run
from planner.engine.decomposition.relaxation import Infeasible, NoMinimum, least_overdrawn, relaxed_duals
from planner.engine.knowledge import Knowledge
from planner.engine.programme import Programme, configured, load
from tests.engine_forms import INF, dense
from tests.test_decomposition import form_of

GAP = 0.001
UNLIMITED = {44, 53}
"""Cases in which a cluster without shared limits has no least cost: these are relaxed as one programme."""


def _solve(programmes: Sequence[Programme]) -> list[Answer]:
    return [run(Job(programme)) for programme in programmes]


def _optimum(programme: Programme) -> float:
    """Of the linear relaxation as one programme; infinite where it is infeasible."""
    with configured({"threads": 1}) as solver:
        load(solver, replace(programme, integer=np.zeros_like(programme.integer)))
        solver.run()
        assert solver.getModelStatus() in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)
        optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return solver.getInfo().objective_function_value if optimal else np.inf


@pytest.mark.parametrize("seed", range(60))
def test_bounds_come_near_the_relaxation_and_never_pass_it(seed: int) -> None:
    form = Knowledge(form_of(seed)).scaled
    optimum, bounds = _optimum(form.bare), list[float]()
    blocks = Blocks.of(form.bare, form.cluster)
    try:
        duals = relaxed_duals(blocks, 0.0, GAP, _solve, bounds.append)
    except Infeasible:
        assert optimum == np.inf
        return
    except NoMinimum:
        assert seed in UNLIMITED
        return
    assert optimum < np.inf
    size = 1e-6 * max(1.0, abs(optimum))
    assert max(bounds) <= optimum + size
    if not blocks.master_is_tied:  # else the whole is relaxed as one programme
        assert max(bounds) >= optimum - 2.5 * tuning.NEAR * GAP * abs(optimum) - size
    priced = _solve([replace(block.programme, cost=block.reduced_cost(duals)) for block in blocks.relaxed().clusters])
    assert blocks.charge(duals) + sum(answer.bound for answer in priced) >= max(bounds) - size


def _two_clusters(needed: float) -> StandardForm:
    """Lots of 2 from each of two suppliers, of whom each has 3: each can give 2, and halves of lots would make it 3."""
    form = dense(
        [1.0, 1.0],
        [(-INF, [2.0, 0.0], 3.0), (-INF, [0.0, 2.0], 3.0), (needed, [2.0, 2.0], INF)],
        [(0.0, 5.0), (0.0, 5.0)],
        whole=(0, 1),
    )
    return replace(form, clusters=("A", "B"), cluster=np.array([0, 1], dtype=np.int32), coupling=np.array([False, False, True]))


def test_what_only_whole_numbers_forbid_is_proven_too() -> None:
    blocks = Blocks.of(_two_clusters(5.0).bare, np.array([0, 1], dtype=np.int32))
    relaxed_duals(blocks, 0.0, GAP, _solve, lambda _: None)  # parts of lots could do it
    with pytest.raises(Infeasible):
        least_overdrawn(blocks, _solve)
    assert decomposition.solve(_two_clusters(5.0), Alone(), Options(gap=GAP)).held is Held.NO_PLAN_EXISTS


def test_what_parts_of_lots_cannot_give_is_proven_by_the_relaxation() -> None:
    blocks = Blocks.of(_two_clusters(7.0).bare, np.array([0, 1], dtype=np.int32))
    with pytest.raises(Infeasible):
        relaxed_duals(blocks, 0.0, GAP, _solve, lambda _: None)


def test_plans_that_overdraw_least_overdraw_nothing_where_that_is_possible() -> None:
    blocks = Blocks.of(_two_clusters(4.0).bare, np.array([0, 1], dtype=np.int32))
    largest = [max(float(values[0]) for values in plans) for plans in least_overdrawn(blocks, _solve)]
    assert largest == pytest.approx([1.0, 1.0])
    assert decomposition.solve(_two_clusters(4.0), Alone(), Options(gap=GAP)).objective == pytest.approx(2.0)

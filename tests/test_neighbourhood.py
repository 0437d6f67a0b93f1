"""What a plan lies above the bound by, where that is, and decisions that nothing needs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from planner.engine.blocks import Blocks
from planner.engine.decomposition.jobs import Composition, Job, run
from planner.engine.decomposition.neighbourhood import Neighbourhoods, distance
from planner.engine.idle import without_idle
from planner.engine.programme import Floats, Programme
from planner.engine.standard_form import compressed, totals
from planner.proving import Model
from tests.benchmarks.generator import synthetic
from tests.test_decomposition import form_of


def _cut() -> Iterator[tuple[Blocks, Floats, Floats, Programme]]:
    """Random cases in blocks, with duals of the right sign and any values of the columns."""
    for seed in range(40):
        form = form_of(seed)
        blocks, random = Blocks.of(form.bare, form.cluster), np.random.default_rng(seed)
        size = random.exponential(1.0, blocks.rows)
        duals = np.where(np.isfinite(blocks.upper), -size, np.where(np.isfinite(blocks.lower), size, 0.0))
        if blocks.clusters and np.isfinite(blocks.charge(duals)):
            yield blocks, duals, random.uniform(0.0, 2.0, len(form.columns)), form.bare


def test_the_terms_add_up_to_the_distance_from_the_bound() -> None:
    found = 0
    for blocks, duals, values, whole in _cut():
        proven = np.arange(len(blocks.clusters), dtype=float)
        bound = blocks.charge(duals) + proven.sum()
        assert distance(blocks, duals, proven, values).sum() == pytest.approx(whole.cost @ values - bound, rel=1e-9, abs=1e-6)
        found += 1
    assert found > 10


def test_every_group_is_offered_once_until_there_is_a_better_plan() -> None:
    form = Model.of(synthetic(6, 24, 2, 6, seed=1, shared_suppliers=True, binding=False)).form
    blocks = Blocks.of(form.bare, form.cluster)
    duals, values = np.zeros(blocks.rows), np.zeros(len(form.columns))
    proven, near = -np.arange(1.0, 1.0 + len(blocks.clusters)), Neighbourhoods(blocks)
    first = near.groups(duals, proven, values, 2, 2)
    assert [len(group) for group in first] == [2, 2]
    assert not set(first[0]) & set(first[1])
    offered = [frozenset(group) for group in first]
    while more := near.groups(duals, proven, values, 2, 2):
        offered += [frozenset(group) for group in more]
    assert len(offered) == len(set(offered))
    near.start_anew()
    assert near.groups(duals, proven, values, 2, 2) == first


def _random_programme(seed: int) -> tuple[Programme, Floats]:
    """Whole numbers from 0 to 2, at which all rows hold."""
    random = np.random.default_rng(seed)
    n, rows = 8, 5
    dense = random.integers(-2, 4, (rows, n)).astype(float) * (random.random((rows, n)) < 0.5)
    values = random.integers(0, 3, n).astype(float)
    at = np.nonzero(dense)
    start, column, value = compressed(at[0].astype(np.int32), at[1].astype(np.int32), dense[at], rows)
    activity = dense @ values
    lower = np.where(random.random(rows) < 0.6, activity - random.integers(0, 2, rows), -np.inf)
    upper = np.where(random.random(rows) < 0.6, activity + random.integers(0, 2, rows), np.inf)
    cost = random.integers(-1, 3, n).astype(float)
    integer = random.random(n) < 0.8
    return Programme(cost, np.zeros(n), np.full(n, 2.0), integer, start, column, value, lower, upper), values


def _holds(programme: Programme, values: Floats) -> bool:
    activity = totals(programme.row, programme.value * values[programme.column], len(programme.row_lower))
    return bool(np.all(activity >= programme.row_lower - 1e-6) and np.all(activity <= programme.row_upper + 1e-6))


@pytest.mark.parametrize("seed", range(100))
def test_no_decision_is_left_that_costs_and_that_nothing_needs(seed: int) -> None:
    programme, values = _random_programme(seed)
    droppable = programme.cost >= 0.0
    left = without_idle(programme, values, droppable)
    assert _holds(programme, left)
    assert programme.cost @ left <= programme.cost @ values
    assert np.array_equal(left[~(droppable & programme.integer)], values[~(droppable & programme.integer)])
    for j in np.flatnonzero(droppable & programme.integer & (left > 0.0)):
        lowered = left.copy()
        lowered[j] = 0.0
        assert not _holds(programme, lowered)


def test_what_a_coupling_row_needs_is_not_dropped() -> None:
    """Of the master's columns onboarding is needed by what uses the supplier; a cluster's use of it is needed by nobody."""
    form = Model.of(synthetic(6, 24, 2, 6, seed=1, shared_suppliers=True, binding=False)).form
    blocks = Blocks.of(form.bare, form.cluster)
    onboard = [form.columns[c][0] == "suppliers.onboard" for c in blocks.master.columns]
    assert any(onboard)
    assert not blocks.droppable(blocks.master)[onboard].any()
    uses = [(block, [form.columns[c][0] == "suppliers.use" for c in block.columns]) for block in blocks.clusters]
    assert any(any(use) for _, use in uses)
    assert all(blocks.droppable(block)[use].all() for block, use in uses)


def test_what_the_relaxation_leaves_undecided_is_not_rounded() -> None:
    """1.6 x + y ≥ 1 at 1 and 0.7: the relaxation takes 0.625 of x, and a whole x costs more than the plan at hand, y."""
    start, column, value = compressed(np.zeros(2, np.int32), np.arange(2, dtype=np.int32), np.array([1.6, 1.0]), 1)
    programme = Programme(
        np.array([1.0, 0.7]), np.zeros(2), np.ones(2), np.ones(2, dtype=bool),
        start, column, value, np.ones(1), np.full(1, np.inf),
    )  # fmt: skip
    plan = np.array([0.0, 1.0])
    job = Job(programme, start=plan)
    answer = run(Composition(programme, plan, np.arange(2, dtype=np.int32), job, np.zeros(2, dtype=bool)))
    assert [found.tolist() for found in answer.plans] == [[0.0, 1.0]]


def test_a_supplier_that_nothing_is_bought_from_is_let_go() -> None:
    """x ≤ 5 a, a ≤ z: with x = 0 neither the award nor the supplier stays."""
    entries = np.array([0, 0, 1, 1], dtype=np.int32), np.array([0, 1, 1, 2], dtype=np.int32), np.array([1.0, -5.0, 1.0, -1.0])
    start, column, value = compressed(*entries, 2)
    programme = Programme(
        np.array([1.0, 0.0, 3.0]), np.zeros(3), np.array([5.0, 1.0, 1.0]), np.array([False, True, True]),
        start, column, value, np.full(2, -np.inf), np.zeros(2),
    )  # fmt: skip
    droppable = np.ones(3, dtype=bool)
    assert without_idle(programme, np.array([0.0, 1.0, 1.0]), droppable).tolist() == [0.0, 0.0, 0.0]
    assert without_idle(programme, np.array([2.0, 1.0, 1.0]), droppable).tolist() == [2.0, 1.0, 1.0]

"""Decomposed and whole, the same answer: the bound below the optimum, the plan above it, and both within the gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from planner.engine import Held, Method, Options, Outcome, Resources, StandardForm, Stopped, decomposition, solve
from planner.engine.blocks import Blocks
from planner.engine.decomposition.jobs import Answer, Task, run
from planner.engine.decomposition.master import Plan
from planner.engine.decomposition.workers import Look, OnAnswer, wait_for_all
from planner.engine.solving import chosen
from planner.engine.standard_form import MASTER
from planner.proving import Model
from tests.benchmarks.generator import synthetic
from tests.random_cases import everything
from tests.solving import minimised

GAP = 0.001
SLACK = 1e-6


class Here:
    """Does every task at once, in this process."""

    count = 1

    def gathered(self, tasks: Sequence[Task], look: Look, learn: OnAnswer = wait_for_all) -> list[Answer]:
        answers = []
        for number, task in enumerate(tasks):
            answers.append(run(task))
            learn(number, answers[number])
            look(number + 1, len(tasks))
        return answers


@cache
def form_of(seed: int) -> StandardForm:
    return Model.of(everything(seed)).form


@cache
def optimum_of(seed: int) -> float:
    """The whole model's optimum; infinite where there is no plan."""
    form = form_of(seed)
    values = minimised(form)
    return np.inf if values is None else form.objective(values)


def assert_right(form: StandardForm, outcome: Outcome, optimum: float) -> None:
    size = SLACK * max(1.0, abs(optimum)) if np.isfinite(optimum) else 0.0
    if outcome.stopped is Stopped.INFEASIBLE:
        assert optimum == np.inf
        return
    assert outcome.bound <= optimum + size
    if outcome.values is None:
        assert outcome.stopped is Stopped.GAVE_UP
        return
    assert outcome.objective is not None
    assert outcome.objective >= optimum - size
    assert outcome.objective == pytest.approx(form.objective(outcome.values))
    if outcome.stopped is Stopped.GAP_REACHED:
        assert outcome.held is Held.PROVEN_PLAN
        assert outcome.objective <= optimum + GAP * max(1.0, abs(outcome.objective)) + size


@pytest.mark.parametrize("seed", range(300))
def test_bound_optimum_and_plan_are_in_this_order(seed: int) -> None:
    form = form_of(seed)
    assert_right(form, decomposition.solve(form, Here(), Options(gap=GAP)), optimum_of(seed))


def structures(form: StandardForm, seed: int) -> dict[str, StandardForm]:
    """The same form with other clusters: any division of the columns is one."""
    n = len(form.columns)
    drawn = np.random.default_rng(seed).integers(0, 3, n)
    divisions = {"one": np.zeros(n), "all separate": np.arange(n), "chains": np.arange(n) // 7, "any": drawn}
    return {
        name: replace(form, cluster=cluster.astype(np.int32), clusters=tuple(map(str, range(int(cluster.max(initial=0)) + 1))))
        for name, cluster in divisions.items()
    }


@pytest.mark.parametrize("name", ["one", "all separate", "chains", "any"])
@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_any_division_into_clusters_gives_the_same_answer(seed: int, name: str) -> None:
    form = structures(form_of(seed), seed)[name]
    assert_right(form, decomposition.solve(form, Here(), Options(gap=GAP)), optimum_of(seed))


@pytest.mark.parametrize("binding", [False, True], ids=["slack", "binding"])
@pytest.mark.parametrize("shared", [False, True], ids=["own suppliers", "shared suppliers"])
def test_cases_of_the_generator_are_proven_within_the_gap(binding: bool, shared: bool) -> None:
    form = Model.of(synthetic(6, 24, 2, 6, seed=3, shared_suppliers=shared, binding=binding)).form
    resources = Resources(Method.DECOMPOSED)
    outcome = solve(form, Options(gap=0.005), resources=resources)
    whole = solve(form, Options(gap=0.0005), resources=Resources(Method.MONOLITHIC))
    assert outcome.held is Held.PROVEN_PLAN
    assert whole.objective is not None and outcome.objective is not None
    assert outcome.bound <= whole.objective * (1.0 + SLACK)
    assert outcome.objective >= whole.bound * (1.0 - SLACK)


def test_where_nothing_fits_the_proof_says_so() -> None:
    """Demand that must be met, and a ceiling on money below the least that it costs: the relaxation proves it."""
    form = Model.of(synthetic(4, 12, 2, 4, seed=1, shared_suppliers=False, binding=False)).form
    budget = np.array([name == "budget.ceiling" for name, _ in form.rows])
    poor = replace(form, row_upper=np.where(budget, 1.0, form.row_upper))
    assert decomposition.solve(poor, Here(), Options(gap=GAP)).held is Held.NO_PLAN_EXISTS


def test_the_same_input_gives_the_same_plan() -> None:
    form = Model.of(synthetic(5, 20, 2, 6, seed=2, shared_suppliers=True, binding=True)).form
    first, second = (decomposition.solve(form, Here(), Options(gap=0.01)) for _ in range(2))
    assert first.values is not None and second.values is not None
    assert np.array_equal(first.values, second.values)
    assert first.bound == second.bound


def test_blocks_make_up_the_form() -> None:
    """Costs, rows and coupling rows of the blocks add up to the form's, for values drawn at random."""
    for seed in range(30):
        form = form_of(seed)
        blocks = Blocks.of(form, form.cluster)
        values = np.random.default_rng(seed).normal(size=len(form.columns))
        parts = [Plan.of(block, values[block.columns], blocks.rows) for block in (blocks.master, *blocks.clusters)]
        assert sum(part.cost for part in parts) == pytest.approx(float(form.cost @ values))
        assert sum(part.use for part in parts) == pytest.approx(form.activity(values)[blocks.coupling])
        assert sum(len(block.programme.row_lower) for block in blocks.clusters) + blocks.rows == len(form.rows)


def test_what_speaks_of_one_cluster_only_is_local() -> None:
    """A supplier of a single material is onboarded by its cluster, although the rule declares the row as coupling."""
    form = Model.of(synthetic(6, 24, 2, 6, seed=1, shared_suppliers=False, binding=True)).form
    blocks = Blocks.of(form, form.cluster)
    assert (form.cluster == MASTER).sum() > len(blocks.master.columns) == 1
    assert form.coupling.sum() > blocks.rows


def test_the_method_follows_from_the_size() -> None:
    small = form_of(0)
    assert chosen(small) is Method.MONOLITHIC
    assert chosen(small, Method.DECOMPOSED) is Method.DECOMPOSED
    assert chosen(Model.of(synthetic(12, 96, 3, 12, seed=1, shared_suppliers=False, binding=False)).form) is Method.DECOMPOSED


def test_progress_tells_parts_and_figures_that_only_improve() -> None:
    form = Model.of(synthetic(5, 20, 2, 6, seed=2, shared_suppliers=False, binding=True)).form
    seen: list[tuple[float, float]] = []
    decomposition.solve(
        form, Here(), Options(gap=0.005),
        lambda progress: seen.append((progress.bound, np.inf if progress.objective is None else progress.objective)),
    )  # fmt: skip
    assert seen == sorted(seen, key=lambda pair: (pair[0], -pair[1]))


def test_the_duals_of_the_master_tell_what_a_shared_limit_is_worth() -> None:
    """More money, where it binds, lowers the linear relaxation by what the dual says: the duals start as its own."""
    form = Model.of(synthetic(6, 24, 2, 6, seed=3, shared_suppliers=False, binding=True)).form
    outcome = decomposition.solve(form, Here(), Options(gap=0.005))
    assert outcome.master_duals is not None
    budget = next(r for r, (name, _) in enumerate(form.rows) if name == "budget.ceiling")
    assert outcome.master_duals[budget] < 0.0
    assert not outcome.master_duals[~form.coupling].any()


def test_an_earlier_plan_can_only_help() -> None:
    """From its own plan a search to the same gap ends with one that is no dearer, and from nonsense with a right one."""
    form = Model.of(synthetic(6, 24, 2, 6, seed=3, shared_suppliers=True, binding=True)).form
    cold = decomposition.solve(form, Here(), Options(gap=0.01))
    assert cold.values is not None and cold.objective is not None
    warm = decomposition.solve(form, Here(), Options(gap=0.01), start=cold.values)
    assert warm.objective is not None and warm.objective <= cold.objective * (1.0 + SLACK)
    nonsense = np.where(np.arange(len(form.columns)) % 2, 1e9, np.nan)
    other = decomposition.solve(form, Here(), Options(gap=0.01), start=nonsense)
    assert other.held is Held.PROVEN_PLAN

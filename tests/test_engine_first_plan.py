"""The first plan of a large model: it keeps every row, and comes close to the optimum where clusters share a budget."""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
import pytest

from planner.engine.first_plan import first_plan, solver
from planner.engine.highs import LARGE, needs_first_plan
from planner.engine.knowledge import Knowledge
from planner.engine.monolithic import solve
from planner.engine.outcome import Options
from planner.engine.programme import Floats
from planner.engine.standard_form import MASTER, StandardForm, compressed


def shared_budget(clusters: int, seed: int) -> StandardForm:
    """Per cluster: a demand of 10 met by lots of 3 at one price or by single units at a dearer one; all share a budget.

    Columns of cluster k: lots (whole), units, shortage. Rows: 3 · lots + units + shortage ≥ 10 (local), and
    Σ price · bought ≤ budget (coupling), which is short by a fifth of what everything would cost.
    """
    random = np.random.default_rng(seed)
    price = random.uniform(1.0, 2.0, clusters)
    cost = np.concatenate([[3 * p, 1.3 * p, 9.0] for p in price])
    rows, columns, values = [], [], []
    for k in range(clusters):
        rows += [k, k, k, clusters, clusters]
        columns += [3 * k, 3 * k + 1, 3 * k + 2, 3 * k, 3 * k + 1]
        values += [3.0, 1.0, 1.0, 3 * price[k], 1.3 * price[k]]
    start, column, value = compressed(
        np.array(rows, dtype=np.int32), np.array(columns, dtype=np.int32), np.array(values), clusters + 1
    )
    return StandardForm(
        cost=cost, offset=0.0, lower=np.zeros(3 * clusters), upper=np.tile([4.0, 10.0, 10.0], clusters),
        integer=np.tile([True, False, False], clusters), start=start, column=column, value=value,
        row_lower=np.append(np.full(clusters, 10.0), -np.inf),
        row_upper=np.append(np.full(clusters, np.inf), 0.8 * 10 * price.sum()),
        rows=tuple(("row", k) for k in range(clusters + 1)), columns=tuple(("x", c) for c in range(3 * clusters)),
        clusters=tuple(map(str, range(clusters))), cluster=np.repeat(np.arange(clusters, dtype=np.int32), 3),
        coupling=np.append(np.zeros(clusters, dtype=bool), True),
    )  # fmt: skip


def configured() -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    return highs


def sought(form: StandardForm, stopped: bool = False) -> tuple[Floats | None, Knowledge]:
    """The first plan of a form, in scaled units, and what is known of the form."""
    knowledge = Knowledge(form)
    task = knowledge.task(None, {})
    bounds: list[float] = []
    values = first_plan(task.programme, task.cluster, solver(configured, lambda: stopped), bounds.append)
    for bound in bounds:
        knowledge.learn_bound(bound + task.offset, 0)
    return values, knowledge


@pytest.mark.parametrize("seed", range(5))
def test_first_plan_is_a_plan_close_to_the_optimum(seed: int) -> None:
    form = shared_budget(30, seed)
    values, knowledge = sought(form)
    assert values is not None
    assert knowledge.learn_scaled_plan(values)
    best = solve(form, Options(gap=0.0)).objective
    assert knowledge.objective is not None and best is not None
    assert best - 1e-6 <= knowledge.objective <= 1.05 * best
    assert 0.9 * best <= knowledge.bound <= best + 1e-6  # of the linear relaxation


def test_it_is_sought_where_many_whole_numbers_are_open() -> None:
    """Of 600 lots: not where a start names them, where all clusters are one, or where units are held and lots follow."""
    form = shared_budget(LARGE + 100, 1)
    assert needs_first_plan(Knowledge(form).task(None, {}))
    assert not needs_first_plan(Knowledge(shared_budget(LARGE - 1, 1)).task(None, {}))
    assert not needs_first_plan(Knowledge(form).task(np.zeros(len(form.columns)), {}))
    assert not needs_first_plan(Knowledge(replace(form, cluster=np.zeros_like(form.cluster))).task(None, {}))
    held = replace(form, lower=np.tile([0.0, 4.0, 0.0], LARGE + 100), upper=np.tile([4.0, 4.0, 0.0], LARGE + 100))
    assert not needs_first_plan(Knowledge(held).task(None, {}))


def test_nothing_is_found_where_there_is_no_plan() -> None:
    """Two clusters, no shortage allowed, and a budget of nothing."""
    form = shared_budget(2, 0)
    form.upper[[2, 5]] = 0.0
    form.row_upper[-1] = 0.0
    assert sought(form)[0] is None


def test_a_stop_leaves_without_a_plan() -> None:
    assert sought(shared_budget(3, 0), stopped=True)[0] is None


def test_master_columns_serve_the_clusters() -> None:
    """A gate (whole, the master's, cost 5) must be open for either cluster's lots; both use it, and it is paid once.

    Each cluster needs 1 and buys it through the gate at 1, or elsewhere at 4: through the gate 2 · 1 + 5 = 7, elsewhere 8.
    """
    start, column, value = compressed(
        np.array([0, 0, 1, 1, 2, 2, 3, 3], dtype=np.int32), np.array([0, 1, 2, 3, 0, 4, 2, 4], dtype=np.int32),
        np.array([1.0, 1.0, 1.0, 1.0, 1.0, -1.0, 1.0, -1.0]), 4,
    )  # fmt: skip
    form = StandardForm(
        cost=np.array([1.0, 4.0, 1.0, 4.0, 5.0]), offset=0.0, lower=np.zeros(5), upper=np.ones(5),
        integer=np.array([True, False, True, False, True]), start=start, column=column, value=value,
        row_lower=np.array([1.0, 1.0, -np.inf, -np.inf]), row_upper=np.array([np.inf, np.inf, 0.0, 0.0]),
        rows=tuple(("row", r) for r in range(4)), columns=tuple(("x", c) for c in range(5)), clusters=("a", "b"),
        cluster=np.array([0, 0, 1, 1, MASTER], dtype=np.int32), coupling=np.array([False, False, True, True]),
    )  # fmt: skip
    values, knowledge = sought(form)
    assert values is not None
    assert knowledge.learn_scaled_plan(values)
    assert knowledge.objective == pytest.approx(7.0)

"""Small optima by hand, every way a solve can end by itself, and the marginal values of the polished plan."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from planner.engine import Held, Options, Running, StandardForm, Stopped, polish, results, solve
from planner.engine.knowledge import Knowledge
from planner.engine.outcome import relative_gap
from planner.findings import SolverFailure
from tests.engine_forms import INF, dense, knapsacks

EXACT = Options(gap=0.0, time_limit=60)


def lots() -> StandardForm:
    """Ten tonnes from two suppliers: lots of 3 t at $7 a tonne, or loose at $9, and $5 for signing the second.

    Four lots are 12 t for $84. Three lots are $63, and the tenth tonne loose costs $9 + $5: $77, the optimum.
    Without whole lots 10 t at $7 would be $70.
    """
    return dense(
        [21, 9, 5],
        [(10, [3, 1, 0], INF), (-INF, [0, 1, -10], 0)],
        [(0, 4), (0, INF), (0, 1)],
        whole=[0, 2],
    )


def test_lots_by_hand():
    outcome = solve(lots(), EXACT)
    assert (outcome.stopped, outcome.held) == (Stopped.GAP_REACHED, Held.PROVEN_PLAN)
    assert outcome.objective == pytest.approx(77)
    assert outcome.bound == pytest.approx(77)
    assert outcome.bound <= outcome.objective
    assert outcome.gap == pytest.approx(0, abs=1e-9)
    assert outcome.values == pytest.approx([3, 1, 1])


def test_a_linear_programme_comes_with_its_bound_and_duals():
    # 10 t, at most 6 at $3, the rest at $5: $38; one tonne more costs $5, one more cheap tonne saves $2
    form = dense([3, 5], [(10, [1, 1], INF)], [(0, 6), (0, INF)], offset=100)
    outcome = solve(form, EXACT)
    assert outcome.held is Held.PROVEN_PLAN
    assert (outcome.objective, outcome.bound) == (pytest.approx(138), pytest.approx(138))
    assert outcome.values == pytest.approx([6, 4])
    assert outcome.row_duals == pytest.approx([5])
    assert outcome.reduced_costs == pytest.approx([-2, 0])


ENDINGS = {
    # 2 x = 3 has no whole solution, though a fractional one
    "not whole": (dense([1], [(3, [2], 3)], [(0, 9)], whole=[0]), Stopped.INFEASIBLE),
    "not enough": (dense([1, 1], [(5, [1, 1], INF)], [(0, 2), (0, 2)]), Stopped.INFEASIBLE),
    "empty row": (dense([1], [(1, [0], 2)], [(0, 9)]), Stopped.INFEASIBLE),
    "crossed bounds": (dense([1], [(0, [1], 9)], [(5, 4)]), Stopped.INFEASIBLE),
    "no column": (dense([], [(1, [], 2)], []), Stopped.INFEASIBLE),
    "unbounded": (dense([-1, 2], [(0, [1, -1], INF)], [(0, INF), (0, INF)]), Stopped.UNBOUNDED),
    # presolve alone calls these two "unbounded or infeasible"
    "unbounded beside integers": (
        dense([-1, -2, 0], [(0, [1, -1, 0], INF)], [(0, INF), (0, INF), (0, 1)], whole=[2]),
        Stopped.UNBOUNDED,
    ),
    "infeasible beside a free fall": (
        dense([-1, 0, 0], [(5, [0, 1, 1], INF)], [(0, INF), (0, 2), (0, 2)], whole=[2]),
        Stopped.INFEASIBLE,
    ),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_without_a_plan_it_is_said_why(name: str):
    form, expected = ENDINGS[name]
    outcome = solve(form, EXACT)
    assert outcome.stopped is expected
    assert outcome.held is (Held.NO_PLAN_EXISTS if expected is Stopped.INFEASIBLE else Held.NOTHING)
    assert outcome.bound == (INF if expected is Stopped.INFEASIBLE else -INF)
    assert outcome.objective is outcome.values is outcome.gap is None
    assert "Presolve is switched off" not in outcome.log  # it took no second attempt


def test_nothing_to_decide_is_a_plan():
    outcome = solve(dense([], [(-1, [], 2)], [], offset=7), EXACT)
    assert (outcome.held, outcome.objective, outcome.gap) == (Held.PROVEN_PLAN, 7, 0)


def test_the_gap_asked_for_is_enough():
    # the first plans of these knapsacks are within 10 % but not within 0.1 % of the bound
    outcome = solve(knapsacks(rows=5, items=40), Options(gap=0.1, time_limit=60))
    assert (outcome.stopped, outcome.held) == (Stopped.GAP_REACHED, Held.PROVEN_PLAN)
    assert outcome.gap == relative_gap(outcome.objective, outcome.bound)
    assert 0.001 < outcome.gap <= 0.1
    assert outcome.bound <= outcome.objective == pytest.approx(knapsacks(rows=5, items=40).objective(outcome.values))


def test_same_seed_same_plan():
    one, other = (solve(knapsacks(10, 40), Options(gap=0.02, time_limit=60, seed=4)) for _ in range(2))
    assert np.array_equal(one.values, other.values)
    assert (one.objective, one.bound, one.nodes) == (other.objective, other.bound, other.nodes)


def test_two_solves_side_by_side():
    heard: dict[str, int] = {"lots": 0, "knapsacks": 0}

    def listener(name):
        def hear(_):
            heard[name] += 1

        return hear

    with (
        Running(lots(), EXACT, listener("lots")) as small,
        Running(knapsacks(5, 40), Options(gap=0.05, time_limit=60), listener("knapsacks")) as large,
    ):
        outcomes = results([small, large])
    assert outcomes[0].objective == pytest.approx(77)
    assert outcomes[1].held is Held.PROVEN_PLAN
    assert outcomes[1].objective < 0
    assert all(heard.values())


def test_a_start_is_improved_upon():
    # four lots, nothing loose: $84; only the integers are offered, and the solver completes them
    for start in ([4, 0, 0], [4, np.nan, 0], [4, np.nan, np.nan]):
        outcome = solve(lots(), EXACT, start=np.array(start))
        assert outcome.objective == pytest.approx(77)


def test_two_threads_find_the_same_optimum():
    assert solve(lots(), Options(gap=0.0, time_limit=60, threads=2)).objective == pytest.approx(77)


def test_polished_plans_are_whole_and_priced_by_hand():
    # the three lots and the signing are held; the loose tonne alone may move, at $9
    near = np.array([3 - 4e-8, 1.00000012, 1 - 3e-9])
    polished = polish(lots(), near)
    assert polished.values.tolist() == pytest.approx([3, 1, 1], abs=1e-12)
    assert polished.values[[0, 2]].tolist() == [3, 1]
    assert not np.signbit(polish(lots(), np.array([4.0, 0.0, 0.0])).values).any()  # 0, never -0
    assert polished.objective == pytest.approx(77)
    # a tonne more demand is a loose tonne more: $9; the loose supplier's capacity is slack
    assert polished.row_duals == pytest.approx([9, 0])
    # a lot more would cost $21 and save three loose tonnes, 21 - 27 = -6; signing, held, costs its $5
    assert polished.reduced_costs == pytest.approx([-6, 0, 5])


def test_a_binding_ceiling_has_a_negative_dual():
    # sell one thing at $8 and one at $5 within 10 hours, 2 and 1 hours each: the second earns 5 an hour, the first 4
    form = dense([-8, -5], [(-INF, [2, 1], 10)], [(0, 9), (0, 6)])
    polished = polish(form, np.array([0.0, 0.0]))
    # 6 of the second, 2 of the first: -46; an hour more is half a first more: -4; a second more: -5 + 4 = -1
    assert polished.values == pytest.approx([2, 6])
    assert polished.objective == pytest.approx(-46)
    assert polished.row_duals == pytest.approx([-4])
    assert polished.reduced_costs == pytest.approx([0, -1])


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6, 3e8])
def test_marginal_values_are_in_the_users_units(unit: float):
    # the same linear programme with quantities in another unit: prices and duals per unit move with it
    form = dense([3 * unit, 5 * unit], [(10 / unit, [1, 1], INF)], [(0, 6 / unit), (0, INF)])
    polished = polish(form, np.zeros(2))
    assert polished.objective == pytest.approx(38)
    assert polished.row_duals == pytest.approx([5 * unit])
    assert polished.reduced_costs == pytest.approx([-2 * unit, 0], abs=1e-9 * unit)


def test_a_plan_that_does_not_survive_rounding_is_a_failure():
    with pytest.raises(SolverFailure, match="no plan"):
        polish(dense([1], [(0.5, [1], 0.6)], [(0, 1)], whole=[0]), np.array([0.5]))


def test_only_solutions_become_plans():
    known = Knowledge(lots())
    assert not known.learn_plan(np.array([3.0, 0.0, 0.0]))  # 9 t of 10
    assert not known.learn_plan(np.array([3.4, 0.0, 0.0]))  # enough, but no whole lots
    assert not known.learn_plan(np.array([4.0, np.nan, 0.0]))
    assert known.values is None
    assert known.learn_plan(np.array([4.0, 0.0, 0.0]))
    assert not known.learn_plan(np.array([4.0, 1.0, 1.0]))  # a solution, but dearer
    assert known.objective == 84
    assert known.learn_plan(np.array([3.0, 1.0, 1.0]))
    assert known.objective == 77


def test_options_are_checked():
    for wrong in ({"gap": -0.1}, {"gap": float("nan")}, {"time_limit": 0}, {"threads": 0}, {"seed": -1}):
        with pytest.raises(ValueError, match="gap and seed are 0 or more"):
            Options(**wrong)


def test_the_solvers_process_imports_neither_pyomo_nor_pandas():
    check = "import sys, planner.engine.highs; print(sorted({'pyomo', 'pandas', 'rich', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout == "[]\n"

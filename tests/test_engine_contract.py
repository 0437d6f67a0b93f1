"""Facts about HiGHS that the engine rests on; a new release that changes one must fail here, not in a plan."""

from __future__ import annotations

import highspy
import numpy as np
import pytest
from highspy import HighsModelStatus, HighsStatus

INF = highspy.kHighsInf


def solver() -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    return highs


def load(highs: highspy.Highs, cost, low, high, row_low, row_high, start, index, value, whole, offset=0.0):
    return highs.passModel(
        len(cost), len(row_low), len(value), int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), offset,
        np.array(cost, float), np.array(low, float), np.array(high, float), np.array(row_low, float),
        np.array(row_high, float), np.array(start, np.int32), np.array(index, np.int32), np.array(value, float),
        np.array(whole, np.int32),
    )  # fmt: skip


def test_one_call_loads_a_whole_model():
    highs = solver()
    # minimise x + 2 y + 7, x + y ≥ 3, x - y ≤ 1, y whole; rows with one and two entries, an empty row between
    status = load(
        highs, [1, 2], [0, 0], [INF, 9], [3, -INF, -INF], [INF, 5, 1], [0, 2, 2, 4], [0, 1, 0, 1], [1, 1, 1, -1], [0, 1], 7
    )
    assert status == HighsStatus.kOk
    assert (highs.getNumCol(), highs.getNumRow(), highs.getNumNz()) == (2, 3, 4)
    highs.run()
    # x = 2, y = 1 meets both rows with equality: 2 + 2 + 7
    assert list(highs.getSolution().col_value) == pytest.approx([2, 1])
    assert highs.getInfo().objective_function_value == pytest.approx(11)


def test_a_misspelt_option_is_only_told_by_the_status():
    highs = solver()
    assert highs.setOptionValue("mip_rel_gop", 0.1) == HighsStatus.kError
    assert highs.setOptionValue("mip_rel_gap", 0.1) == HighsStatus.kOk


@pytest.mark.parametrize("name", ["infinite", "twice"])
def test_malformed_models_are_refused(name: str):
    index, value = ([0, 0], [1, 1]) if name == "twice" else ([0, 1], [1, 1e16])
    assert load(solver(), [1, 1], [0, 0], [1, 1], [1], [2], [0, 2], index, value, [0, 0]) == HighsStatus.kError


def test_small_coefficients_stay_only_if_told():
    for small, entries in ((1e-9, 1), (1e-12, 2)):
        highs = solver()
        highs.setOptionValue("small_matrix_value", small)
        load(highs, [1, 1], [0, 0], [1, 1], [1], [2], [0, 2], [0, 1], [1, 1e-10], [0, 0])
        assert highs.getNumNz() == entries


def test_a_row_dual_is_the_change_of_cost_per_unit_of_right_hand_side():
    highs = solver()
    # 10 t, at most 6 at $3, the rest at $5: one more costs 5; one more of the cheap saves 2
    load(highs, [3, 5], [0, 0], [INF, INF], [10, -INF], [INF, 6], [0, 2, 3], [0, 1, 0], [1, 1, 1], [0, 0])
    highs.run()
    assert list(highs.getSolution().row_dual) == pytest.approx([5, -2])


def test_mixed_integer_solutions_have_no_duals():
    highs = solver()
    load(highs, [1], [0], [9], [3], [INF], [0, 1], [0], [2], [1])
    highs.run()
    assert highs.getSolution().value_valid
    assert not highs.getSolution().dual_valid


def test_a_free_fall_beside_integers_may_be_called_unbounded_or_infeasible():
    # which is why the engine asks again without costs
    highs = solver()
    load(highs, [-1, -2, 0], [0] * 3, [INF, INF, 1], [0], [INF], [0, 2], [0, 1], [1, -1], [0, 0, 1])
    highs.run()
    assert highs.getModelStatus() == HighsModelStatus.kUnboundedOrInfeasible


def test_callbacks_tell_log_solutions_and_bound_without_console_output(capfd):
    rng = np.random.default_rng(1)
    rows, items = 8, 40
    weight = rng.integers(1, 1000, (rows, items)).astype(float)
    highs = highspy.Highs()
    highs.setOptionValue("log_to_console", False)
    heard: dict[str, list] = {"log": [], "solution": [], "bound": []}
    highs.cbLogging += lambda event: heard["log"].append(event.message)
    highs.cbMipImprovingSolution += lambda event: heard["solution"].append(np.array(event.data_out.mip_solution))
    highs.cbMipInterrupt += lambda event: heard["bound"].append(event.data_out.mip_dual_bound)
    load(
        highs, -weight.mean(axis=0), [0] * items, [1] * items, [-INF] * rows, weight.sum(axis=1) // 2,
        range(0, rows * items + 1, items), list(range(items)) * rows, weight.ravel(), [1] * items, offset=5.0,
    )  # fmt: skip
    highs.setOptionValue("mip_rel_gap", 0.02)
    highs.run()
    assert any("Solving MIP model" in line for line in heard["log"])
    # the solution is of the whole model, not of what presolve left, and the bound includes the offset
    cost = [5.0 - weight.mean(axis=0) @ x for x in heard["solution"]]
    assert cost == sorted(cost, reverse=True)
    assert cost[-1] == pytest.approx(highs.getInfo().objective_function_value)
    assert heard["bound"][-1] <= cost[-1] + 1e-6
    assert heard["bound"][-1] == pytest.approx(cost[-1], rel=0.05)
    assert capfd.readouterr().out == ""


def test_an_interrupt_keeps_the_plan():
    rng = np.random.default_rng(3)
    rows, items = 20, 120
    weight = rng.integers(1, 1000, (rows, items)).astype(float)
    highs = solver()
    found = []
    highs.cbMipImprovingSolution += lambda _: found.append(True)
    highs.cbMipInterrupt += lambda event: event.interrupt() if len(found) > 3 else None
    load(
        highs, -weight.mean(axis=0), [0] * items, [1] * items, [-INF] * rows, weight.sum(axis=1) // 2,
        range(0, rows * items + 1, items), list(range(items)) * rows, weight.ravel(), [1] * items,
    )  # fmt: skip
    highs.run()
    assert highs.getModelStatus() == HighsModelStatus.kInterrupt
    assert highs.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible

"""Scaling is exact to the bit, brings figures near 1, and the answer of a badly scaled model is the exact one."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from planner.engine import Held, Options, StandardForm, polish, solve
from planner.engine.scaling import REACH, scaled, scales_of
from tests.engine_forms import INF, dense

MT = 1_000_000_000  # kilograms in a megatonne
SUPPLIERS = {
    # material: (demand, [(capacity, unit price, cost of signing)]); scandium and copper, both in kilograms
    "Sc": (Fraction(12), [(8, 3400, 1500), (10, 3250, 4100), (5, 3900, 100)]),
    "Cu": (Fraction(1.1 * MT), [(0.7 * MT, 9, 40e6), (0.9 * MT, 10, 5e6), (0.4 * MT, 8, 250e6)]),
}


def sourcing() -> StandardForm:
    """Buy 12 kg of one material and 1.1 Mt of another within one budget of $12 billion.

    The columns are, by material and supplier, buy (kg) and sign (0 or 1).
    """
    suppliers = [(material, *offer) for material, (_, offers) in SUPPLIERS.items() for offer in offers]
    size = 2 * len(suppliers)
    cost, rows, bounds = [], [], []
    for k, (_, capacity, price, signing) in enumerate(suppliers):
        cost += [price, signing]
        bounds += [(0, capacity), (0, 1)]
        row = np.zeros(size)
        row[2 * k], row[2 * k + 1] = 1, -capacity
        rows.append((-INF, row, 0))
    for material, (demand, _) in SUPPLIERS.items():
        row = np.zeros(size)
        row[::2] = [name == material for name, *_ in suppliers]
        rows.append((float(demand), row, INF))
    rows.append((-INF, np.array(cost), 12e9))
    return dense(cost, rows, bounds, whole=range(1, size, 2))


def exact() -> tuple[Fraction, list[Fraction]]:
    """The optimum in rational arithmetic: every set of suppliers, each filled in order of price.

    Materials meet only in the budget, which the two cheapest plans together leave slack.
    """
    total, values = Fraction(0), []
    for demand, offers in SUPPLIERS.values():
        cost, plan = min(_filled(demand, offers, signed) for signed in product((0, 1), repeat=len(offers)))
        total += cost
        values += plan
    assert total < 12_000_000_000
    return total, values


def _filled(demand: Fraction, offers: list, signed: tuple[int, ...]) -> tuple[Fraction, list[Fraction]]:
    left, cost, plan = demand, Fraction(0), [Fraction(0)] * len(offers)
    for k in sorted(range(len(offers)), key=lambda k: offers[k][1]):
        capacity, price, signing = offers[k]
        plan[k] = min(left, Fraction(capacity)) if signed[k] else Fraction(0)
        left -= plan[k]
        cost += price * plan[k] + Fraction(signing) * signed[k]
    interleaved = [figure for bought, sign in zip(plan, signed, strict=True) for figure in (bought, Fraction(sign))]
    return (cost if left == 0 else Fraction(10**15)), interleaved


def test_kilograms_and_megatonnes_dollars_and_billions_in_one_model():
    # by hand: copper 0.7 Mt at $9 and 0.4 Mt at $10 with 45 M of signing is 10.345 billion, against 0.4 Mt at $8 and
    # 0.7 Mt at $9 with 290 M, which is 9.79 billion; scandium 8 kg at 3400 + 4 kg at 3900 + 1600 is $44,400
    cost, values = exact()
    assert cost == 9_790_000_000 + 44_400
    form = sourcing()
    outcome = solve(form, Options(gap=0.0, time_limit=60))
    assert outcome.held is Held.PROVEN_PLAN
    polished = polish(form, outcome.values)
    assert polished.values == pytest.approx([float(value) for value in values], rel=1e-9, abs=1e-9)
    # $44,400 in ten billion: the cheap material's choice is right although it is 5 parts in a million of the cost
    assert polished.objective == pytest.approx(float(cost), rel=1e-12)


def random_form(seed: int) -> StandardForm:
    """Rows and continuous columns each in a unit of their own, over twelve orders of magnitude; columns 0 and 4 whole."""
    rng = np.random.default_rng(seed)
    n_rows, n_columns, whole = 12, 9, [0, 4]
    row_unit, unit = 10 ** rng.uniform(-6, 6, n_rows), 10 ** rng.uniform(-6, 6, n_columns)
    unit[whole] = 1.0
    figures = rng.choice([0.0, 1.0, -1.0], (n_rows, n_columns)) * rng.uniform(0.5, 2.0, (n_rows, n_columns))
    matrix = figures * np.outer(row_unit, unit)
    rows = [(-INF if r % 3 else -2 * row_unit[r], matrix[r], 3 * row_unit[r]) for r in range(n_rows)]
    bounds = [(0.0, INF if j % 2 else 5 / unit[j]) for j in range(n_columns)]
    return dense(list(3e5 * unit), rows, bounds, whole=whole, offset=1 / 3)


ARRAYS = ("cost", "offset", "lower", "upper", "value", "row_lower", "row_upper")


@pytest.mark.parametrize("seed", range(5))
def test_scaling_and_undoing_it_is_exact_to_the_bit(seed: int):
    form = random_form(seed)
    scales = scales_of(form)
    assert scales.column.any()
    assert scales.row.any()
    there = scaled(form, scales)
    back = scaled(there, scales.inverse())
    for name in ARRAYS:
        assert np.array_equal(getattr(back, name), getattr(form, name)), name
    x = np.random.default_rng(seed).uniform(0, 1e6, len(form.columns))
    assert np.array_equal(scales.values(scales.scaled_values(x)), x)


@pytest.mark.parametrize("seed", range(5))
def test_the_scaled_form_is_the_same_model(seed: int):
    form = random_form(seed)
    scales = scales_of(form)
    there = scaled(form, scales)
    x = np.random.default_rng(seed).uniform(0, 10, len(form.columns))
    y = scales.scaled_values(x)
    assert scales.money(there.objective(y)) == pytest.approx(form.objective(x), rel=1e-12)
    assert np.ldexp(there.activity(y), -scales.row) == pytest.approx(form.activity(x), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_figures_come_near_one(seed: int):
    form = random_form(seed)
    there = scaled(form, scales_of(form))
    assert np.ptp(np.log2(np.abs(form.value))) > 20  # a factor of a million and more apart before
    assert np.max(np.abs(np.log2(np.abs(there.value)))) < 4
    assert np.max(np.abs(np.log2(there.cost))) < 4
    assert np.max(np.abs(np.log2(there.row_upper))) < 4
    assert np.max(np.abs(np.log2(there.upper[np.isfinite(there.upper) & ~form.integer]))) < 4


def test_a_separable_matrix_is_balanced_exactly():
    # entry (r, c) is 2^(u_r + v_c): scales of 2^-u and 2^-v make every entry exactly 1; bounds are left out
    u, v = np.array([3, -20, 11]), np.array([7, -3])
    form = dense([1, 1], [(-INF, list(2.0 ** (u[r] + v)), INF) for r in range(3)], [(0, INF)] * 2)
    assert scaled(form, scales_of(form)).value.tolist() == [1.0] * 6


def test_integers_keep_their_unit():
    form = random_form(1)
    assert scales_of(form).column[form.integer].tolist() == [0, 0]
    assert scales_of(form).column[~form.integer].any()


def test_a_model_in_grams_is_solved_in_sensible_units():
    # nothing but bounds and right-hand sides tells that 1e12 g is large: both come down to about 1
    form = dense([1e-3], [(4e11, [1], INF)], [(0, 1e12)])
    there = scaled(form, scales_of(form))
    assert 0.25 <= there.upper[0] <= 4
    assert 0.25 <= there.row_lower[0] <= 4


def test_exponents_stay_within_reach():
    form = dense([1], [(-INF, [1e-300], 1e300)], [(0, INF)])
    scales = scales_of(form)
    assert np.max(np.abs(np.concatenate((scales.row, scales.column)))) <= REACH

"""What follows from rounded decisions: sums, balances, gaps and splits, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from planner.engine.programme import Floats
from planner.engine.settling import settled
from planner.engine.standard_form import MASTER, StandardForm, compressed

INF = np.inf


def form(
    rows: list[tuple[float, dict[int, float], float]], cost: list[float], upper: list[float] | None = None, *, whole: int = 0
) -> StandardForm:
    """Rows as (lower, column → coefficient, upper); variables from zero; the first `whole` columns are whole numbers."""
    entries = [(r, c, a) for r, (_, body, _) in enumerate(rows) for c, a in body.items()]
    row, column, value = (np.array(part) for part in zip(*entries, strict=True))
    start, column, value = compressed(row.astype(np.int32), column.astype(np.int32), value.astype(float), len(rows))
    size = len(cost)
    return StandardForm(
        cost=np.array(cost, dtype=float), offset=0.0, lower=np.zeros(size), upper=np.array(upper or [INF] * size),
        integer=np.arange(size) < whole, start=start, column=column, value=value,
        row_lower=np.array([lower for lower, _, _ in rows]), row_upper=np.array([upper for _, _, upper in rows]),
        rows=tuple(("row", r) for r in range(len(rows))), columns=tuple(("x", c) for c in range(size)), clusters=(),
        cluster=np.full(size, MASTER, dtype=np.int32), coupling=np.zeros(len(rows), dtype=bool),
    )  # fmt: skip


def settle(given: StandardForm, values: list[float], decided: set[int]) -> Floats:
    mask = np.array([column in decided for column in range(len(values))])
    return settled(given, np.array(values), mask)


def test_a_balance_is_rolled_forward() -> None:
    """Stock 1 = 3 in, stock 2 = 0.9 · 3 + 2 = 4.7, whatever the solver had; what is decided stays."""
    rows = [(0.0, {2: 1.0, 0: -1.0}, 0.0), (0.0, {3: 1.0, 2: -0.9, 1: -1.0}, 0.0)]
    assert settle(form(rows, [0, 0, 0, 0]), [3.0, 2.0, 3.1, 4.6], {0, 1}) == pytest.approx([3.0, 2.0, 3.0, 4.7])


def test_a_gap_is_as_small_as_its_row_allows_and_a_credit_as_large() -> None:
    """10 are asked for and 7 are there: a gap of 3 at a cost; of the 7 at most 5 may be credited."""
    rows = [(10.0, {0: 1.0, 1: 1.0}, INF), (-INF, {2: 1.0, 0: -1.0}, 0.0)]
    assert settle(form(rows, [0, 1, -1], [INF, INF, 5.0]), [7.0, 2.9, 4.9], {0}) == pytest.approx([7.0, 3.0, 5.0])
    assert settle(form(rows, [0, 1, -1], [INF, INF, 50.0]), [7.0, 2.9, 4.9], {0}) == pytest.approx([7.0, 3.0, 7.0])


@pytest.mark.parametrize(("bought", "steps"), [(4.0, (4.0, 0, 0)), (12.5, (10.0, 2.5, 0)), (33.0, (10.0, 20.0, 3.0))])
def test_steps_of_rising_cost_are_filled_from_the_cheapest(bought: float, steps: tuple[float, ...]) -> None:
    """Whatever the solver left in them, and beside a row that adds up what they cost, as cash does."""
    rows = [(0.0, {1: 1.0, 2: 1.0, 3: 1.0, 0: -1.0}, 0.0), (0.0, {4: 1.0, 2: -5.0, 3: -9.0}, 0.0)]
    for order in (rows, rows[::-1]):
        given = form(order, [0, 0, 5, 9, 0], [INF, 10.0, 20.0, INF, INF])
        found = settle(given, [bought, 9.999, 2.501, 0.5, 7.0], {0})
        assert found == pytest.approx([bought, *steps, 5 * steps[1] + 9 * steps[2]])


def test_of_a_split_the_largest_part_takes_the_rest() -> None:
    """8 bought, 5 of them in the first step: the second has 3."""
    rows = [(0.0, {1: 1.0, 2: 1.0, 0: -1.0}, 0.0)]
    assert settle(form(rows, [0, 0, -1]), [8.0, 5.1, 3.0], {0}) == pytest.approx([8.0, 5.0, 3.0])


def test_a_step_too_much_is_no_negative_shortage() -> None:
    """10 are asked for and 10.000001 are given: nothing is short."""
    rows = [(10.0, {0: 1.0, 1: 1.0}, 10.0)]
    assert settle(form(rows, [0, 5]), [10.000001, 0.0], {0}) == pytest.approx([10.000001, 0.0], abs=1e-12)


def test_whole_numbers_are_decisions() -> None:
    """A lot of 4 is kept, and gives 4 · 2.5 = 10."""
    rows = [(0.0, {1: 1.0, 0: -2.5}, 0.0)]
    assert settle(form(rows, [0, 0], whole=1), [4.0, 9.0], set()) == pytest.approx([4.0, 10.0])


def test_what_nothing_asks_for_stays() -> None:
    rows = [(-INF, {0: 1.0, 1: 1.0}, 9.0)]
    assert settle(form(rows, [0, 0]), [3.0, 4.0], {0}) == pytest.approx([3.0, 4.0])
    assert settle(form(rows, [0, 0]), [3.0, 8.0], {0}) == pytest.approx([3.0, 6.0])


def test_the_rest_goes_where_there_is_room_for_it() -> None:
    """Left − unmet = −0.2: the larger of the two, left, would have to be −0.1 to take the rest, so that unmet takes it."""
    rows = [(-0.2, {0: 1.0, 1: -1.0}, -0.2)]
    assert settle(form(rows, [0, 0]), [0.3, 0.1], set()) == pytest.approx([0.3, 0.5])


def test_nothing_is_short_while_something_is_left() -> None:
    """In either of two months 5 are asked for, of 7 that are there: all of the first, and 2 of the second; a solver that finds
    both months' shortages alike may say anything."""
    rows = [(-2.0, {0: -1.0, 1: 1.0}, -2.0), (5.0, {0: 1.0, 2: -1.0, 3: 1.0}, 5.0)]
    said = [3.0, 1.0 + 1e-9, 0.0, 2.0 - 1e-9]
    assert settle(form(rows, [0, 9, 0, 9]), said, set()) == pytest.approx([2.0, 0.0, 0.0, 3.0], abs=1e-12)


def test_a_part_that_a_row_limits_does_not_take_what_costs() -> None:
    """8 bought, of which no more than 5 have the first price: 3 cost more."""
    rows = [(0.0, {1: 1.0, 2: 1.0, 0: -1.0}, 0.0), (-INF, {1: 1.0}, 5.0)]
    assert settle(form(rows, [0, 0, 1]), [8.0, 5.0, 3.0], {0}) == pytest.approx([8.0, 5.0, 3.0])

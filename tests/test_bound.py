"""The box in which better duals are looked for grows where it was too small, shrinks where it misled, and keeps the sign."""

from __future__ import annotations

import numpy as np
import pytest

from planner.engine.blocks import Blocks
from planner.engine.decomposition.bound import Bound
from planner.engine.decomposition.master import Master
from planner.engine.programme import Floats
from tests.engine_forms import INF, dense


def _bound(needed: float = 3.0) -> Bound:
    """Two clusters, each with up to 2 at costs of 1 and 4 a piece, of which `needed` are wanted; the best duals are 0.

    At a dual y the plans known, nothing and all, promise 3·y + 2·min(0, 1 − y) + 2·min(0, 4 − y): most at 4.
    """
    form = dense([1.0, 4.0], [(needed, [1.0, 1.0], INF)], [(0.0, 2.0), (0.0, 2.0)])
    blocks = Blocks.of(form.bare, np.array([0, 1], dtype=np.int32))
    master = Master(blocks)
    for k in (0, 1):
        master.learn(k, np.zeros(1), np.full(1, 2.0))
    bound = Bound(blocks, master, 0.0, np.zeros(1), box=np.ones(1))
    assert bound.judge(np.zeros(1), [0, 1], np.zeros(2)) == 0.0
    return bound


def _edges(bound: Bound) -> tuple[float, float]:
    """The least and the largest dual in the box, as its master's prices of leaving it tell."""
    high, low = bound.boxed_master().cost[-2:]
    return -float(low), float(high)


def _minima(dual: float) -> Floats:
    return np.array([2.0 * min(0.0, 1.0 - dual), 2.0 * min(0.0, 4.0 - dual)])


def test_a_floor_has_no_negative_price() -> None:
    bound = _bound()
    assert _edges(bound) == (0.0, 1.0)
    assert bound.within_box(np.array([-1e-12, 7.0])) == pytest.approx([0.0], abs=0.0)


def test_better_duals_at_the_edge_are_taken_and_the_box_grows() -> None:
    bound = _bound()
    assert bound.judge(np.ones(1), [0, 1], _minima(1.0)) == 3.0
    assert (bound.duals, _edges(bound)) == (np.ones(1), (0.0, 3.0))


def test_better_duals_inside_leave_the_box_as_large_as_it_is() -> None:
    bound = _bound()
    bound.judge(np.full(1, 0.5), [0, 1], _minima(0.5))
    assert (bound.duals, _edges(bound)) == (np.full(1, 0.5), (0.0, 1.5))


def test_worse_duals_are_not_taken_and_the_box_shrinks() -> None:
    bound = _bound(needed=1.0)  # 1·y + 2·min(0, 1 − y) + …: most at 1
    bound.judge(np.ones(1), [0, 1], _minima(1.0))
    assert bound.judge(np.full(1, 3.0), [0, 1], _minima(3.0)) == -1.0
    assert (bound.duals, _edges(bound)) == (np.ones(1), (0.0, 2.0))


def test_duals_without_a_bound_are_not_taken_whatever_they_promise() -> None:
    bound = _bound()
    assert bound.judge(np.ones(1), [0, 1], np.array([0.0, -INF])) == -INF
    assert (bound.duals, _edges(bound)) == (np.zeros(1), (0.0, 0.5))


def test_more_may_be_proven_at_the_best_duals_for_some_clusters() -> None:
    bound = _bound()
    bound.judge(np.ones(1), [0, 1], _minima(1.0) - np.array([0.5, 0.25]))
    assert bound.unproven == pytest.approx([0.5, 0.25])
    assert bound.judge(np.ones(1), [0], np.array([-0.125])) == pytest.approx(3.0 - 0.125 - 0.25)
    assert bound.loosest() == [1, 0]

"""The same answer by other routes: every plan of a tiny case is tried, and the engine's processes solve what the tests do.

The trying uses the checking side alone: records, arithmetic and the rules' checks, no model.
"""

from __future__ import annotations

from math import inf, isinf

import pytest

from models.build import build
from planner.engine import Held, Options, compile, polish, solve
from tests import random_cases, solving
from tests.tiny_cases import cheapest, tiny

BLOCKS = 10
PER_BLOCK = 12


@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_plan_is_better_than_the_solvers(block: int) -> None:
    """Nor is the solver's cheaper than the best that passes every check, nor is there none where one passes."""
    for seed in range(PER_BLOCK * block, PER_BLOCK * (block + 1)):
        case = tiny(seed)
        solved = solving.solve(case)
        assert not solved.feasible or not solved.failures, seed
        assert solved.cost == pytest.approx(cheapest(case), rel=1e-6, abs=1e-3), seed


def test_the_tiny_cases_are_of_both_kinds() -> None:
    """Some have no plan, more have one, and most features occur."""
    costs = [cheapest(tiny(seed)) for seed in range(0, BLOCKS * PER_BLOCK, 3)]
    assert 3 <= sum(map(isinf, costs)) <= len(costs) / 2


@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_the_engine_agrees_with_the_solver_in_process(seed: int) -> None:
    """To a gap of zero, with its scaling, its own process, and its polishing."""
    case = random_cases.everything(seed)
    m = build(case)
    form = compile(m.model, coupling=m.register.coupling, cluster_of=m.register.cluster_of)
    outcome = solve(form, Options(gap=0.0, time_limit=60.0))
    expected = solving.solve(case).cost
    if expected == inf:
        assert outcome.held is Held.NO_PLAN_EXISTS
    else:
        assert outcome.held is Held.PROVEN_PLAN and outcome.values is not None
        assert polish(form, outcome.values).objective == pytest.approx(expected, rel=1e-6, abs=1e-3)
        assert outcome.bound <= expected + 1e-6 * max(1.0, abs(expected))

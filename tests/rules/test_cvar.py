"""CVaR: the mean of the worst losses weighs, or is capped. As in `test_scenarios`: 10 t a month, short at 100 USD."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from models.case import Case
from models.futures import Future
from models.outcomes import cvar, losses_of
from models.records import Scenario
from tests.cases import case, material
from tests.rules.test_scenarios import allied, chinese, risky, scenario, shock
from tests.solving import Binding, optimum, solve


def weighed(**settings: float) -> Case:
    """February's 8 t come from China at 10, and a tenth of the time not at all, or from Australia at 25."""
    return risky(
        chinese(capacity_per_period=12.0), allied(price=25.0), scenarios=(scenario(probability=0.1),), settings=settings
    )


# CVaR of the worst tenth is the loss of the ban itself, which may be 300: 3 t from China and 5 from Australia.
# 12 · 10 + 3 · 10 + 5 · 25 + 0.1 · (300 − 30) = 302. Without the cap 8 t from China: 200 + 0.1 · (800 − 80) = 272.
BINDING = Binding(lambda: weighed(cvar_cap=300.0), cost=302.0, dropped=272.0)


def test_a_weight_moves_the_plan() -> None:
    """A ton from Australia costs 15 more, and saves 0.1 · 90 = 9 in expectation; with a weight of λ 100 · λ more: above
    0.06 all of them are bought there. Below, CVaR is a line of the bill: 0.05 · 800."""
    dear = optimum(weighed(risk_weight=0.07))
    assert dear.cost == pytest.approx(120 + 8 * 25)
    cheap = optimum(weighed(risk_weight=0.05))
    assert cheap.cost == pytest.approx(272 + 40)
    assert cheap.lines["CVaR"] == pytest.approx(40.0)


def test_an_atom_across_the_edge_counts_in_part() -> None:
    """Of the worst fifth only half is the ban: 0.1 · 800 / 0.2."""
    solved = optimum(weighed(risk_weight=0.05, cvar_alpha=0.8))
    assert solved.lines["CVaR"] == pytest.approx(0.05 * 400)


def test_without_tail_it_is_the_expected_loss() -> None:
    solved = optimum(weighed(risk_weight=0.05, cvar_alpha=0.0))
    assert solved.lines["CVaR"] == pytest.approx(0.05 * solved.lines["expected loss"])


def test_a_cap_that_nothing_keeps() -> None:
    """Demand that must be met leaves 8 t short in the ban, at ten times the benchmark price each."""
    row = material(benchmark_price=20.0)
    for cap, feasible in ((1590.0, False), (1610.0, True)):
        made = risky(chinese(capacity_per_period=12.0), materials=(row,), settings={"cvar_cap": cap})
        assert solve(made).feasible is feasible


def test_losses_are_discounted() -> None:
    """One per cent a month: February's 800 are worth 800 / 1.01 on the first day."""
    solved = optimum(risky(chinese(capacity_per_period=12.0), settings={"risk_weight": 1e-6, "discount_rate": 0.12}))
    [worst] = [loss for future, loss in losses_of(solved.plan) if future.scenarios]
    assert worst == pytest.approx(800 / 1.01)


def test_by_hand_and_by_numpy() -> None:
    """The mean of the worst of 10,000 samples, as numpy sorts them; and of four atoms by hand."""
    random = Random(1)
    samples = np.array([random.gauss(0.0, 1.0) for _ in range(10_000)])
    losses = [(Future((str(k),), 1e-4), float(loss)) for k, loss in enumerate(samples)]
    assert cvar(losses, 0.95) == pytest.approx(np.sort(samples)[-500:].mean())
    atoms = [(Future((name,), p), loss) for name, p, loss in
             (("a", 0.5, 0.0), ("b", 0.3, 10.0), ("c", 0.15, 20.0), ("d", 0.05, 100.0))]  # fmt: skip
    assert cvar(atoms, 0.9) == pytest.approx((0.05 * 100 + 0.05 * 20) / 0.1)
    assert cvar(atoms, 0.0) == pytest.approx(0.3 * 10 + 0.15 * 20 + 0.05 * 100)


def test_the_worst_of_several() -> None:
    """Two scenarios that exclude each other: the tenth is half the ban's and half the outage's, which takes 4 t."""
    rows = (Scenario(scenario="ban", probability=0.05, group="g"), Scenario(scenario="outage", probability=0.2, group="g"))
    made = risky(chinese(capacity_per_period=12.0, maximum_total=20.0), scenarios=rows, settings={"risk_weight": 0.5},
                 shocks=(shock(), shock("outage", availability=0.5)))  # fmt: skip
    solved = optimum(made)
    assert solved.lines["CVaR"] == pytest.approx(0.5 * (0.5 * 800 + 0.5 * 400))


def test_a_cap_without_scenarios_caps_nothing() -> None:
    """A shortage of the plan's own, dearer than the cap, is no loss of a scenario where there are none."""
    row = material(value_of_shortage=100.0)
    made = case(chinese(maximum_total=5.0), needs=[10.0], materials=(row,), settings={"cvar_cap": 300.0, "risk_weight": 1.0})
    assert optimum(made).cost == pytest.approx(550.0)


def test_planning_a_shortage_does_not_pay() -> None:
    """A shortage that is planned counts in every future: it cannot make the worst ones look better, at any weight."""
    for weight in (0.01, 2.0, 100.0):
        solved = optimum(risky(chinese(capacity_per_period=12.0, maximum_total=20.0), settings={"risk_weight": weight}))
        assert solved.lines.get("shortage", 0.0) == 0.0, weight


def test_the_threshold_has_bounds_that_leave_its_best_value() -> None:
    """8 t may be short at 100 each, and as much may be short in the plan anyway: -2000 to 800 USD."""
    m = optimum(weighed(risk_weight=1.0)).m
    threshold = m.model.cvar.threshold["all"]
    assert -2000.0 - 1e-6 <= threshold.lb <= 0.0 and 800.0 <= threshold.ub <= 2000.0
    assert all(excess.ub == pytest.approx(threshold.ub - threshold.lb) for excess in m.model.cvar.excess.values())

"""Scenarios: figures so small, so many or so large that a solver would not tell them from nothing, or from everything."""

from __future__ import annotations

import pytest

from models.records import (
    Price,
)
from planner.proving import Model
from tests.cases import first, material
from tests.rules.test_scenarios import chinese, risky, scenario, shock
from tests.solving import optimum


def test_shares_next_to_nothing_are_nothing() -> None:
    """Nobody orders a million times as much to have some of it, and bounds stay such that a solver tells one from none."""
    for availability in (1e-3, 1e-5, 1e-8, 1e-12):
        lost = shock(availability=availability)
        solved = optimum(risky(chinese(capacity_per_period=12.0, maximum_total=20.0, fixed_order_cost=1.0), shocks=(lost,)))
        assert solved.cost == pytest.approx(202 + 0.25 * 90 * 8, rel=2e-3)


def test_many_halves() -> None:
    """Forty overlays that each leave half: what is left is nothing, and the plan passes its check."""
    names = [f"s{k}" for k in range(40)]
    made = risky(
        chinese(capacity_per_period=12.0),
        scenarios=tuple(scenario(name, 0.5) for name in names),
        shocks=tuple(shock(name, availability=0.5) for name in names),
    )
    assert optimum(made).feasible


def test_factors_together_are_at_most_a_million() -> None:
    """Three prices a thousand times as high come to a million: 10 million USD a ton, for 8 t in one case of four."""
    prices = (Price(index="i", date=first(1), value=10.0),)
    up = shock(hits="index", name="i", availability=1.0, price_factor=1000.0)
    made = risky(
        chinese(price=None, index="i", capacity_per_period=12.0), shocks=(up,) * 3, prices=prices,
        materials=(material(value_of_shortage=1e12, benchmark_price=20.0),),
    )  # fmt: skip
    assert optimum(made).cost == pytest.approx(200 + 0.25 * 8 * 10 * (1e6 - 1), rel=1e-6)


def test_delays_for_ever_are_no_error() -> None:
    late = shock(availability=1.0, delay_days=3660.0)
    assert optimum(risky(chinese(capacity_per_period=12.0), shocks=(late,) * 999)).cost == pytest.approx(200 + 0.25 * 800)


def test_falling_prices_beside_cvar_leave_a_plan() -> None:
    """What is ordered earns in the worst scenario: the bound of an order says by how much, or the plan is not proven."""
    prices = (Price(index="i", date=first(1), value=10.0),)
    down = shock(hits="index", name="i", availability=1.0, price_factor=0.99)
    made = risky(chinese(price=None, index="i"), shocks=(down,), prices=prices, settings={"risk_weight": 2.0})
    form = Model.of(made).form
    assert max(bound for bound in form.upper if bound < float("inf")) < 1e6
    assert optimum(made).cost <= 200.0

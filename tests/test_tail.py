"""What a stress test does in each future is what the plan's own model would do, with the weight and within the cap of CVaR."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from models.case import Case
from models.courses import State
from models.outcomes import losses_of
from models.plan import Plan
from models.records import Hits, Objective, OpeningStock, Price
from planner import tail
from planner.distribution import Lived
from planner.engine.decomposition import LocalWorkers
from planner.recourse import Recourse
from planner.stress import lived_through
from tests.cases import case, first, material, offer
from tests.random_cases import everything
from tests.rules.test_scenarios import scenario, shock
from tests.solving import optimum, solve


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch, workers: LocalWorkers) -> None:
    """All tests have the same processes."""
    monkeypatch.setattr("planner.stress.LocalWorkers", lambda count: nullcontext(workers))


def surge(value: float = 15.0, probability: float = 0.1, **settings: Any) -> Case:
    """10 t are asked for, and 20 in one case of ten. A ton costs 14 before; at once 20, of which 10 are the benchmark price."""
    at_once = offer("spot", 100.0, emergency_per_period=30.0, maximum_total=0.0)
    return case(
        offer(price=14.0, maximum_total=10.0), at_once, needs=[10.0],
        materials=(material(value_of_shortage=value, benchmark_price=10.0),),
        scenarios=(scenario("surge", probability),),
        shocks=(shock("surge", Hits.MATERIAL, "x", availability=1.0, demand_factor=2.0, from_date=None),),
        settings={"stress_premium": 1.0, "cvar_alpha": 0.9} | settings,
    )  # fmt: skip


def held(plan: Plan) -> list[Lived]:
    """Its futures, lived through without what it says of them."""
    return lived_through(replace(plan, emergencies=()), lambda done, of: None)


@pytest.mark.parametrize(
    ("settings", "loss"),
    [
        ({}, 150.0),  # short at 15, which is less than 20
        ({"risk_weight": 1.0}, 100.0),  # in the tail (1 + 10) · 15 is more than (1 + 10) · 10 + 10
        ({"risk_weight": 0.05}, 150.0),  # (1 + 0.5) · 15 is less than (1 + 0.5) · 10 + 10
        ({"risk_weight": 1.0, "cvar_alpha": 0.5}, 100.0),  # a fifth of the tail: (1 + 2) · 15 against (1 + 2) · 10 + 10
        ({"cvar_cap": 120.0}, 120.0),  # 6 t are bought, and 4 short
        ({"cvar_cap": 200.0}, 150.0),
        ({"objective": Objective.PROTECTION}, 100.0),
    ],
)  # fmt: skip
def test_what_is_bought_rests_on_what_the_tail_weighs(settings: dict[str, Any], loss: float) -> None:
    """10 t are lacking in the surge: they are short, for 15 each, or bought at once, which loses 10 and costs 10 beside it."""
    plan = solve(surge(**settings)).plan
    worst, normal = held(plan)
    assert (worst.loss, normal.loss) == pytest.approx((loss, 0.0), abs=1e-4)
    assert dict(losses_of(plan))[worst.future] == pytest.approx(loss, abs=1e-4)


def test_of_what_costs_the_same_the_least_loss_is_taken() -> None:
    """Short at 20, or bought at 20, of which only 10 are a loss."""
    [worst, _] = held(optimum(surge(value=20.0)).plan)
    assert worst.loss == pytest.approx(100.0)


def test_a_cap_that_nothing_keeps_to_is_missed_by_as_little_as_can_be() -> None:
    plan = optimum(surge(cvar_cap=200.0)).plan
    [worst, _] = held(replace(plan, case=plan.case.with_settings(cvar_cap=20.0)))
    assert worst.loss == pytest.approx(100.0)


def test_each_month_has_its_own_weight_at_which_it_is_bought_in() -> None:
    """10 t are lacking in January and February, short at 30; at once there are 10 t a month, at twice the benchmark price.

    That is 16 in January, so that buying loses 16 and costs as much beside it, and 20 in February: both are short for 600;
    January's are bought where (1 + κ) · 14 is more than 16, for 160 + 300; and February's where (1 + κ) · 10 is more than 20.
    """
    at_once = offer("spot", 100.0, emergency_per_period=10.0, maximum_total=0.0)
    made = case(
        at_once, needs=[10.0, 10.0], materials=(material(value_of_shortage=30.0, benchmark_index="I"),),
        prices=(Price(index="I", date=first(1), value=16.0), Price(index="I", date=first(2), value=20.0)),
        opening_stock=(OpeningStock(material="x", quantity=20.0),), scenarios=(scenario("surge", 0.1),),
        shocks=(shock("surge", Hits.MATERIAL, "x", availability=1.0, demand_factor=2.0, from_date=None),),
        settings={"stress_premium": 1.0},
    )  # fmt: skip
    found = Recourse(State(optimum(made).plan, made.material["x"], ("surge",), {})).ways()
    assert [way.struck.loss for way in found] == pytest.approx([600.0, 460.0, 360.0])
    assert [way.goods for way in found] == pytest.approx([0.0, 160.0, 360.0])


def sensitive(seed: int) -> Case:
    """A random case in which what is short may cost less than what is bought at once, and more than its premium."""
    random, made = Random(seed), everything(seed)
    made = made.with_settings(
        risk_weight=random.choice((0.0, 0.5, 2.0, 5.0)), cvar_alpha=random.choice((0.5, 0.8, 0.9)),
        cvar_cap=random.choice((None, None, 1000.0, 3000.0)), protection_cap=None,
        stress_premium=random.choice((0.2, 1.0, 3.0)),
    )  # fmt: skip
    values = (row.benchmark_price and row.benchmark_price * random.choice((0.8, 1.5, 2.5, 4.0)) for row in made.materials)
    rows = (row.model_copy(update={"value_of_shortage": value}) for row, value in zip(made.materials, values, strict=True))
    return replace(made, materials=tuple(rows))


def test_a_plans_own_futures_cost_what_the_joint_model_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its purchases held, each future of a random case loses as much as in the plan, whatever CVaR weighs."""
    asked, tried, shares = [], 0, tail._shares

    def counted(*found: Any) -> Any:
        asked.append(found)
        return shares(*found)

    monkeypatch.setattr(tail, "_shares", counted)
    for seed in (*range(20), 27, 34, 70, 81, 163, 188, 286, 383, 425, 443, 472, 483, 565, 739):
        solved = solve(sensitive(seed))
        if not (solved.feasible and solved.m.case.scenarios):
            continue
        told = {future.name: loss for future, loss in losses_of(solved.plan)}
        found = {one.future.name: one.loss for one in held(solved.plan)}
        assert found == pytest.approx(told, rel=1e-6, abs=0.02), seed
        tried += 1
    assert tried >= 15 and len(asked) >= 6

"""A model in parts, after a night: the search starts from the last plan, with changes priced, and what it proves is true."""

from __future__ import annotations

import io
import multiprocessing
from dataclasses import replace
from functools import cache
from math import inf
from random import Random

import numpy as np
import pytest
from rich.console import Console

from models.case import Case
from models.plan import Plan
from models.records import Previous
from planner.engine import Beside, Held, Method, Options, Outcome, Resources, StandardForm, solve
from planner.engine.progress import Display
from planner.main_solve import Found, Models, Task, main_solve
from planner.outputs.changes import moved
from planner.proving import Model
from planner.searched import NEVER, Searches, charges_in, orders_in, searched
from planner.stability import held_to_last, orders_of_last
from tests.benchmarks.generator import synthetic

GAP = 0.01
OPTIONS = Options(gap=GAP, time_limit=120.0)
IN_PARTS = Resources(Method.DECOMPOSED)


def found_of(case: Case, known: Searches = NEVER, options: Options = OPTIONS) -> Found:
    """What the main solve finds of a case in parts."""
    models = Models.of(case, Method.DECOMPOSED)
    return main_solve(Task(models, options, Display(Console(file=io.StringIO())), IN_PARTS, None, known))


@cache
def before() -> tuple[Case, Found]:
    """A case, and its plan of last night."""
    case = synthetic(5, 15, 2, 5, seed=2, shared_suppliers=True, binding=True)
    return case, found_of(case)


def after(seed: int, weight: float = 0.01) -> Case:
    """The same tonight: prices have moved by up to 2 %, and last night's plan is known."""
    case, found = before()
    random = Random(seed)
    offers = tuple(
        row if row.price is None else row.model_copy(update={"price": row.price * random.uniform(0.98, 1.02)})
        for row in case.offers
    )
    day = {period: case.calendar.first_day(period) for period in case.calendar.horizon}
    orders = tuple(
        Previous(material=case.offer[row.offer].material, offer=row.offer, trader=row.trader, period=day[row.period],
                 quantity=row.quantity)
        for row in found.solved.plan.purchases
    )  # fmt: skip
    settings = {"previous_until": case.calendar.last_day(case.calendar.periods), "stability_weight": weight}
    return replace(case, offers=offers, previous=orders).with_settings(**settings)


def optimum(form: StandardForm) -> float:
    """What the whole costs at least, by the search on the whole."""
    outcome = solve(form, Options(gap=1e-7), resources=Resources(Method.MONOLITHIC))
    assert outcome.held is Held.PROVEN_PLAN
    return outcome.bound


@cache
def optimum_of(seed: int) -> float:
    return optimum(Model.of(after(seed)).form)


@pytest.mark.parametrize(("seed", "gap"), [(0, 0.02), (1, 0.02), (2, GAP)])
def test_the_plan_is_near_the_last_one_and_within_the_gap(seed: int, gap: float) -> None:
    """At 2 % the first search finds it; at 1 % the best plan is looked for, and then the least changed one."""
    case = after(seed)
    outcome = (found := found_of(case, before()[1].searches, replace(OPTIONS, gap=gap))).solved.outcome
    assert outcome.held is Held.PROVEN_PLAN and outcome.objective is not None and outcome.gap is not None
    assert outcome.gap <= gap + case.settings.stability_allowance + 1e-6
    assert outcome.bound <= optimum_of(seed) * (1 + 1e-6) and optimum_of(seed) <= outcome.objective * (1 + 1e-6)
    fresh = found_of(replace(case, previous=()).with_settings(previous_until=None)).solved.plan
    assert changes(case, found.solved.plan) < changes(case, fresh)


def changes(case: Case, plan: Plan) -> float:
    """The goods that a plan orders otherwise than the last one, in USD."""
    return moved(replace(plan, case=case)).value


@pytest.mark.parametrize("weight", [0.01, 5.0])
def test_the_price_of_changes_proves_nothing_of_the_cost(weight: float) -> None:
    """However dear changes are: what is proven holds for every plan's cost without their price."""
    near = Model.of(replace(after(1, weight), cost_cap=inf))
    close = replace(OPTIONS, gap=0.001, time_limit=10.0)  # at which the price of changes alone would lift the bound too high
    outcome = solve(near.form, close, start=orders_of_last(near), resources=IN_PARTS)
    assert outcome.bound <= optimum_of(1) * (1 + 1e-6)
    assert outcome.values is not None and near.form.aside is not None
    assert float(near.form.aside @ outcome.values) >= 0.0
    assert near.form.objective(outcome.values) - float(near.form.aside @ outcome.values) >= optimum_of(1) * (1 - 1e-6)


@pytest.mark.parametrize("charge", [1.0, -1.0, 1e6])
def test_charges_of_another_search_prove_what_is_true(charge: float) -> None:
    """Whatever is said of an earlier search, a bound is a bound; what tells nothing is soon given up."""
    case, found = before()
    model = Model.of(case)
    charged = charges_in(model.form, found.searches.plan)
    assert charged is not None
    outcome = solve(model.form, OPTIONS, resources=IN_PARTS, charged=charge * charged)
    assert outcome.held is Held.PROVEN_PLAN and outcome.objective is not None
    best = optimum(model.form)
    assert outcome.bound <= best * (1 + 1e-6) and best <= outcome.objective * (1 + 1e-6)


def test_a_search_leaves_charges_and_orders_by_name() -> None:
    model = Model.of(before()[0])
    outcome = solve(model.form, OPTIONS, resources=IN_PARTS)
    left = searched(model.form, outcome)
    charged, orders = charges_in(model.form, left), orders_in(model.form, left)
    assert charged is not None and orders is not None and outcome.master_duals is not None and outcome.values is not None
    assert np.array_equal(charged, outcome.master_duals) and charged.any()
    is_order = np.array([name == "buy" for name, _ in model.form.columns])
    assert np.array_equal(orders[is_order], outcome.values[is_order]) and np.isnan(orders[~is_order]).all()


def test_held_to_the_last_plan_only_its_orders_are_placed() -> None:
    case = before()[0]
    tonight = replace(after(1), offers=case.offers)
    model = Model.of(tonight)
    values = solve(held_to_last(model), OPTIONS, resources=Resources(Method.MONOLITHIC)).values
    assert values is not None
    for column, quantity in enumerate(orders_of_last(model)):
        assert np.isnan(quantity) or values[column] == pytest.approx(quantity, abs=1e-4)


def test_a_solve_beside_gives_what_it_gives_alone() -> None:
    form = Model.of(before()[0]).form
    with Beside(form, OPTIONS) as beside:
        there = beside.outcome()
    here = solve(form, OPTIONS, resources=Resources(alone=True))
    assert there is not None and there.objective == here.objective and there.bound == here.bound


def test_a_solve_beside_whose_process_dies_gives_nothing() -> None:
    form = Model.of(before()[0]).form
    with Beside(form, OPTIONS) as beside:
        for child in multiprocessing.active_children():
            child.kill()
        outcome: Outcome | None = beside.outcome()
    assert outcome is None

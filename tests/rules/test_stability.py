"""Stability: beyond the fence the plan moves only where that pays, and never costs more than the cap."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from models.case import Case
from models.decisions import Purchase
from models.plan import Plan
from models.records import Previous
from models.rules.stability import RULE
from planner.outputs.changes import moved as moved_goods
from tests.cases import case, first, material, offer
from tests.rules.test_frozen import OFFERS, last
from tests.solving import Binding, Solved, optimum, solve


def kept_to(cap: float = 250.0, weight: float = 1.0, **settings: Any) -> Case:
    """The last plan buys 10 t of p at 12 in each of two months; o costs 10 by now."""
    given = {"stability_weight": weight, "stability_allowance": 0.5} | settings
    found = case(*OFFERS, needs=(10, 10), settings=given, materials=(material(maximum_stock=0),),
                 previous=(last("p", 1, 10), last("p", 2, 10)))  # fmt: skip
    return replace(found, cost_cap=cap)


def moved(solved: Solved) -> float:
    """Tonnes that are not bought where the last plan buys them."""
    bought = solved.bought
    return sum(abs(bought.get(("p", t), 0.0) - 10.0) + bought.get(("o", t), 0.0) for t in (1, 2))


# A change of a tonne saves 2 and is priced at 12 + 10: all stays with p, 20 · 12. Without the rule 20 · 10.
BINDING = Binding(kept_to, cost=240.0, dropped=200.0, rows=lambda: kept_to(cap=220.0))


@pytest.mark.parametrize(
    ("weight", "tonnes"),
    [
        (0.0, 40.0),
        (2 / 22 - 0.001, 40.0),  # a tonne that moves from p to o saves 2, and moves 12 + 10 dollars' worth
        (2 / 22 + 0.001, 0.0),
        (1.0, 0.0),
    ],
)
def test_a_plan_changes_where_that_pays(weight: float, tonnes: float) -> None:
    assert moved(solve(kept_to(weight=weight))) == pytest.approx(tonnes)


WEIGHTS = (0.0, 0.001, 0.01, 0.05, 0.2, 1.0, 100.0)


@pytest.mark.parametrize("seed", range(12))
def test_as_the_weight_grows_changes_fall(seed: int) -> None:
    """Prices of a random case move; at a weight of 0 the plan costs what a fresh one costs, and without end nothing moves that
    need not. What is moved is goods at today's landed cost."""
    random = Random(seed)
    before = plain(random)
    orders = tuple(
        Previous(material="x", offer=row.offer, trader=row.trader, period=first(row.period), quantity=row.quantity)
        for row in optimum(before).plan.purchases
    )
    dearer = tuple(row.model_copy(update={"price": row.price * random.uniform(0.7, 1.3)}) for row in before.offers)
    today = replace(before, offers=dearer, previous=orders).with_settings(previous_until=first(4))
    found = [solve(replace(today, cost_cap=1e9).with_settings(stability_weight=weight)) for weight in WEIGHTS]
    moved_by = [moved_goods(solved.plan).value for solved in found]
    assert all(later <= earlier + 1e-3 for earlier, later in pairwise(moved_by)), moved_by
    assert moved_by[-1] == pytest.approx(0.0, abs=1e-3), "the last plan can still be carried out"
    assert found[0].cost == pytest.approx(optimum(replace(today, previous=())).cost)
    assert all(later.cost >= earlier.cost - 1e-3 for earlier, later in pairwise(found))


def plain(random: Random) -> Case:
    """Four offers in four months, with what makes plans jump: orders that cost, lots, and room for one month's need."""
    offers = (
        offer(f"o{k}", float(random.randint(8, 14)), fixed_order_cost=random.choice((0.0, 5.0)), capacity_per_period=12.0,
              lot=random.choice((None, 3.0)), lead_days=random.choice((0.0, 31.0)))
        for k in range(4)
    )  # fmt: skip
    needs = [float(random.randint(0, 9)) for _ in range(4)]
    return case(*offers, needs=needs, materials=(material(maximum_stock=15, value_of_shortage=40.0, holding_cost=6.0),))


def test_the_cap_is_kept_by_the_fewest_changes() -> None:
    """220 allows 10 t of p: 10 of 20 t move, out of p and into o; 201 half a tonne. A tighter cap never changes less."""
    found = [moved(solve(kept_to(cap=cap))) for cap in (240.0, 220.0, 201.0, 200.0)]
    assert found == pytest.approx([0.0, 20.0, 39.0, 40.0])


def test_what_the_last_plan_did_not_know_is_no_change() -> None:
    """It looked ahead to January: February's order is new, and goes to the cheapest."""
    found = kept_to()
    january = replace(found, previous=found.previous[:1])
    assert solve(january).bought == pytest.approx({("p", 1): 10.0, ("o", 2): 10.0})
    told = january.with_settings(previous_until=last("p", 2, 1).period)
    assert solve(told).bought == pytest.approx({("p", 1): 10.0, ("o", 2): 10.0})  # of equals, o is cheaper


def test_frozen_periods_have_no_price() -> None:
    """January is frozen; a change of February is priced all the same."""
    assert solve(kept_to(frozen_periods=1, weight=0.0)).bought == pytest.approx({("p", 1): 10.0, ("o", 2): 10.0})
    assert solve(kept_to(frozen_periods=1)).bought == pytest.approx({("p", 1): 10.0, ("p", 2): 10.0})


def test_the_first_solve_knows_nothing_of_it() -> None:
    assert optimum(replace(kept_to(), cost_cap=None)).cost == pytest.approx(200.0)


def test_a_plan_above_the_cap_fails_its_check() -> None:
    plan = Plan(kept_to(cap=239.0), (Purchase("p", "f", 1, 10.0), Purchase("p", "f", 2, 10.0)), ())
    charges = solve(kept_to()).charges
    assert [(row.limit, row.achieved) for row in RULE.check(plan, charges) if not row.holds] == [(239.0, 240.0)]

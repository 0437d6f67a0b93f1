"""Frozen periods: what the last plan orders in them is ordered, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.case import Case
from models.decisions import Purchase
from models.records import Previous, Supplier
from models.rules.frozen import RULE
from tests.cases import case, first, material, offer
from tests.solving import Binding, optimum, solve

OFFERS = offer(), offer("p", 12.0)
"""o at 10 and p at 12; 10 t are needed in each of two months, and nothing can be stored."""


SHORT = (material(maximum_stock=0, value_of_shortage=15.0),)


def last(name: str, month: int, quantity: float) -> Previous:
    return Previous(material="x", offer=name, trader="f", period=first(month), quantity=quantity)


def fenced(*rows: Previous, periods: int = 1, **tables: Any) -> Case:
    settings = {"frozen_periods": periods}
    given = {"offers": OFFERS, "materials": (material(maximum_stock=0),)} | tables
    return case(*given.pop("offers"), needs=(10, 10), settings=settings,
                previous=rows or (last("p", 1, 10), last("p", 2, 10)), **given)  # fmt: skip


def looked_ahead() -> Case:
    """The last plan looked ahead to February and ordered nothing then, so that what February needs is short."""
    return fenced(last("p", 1, 10), periods=2, materials=SHORT).with_settings(previous_until=first(2))


# January's order stays with p: 10 · 12; February's moves to o: 10 · 10. Without the rule 20 · 10.
BINDING = Binding(fenced, cost=220.0, dropped=200.0)


@pytest.mark.parametrize(("periods", "cost"), [(0, 200.0), (1, 220.0), (2, 240.0), (9, 240.0)])
def test_more_is_dearer(periods: int, cost: float) -> None:
    assert optimum(fenced(periods=periods)).cost == pytest.approx(cost)


def test_what_the_last_plan_did_not_look_ahead_to_is_free() -> None:
    """It ordered in January alone, and looked no further unless it is said: then February had no order, and may have none."""
    january = last("p", 1, 10)
    assert optimum(fenced(january, periods=2)).cost == pytest.approx(220.0)
    told = fenced(january, periods=2).with_settings(previous_until=first(2))
    assert not solve(told).feasible


def test_a_last_plan_that_orders_nothing_is_one() -> None:
    """It looked ahead to January: nothing may be ordered then, and what January needs is short."""
    nothing = replace(fenced(materials=SHORT), previous=()).with_settings(previous_until=first(1))
    assert optimum(nothing).cost == pytest.approx(150.0 + 100.0)


def test_nothing_is_frozen_without_a_last_plan() -> None:
    assert optimum(replace(fenced(periods=2), previous=())).cost == pytest.approx(200.0)


@pytest.mark.parametrize(
    "tables",
    [
        {"offers": OFFERS[:1]},  # p is gone
        {"offers": (OFFERS[0], offer("p", 12.0, valid_from=first(2)))},
        {"suppliers": (Supplier(supplier="s"), Supplier(supplier="s-p", sanctioned=True)),
         "offers": (offer(supplier="s"), offer("p", 12.0, supplier="s-p"))},
    ],
)  # fmt: skip
def test_what_cannot_be_ordered_any_more_is_let_go(tables: dict[str, Any]) -> None:
    """January is bought from o then: of a material that loses a frozen order something else may be ordered."""
    assert optimum(fenced(last("p", 1, 10), **tables)).cost == pytest.approx(200.0)
    assert not solve(fenced(last("o", 1, 4), last("p", 2, 4), **tables)).feasible  # o's order stands, and is too small


def test_an_order_that_was_rounded_up_may_fill_a_limit() -> None:
    """Two thirds of 10 t are written as 6.666667: the offer's capacity is not in its way."""
    offers = offer("p", 12.0, capacity_per_period=20 / 3), offer("q", 13.0)
    rows = last("p", 1, round(20 / 3, 6)), last("q", 1, round(10 / 3, 6)), last("q", 2, 10.0)
    assert optimum(fenced(*rows, offers=offers)).cost == pytest.approx(2 * (12.0 * 20 / 3 + 13.0 * 10 / 3))


def test_a_frozen_order_does_not_creep() -> None:
    """o is cheaper: a step more of it and one less of p would pay, every night anew."""
    solved = optimum(fenced(last("p", 1, 5.0), last("o", 1, 5.0)))
    assert (solved.bought["p", 1], solved.bought["o", 1]) == (5.0, 5.0)


def test_the_check_compares_every_order_of_the_frozen_periods() -> None:
    solved = optimum(fenced())
    moved = replace(
        solved.plan, purchases=(Purchase("p", "f", 1, 9.0), Purchase("o", "f", 1, 1.0), Purchase("o", "f", 2, 10.0))
    )
    broken = [row for row in RULE.check(moved, ()) if not row.holds]
    assert [(row.limit, row.achieved) for row in broken] == [(0.0, 1.0), (10.0, 9.0)]


def test_a_limit_is_told_in_words() -> None:
    assert RULE.limit_in_words(fenced(), "held", ("p", "f", 1)) == "the frozen order of f on p in 2027-01 (10 t)"
    nothing = "the frozen period 2027-01, in which the last plan orders nothing on o for f"
    assert RULE.limit_in_words(fenced(), "held", ("o", "f", 1)) == nothing

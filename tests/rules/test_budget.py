"""Budgets: ceilings on undiscounted commitments, in total, by year of the order, and by trader."""

from __future__ import annotations

from typing import Any

import pytest

from models.case import Case
from models.plan import Charge, Plan
from models.records import Budget, Supplier, Trader
from models.rules.budget import RULE
from tests.cases import case, first, material, offer
from tests.solving import Binding, optimum, solve

SHORT = material(value_of_shortage=15.0)
"""A tonne short costs 15 USD, 5 more than a tonne bought, and is nobody's commitment."""


def tight() -> Case:
    return case(offer(), needs=(10,), materials=(SHORT,), settings={"budget": 60})


# 6 t for 60, 4 t short for 60. Without the rule 10 t for 100.
BINDING = Binding(tight, cost=120.0, dropped=100.0)


def test_the_ceiling_of_settings() -> None:
    assert optimum(tight()).cost == pytest.approx(120.0)


def test_the_same_ceiling_twice_is_still_one() -> None:
    """60 in Settings and a row of 60 for the whole plan and all traders: 6 t, not 3."""
    found = case(offer(), needs=(10,), materials=(SHORT,), settings={"budget": 60}, budgets=(Budget(amount=60),))
    assert optimum(found).cost == pytest.approx(120.0)


def test_the_lower_of_two_ceilings_holds() -> None:
    found = case(offer(), needs=(10,), materials=(SHORT,), settings={"budget": 60}, budgets=(Budget(amount=40),))
    assert optimum(found).cost == pytest.approx(40 + 90)


def test_a_budget_of_nothing_is_no_blank() -> None:
    assert optimum(case(offer(), needs=(10,), materials=(SHORT,), settings={"budget": 0})).cost == pytest.approx(150.0)


def test_everything_owed_to_others_counts() -> None:
    """10 t at 10 + freight 1 + duty 10 % = 12, fee 5 % of it, an order for 7, a contract for 5, onboarding for 3: 141.

    Holding the last tonne costs 1 more, which is owed to nobody.
    """
    quote = offer(freight=1, duty_rate=0.1, fixed_order_cost=7, contract_cost=5)
    terms: dict[str, Any] = {
        "traders": (Trader(trader="f", fee=0.05),),
        "suppliers": (Supplier(supplier="s", onboarding_cost=3),),
        "materials": (material(minimum_stock=1, holding_cost=12),),
    }
    assert solve(case(quote, needs=(9,), settings={"budget": 140.9}, **terms)).feasible is False
    assert optimum(case(quote, needs=(9,), settings={"budget": 141}, **terms)).cost == pytest.approx(142.0)


def test_ceilings_are_undiscounted_and_count_what_is_due_past_the_horizon() -> None:
    """Paid a year later at 12 % the tonne costs 8.87 today, and still counts 10: 6 t."""
    found = case(
        offer(payment_days=365), needs=(10,), materials=(SHORT,), settings={"budget": 60, "discount_rate": 0.12}
    )  # fmt: skip
    solved = optimum(found)
    assert solved.total == pytest.approx({"o": 6.0})
    assert solved.cost == pytest.approx(60 / 1.01**12 + 60)


def test_a_year_counts_the_orders_placed_in_it() -> None:
    """December's order arrives and is due in January: it counts in 2027, whose ceiling of 60 leaves 6 of 10 t for the
    14th month … and one of 2028 does not touch it."""
    quote = offer(lead_days=31, valid_from=first(12), valid_to=first(12))
    for year, cost in ((2027, 60 + 60), (2028, 100)):
        found = case(quote, needs=(0,) * 12 + (10,), materials=(SHORT,), budgets=(Budget(year=year, amount=60),))
        assert optimum(found).cost == pytest.approx(cost)


def test_a_traders_ceiling_leaves_the_others_free() -> None:
    """a spends 60, b buys the other 4 t with its fee of 10 %."""
    traders = (Trader(trader="a"), Trader(trader="b", fee=0.1))
    found = case(offer(exclusive=False), needs=(10,), traders=traders, budgets=(Budget(trader="a", amount=60),))
    assert optimum(found).cost == pytest.approx(60 + 44)


def test_a_ceiling_of_one_year_and_one_trader() -> None:
    """Of a's purchases only 2028's are limited: 2027's 10 t by a, of 2028's 10 t 6 by a and 4 by b."""
    traders = (Trader(trader="a"), Trader(trader="b", fee=0.1))
    found = case(
        offer(exclusive=False), needs=(0,) * 11 + (10, 10), traders=traders,
        materials=(material(maximum_stock=0),), budgets=(Budget(year=2028, trader="a", amount=60),),
    )  # fmt: skip
    assert optimum(found).cost == pytest.approx(100 + 60 + 44)


def test_the_check_adds_up_commitments_only() -> None:
    """50 + 20 of purchases and freight against 60; a shortage of 1000 is no commitment."""
    charges = [Charge(line, "f", "x", 1, 1, amount) for line, amount in
               (("purchase", 50.0), ("freight", 20.0), ("shortage", 1000.0))]  # fmt: skip
    (found,) = RULE.check(Plan(tight(), (), ()), charges)
    assert found.excess == pytest.approx(10.0)


@pytest.mark.parametrize("budget", [1e7, 2e7])
def test_a_binding_budget_survives_the_rounding_of_a_dear_metal(budget: float) -> None:
    """At 30 million USD a tonne a step of a gram is 30 USD: 0.333333 or 0.666667 t, the second of which is 10 USD over
    what the ceiling leaves. That is rounding, and no plan fails for it."""
    dear = case(offer(price=3e7), needs=(1,), materials=(material(value_of_shortage=1e9),), settings={"budget": budget})
    assert optimum(dear).total["o"] == pytest.approx(round(budget / 3e7, 6), abs=1e-12)

"""Demand that draws stock: met, or short at its price; flat or dated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.case import Case
from models.plan import Plan
from models.records import Demand, OpeningStock, PeriodLength
from models.rules.demand import RULE
from tests.cases import case, first, material, offer
from tests.solving import Binding, optimum, solve


def needed() -> Case:
    return case(offer(), needs=(10, 5))


# 15 t at 10. Without the rule nobody takes anything: 0.
BINDING = Binding(needed, cost=150.0, dropped=0.0)


def test_demand_is_met_in_its_month() -> None:
    """5 t in each month at most: January's 10 t cannot be met late, February's 10 t can be met early."""
    assert not solve(case(offer(capacity_per_period=5), needs=(10, 0))).feasible
    assert optimum(case(offer(capacity_per_period=5), needs=(0, 10))).cost == pytest.approx(100.0)


@pytest.mark.parametrize(("value", "cost"), [(9.0, 90.0), (11.0, 100.0), (0.0, 0.0)])
def test_demand_with_a_value_of_shortage_is_met_only_where_that_is_cheaper(value: float, cost: float) -> None:
    """10 t at 10, or short at the value of shortage; at nothing it is never met."""
    solved = optimum(case(offer(), needs=(10,), materials=(material(value_of_shortage=value),)))
    assert solved.cost == pytest.approx(cost)
    assert solved.lines.get("shortage", 0.0) == pytest.approx(90.0 if value == 9.0 else 0.0)


def test_unmet_demand_is_lost_not_carried_over() -> None:
    """Nothing can be had in January: its 10 t are short for 90 each, and February buys its own 5 t only."""
    found = case(offer(valid_from=first(2)), needs=(10, 5), materials=(material(value_of_shortage=90.0),))
    solved = optimum(found)
    assert solved.cost == pytest.approx(900 + 50)
    assert solved.total == pytest.approx({"o": 5.0})


def test_shortage_is_discounted_in_its_period() -> None:
    found = case(needs=(0, 10), materials=(material(value_of_shortage=9.0),), settings={"discount_rate": 0.12})
    assert optimum(found).cost == pytest.approx(90 / 1.01)


def test_blank_means_that_it_must_be_met() -> None:
    assert not solve(case(needs=(1,))).feasible


@pytest.mark.parametrize(("length", "quantity"), [(PeriodLength.MONTH, 10.0), (PeriodLength.QUARTER, 30.0)])
def test_flat_demand_is_a_twelfth_a_month_whatever_its_days(length: PeriodLength, quantity: float) -> None:
    """120 t a year: 10 t a month, in February as in January; 30 t a quarter."""
    found = case(offer(), periods=2, materials=(material(annual_demand=120.0, maximum_stock=0),), settings={"period": length})
    assert optimum(found).bought == pytest.approx({("o", 1): quantity, ("o", 2): quantity})


def test_dated_demand_goes_before_the_flat_one() -> None:
    """Rows on any day of a month are added up; a month without a row has none; rows beyond the plan draw nothing."""
    rows = [(date(2027, 1, 1), 1.0), (date(2027, 1, 31), 2.0), (date(2027, 3, 15), 4.0), (date(2027, 4, 1), 8.0)]
    found = replace(
        case(offer(), periods=3, materials=(material(annual_demand=120.0, maximum_stock=0),)),
        demand=tuple(Demand(material="x", date=day, quantity=quantity) for day, quantity in rows),
    )
    assert optimum(found).bought == pytest.approx({("o", 1): 3.0, ("o", 3): 4.0})


def test_opening_stock_serves_demand_before_purchases() -> None:
    assert optimum(case(offer(), needs=(10,), opening_stock=(OpeningStock(material="x", quantity=12),))).cost == 0.0


def test_the_check_compares_what_left_with_what_was_asked() -> None:
    """Nothing left: 10 t and 5 t short. With a value of shortage that is no fault, but 15 t times the value."""
    assert [row.excess for row in RULE.check(Plan(needed(), (), ()), ()) if not row.holds] == [10.0, 5.0]
    priced = Plan(case(offer(), needs=(10, 5), materials=(material(value_of_shortage=2.0),)), (), ())
    assert all(row.holds for row in RULE.check(priced, ()))
    assert sum(charge.amount for charge in RULE.charges(priced)) == 30.0


def test_demand_that_has_a_price_is_no_limit() -> None:
    """What may be short stands against nothing, and is not named among what does."""
    assert RULE.limit_in_words(needed(), "met", ("x", 1)) is not None
    priced = case(offer(), needs=(10,), materials=(material(value_of_shortage=2.0),))
    assert RULE.limit_in_words(priced, "met", ("x", 1)) is None

"""Participation: all traders together take no more than a share of the market."""

from __future__ import annotations

from datetime import date

import pytest

from models.case import Case
from models.decisions import Contract, Purchase
from models.plan import Plan
from models.records import OpenOrder, PeriodLength, Trader
from models.rules.participation import RULE
from tests.cases import case, material, offer
from tests.solving import Binding, optimum, solve

THIN = material(participation_cap=0.1, accessible_world_supply=720.0, value_of_shortage=50.0)
"""A tenth of 720 t a year: 6 t a month."""
TRADERS = (Trader(trader="a"), Trader(trader="b"))


def thin() -> Case:
    return case(offer(), offer("p", exclusive=False), needs=(10,), materials=(THIN,), traders=TRADERS)


# 6 t at 10, 4 t short at 50. Without the rule 10 · 10.
BINDING = Binding(thin, cost=260.0, dropped=100.0)


def test_the_cap_is_on_all_offers_and_traders_together() -> None:
    """Two traders and two offers do not make the market larger."""
    solved = optimum(thin())
    assert solved.cost == pytest.approx(260.0)
    assert sum(solved.total.values()) == pytest.approx(6.0)


def test_it_counts_by_order_period_a_twelfth_of_the_year_each() -> None:
    """Three months, all needed in the third: 18 t of 20 are bought in time, 2 t are short."""
    assert optimum(case(offer(), needs=(0, 0, 20), materials=(THIN,))).cost == pytest.approx(180 + 100)
    quarter = case(offer(), needs=(20,), materials=(THIN,), settings={"period": PeriodLength.QUARTER})
    assert optimum(quarter).cost == pytest.approx(180 + 100)
    late = case(offer(lead_days=31), needs=(0, 20), materials=(THIN,))
    assert optimum(late).cost == pytest.approx(60 + 14 * 50)


def test_open_orders_are_no_purchases_of_the_plan() -> None:
    arriving = (OpenOrder(order="1", material="x", quantity=4, arrival=date(2027, 1, 5)),)
    assert optimum(case(offer(), needs=(10,), materials=(THIN,), open_orders=arriving)).cost == pytest.approx(60.0)


@pytest.mark.parametrize("fields", [{"participation_cap": None}, {"accessible_world_supply": None}])
def test_without_cap_or_supply_there_is_no_limit(fields: dict[str, None]) -> None:
    assert optimum(case(offer(), needs=(10,), materials=(THIN.model_copy(update=fields),))).cost == pytest.approx(100.0)


def test_a_cap_of_nothing_is_no_blank() -> None:
    none = THIN.model_copy(update={"participation_cap": 0.0, "value_of_shortage": None})
    assert not solve(case(offer(), needs=(10,), materials=(none,))).feasible


def test_the_check_adds_up_the_traders() -> None:
    plan = Plan(thin(), (Purchase("p", "a", 1, 5.0), Purchase("p", "b", 1, 4.0)), (Contract("p", "a"), Contract("p", "b")))
    (found,) = RULE.check(plan, ())
    assert found.excess == pytest.approx(3.0)

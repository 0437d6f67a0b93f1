"""Open orders: what was ordered before the plan arrives, and is paid for if it is not paid yet."""

from __future__ import annotations

from datetime import date

import pytest

from models.case import Case
from models.plan import Charge, Plan
from models.records import Budget, OpenOrder, Trader
from models.rules.open_orders import RULE
from tests.cases import case, offer
from tests.solving import Binding, optimum, solve


def order(quantity: float = 4.0, arrival: date = date(2027, 1, 15), number: str = "1", **fields: object) -> OpenOrder:
    return OpenOrder(**{"order": number, "material": "x", "quantity": quantity, "arrival": arrival} | fields)  # type: ignore[arg-type]  # pydantic checks


def expected() -> Case:
    return case(offer(), needs=(10,), open_orders=(order(price=7.0),))


# 4 t arrive for 7 each, 6 t are bought: 28 + 60. Without the rule 10 t are bought for 100.
BINDING = Binding(expected, cost=88.0, dropped=100.0)


def test_open_orders_arrive_and_their_unpaid_price_is_due() -> None:
    solved = optimum(expected())
    assert solved.total == pytest.approx({"o": 6.0})
    assert solved.lines == pytest.approx({"open orders": 28.0, "purchase": 60.0})


def test_what_is_paid_is_not_paid_again() -> None:
    assert optimum(case(offer(), needs=(10,), open_orders=(order(price=7.0, paid=True),))).cost == pytest.approx(60.0)


def test_they_arrive_in_the_period_of_their_day() -> None:
    """4 t on 31 January serve January; on 1 February they serve February only: either way 20 − 4 are bought."""
    for day, january in ((date(2027, 1, 31), 6.0), (date(2027, 2, 1), 10.0)):
        solved = optimum(case(offer(capacity_per_period=10), needs=(10, 10), open_orders=(order(arrival=day),)))
        assert sum(solved.total.values()) == pytest.approx(16.0)
        assert solved.bought["o", 1] >= january - 1e-9


def test_an_order_that_arrives_past_the_horizon_brings_nothing_and_is_still_paid() -> None:
    """10 · 10, and 4 · 7 due two months after the start at 1 % a month."""
    late = order(arrival=date(2027, 3, 10), price=7.0)
    solved = optimum(case(offer(), needs=(10,), open_orders=(late,), settings={"discount_rate": 0.12}))
    assert solved.cost == pytest.approx(100 + 28 / 1.01**2)


def test_unpaid_orders_count_in_the_ceilings_of_their_arrivals_year_and_trader() -> None:
    """A ceiling of 90 for trader a: its open order takes 28, 62 are left for the 6 t
    that lack.

    With 80: 52 left, 5.2 t of o by a and 0.8 t by b for a fee of 10 %: 28 + 52 + 8.8.
    """
    traders = (Trader(trader="a"), Trader(trader="b", fee=0.1))
    for year, ceiling, cost in ((None, 90, 88.0), (None, 80, 88.8), (2027, 80, 88.8), (2028, 80, 88.0)):
        found = case(
            offer(exclusive=False),
            needs=(10,),
            traders=traders,
            open_orders=(order(price=7.0, trader="a"),),
            budgets=(Budget(trader="a", amount=ceiling, year=year),),
        )
        assert optimum(found).cost == pytest.approx(cost)


def test_past_the_horizon_they_count_in_the_plans_ceiling_too() -> None:
    """100 for the need and 28 for an order of next year: a ceiling of 128 is enough, one of 127 is not."""
    late = order(arrival=date(2028, 3, 10), price=7.0)
    for budget, feasible in ((128, True), (127, False)):
        found = case(offer(), needs=(10,), open_orders=(late,), settings={"budget": budget})
        assert solve(found).feasible is feasible


def test_the_check_compares_the_bill_with_the_orders() -> None:
    (found,) = RULE.check(Plan(expected(), (), ()), (Charge("open orders", "", "x", 1, 1, 20.0),))
    assert not found.holds and found.excess == pytest.approx(8.0)

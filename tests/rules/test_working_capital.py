"""What is committed and not yet paid. 10 t of x are needed in January of 2027 and 10 in March; credit makes them 12."""

from __future__ import annotations

from typing import Any

import pytest

from models.case import Case
from models.records import Trader
from tests.cases import case, offer
from tests.solving import Binding, optimum

CREDIT = offer("late", 8.0, payment_days=62)
CASH = offer("now", 10.0)


def tied(capital: float | None = None, **given: Any) -> Case:
    """One tonne on credit costs 8, due two months later, and one paid at once 10."""
    return case(
        CREDIT, CASH, needs=given.pop("needs", (10, 0, 10)), traders=(Trader(trader="f", working_capital=capital),), **given
    )


BINDING = Binding(lambda: tied(40.0), cost=2 * (5 * 8 + 5 * 10), dropped=160.0)


def test_what_is_unpaid_is_limited_at_every_periods_end() -> None:
    """40 are 5 t at 8, in January and, as these are due in March, again then; the other 5 are paid at once."""
    solved = optimum(tied(40.0))
    assert solved.cost == pytest.approx(180.0)
    assert solved.total == pytest.approx({"late": 10.0, "now": 10.0})


def test_what_is_due_past_the_plan_ties_capital_too() -> None:
    assert optimum(tied(0.0)).cost == pytest.approx(200.0)
    assert optimum(tied(80.0)).cost == pytest.approx(160.0)


def test_more_capital_never_raises_the_cost() -> None:
    costs = [optimum(tied(capital)).cost for capital in (0.0, 16.0, 60.0, 80.0, None)]
    assert costs == sorted(costs, reverse=True)


def test_two_traders_with_capital_of_their_own_are_two() -> None:
    """Each may owe 40: together they buy what one with 80 does."""
    both = tuple(Trader(trader=name, working_capital=40.0) for name in ("f", "g"))
    shared = (CREDIT.model_copy(update={"exclusive": False}), CASH)
    assert optimum(case(*shared, needs=(10, 0, 10), traders=both)).cost == pytest.approx(160.0)
    one_offer_each = optimum(case(CREDIT, offer("late2", 8.0, payment_days=62), CASH, needs=(10, 0, 10), traders=both))
    assert one_offer_each.cost == pytest.approx(160.0)

"""Stock: what comes in less what goes out and is lost, its bounds, and what holding it costs."""

from __future__ import annotations

import pytest

from models.case import Case
from models.decisions import Move
from models.plan import Plan
from models.records import Depot, OpeningStock, PeriodLength
from models.rules.stock_balance import RULE
from tests.cases import case, first, kept, material, offer
from tests.solving import Binding, optimum, solve

ONLY_JANUARY = offer(valid_to=first(1))


def losing() -> Case:
    """A yearly loss of 1 − 0.9^12: exactly a tenth is lost each month."""
    return case(ONLY_JANUARY, needs=(0, 9), materials=(material(loss_rate=1 - 0.9**12),))


# 10 t bought in January leave 9 t in February: 100. Without the balance goods appear from nowhere: 0.
BINDING = Binding(losing, cost=100.0, dropped=0.0)


def test_a_yearly_loss_is_lost_month_by_month() -> None:
    """1 − (1 − l)^(1/12) a month. A twelfth of the yearly 71.76 %, 5.98 %, would ask for 9.57 t only."""
    solved = optimum(losing())
    assert solved.cost == pytest.approx(100.0)
    assert solved.plan.stock["x", "", 2].lost == pytest.approx(1.0)


def test_goods_are_lost_in_the_period_after_they_arrive() -> None:
    """What arrives and leaves in the same month loses nothing; the opening stock loses in the first month already."""
    assert optimum(case(offer(), needs=(9,), materials=(material(loss_rate=1 - 0.9**12),))).cost == pytest.approx(90.0)
    opened = case(offer(), needs=(10,), materials=(material(loss_rate=1 - 0.9**12),),
                  opening_stock=(OpeningStock(material="x", quantity=10),))  # fmt: skip
    assert optimum(opened).cost == pytest.approx(10.0)


def test_a_quarter_loses_three_months_worth() -> None:
    """0.9³ = 0.729 is left after a quarter: 7.29 t need 10 t."""
    found = case(
        ONLY_JANUARY, needs=(0, 0, 0, 7.29), materials=(material(loss_rate=1 - 0.9**12),),
        settings={"period": PeriodLength.QUARTER, "periods": 2},
    )  # fmt: skip
    assert optimum(found).cost == pytest.approx(100.0)


def test_opening_stock_is_used_and_rows_are_added_up() -> None:
    """3 + 4 t are there, 3 t of the 10 are bought."""
    stock = (OpeningStock(material="x", quantity=3), OpeningStock(material="x", quantity=4))
    assert optimum(case(offer(), needs=(10,), opening_stock=stock)).cost == pytest.approx(30.0)


def test_holding_is_measured_at_the_end_of_each_period() -> None:
    """12 USD a tonne and year are 1 a month: 10 t of January wait for March, at the ends of January and February."""
    found = case(ONLY_JANUARY, needs=(0, 0, 10), materials=(material(holding_cost=12),))
    solved = optimum(found)
    assert solved.cost == pytest.approx(100 + 20)
    assert solved.lines["holding"] == pytest.approx(20.0)
    quarters = case(ONLY_JANUARY, needs=(0, 0, 0, 10), materials=(material(holding_cost=12),),
                    settings={"period": PeriodLength.QUARTER, "periods": 2})  # fmt: skip
    assert optimum(quarters).cost == pytest.approx(100 + 30)


def test_holding_is_discounted_at_the_period_it_is_held_in() -> None:
    found = case(ONLY_JANUARY, needs=(0, 0, 10), materials=(material(holding_cost=12),), settings={"discount_rate": 0.12})
    assert optimum(found).cost == pytest.approx(100 + 10 + 10 / 1.01)


def test_minimum_and_maximum_stock_hold_at_every_periods_end() -> None:
    """At least 4 t are left of what is bought: 14 t. At most 3 t may be left of January's cheap 20 t, so that
    February buys 7 t at 12."""
    assert optimum(case(offer(), needs=(10,), materials=(material(minimum_stock=4),))).cost == pytest.approx(140.0)
    offers = ONLY_JANUARY, offer("p", 12.0)
    found = case(*offers, needs=(10, 10), materials=(material(maximum_stock=3),))
    assert optimum(found).cost == pytest.approx(130 + 84)


def test_minimum_stock_holds_over_all_depots_together() -> None:
    """Two depots with room for 3 t each hold the 4 t together."""
    depots = (Depot(depot="A", capacity=3), Depot(depot="B", capacity=3))
    assert optimum(case(offer(), needs=(10,), materials=(material(minimum_stock=4),), depots=depots)).cost == 140.0


def test_cover_demand_never_leaves_the_depot() -> None:
    """365 t a year that only measure cover, and 10 days of floor: 10 t are bought once, and are still there at the end."""
    solved = optimum(case(offer(), periods=3, materials=(kept(floor_days=10, benchmark_price=1e-6),)))
    assert solved.total == pytest.approx({"o": 10.0})
    assert solved.plan.closing_stock["x", 3] == pytest.approx(10.0)


def test_what_adding_up_leaves_is_nothing() -> None:
    """0.3 t less three times 0.1 t: no grain of a billionth of a gram is left, nor lacks."""
    opening = (OpeningStock(material="x", quantity=0.3),)
    left = optimum(case(needs=(0.1, 0.1, 0.1), opening_stock=opening)).plan.closing_stock["x", 3]
    assert str(left) == "0.0"


def test_the_check_sees_stock_that_is_not_there() -> None:
    """5 t leave an empty depot; of 10 t that arrive none is stored."""
    broken = case(offer(), needs=(5,), depots=(Depot(depot="A"),), materials=(material(minimum_stock=2, maximum_stock=3),))
    plan = Plan(broken, (), (), (Move("x", "A", 1, 0.0, 5.0),))
    assert [row.excess for row in RULE.check(plan, ()) if not row.holds] == pytest.approx([5.0, 7.0])
    taken = Plan(broken, (), (), (Move("x", "A", 1, 10.0, 0.0),))
    assert [row.excess for row in RULE.check(taken, ()) if not row.holds] == pytest.approx([7.0, 10.0])
    assert not solve(case(needs=(5,))).feasible


def test_grams_measured_in_tonnes_survive_rounding() -> None:
    """5.6 g a month, which leave as 6 g, from three sellers of 1.4, 1.4 and 2.8 g, which round to 5 g: the rounding of a
    year's decisions, not a stock-out of 12 g."""
    sellers = (offer(f"o{k}", capacity_per_period=quantity) for k, quantity in enumerate((1.4e-6, 1.4e-6, 2.8e-6)))
    solved = optimum(case(*sellers, needs=(5.6e-6,) * 12))
    assert solved.plan.closing_stock["x", 12] == pytest.approx(-12e-6)

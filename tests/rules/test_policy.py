"""Policy: shares and amounts, what they measure, over which window and scope, hard or soft.

Whose purchases count is in `test_policy_values`, how many values in `test_policy_count`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.case import Case
from models.decisions import Contract, Purchase
from models.plan import Plan
from models.records import (
    BreakKind,
    Hardness,
    Measure,
    OpenOrder,
    PeriodLength,
    Policy,
    PriceBreak,
    RuleKind,
    Trader,
    Window,
)
from models.rules.policy import RULE
from tests.cases import first, material
from tests.policies import ALLIED, AT_LEAST, CHINESE, from_country, rule, ruled
from tests.solving import Binding, optimum, solve

SPEND = {"measure": Measure.SPEND}
UNSTORED: dict[str, Any] = {"materials": (material(maximum_stock=0),)}


def capped() -> Case:
    return ruled(rule(0.4))


# 4 t from China at 10, 6 t from Australia at 12. Without the rule 10 · 10.
BINDING = Binding(capped, cost=112.0, dropped=100.0)


@pytest.mark.parametrize(
    ("policy", "cost"),
    [
        (rule(0.4), 112.0),
        (rule(0.0), 120.0),
        (rule(1.0), 100.0),
        (rule(0.6, "AUS", **AT_LEAST), 112.0),
        (rule(3.0, kind="amount"), 114.0),  # 3 t from China at most
        (rule(4.0, "AUS", kind="amount", **AT_LEAST), 108.0),
        (rule(12.0, "AUS", kind="amount", **AT_LEAST), 144.0),  # more than is needed
        (rule(30.0, kind="amount", **SPEND), 114.0),  # 30 USD in China at most
        (rule(48.0, "AUS", kind="amount", **SPEND, **AT_LEAST), 108.0),
    ],
)
def test_shares_and_amounts(policy: Policy, cost: float) -> None:
    assert optimum(ruled(policy)).cost == pytest.approx(cost)


def test_a_share_of_spend_is_at_landed_price_without_the_traders_fee() -> None:
    """With freight of 2 from China both cost 12 landed: half of the money is half of the tonnes, whoever buys.

    If the fee of 50 % counted, b's purchases would weigh more.
    """
    offers = from_country("c", 10.0, "CHN", freight=2.0), from_country("a", 12.0, "AUS", valid_from=first(1))
    traders = (Trader(trader="b", fee=0.5),)
    solved = optimum(ruled(rule(0.5, **SPEND), offers=offers, traders=traders))
    assert solved.cost == pytest.approx(180.0)
    cheaper = optimum(ruled(rule(0.4, **SPEND), traders=traders))
    # 10 q ≤ 0.4 · (10 q + 12 (10 − q)) ⇒ q = 48 / 10.8
    assert cheaper.total["c"] == pytest.approx(48 / 10.8)


def test_a_share_of_spend_is_before_price_breaks() -> None:
    """China is at 5 for all units from 4 t on; measured at 10 all the same, 48 / 10.8 t may come from there."""
    breaks = (PriceBreak(offer="c", from_quantity=4, price=5.0, kind=BreakKind.ALL_UNITS),)
    solved = optimum(ruled(rule(0.4, **SPEND), price_breaks=breaks))
    assert solved.total["c"] == pytest.approx(48 / 10.8)


def test_an_empty_window_keeps_every_rule() -> None:
    """Nothing is needed in January; a share of at least half of nothing is no reason to buy."""
    found = ruled(rule(0.5, "AUS", window=Window.PERIOD, **AT_LEAST), rule(0.5, "each", rule="e"), needs=(0, 10), **UNSTORED)
    assert optimum(found).cost == pytest.approx(110.0)


JANUARY, FEBRUARY = {"valid_to": first(1)}, {"valid_from": first(2)}
DEARER_IN_FEBRUARY = (CHINESE, from_country("a1", 12.0, "AUS", **JANUARY), from_country("a2", 15.0, "AUS", **FEBRUARY))
GLIDE = (rule(0.5), rule(0.2, from_date=first(2)))


@pytest.mark.parametrize(
    ("window", "cost"),
    [
        (Window.PERIOD, 5 * 10 + 5 * 12 + 2 * 10 + 8 * 15),
        (Window.HORIZON, 10 * 12 + 7 * 10 + 3 * 15),
        (Window.YEAR, 10 * 12 + 7 * 10 + 3 * 15),
        (Window.ROLLING, 10 * 12 + 7 * 10 + 3 * 15),
    ],
)
def test_a_glide_path_stands_inside_the_sum_of_any_window(window: Window, cost: float) -> None:
    """Half may be Chinese in January, a fifth in February: 5 + 2 = 7 t over the plan of 10 t each month, where it pays
    most, which is in February; in each month alone 5 t and 2 t."""
    policy = [row.model_copy(update={"window": window}) for row in GLIDE]
    assert optimum(ruled(*policy, offers=DEARER_IN_FEBRUARY, needs=(10, 10), **UNSTORED)).cost == pytest.approx(cost)


def test_an_amount_takes_the_limit_of_its_windows_last_period() -> None:
    policy = [row.model_copy(update={"kind": RuleKind.AMOUNT, "limit": 10 * row.limit}) for row in GLIDE]
    solved = optimum(ruled(*policy, offers=DEARER_IN_FEBRUARY, needs=(10, 10), **UNSTORED))
    assert solved.total["c"] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("window", "chinese"), [(Window.PERIOD, 6.0), (Window.YEAR, 6.0), (Window.ROLLING, 3.0), (Window.HORIZON, 3.0)]
)
def test_windows(window: Window, chinese: float) -> None:
    """At most 3 t from China in a window; 5 t are needed in each of the months 12 and 13 of 14. A year of the plan ends
    between them; twelve rolling months and the whole plan hold both."""
    policy = rule(3.0, kind="amount", window=window)
    solved = optimum(ruled(policy, needs=(0,) * 11 + (5, 5, 0), **UNSTORED))
    assert solved.total["c"] == pytest.approx(chinese)


def test_a_rolling_window_in_a_shorter_plan_is_the_plan_and_four_quarters_are_a_year() -> None:
    rolling = rule(3.0, kind="amount", window=Window.ROLLING)
    assert optimum(ruled(rolling, needs=(5, 5), **UNSTORED)).total["c"] == pytest.approx(3.0)
    quarters = {"settings": {"period": PeriodLength.QUARTER, "periods": 5}, "needs": (0,) * 9 + (5, 0, 0, 5)}
    assert optimum(ruled(rolling, **quarters, **UNSTORED)).total["c"] == pytest.approx(3.0)
    yearly = rule(3.0, kind="amount", window=Window.YEAR)
    assert optimum(ruled(yearly, **quarters, **UNSTORED)).total["c"] == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("dates", "chinese"),
    [
        ({"from_date": date(2027, 2, 1)}, [10, 0, 0]),
        ({"from_date": date(2027, 2, 2)}, [10, 10, 0]),  # in force on the first day of March only
        ({"to_date": date(2027, 2, 1)}, [0, 0, 10]),
        ({"to_date": date(2027, 1, 31)}, [0, 10, 10]),
        ({"from_date": date(2027, 2, 1), "to_date": date(2027, 2, 28)}, [10, 0, 10]),
    ],
)
def test_a_limit_is_in_force_in_periods_whose_first_day_it_holds(dates: dict[str, date], chinese: list[float]) -> None:
    solved = optimum(ruled(rule(0.0, window=Window.PERIOD, **dates), needs=(10, 10, 10), **UNSTORED))
    assert [solved.bought.get(("c", t), 0.0) for t in (1, 2, 3)] == pytest.approx(chinese)
    over_the_plan = optimum(ruled(rule(0.0, **dates), needs=(10, 10, 10), **UNSTORED))
    assert over_the_plan.cost == pytest.approx(solved.cost)


def test_rules_count_by_order_period() -> None:
    """Ordered in January, arriving in February: a limit from February on does not touch it."""
    late = from_country("c", 10.0, "CHN", lead_days=31), from_country("a", 12.0, "AUS")
    found = ruled(rule(0.0, from_date=first(2)), offers=late, needs=(0, 10))
    assert optimum(found).cost == pytest.approx(100.0)


@pytest.mark.parametrize(("penalty", "cost"), [(1.0, 106.0), (3.0, 112.0)])
def test_a_soft_share_costs_its_penalty_for_each_unit_beyond(penalty: float, cost: float) -> None:
    """6 t beyond 4 t save 2 each: for 1 each they are bought, for 3 each they are not."""
    solved = optimum(ruled(rule(0.4, hardness=Hardness.SOFT, penalty=penalty)))
    assert solved.cost == pytest.approx(cost)
    assert {row.hard for row in solved.of("policy")} == {False}


def test_soft_penalties_are_in_the_measure_per_window_and_due_at_its_end() -> None:
    """Money: at least 24 USD from Australia, 0.05 USD for each USD lacking, in each of two months, at 1 % a month."""
    soft = rule(24.0, "AUS", kind="amount", hardness=Hardness.SOFT, penalty=0.05, window=Window.PERIOD, **SPEND, **AT_LEAST)
    solved = optimum(ruled(soft, needs=(10, 10), settings={"discount_rate": 0.12}, **UNSTORED))
    assert solved.lines["policy penalty"] == pytest.approx(2 * 1.2)
    assert solved.cost == pytest.approx(101.2 + 101.2 / 1.01)
    over_both = soft.model_copy(update={"window": Window.HORIZON})
    later = optimum(ruled(over_both, needs=(10, 10), settings={"discount_rate": 0.12}, **UNSTORED))
    assert later.cost == pytest.approx(100 + 100 / 1.01 + 1.2 / 1.01)


TWO = {"materials": (material(), material("y")), "needs": {"x": (10,), "y": (10,)}}
X_AND_Y = (
    CHINESE, from_country("a", 12.0, "AUS"),
    from_country("cy", 10.0, "CHN", material="y"), from_country("ay", 20.0, "AUS", material="y"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "cost"),
    [
        ("all", 8 * 10 + 2 * 12 + 10 * 10),  # 18 of 20 t may be Chinese: x gives way, where it costs less
        ("x", 9 * 10 + 12 + 100),
        ("y", 100 + 9 * 10 + 20),
        ("each material", 9 * 10 + 12 + 9 * 10 + 20),
    ],
)
def test_scopes(scope: str, cost: float) -> None:
    assert optimum(ruled(rule(0.9, scope=scope), offers=X_AND_Y, **TWO)).cost == pytest.approx(cost)


def test_a_group_is_measured_together_and_its_penalty_is_nobodys_material() -> None:
    """y is in the group, x is not: 9 of y's 10 t from China, or one tonne's penalty of 5, booked on no material."""
    grouped = {"materials": (material(), material("y", group="g")), "needs": TWO["needs"]}
    assert optimum(ruled(rule(0.9, scope="g"), offers=X_AND_Y, **grouped)).cost == pytest.approx(100 + 90 + 20)
    soft = optimum(ruled(rule(0.9, scope="g", hardness=Hardness.SOFT, penalty=5.0), offers=X_AND_Y, **grouped))
    assert soft.cost == pytest.approx(205.0)
    assert [charge.material for charge in soft.charges if charge.line == "policy penalty"] == [""]


def test_quantities_in_different_units_are_added_up_in_tonnes() -> None:
    """10 t of x and 10 000 kg of y, whose Chinese tonne saves 10: 18 of 20 t may be Chinese."""
    offers = (
        *X_AND_Y[:2],
        from_country("cy", 0.010, "CHN", material="y"), from_country("ay", 0.020, "AUS", material="y"),
    )  # fmt: skip
    found = ruled(rule(0.9), offers=offers, materials=(material(), material("y", unit="kg")), needs={"x": (10,), "y": (1e4,)})
    assert optimum(found).cost == pytest.approx(204.0)


def test_a_portfolio_share_can_be_bought_with_a_surplus() -> None:
    """x comes from China only, y from Australia only; 10 t of x and 1 t of y are needed. Half may be Chinese: 10 t of y,
    though nothing but the need bounds its orders."""
    offers = CHINESE, from_country("ay", 5.0, "AUS", material="y")
    solved = optimum(ruled(rule(0.5), offers=offers, materials=TWO["materials"], needs={"x": (10,), "y": (1,)}))
    assert solved.cost == pytest.approx(150.0)


@pytest.mark.parametrize(("counts", "chinese"), [(True, 2.0), (False, 4.0)])
def test_open_orders_count_unless_the_rule_says_not(counts: bool, chinese: float) -> None:
    """10 t are bought, and 5 t more arrive from China: half of 15 t is 7.5, of which 5 are there; else 40 % of 10 t."""
    orders = (OpenOrder(order="1", material="x", offer="c", quantity=5, arrival=date(2027, 1, 9)),)
    policy = rule(7 / 15 if counts else 0.4, counts_open_orders=counts)
    solved = optimum(ruled(policy, needs=(15,), open_orders=orders))
    assert solved.total["c"] == pytest.approx(chinese)


def test_open_orders_count_in_the_period_of_their_arrival_at_their_price() -> None:
    """5 t at 20 USD arrive in February: 100 where 60 may be spent in China, which no plan can undo. If the limit is soft
    both months exceed it by 40: February by those, January by its own 10 t."""
    orders = (OpenOrder(order="1", material="x", offer="c", quantity=5, price=20, paid=True, arrival=first(2)),)
    policy = rule(60.0, kind="amount", window=Window.PERIOD, **SPEND)
    assert not solve(ruled(policy, needs=(10, 0), open_orders=orders)).feasible
    soft = policy.model_copy(update={"hardness": Hardness.SOFT, "penalty": 0.01})
    solved = optimum(ruled(soft, needs=(10, 0), open_orders=orders))
    assert solved.lines["policy penalty"] == pytest.approx((100 - 60) * 0.01 * 2)


def test_open_orders_past_the_horizon_are_in_no_window() -> None:
    orders = (OpenOrder(order="1", material="x", offer="c", quantity=50, arrival=date(2028, 1, 9)),)
    assert optimum(ruled(rule(0.4), open_orders=orders)).cost == pytest.approx(112.0)


def test_a_rule_on_one_traders_purchases_leaves_the_others_free() -> None:
    """a, without fee, may buy 40 % of its own in China; b, at 1 %, all: 10.10 a tonne, below 12."""
    traders = (Trader(trader="a"), Trader(trader="b", fee=0.01))
    offers = tuple(row.model_copy(update={"exclusive": False}) for row in (CHINESE, ALLIED))
    solved = optimum(ruled(rule(0.4, trader="a"), offers=offers, traders=traders))
    assert solved.cost == pytest.approx(101.0)


def test_rules_of_several_names_hold_together() -> None:
    """At most 40 % from China, at least 4 t from Japan at 15: 4 · 10 + 2 · 12 + 4 · 15."""
    offers = CHINESE, ALLIED, from_country("j", 15.0, "JPN")
    policy = rule(0.4), rule(4.0, "JPN", kind="amount", rule="j", **AT_LEAST)
    assert optimum(ruled(*policy, offers=offers)).cost == pytest.approx(124.0)


def test_local_and_coupling_rows() -> None:
    """A rule on one material is its cluster's; one on all, or on a group, couples."""
    policy = rule(0.9), rule(0.9, rule="l", scope="x"), rule(0.9, rule="e", scope="each material")
    solved = solve(ruled(*policy, offers=X_AND_Y, **TWO))
    solved.form.assert_local_rows()
    coupling = {name for name in solved.m.register.coupling if name.startswith("policy")}
    assert coupling == {"policy.share_portfolio"}


def test_what_cannot_be_kept_leaves_no_plan() -> None:
    assert not solve(ruled(rule(0.4), offers=(CHINESE,))).feasible


def test_the_check_measures_each_limit() -> None:
    """All of 10 t from China against 40 %: 6 t beyond; 100 USD against 30: 70 beyond."""
    policy = rule(0.4), rule(30.0, kind="amount", rule="m", **SPEND)
    plan = Plan(ruled(*policy), (Purchase("c", "f", 1, 10.0),), (Contract("c", "f"),))
    assert [(row.excess, row.unit) for row in RULE.check(plan, ())] == [(6.0, "t"), (70.0, "USD")]

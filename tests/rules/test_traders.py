"""Traders: most spend, least and largest share of what the traders spend together."""

from __future__ import annotations

from datetime import date

import pytest

from models.assess import charges_of
from models.case import Case
from models.plan import Charge, Plan
from models.records import Mandate, OpenOrder, PriceBreak, Supplier, Trader
from models.rules.traders import RULE
from tests.cases import case, material, offer
from tests.solving import Binding, optimum, solve

SHARED = offer(exclusive=False)


def pair(first_terms: dict[str, float], second_terms: dict[str, float]) -> tuple[Trader, Trader]:
    """Trader a without fee, b with a fee of 10 %."""
    return Trader(trader="a", **first_terms), Trader(trader="b", fee=0.1, **second_terms)


def limited() -> Case:
    return case(SHARED, needs=(10,), traders=pair({"maximum_spend": 60}, {}))


# a buys 6 t for 60, b 4 t for 44. Without the rule 100.
BINDING = Binding(limited, cost=104.0, dropped=100.0)


def test_the_maximum_spend_is_of_the_whole_plan_with_fees() -> None:
    """60 for a over two months; 55 for b, whose fee counts, are 5 t."""
    assert optimum(limited()).cost == pytest.approx(104.0)
    assert optimum(case(SHARED, needs=(5, 5), traders=pair({"maximum_spend": 60}, {}))).cost == pytest.approx(104.0)
    assert solve(case(SHARED, needs=(11,), traders=pair({"maximum_spend": 60}, {"maximum_spend": 55}))).feasible
    assert not solve(case(SHARED, needs=(11.1,), traders=pair({"maximum_spend": 60}, {"maximum_spend": 55}))).feasible


@pytest.mark.parametrize(
    "traders",
    [pair({"maximum_share": 0.5}, {}), pair({}, {"minimum_share": 0.5})],
)
def test_shares_are_of_what_the_traders_spend_together(traders: tuple[Trader, Trader]) -> None:
    """Half each in money: 10 q = 11 (10 − q) ⇒ q = 110 / 21 t by a, 2 · 1100 / 21 in all. Without the rule 100."""
    assert optimum(case(SHARED, needs=(10,), traders=traders)).cost == pytest.approx(2200 / 21)


def test_a_share_can_ask_for_more_than_is_needed() -> None:
    """a alone may buy x, b alone y; 10 t of x and 1 t of y are needed. b must spend half: 100 / 11 t of y for 100."""
    found = case(
        offer(), offer("oy", material="y"),
        needs={"x": (10,), "y": (1,)}, materials=(material(), material("y")),
        traders=pair({}, {"minimum_share": 0.5}),
        mandates=(Mandate(trader="a", material="x"), Mandate(trader="b", material="y")),
    )  # fmt: skip
    solved = optimum(found)
    assert solved.cost == pytest.approx(200.0)
    assert solved.total["oy"] == pytest.approx(100 / 11)


def test_nothing_bought_keeps_every_share() -> None:
    assert optimum(case(SHARED, needs=(0,), traders=pair({"maximum_share": 0.1}, {"minimum_share": 0.5}))).cost == 0.0


def test_a_share_of_nothing_closes_a_trader() -> None:
    assert optimum(case(SHARED, needs=(10,), traders=pair({"maximum_share": 0.0}, {}))).cost == pytest.approx(110.0)


def test_order_and_contract_costs_are_the_traders_onboarding_is_nobodys() -> None:
    """10 t at 10, an order for 3, a contract for 2: 105 of a; onboarding for 50 counts for none."""
    quote = offer(fixed_order_cost=3, contract_cost=2)
    for limit, feasible in ((105, True), (104, False)):
        found = case(quote, needs=(10,), traders=(Trader(trader="a", maximum_spend=limit),),
                     suppliers=(Supplier(supplier="s", onboarding_cost=50),))  # fmt: skip
        assert solve(found).feasible is feasible


def test_unpaid_open_orders_are_spent_in_their_traders_name() -> None:
    """a owes 40 for 4 t of the 10: 20 are left of 60, 2 t, and b buys 4 t for 44. In nobody's name a buys 6 t."""
    for trader, cost in (("a", 40 + 20 + 44), (None, 40 + 60)):
        orders = (OpenOrder(order="1", material="x", trader=trader, quantity=4, price=10, arrival=date(2027, 1, 9)),)
        found = case(SHARED, needs=(10,), traders=pair({"maximum_spend": 60}, {}), open_orders=orders)
        assert optimum(found).cost == pytest.approx(cost)


def test_the_check_adds_up_each_traders_commitments() -> None:
    """a spends 70 of 100: 10 over its maximum of 60, 20 over half."""
    broken = case(SHARED, needs=(10,), traders=pair({"maximum_spend": 60, "maximum_share": 0.5}, {"minimum_share": 0.4}))
    charges = [Charge("purchase", "a", "x", 1, 1, 70.0), Charge("freight", "b", "x", 1, 1, 30.0),
               Charge("onboarding", "", "", 1, 1, 500.0)]  # fmt: skip
    assert [row.excess for row in RULE.check(Plan(broken, (), ()), charges)] == pytest.approx([10.0, 20.0, 10.0])


def test_credit_puts_off_price_and_fee_and_its_interest_is_part_of_the_fee() -> None:
    """10 t at 10 with 20 of freight, due in February and not in January, 31 days at 10 % a year on 120."""
    trader = Trader(trader="f", fee=0.05, credit_days=31, credit_rate=0.1)
    found = optimum(case(offer(freight=2.0), needs=(10,), traders=(trader,))).plan
    due = {(row.line, row.due): row.amount for row in charges_of(found) if row.amount}
    interest = 120 * 0.1 * 31 / 365
    assert due == {("purchase", 2): 100.0, ("freight", 1): 20.0, ("trader fee", 2): pytest.approx(6.0 + interest)}
    assert found.lines[0].due == date(2027, 2, 1)


def test_credit_is_taken_where_it_costs_less_than_time_is_worth() -> None:
    """Payment 365 days later is worth 1 / 1.01¹² at 12 % a year; b asks for 10 % on it, or for 15 %."""
    for rate, chosen in ((0.10, "b"), (0.15, "a")):
        traders = Trader(trader="a"), Trader(trader="b", credit_days=365, credit_rate=rate)
        solved = optimum(case(offer(exclusive=False), needs=(10,), traders=traders, settings={"discount_rate": 0.12}))
        assert {row.trader for row in solved.plan.purchases} == {chosen}
        assert solved.cost == pytest.approx(min(100.0, 100 * (1 + rate) / 1.01**12))


def test_price_breaks_are_due_when_the_price_is() -> None:
    step = PriceBreak(offer="o", from_quantity=5, discount=0.5, kind="all units")
    trader = Trader(trader="f", credit_days=60)
    found = optimum(case(offer(), needs=(10,), traders=(trader,), price_breaks=(step,)))
    paid = sorted((row.line, row.due, row.amount) for row in charges_of(found.plan) if row.amount)
    assert paid == [("purchase", 3, -50.0), ("purchase", 3, 100.0)]
    assert found.cost == pytest.approx(50.0)

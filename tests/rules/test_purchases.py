"""Purchases: what a unit costs, when it is ordered, arrives and is due, and how much of it there is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.case import Case
from models.decisions import Contract, Purchase
from models.plan import Plan, cents
from models.records import Mandate, Milestone, PeriodLength, Price, Trader
from models.rules.purchases import RULE
from tests.cases import case, material, offer
from tests.solving import Binding, optimum, solve

TWO = (Trader(trader="a", maximum_spend=60), Trader(trader="b", maximum_spend=60))
SHORT = material(value_of_shortage=100.0)
"""Unmet demand costs 100 USD a unit: what cannot arrive in time shows in the cost."""


def limited() -> Case:
    return case(offer(maximum_total=6), offer("p", 12.0), needs=(5, 5))


# 6 t of o at 10 and 4 t of p at 12. Without the rule nothing is bought or arrives: no plan.
BINDING = Binding(limited, cost=108.0, dropped=float("inf"))


def test_the_maximum_total_holds_over_the_whole_plan_and_all_traders() -> None:
    """Without it 10 · 10 = 100. One trader or two, exclusive or shared, it is the same 6 t."""
    assert optimum(limited()).cost == pytest.approx(108.0)
    shared = offer(maximum_total=6, exclusive=False), offer("p", 12.0)
    assert optimum(case(*shared, needs=(5, 5), traders=TWO)).cost == pytest.approx(108.0)


def test_landed_cost_line_by_line() -> None:
    """10 t at 10 + freight 1 + insurance 0.5 + handling 0.25 + assay 0.25 + duty 10 % of the price alone = 13 a tonne;
    the fee of 2 % is on all of it: 0.26."""
    quote = offer(freight=1, insurance=0.5, handling=0.25, assay_cost=0.25, duty_rate=0.1)
    solved = optimum(case(quote, needs=(10,), traders=(Trader(trader="f", fee=0.02),)))
    assert solved.lines == pytest.approx(
        {"purchase": 100, "freight": 10, "insurance": 5, "handling": 2.5, "assay": 2.5, "duty": 10, "trader fee": 2.6}
    )
    assert solved.cost == pytest.approx(132.6)


def test_a_mandates_fee_goes_before_the_traders() -> None:
    """The trader's fee is 10 %, its mandate's for x 1 %: 101. A mandate's fee of nothing is no blank: 100."""
    trader = (Trader(trader="f", fee=0.1),)
    for fee, cost in ((0.01, 101.0), (0.0, 100.0), (None, 110.0)):
        mandates = (Mandate(trader="f", material="x", fee=fee),)
        assert optimum(case(offer(), needs=(10,), traders=trader, mandates=mandates)).cost == pytest.approx(cost)


PRICES = tuple(Price(index="i", date=day, value=value) for day, value in (
    (date(2026, 6, 1), 10.0), (date(2027, 1, 10), 20.0), (date(2027, 2, 1), 30.0), (date(2027, 2, 2), 99.0),
))  # fmt: skip


def test_an_index_price_is_that_of_the_orders_day_plus_the_premium() -> None:
    """Orders of 1 January (10 + 1) and 1 February (30 + 1): the quotation in between and the one a day late do not
    matter. 2 t in February only: ordering on 1 January costs 22, ordering on 1 February 62."""
    quote = offer(price=None, index="i", premium=1.0)
    assert optimum(case(quote, needs=(0, 2), prices=PRICES)).cost == pytest.approx(22.0)
    late = offer(price=None, index="i", premium=1.0, valid_from=date(2027, 2, 1))
    assert optimum(case(late, needs=(0, 2), prices=PRICES)).cost == pytest.approx(62.0)


def test_an_order_is_placed_on_the_first_valid_day_at_that_days_price() -> None:
    """Valid from 12 January, when the index stands at 20: 2 · 20. On the period's first day it would be 2 · 10."""
    quote = offer(price=None, index="i", valid_from=date(2027, 1, 12))
    solved = optimum(case(quote, needs=(2,), prices=PRICES))
    assert solved.cost == pytest.approx(40.0)
    assert solved.plan.lines[0].ordered == date(2027, 1, 12)


def test_a_price_is_never_below_zero() -> None:
    """Index 10 with a premium of −15 costs nothing, and earns nothing: only freight of 1 a tonne."""
    quote = offer(price=None, index="i", premium=-15.0, freight=1.0)
    assert optimum(case(quote, needs=(10,), prices=PRICES)).cost == pytest.approx(10.0)


def test_unit_prices_keep_their_full_precision() -> None:
    """3 t at 10.004: 30.01 to the cent; at a price cut to cents it would be 30.00."""
    solved = optimum(case(offer(price=10.004), needs=(3,)))
    assert cents(solved.cost) == 30.01


def test_an_offer_is_ordered_only_while_it_is_valid() -> None:
    """Valid to 31 January: February's 10 t, more than the capacity of 10 t leaves in stock, come from p at 12."""
    offers = offer(valid_to=date(2027, 1, 31), capacity_per_period=10), offer("p", 12.0)
    assert optimum(case(*offers, needs=(10, 10))).cost == pytest.approx(220.0)
    lasting = offer(valid_to=date(2027, 2, 1), capacity_per_period=10), offer("p", 12.0)
    assert optimum(case(*lasting, needs=(10, 10))).cost == pytest.approx(200.0)


@pytest.mark.parametrize(
    ("lead", "licence", "arrives"),
    [
        (0, 0, 1),  # at once
        (30, 0, 1),  # 31 January
        (31, 0, 2),  # 1 February
        (15, 16, 2),  # the licence adds to the lead
        (15.4, 15.4, 2),  # 30.8 is 31 days; rounded one by one they would be 30
        (15.2, 15.2, 1),  # 30.4 is 30 days
    ],
)
def test_lead_and_licence_days_are_added_then_rounded_once(lead: float, licence: float, arrives: int) -> None:
    """Demand of 1 in each of two months: goods that come in February leave January's unmet for 100."""
    solved = optimum(case(offer(lead_days=lead, licence_days=licence), needs=(1, 1), materials=(SHORT,)))
    assert solved.cost == pytest.approx(20.0 if arrives == 1 else 110.0)
    assert {line.arrival for line in solved.plan.lines} <= {arrives, arrives + 1}


def test_the_lead_counts_from_the_orders_day_not_from_the_first() -> None:
    """Valid from 15 January with 20 days: 4 February. From the 1st it would be 21 January, and January's unit met."""
    solved = optimum(case(offer(lead_days=20, valid_from=date(2027, 1, 15)), needs=(1, 1), materials=(SHORT,)))
    assert solved.cost == pytest.approx(110.0)
    assert [line.arrives for line in solved.plan.lines] == [date(2027, 2, 4)]


def test_an_order_that_would_arrive_past_the_horizon_is_not_offered() -> None:
    """With 40 days only January's order, of two, arrives within two months: o has one slot, and 10 t a month."""
    offers = offer(lead_days=40, capacity_per_period=10), offer("p", 12.0)
    solved = optimum(case(*offers, needs=(0, 20)))
    assert [slot.period for slot in solved.m.slots["o"]] == [1]
    assert solved.cost == pytest.approx(100.0 + 120.0)


def test_quarters() -> None:
    """Ordered on 1 January with 95 days it arrives on 6 April, in the second quarter; the demand of 10 April is in it
    too. With 89 days it arrives on 31 March, in the first."""
    for lead, shortage in ((95, 100.0), (89, 0.0)):
        solved = optimum(
            case(
                offer(lead_days=lead, valid_to=date(2027, 1, 1)),
                needs=(1, 0, 0, 1),
                materials=(SHORT,),
                settings={"period": PeriodLength.QUARTER, "periods": 2},
            )
        )
        assert solved.cost == pytest.approx(shortage + (10.0 if shortage else 20.0))


@pytest.mark.parametrize(
    ("fields", "months"),
    [
        ({}, 0),
        ({"payment_days": 30}, 0),  # 31 January
        ({"payment_days": 31}, 1),
        ({"payment_days": 90}, 3),  # 1 April, past the horizon
        ({"payment_days": 30, "lead_days": 28}, 1),  # arrives on 29 January, due on 28 February
        ({"payment_days": 31, "lead_days": 28}, 2),  # arrives on 29 January, due on 1 March
        ({"payment_days": 31, "lead_days": 30, "payment_from": Milestone.ORDER}, 1),  # ordered on 1 January
        ({"payment_days": -60}, 0),  # a prepayment before the plan counts on its first day
        ({"payment_days": -30, "lead_days": 59}, 0),  # arrives on 1 March, paid on 30 January
    ],
)
def test_the_price_is_discounted_at_its_due_date_also_past_the_horizon(fields: dict[str, Any], months: int) -> None:
    """12 % a year is 1 % a month: 100 due k months after the first is worth 100 / 1.01^k today."""
    periods = 3 if fields.get("lead_days") == 59 else 1
    needs = (0,) * (periods - 1) + (10,)
    quote = offer(**{"valid_to": date(2027, 1, 31)} | fields)
    solved = optimum(case(quote, needs=needs, settings={"discount_rate": 0.12}))
    assert solved.cost == pytest.approx(100.0 / 1.01**months, abs=1e-6)
    assert solved.lines["purchase"] == pytest.approx(100.0)


def test_quarters_discount_by_their_months() -> None:
    """Due 90 days after 1 January, on 1 April: the second quarter, three months later."""
    settings = {"discount_rate": 0.12, "period": PeriodLength.QUARTER}
    solved = optimum(case(offer(payment_days=90), needs=(10,), settings=settings))
    assert solved.cost == pytest.approx(100.0 / 1.01**3)


def test_price_and_fee_wait_for_the_payment_days_the_rest_falls_due_on_arrival() -> None:
    """Arrival in February, payment in April: freight 10 and duty 10 at 1.01⁻¹, price 100 and fee 12 at 1.01⁻³."""
    quote = offer(freight=1, duty_rate=0.1, lead_days=31, payment_days=59, valid_to=date(2027, 1, 31))
    solved = optimum(case(quote, needs=(0, 10), settings={"discount_rate": 0.12}, traders=(Trader(trader="f", fee=0.1),)))
    assert solved.cost == pytest.approx(20 / 1.01 + 112 / 1.01**3)


def test_an_exclusive_offer_has_one_trader() -> None:
    """Each may spend 60. Exclusive: one buys 6 t of o, the other 4 t of p at 12 (108); shared: 6 + 4 of o (100)."""
    offers = offer(exclusive=True), offer("p", 12.0)
    solved = optimum(case(*offers, needs=(10,), traders=TWO))
    assert solved.cost == pytest.approx(108.0)
    assert [row.offer for row in solved.plan.contracts].count("o") == 1
    assert optimum(case(offer(exclusive=False), offer("p", 12.0), needs=(10,), traders=TWO)).cost == pytest.approx(100.0)


def test_traders_that_share_an_offer_share_its_capacity() -> None:
    """7 t of o a month for both together: 7 · 10 + 3 · 12. A capacity each would give 100."""
    offers = offer(exclusive=False, capacity_per_period=7), offer("p", 12.0)
    assert optimum(case(*offers, needs=(10,), traders=TWO)).cost == pytest.approx(106.0)


def test_the_maximum_order_is_each_orders() -> None:
    """Shared with a maximum order of 3: each trader 3 t of o, 4 t of p. For one trader alone 3 of o and 7 of p."""
    offers = offer(exclusive=False, maximum_order=3), offer("p", 12.0, exclusive=False)
    assert optimum(case(*offers, needs=(10,), traders=TWO)).cost == pytest.approx(60 + 48)
    assert optimum(case(*offers, needs=(10,))).cost == pytest.approx(30 + 84)


def test_each_months_capacity_is_its_own() -> None:
    """5 t a month: month 1 buys 5 of o for itself and 5 of p at 12; month 2 likewise."""
    assert optimum(case(offer(capacity_per_period=5), offer("p", 12.0), needs=(10, 10))).cost == pytest.approx(220.0)


def test_the_check_finds_what_the_model_would_never_do() -> None:
    """Late, too much, unsigned, by two traders: each is a finding with its amount."""
    quote = offer(valid_to=date(2027, 1, 31), capacity_per_period=5, maximum_total=6, lead_days=31)
    broken = case(quote, needs=(1, 1), traders=TWO)
    contracts = (Contract("o", "a"), Contract("o", "b"))
    plan = Plan(broken, (Purchase("o", "a", 1, 6.0), Purchase("o", "b", 2, 1.0)), contracts)
    found = {row.where: row.excess for row in RULE.check(plan, ()) if not row.holds}
    assert found == pytest.approx(
        {
            "o ordered on 2027-02-01 in 2027-02: days late": 1,
            "o ordered on 2027-02-01 in 2027-02: arrival": 1,
            "traders that sign o": 1,
            "o ordered in 2027-01": 1.0,
            "o over the plan": 1.0,
        }
    )
    unsigned = Plan(broken, (Purchase("o", "a", 1, 2.0),), ())
    assert [row.where for row in RULE.check(unsigned, ()) if not row.holds] == ["o bought by a without a contract"]


def test_a_plan_that_cannot_buy_enough_does_not_exist() -> None:
    assert not solve(case(offer(capacity_per_period=4), needs=(5,))).feasible


def test_half_a_day_on_the_way_is_a_day() -> None:
    """15.25 and 15.25 days from 1 January: 30.5, so 31, which is 1 February."""
    quote = offer(lead_days=15.25, licence_days=15.25)
    assert {line.arrival for line in optimum(case(quote, needs=(0, 10), settings={"discount_rate": 0.12})).plan.lines} == {2}

"""Price breaks: incremental and all units, per order and per contract, falling and rising."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from models.case import Case
from models.decisions import Contract, Purchase
from models.plan import Plan
from models.records import BreakBasis, BreakKind, Budget, Funding, FundingKind, Mandate, PastPurchase, Price, PriceBreak, Trader
from models.rules.price_breaks import RULE
from models.rules.price_breaks.schedule import groups, span
from tests.cases import case, first, material, offer
from tests.random_cases import everything
from tests.solving import Binding, optimum, solve

INCREMENTAL, ALL_UNITS = BreakKind.INCREMENTAL, BreakKind.ALL_UNITS
ORDER, CONTRACT = BreakBasis.ORDER, BreakBasis.CONTRACT


def step(begins: float, price: float | None = None, kind: BreakKind = INCREMENTAL, **fields: Any) -> PriceBreak:
    return PriceBreak(**{"offer": "o", "from_quantity": begins, "price": price, "kind": kind} | fields)


def surplus() -> Case:
    return case(offer(), needs=(45,), price_breaks=(step(50, 8.0, ALL_UNITS),))


# All units at 8 from 50 t on: 50 t for 400 are cheaper than 45 t for 450, which is the optimum without the rule.
BINDING = Binding(surplus, cost=400.0, dropped=450.0)


def test_more_than_is_needed_is_bought_to_reach_a_step_where_that_pays() -> None:
    """50 · 8 = 400 < 450. For 39 t it does not pay: 390."""
    assert optimum(surplus()).total == pytest.approx({"o": 50.0})
    assert optimum(case(offer(), needs=(39,), price_breaks=(step(50, 8.0, ALL_UNITS),))).cost == pytest.approx(390.0)


@pytest.mark.parametrize(
    ("kind", "needed", "cost"),
    [
        (INCREMENTAL, 40, 400.0),
        (INCREMENTAL, 80, 740.0),  # 50 · 10 + 30 · 8
        (INCREMENTAL, 120, 1040.0),  # 500 + 50 · 8 + 20 · 7
        (ALL_UNITS, 80, 640.0),  # 80 · 8; 100 · 7 would be 700
        (ALL_UNITS, 90, 700.0),  # 100 · 7 < 720
        (ALL_UNITS, 120, 840.0),
    ],
)
def test_falling_prices(kind: BreakKind, needed: float, cost: float) -> None:
    """10 USD, 8 from 50 t, 7 from 100 t."""
    steps = step(50, 8.0, kind), step(100, 7.0, kind)
    assert optimum(case(offer(), needs=(needed,), price_breaks=steps)).cost == pytest.approx(cost)


@pytest.mark.parametrize(
    ("kind", "needed", "cost"),
    [
        (INCREMENTAL, 4, 40.0),
        (INCREMENTAL, 10, 112.0),  # 5 · 10 + 4 · 12 + 1 · 14
        (ALL_UNITS, 9.5, 133.0),  # 9.5 · 14
        (ALL_UNITS, 6, 72.0),  # 6 · 12
    ],
)
def test_rising_prices(kind: BreakKind, needed: float, cost: float) -> None:
    """10 USD, 12 from 5 t, 14 from 9 t: a later unit is dearer, and is not bought before the cheap ones."""
    steps = step(5, 12.0, kind), step(9, 14.0, kind)
    assert optimum(case(offer(), needs=(needed,), price_breaks=steps)).cost == pytest.approx(cost)


def test_rising_incremental_prices_need_no_binaries() -> None:
    rising = solve(case(offer(), needs=(10,), price_breaks=(step(5, 12.0),)))
    assert not len(rising.m.model.price_breaks.beyond)
    falling = solve(case(offer(), needs=(10,), price_breaks=(step(5, 8.0),)))
    assert len(falling.m.model.price_breaks.beyond) == 1


def test_at_a_quantity_the_next_price_holds_already() -> None:
    """All units dearer from 50 t on: one buys 50 t less two millionths of it at 10, and the rest at 11, for 610 USD.

    With the tolerance that favours reaching a step this order would be billed at 12, and the plan fail its check.
    """
    offers = offer(), offer("p", 11.0)
    solved = optimum(case(*offers, needs=(60,), price_breaks=(step(50, 12.0, ALL_UNITS),)))
    assert solved.cost == pytest.approx(610.0, abs=1e-4)
    assert solved.total["o"] == pytest.approx(50.0 - 100e-6, abs=1e-9)


def test_a_first_step_at_zero_is_the_price_itself() -> None:
    """9 from the first tonne, 8 from 50: 450 + 240."""
    assert optimum(case(offer(), needs=(80,), price_breaks=(step(0, 9.0), step(50, 8.0)))).cost == pytest.approx(690.0)


def test_a_discount_is_a_share_of_the_price() -> None:
    """20 % off all units from 50 t: 80 · 8. A surcharge of 20 % (−20 %) from 50 t on the units beyond: 500 + 30 · 12."""
    off = PriceBreak(offer="o", from_quantity=50, discount=0.2, kind=ALL_UNITS)
    assert optimum(case(offer(), needs=(80,), price_breaks=(off,))).cost == pytest.approx(640.0)
    on = PriceBreak(offer="o", from_quantity=50, discount=-0.2)
    assert optimum(case(offer(), needs=(80,), price_breaks=(on,))).cost == pytest.approx(860.0)


def test_a_saving_lowers_duty_and_fee_with_the_price() -> None:
    """80 t at 8 = 640, duty 10 % = 64, freight 1 a tonne = 80, fee 5 % of 784 = 39.2."""
    quote = offer(duty_rate=0.1, freight=1.0)
    found = case(quote, needs=(80,), price_breaks=(step(50, 8.0, ALL_UNITS),), traders=(Trader(trader="f", fee=0.05),))
    solved = optimum(found)
    assert solved.lines == pytest.approx({"purchase": 640, "duty": 64, "freight": 80, "trader fee": 39.2})


TWO_MONTHS = {"needs": (30, 30), "materials": (material(holding_cost=120.0),)}
"""30 t in each of two months; a tonne held for a month costs 10."""


@pytest.mark.parametrize(
    ("kind", "basis", "cost"),
    [
        (INCREMENTAL, ORDER, 600.0),  # no order of 30 reaches 40; one of 60 would cost 300 to hold
        (ALL_UNITS, ORDER, 600.0),
        (INCREMENTAL, CONTRACT, 560.0),  # 40 · 10 + 20 · 8
        (ALL_UNITS, CONTRACT, 480.0),  # 60 · 8
    ],
)
def test_steps_count_within_an_order_or_over_the_contract(kind: BreakKind, basis: BreakBasis, cost: float) -> None:
    """10 USD, 8 from 40 t."""
    steps = (step(40, 8.0, kind, basis_=basis),)
    assert optimum(case(offer(), price_breaks=steps, **TWO_MONTHS)).cost == pytest.approx(cost)


def test_a_contract_counts_one_traders_orders_only() -> None:
    """Two traders with money for 25 t each buy 40 t of a shared offer: neither reaches 40, 400; together it were 320."""
    poor = (Trader(trader="a", maximum_spend=250), Trader(trader="b", maximum_spend=250))
    quote = offer(exclusive=False)
    steps = (step(40, 8.0, ALL_UNITS, basis_=CONTRACT),)
    assert optimum(case(quote, needs=(40,), price_breaks=steps, traders=poor)).cost == pytest.approx(400.0)


@pytest.mark.parametrize("shares", [{"b": {"minimum_share": 0.5}}, {"a": {"maximum_share": 0.5}}])
def test_rising_prices_keep_their_order_where_spending_more_is_rewarded(shares: dict[str, dict[str, float]]) -> None:
    """Trader a buys 10 t of x for 100, b buys y: 5 USD a tonne, 6 from 5 t on; 10 t are needed, and b must spend 100 too.

    25 + 6 · 12.5: 17.5 t, of which 7.5 stay in stock for 1 USD each. Were the dear segment filled first, 100 / 6 t would
    do, and less be held: a bill that nobody writes.
    """
    solved = optimum(
        case(
            offer(),
            offer("oy", 5.0, material="y"),
            needs={"x": (10,), "y": (10,)},
            materials=(material(), material("y", holding_cost=12.0)),
            traders=tuple(Trader(trader=f, **shares.get(f, {})) for f in ("a", "b")),
            mandates=(Mandate(trader="a", material="x"), Mandate(trader="b", material="y")),
            price_breaks=(step(5, 6.0, offer="oy"),),
            settings={"budget": 1000},
        )
    )
    assert solved.total["oy"] == pytest.approx(17.5)
    assert solved.cost == pytest.approx(100 + 100 + 7.5)


INDEX = tuple(Price(index="i", date=first(t), value=value) for t, value in enumerate((10.0, 20.0, 40.0), 1))


def test_a_contracts_units_count_in_the_order_of_their_purchase() -> None:
    """The index goes from 10 to 20 to 40, 30 t a month are bought, and those after the 40th cost 20 % less (or more): 30 at
    10, 10 at 20, 20 at 16 (24), 30 at 32 (48). A surcharge on the 50 cheapest would be less, and nobody's bill."""
    for discount, cost in ((0.2, 300 + 200 + 320 + 960), (-0.2, 300 + 200 + 480 + 1440)):
        steps = (PriceBreak(offer="o", from_quantity=40, discount=discount, basis_=CONTRACT),)
        quote = offer(price=None, index="i")
        found = case(quote, needs=(30, 30, 30), price_breaks=steps, prices=INDEX, materials=(material(maximum_stock=0),))
        assert optimum(found).cost == pytest.approx(cost)


@pytest.mark.parametrize("kind", [INCREMENTAL, ALL_UNITS])
@pytest.mark.parametrize("basis", [ORDER, CONTRACT])
@pytest.mark.parametrize("terms", [{"discount": 0.2}, {"price": 8.0}])
def test_steps_on_an_index_price_are_billed_as_the_model_claims(kind: BreakKind, basis: BreakBasis, terms: Any) -> None:
    """Whatever the schedule, the model's bill and the recomputed one agree; demand of 30 t a month cannot be stored."""
    quote = offer(price=None, index="i")
    steps = (PriceBreak(offer="o", from_quantity=40, kind=kind, basis_=basis, **terms),)
    optimum(case(quote, needs=(30, 30, 30), price_breaks=steps, prices=INDEX, materials=(material(maximum_stock=0),)))


def test_the_check_tells_the_step_reached() -> None:
    """80 t of steps at 50 and 100: 50 is reached."""
    found = case(offer(), needs=(80,), price_breaks=(step(50, 8.0), step(100, 7.0)))
    plan = Plan(found, (Purchase("o", "f", 1, 80.0),), (Contract("o", "f"),))
    (row,) = RULE.check(plan, ())
    assert (row.limit, row.achieved) == (50, 80)


def test_a_contracts_saving_belongs_to_the_purchase_that_makes_it() -> None:
    """100 t in January at 5 from the first tonne on, and a plan of 13 months at 1 % a month: 500 at once."""
    breaks, later = (step(0, 5.0, basis_=CONTRACT),), {"discount_rate": 0.12}
    found = case(offer(), needs=(100,) + (0,) * 12, price_breaks=breaks, settings=later)
    assert optimum(found).cost == pytest.approx(500.0)


def test_a_years_ceiling_counts_a_contract_as_its_units_are_ordered() -> None:
    """100 t in December and 100 t in January, 5 USD beyond 50 t: December costs 50 · 10 + 50 · 5 = 750, which its year
    allows; with a dollar less a part of December's need would have to be short."""
    needs = (0,) * 11 + (100, 100)
    terms = {"materials": (material(maximum_stock=0),), "price_breaks": (step(50, 5.0, basis_=CONTRACT),)}
    assert optimum(case(offer(), needs=needs, budgets=(Budget(year=2027, amount=750),), **terms)).cost == pytest.approx(1250)
    assert not solve(case(offer(), needs=needs, budgets=(Budget(year=2027, amount=749),), **terms)).feasible


def test_a_lot_that_lands_on_a_dearer_step_pays_its_price() -> None:
    """10 t in one lot of o cost 12 from 10 t on; p asks 11.5."""
    quotes = offer(lot=10), offer("p", 11.5)
    solved = optimum(case(*quotes, needs=(10,), price_breaks=(step(10, 12.0, ALL_UNITS),)))
    assert solved.cost == pytest.approx(115.0)


@pytest.mark.parametrize(("lot", "ends"), [(None, 8.0 - 1.6e-5), (2.0, 6.0), (3.0, 6.0)])
def test_a_step_of_all_units_ends_before_the_next_begins(lot: float | None, ends: float) -> None:
    """From 8 t on the price is 5: a plan within its gap may not stand there at 10, which its trader's share may reward."""
    m = optimum(case(offer(lot=lot), needs=(12,), price_breaks=(step(8, 5.0, ALL_UNITS),))).m
    group = next(groups(m, "o"))
    assert span(m, group, 0) == (0.0, pytest.approx(ends, abs=1e-7)) and span(m, group, 0)[1] < 8.0
    assert not solve(everything(391)).failures


def test_money_is_asked_for_a_contract_as_its_units_are_ordered() -> None:
    """100 t in January and 100 t in February, 5 USD beyond 50 t: January costs 50 · 10 + 50 · 5 = 750, at hand."""
    terms: dict[str, Any] = {
        "needs": (100, 100), "materials": (material(maximum_stock=0),), "price_breaks": (step(50, 5.0, basis_=CONTRACT),),
    }  # fmt: skip
    later = Funding(source="equity", kind=FundingKind.EQUITY, amount=1000.0, available_from=first(2))
    assert optimum(case(offer(), funding=(later,), settings={"opening_cash": 750.0}, **terms)).cost == pytest.approx(1250)
    assert not solve(case(offer(), funding=(later,), settings={"opening_cash": 749.0}, **terms)).feasible


# What was ordered before the plan


def after(quantity: float, kind: BreakKind, basis: BreakBasis, day: int = 0) -> Case:
    """20 t are needed at 10 USD, 8 from 50 t and 5 from 80 t on; so much was ordered a month before the plan, or later."""
    steps = (step(50, 8.0, kind, basis_=basis), step(80, 5.0, kind, basis_=basis))
    past = (PastPurchase(offer="o", trader="f", date=first(day), quantity=quantity),)
    return case(offer(), needs=(20,), price_breaks=steps, past_purchases=past)


@pytest.mark.parametrize(
    ("quantity", "kind", "basis", "cost"),
    [
        (40.0, INCREMENTAL, CONTRACT, 180.0),  # 10 · 10 + 10 · 8
        (40.0, ALL_UNITS, CONTRACT, 160.0),  # 20 · 8: what was paid for the 40 stays as it is
        (50.0, INCREMENTAL, CONTRACT, 160.0),
        (70.0, INCREMENTAL, CONTRACT, 130.0),  # 10 · 8 + 10 · 5
        (90.0, ALL_UNITS, CONTRACT, 100.0),
        (40.0, INCREMENTAL, ORDER, 200.0),  # each order begins anew
    ],
)
def test_what_was_ordered_before_counts_towards_a_contracts_steps(
    quantity: float, kind: BreakKind, basis: BreakBasis, cost: float
) -> None:
    assert optimum(after(quantity, kind, basis)).cost == pytest.approx(cost)


def test_what_is_ordered_within_the_plan_was_not_before_it() -> None:
    assert optimum(after(40.0, INCREMENTAL, CONTRACT, day=1)).cost == pytest.approx(200.0)


@pytest.mark.parametrize("seed", range(8))
def test_a_schedule_costs_the_same_seen_from_later_on(seed: int) -> None:
    """Of a contract whose units count one by one the first month lies behind: both parts cost what the whole does."""
    random = Random(seed)
    needs = tuple(random.randint(5, 30) for _ in range(3))
    steps = tuple(step(at, price, basis_=CONTRACT) for at, price in ((20, 8.0), (35, random.choice((6.0, 9.0)))))
    terms: dict[str, Any] = {"materials": (material(maximum_stock=0),), "price_breaks": steps}
    whole, alone = (optimum(case(offer(), needs=asked, **terms)).cost for asked in (needs, needs[:1]))
    past = (PastPurchase(offer="o", trader="f", date=first(0), quantity=needs[0]),)
    assert alone + optimum(case(offer(), needs=needs[1:], past_purchases=past, **terms)).cost == pytest.approx(whole)

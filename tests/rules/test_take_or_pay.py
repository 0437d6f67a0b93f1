"""A yearly minimum. x costs 10 of offer o, which asks for 24 t a year, and 8 elsewhere, where 1 t a month can be had."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from models.case import Case
from models.records import Decision, PastPurchase, Price, Trader
from tests.cases import START, case, first, material, offer
from tests.solving import Binding, optimum, solve


def bound(needs: Any = (2,) * 12, **terms: Any) -> Case:
    """2 t are needed each month for a year, and the offer must be signed: without it there is 1 t a month."""
    minimum = {"take_or_pay": 24.0} | terms
    return case(offer("o", 10.0, **minimum), offer("b", 8.0, supplier="t", capacity_per_period=1.0), needs=needs)


BINDING = Binding(bound, cost=12 * 20.0, dropped=12 * 18.0)


def test_what_must_be_paid_anyway_is_taken() -> None:
    """Half at 8 would leave 12 t untaken, which cost 120: taking all 24 costs 240, and half 120 + 96 + 120."""
    solved = optimum(bound())
    assert solved.cost == pytest.approx(240.0)
    assert solved.total == pytest.approx({"o": 24.0})


def tied() -> Case:
    """The offer is signed, 1 t is needed each month, and nothing is kept."""
    forced = Decision(offer="o", trader="f", kind="force")
    return case(*bound().offers, needs=(1,) * 12, materials=(material(maximum_stock=0.0),), decisions=(forced,))


def test_what_is_not_needed_is_paid_for() -> None:
    """12 t are needed, of which each could be had for 8: without a signature nothing is owed; with one 24 t are paid, 12 of
    them for nothing."""
    assert optimum(bound((1,) * 12)).cost == pytest.approx(12 * 8.0)
    assert optimum(tied()).cost == pytest.approx(240.0)
    assert optimum(tied()).lines["take-or-pay"] == pytest.approx(120.0)


def test_part_of_a_year_counts_in_part() -> None:
    """It can be ordered in six of the twelve months: 12 t, of which all are needed then."""
    solved = optimum(bound(valid_to=date(2027, 6, 30)))
    assert solved.total["o"] >= 12.0 - 1e-6
    assert "take-or-pay" not in solved.lines


def test_a_year_is_paid_at_its_mean_price() -> None:
    """20 in the first half and 10 in the second: what is not taken costs 15, more than it costs in the second half."""
    prices = (Price(index="i", date=first(1), value=20.0), Price(index="i", date=first(7), value=10.0))
    quote = offer("o", None, index="i", take_or_pay=12.0, valid_from=START)
    solved = solve(case(quote, needs=(1, *(0,) * 11), prices=prices))
    assert solved.cost == pytest.approx(20 + min(11 * 15, 11 * 10))


@pytest.mark.parametrize(("years", "cost"), [(0, 48 * 10 + 120), (1, 480.0)])
def test_what_was_paid_is_made_up_later(years: int, cost: float) -> None:
    """1 t is needed each month of the first year, and 3 t of the second, and nothing is kept: of 24 t a year 12 of the first
    are paid and not taken; they are 12 of the second's 36, or are paid twice."""
    quote = offer("o", 10.0, take_or_pay=24.0, make_up_years=years)
    solved = optimum(case(quote, needs=(1,) * 12 + (3,) * 12, materials=(material(maximum_stock=0.0),)))
    assert solved.cost == pytest.approx(cost)


def lapsing() -> Case:
    """Signed for three years, in the last of which 3 t are needed each month; what is not taken can be made up for a year."""
    quote = offer("o", 10.0, take_or_pay=24.0, make_up_years=1)
    forced = Decision(offer="o", trader="f", kind="force")
    needs = (0,) * 24 + (3,) * 12
    return case(quote, needs=needs, materials=(material(maximum_stock=0.0),), decisions=(forced,))


def test_the_oldest_claim_lapses() -> None:
    """Two years of nothing, then 3 t a month: of 48 t that were paid 24 may still be taken, of the 36 less 24 that are above
    the minimum 12 are."""
    assert optimum(lapsing()).cost == pytest.approx(2 * 240 + 360 - 120)


def three_years(needs: tuple[int, int, int], prices: tuple[float, ...] = (), years: int = 2) -> Case:
    """Signed for three years of which each has a price, needed so much in the last month of each, and nothing is kept."""
    index = {"price": None, "index": "i"} if prices else {}
    quote = offer("o", **{"take_or_pay": 24.0, "make_up_years": years} | index)
    rows = tuple(Price(index="i", date=first(1 + 12 * k), value=value) for k, value in enumerate(prices))
    asked = tuple(quantity for need in needs for quantity in (*(0,) * 11, need))
    forced = Decision(offer="o", trader="f", kind="force")
    return case(quote, needs=asked, materials=(material(maximum_stock=0.0),), decisions=(forced,), prices=rows)


def test_what_is_taken_above_the_minimum_is_made_up_once() -> None:
    """Two years of 20 leave 4 each; of the third's 29 are 5 above the minimum: 5 of the 8 are made up, no more."""
    assert optimum(three_years((20, 20, 29))).cost == pytest.approx(10 * (24 + 24 + 29 - 5))


def test_it_is_credited_at_the_lowest_price() -> None:
    """4 t of the first year are paid at 10, and made up in the third at 30: they are credited at 10."""
    solved = optimum(three_years((20, 24, 28), (10.0, 20.0, 30.0)))
    assert solved.cost == pytest.approx(20 * 10 + 24 * 20 + 28 * 30 + 4 * 10 - 4 * 10)
    falling = optimum(three_years((20, 24, 28), (30.0, 20.0, 10.0)))
    assert falling.cost == pytest.approx(20 * 30 + 24 * 20 + 28 * 10 + 4 * 30 - 4 * 10)


# What was ordered before the plan


def before(quantity: float, month: int, trader: str = "f") -> PastPurchase:
    """Ordered on the first day of a month before the plan: month 0 is December 2026."""
    return PastPurchase(offer="o", trader=trader, date=first(month), quantity=quantity)


def signed(*past: PastPurchase, needs: tuple[float, ...], years: int = 0) -> Case:
    """24 t a year are to be taken of what is signed, and nothing is kept."""
    forced = Decision(offer="o", trader="f", kind="force")
    quotes = offer("o", 10.0, take_or_pay=24.0, make_up_years=years), offer("p", 99.0)
    traders = Trader(trader="f"), Trader(trader="g")
    return case(*quotes, needs=needs, materials=(material(maximum_stock=0.0),), decisions=(forced,), traders=traders,
                past_purchases=past)  # fmt: skip


def half_taken() -> Case:
    """Of the year from July 20 t were ordered; 4 t are paid for, and not needed."""
    return signed(before(20.0, -5), needs=(0,) * 6)


@pytest.mark.parametrize(
    ("past", "cost"),
    [
        ((), 120.0),  # half a year: 12 t are paid, and none is taken
        ((before(20.0, -5),), 40.0),  # of the year from July 24 t are to be taken, and 20 were
        ((before(0.0, -5), before(20.0, 0)), 40.0),  # signed in July, ordered in December
        ((before(30.0, -5),), 0.0),  # more than enough
        ((before(20.0, -5, "g"),), 120.0),  # another firm's contract
        ((before(20.0, 1),), 120.0),  # not before the plan
    ],
)
def test_what_was_ordered_before_counts_in_its_contract_year(past: tuple[PastPurchase, ...], cost: float) -> None:
    assert optimum(signed(*past, needs=(0,) * 6)).cost == pytest.approx(cost)


def test_a_contract_year_that_began_before_the_plan_ends_in_it() -> None:
    """Signed in July: of its year 4 t are left, due in June, and half a year's 12 t in December."""
    solved = optimum(signed(before(20.0, -5), needs=(0,) * 12))
    assert solved.lines["take-or-pay"] == pytest.approx(40.0 + 120.0)
    assert [charge.due for charge in solved.charges if charge.line == "take-or-pay"] == [6, 12]


@pytest.mark.parametrize(
    ("past", "years", "credited"),
    [
        ((before(0.0, -11),), 1, 12.0),  # 24 t of last year may be made up, and 12 are above the minimum
        ((before(0.0, -11),), 0, 0.0),
        ((before(20.0, -11),), 1, 4.0),
        ((before(0.0, -23), before(24.0, -11)), 1, 0.0),  # the claim has lapsed
        ((before(0.0, -23), before(24.0, -11)), 2, 12.0),
        ((before(0.0, -23), before(44.0, -11)), 2, 4.0),  # 20 t of it were made up last year
    ],
)
def test_what_earlier_years_left_untaken_is_made_up(past: tuple[PastPurchase, ...], years: int, credited: float) -> None:
    """3 t a month are needed: 36 t, of which 12 are above the minimum."""
    assert optimum(signed(*past, needs=(3,) * 12, years=years)).cost == pytest.approx(10 * (36 - credited))


@pytest.mark.parametrize("seed", range(12))
def test_a_contract_costs_the_same_seen_from_later_on(seed: int) -> None:
    """Some months of a contract lie behind: what they cost and what the rest costs come to what all of it costs."""
    random = Random(seed)
    needs, years, passed = tuple(random.randint(0, 4) for _ in range(36)), random.randint(0, 2), random.choice((5, 12, 17, 24))
    whole = optimum(signed(needs=needs, years=years))
    bought = {row.period: row.quantity for row in whole.plan.purchases}
    past = tuple(before(bought.get(t, 0.0), t - passed) for t in range(1, passed + 1))
    rest = optimum(signed(*past, needs=needs[passed:], years=years))
    gone = sum(charge.amount for charge in whole.charges if charge.due <= passed)
    assert gone + rest.cost == pytest.approx(whole.cost)


@pytest.mark.parametrize("past", [(before(0.0, -5),), (before(0.0, -5), before(1.0, 0)), (before(24.0, -11),)])
def test_of_a_year_in_which_nothing_can_be_ordered_nothing_is_owed(past: tuple[PastPurchase, ...]) -> None:
    """The offer can be ordered again from October on: the year from July before last is over by then."""
    found = signed(*past, needs=(3,) * 24, years=1)
    quotes = found.offers[0].model_copy(update={"valid_from": date(2027, 10, 1)}), offer("p", 20.0)
    assert optimum(replace(found, offers=quotes)).lines.get("take-or-pay", 0.0) == 0.0


def test_a_claim_is_credited_at_what_was_paid_for_it() -> None:
    """24 t of last year were paid at 10 and not taken; 12 t of them are made up now that the price is 30."""
    prices = Price(index="i", date=first(-11), value=10.0), Price(index="i", date=first(1), value=30.0)
    found = replace(signed(before(0.0, -11), needs=(3,) * 12, years=1), prices=prices)
    quotes = offer("o", None, index="i", take_or_pay=24.0, make_up_years=1), offer("p", 99.0)
    assert optimum(replace(found, offers=quotes)).lines["take-or-pay"] == pytest.approx(-120.0)

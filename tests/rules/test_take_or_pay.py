"""A yearly minimum. x costs 10 of offer o, which asks for 24 t a year, and 8 elsewhere, where 1 t a month can be had."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.case import Case
from models.records import Decision, Price
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

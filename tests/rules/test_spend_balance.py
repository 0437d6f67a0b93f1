"""A year's commitments, spread. 30 t of x are needed in March of 2027; they cost 10 in January and 12 from February on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.case import Case
from models.records import Trader
from tests.cases import case, first, material, offer
from tests.solving import Binding, optimum, solve


def spread(share: float | None = None, **given: Any) -> Case:
    offers = offer("o", 10.0, valid_to=date(2027, 1, 31)), offer("p", 12.0, valid_from=first(2))
    return case(*offers, needs=given.pop("needs", (0, 0, 30)), traders=(Trader(trader="f", month_share=share),), **given)


BINDING = Binding(lambda: spread(0.5), cost=3600 / 11, dropped=300.0)


@pytest.mark.parametrize("share", [0.5, 0.4])
def test_no_month_has_more_than_its_share(share: float) -> None:
    """At a share of s the cheap month has s of all that is spent: with q t from it 10 q = s · (10 q + 12 · (30 − q))."""
    solved = optimum(spread(share))
    cheap = share * 360 / (10 + 2 * share)
    assert solved.cost == pytest.approx(10 * cheap + 12 * (30 - cheap))
    assert solved.bought["o", 1] == pytest.approx(cheap)


def test_fewer_months_than_shares_leave_no_plan() -> None:
    assert not solve(spread(0.3)).feasible


def test_each_calendar_year_has_its_own() -> None:
    """Of 24 months each year's twelve are spread by themselves."""
    needs = (10,) * 24
    solved = optimum(case(offer("o", 10.0), needs=needs, traders=(Trader(trader="f", month_share=1 / 12),)))
    assert solved.cost == pytest.approx(2400.0)
    assert [solved.bought["o", t] for t in range(1, 25)] == pytest.approx([10.0] * 24)


def test_a_surplus_in_other_months_makes_room() -> None:
    """At half a year 30 t at 10 in January, the only month in which they are sold, ask for as much elsewhere: 300 of what is
    not needed at 1."""
    offers = offer("o", 10.0, valid_to=date(2027, 1, 31)), offer("p", 1.0, material="y", valid_from=first(2))
    materials = material(), material("y", demand_use="cover only")
    solved = solve(case(*offers, needs=(0, 30), materials=materials, traders=(Trader(trader="f", month_share=0.5),)))
    assert solved.cost == pytest.approx(600.0)

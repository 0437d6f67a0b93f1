"""What members draw. A tonne of x costs 10 or 12; member A is entitled to 10 t, and calls 4 t off in February of 2027."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models.case import Case
from models.classes import restricted_stock
from models.membership import holdings
from models.outcomes import courses_of
from models.records import Advance, CallOff, Funding, FundingKind, Member, OpeningStock, Scenario, Shock
from tests.cases import first, kept, offer
from tests.policies import ALLIED, CHINESE
from tests.rules.test_entitlements import entitled, row
from tests.solving import Binding, optimum, solve


def call(quantity: float = 4.0, month: int = 2, member: str = "A") -> CallOff:
    return CallOff(member=member, material="x", date=first(month), quantity=quantity)


def called(*calls: CallOff, periods: int = 3, terms: Any = (), **given: Any) -> Case:
    """A is entitled to 10 t, whose gap costs 20 a month each, and what it draws is replenished in the month after."""
    rows = (row(**{"replenish_periods": 1, "strike_price": 11.0} | dict(terms)),)
    return entitled(*rows, call_offs=calls or (call(),), periods=periods, **{"settings": NO_CREDIT} | given)


NO_CREDIT = {"terminal_haircut": 1.0}
"""Nothing is credited for stock at the end but what members buy back."""

BINDING = Binding(lambda: called(terms={"strike_price": 0.0}), cost=140.0, dropped=100.0)


def test_what_is_drawn_is_bought_again_once_it_is_to_be_replenished() -> None:
    """10 t in January; in February 4 are drawn, and 6 are enough; in March 10 again, for 40."""
    solved = optimum(called(terms={"strike_price": 0.0}))
    assert solved.cost == pytest.approx(140.0)
    assert solved.bought["c", 1] == pytest.approx(10.0)
    january, february, march = holdings(solved.plan)
    assert [one.entitled for one in (january, february, march)] == pytest.approx([10.0, 6.0, 10.0])
    assert [one.drawn for one in (january, february, march)] == pytest.approx([0.0, 4.0, 0.0])
    assert march.held == pytest.approx(10.0)


def test_nobody_is_billed_for_more_than_it_is_entitled_to() -> None:
    """20 t lie in stock, and what members pay saves interest: after 4 t are drawn A holds, and pays for, 6 until March."""
    bank = Funding(source="Bank", kind=FundingKind.LOAN, amount=1000.0, rate=0.24, drawn=500.0)
    stock = (OpeningStock(material="x", quantity=20.0),)
    solved = optimum(called(opening_stock=stock, funding=(bank,), terms={"replenish_periods": 2}, periods=4,
                            settings=NO_CREDIT | {"carry_rate": 0.06}))  # fmt: skip
    held = [one.held for one in holdings(solved.plan)]
    assert held == pytest.approx([10.0, 6.0, 6.0, 10.0])
    assert -solved.lines["carry billed"] == pytest.approx(32 * 11 * 0.06 / 12)


@pytest.mark.parametrize(("periods", "cost"), [(0, 140.0), (1, 140.0), (2, 100.0)])
def test_within_its_periods(periods: int, cost: float) -> None:
    """At once, in the month after, or not within the plan."""
    assert optimum(called(terms={"replenish_periods": periods, "strike_price": 0.0})).cost == pytest.approx(cost)


def test_it_must_be_served_or_costs_its_shortage() -> None:
    """Without a value of shortage nothing else will do; at 5 a tonne it is cheaper to refuse than to replenish it for 10."""
    few = (offer(maximum_total=3.0),)
    lax = {"terms": {"gap_penalty": 0.0, "strike_price": 0.0}}
    assert not solve(called(offers=few, **lax)).feasible
    refused = optimum(called(materials=(kept(value_of_shortage=5.0),), terms={"strike_price": 0.0}))
    assert refused.cost == pytest.approx(100 + 4 * 5)
    assert refused.lines["shortage"] == pytest.approx(20.0)


def test_who_takes_clean_origin_only_draws_nothing_else() -> None:
    """What is Chinese cannot be drawn by A: with a gap that costs nothing it buys the 4 t that it draws at 12."""
    lax = {"gap_penalty": 0.0, "strike_price": 0.0}
    assert optimum(called(clean=True, terms=lax)).cost == pytest.approx(48.0)
    assert optimum(called(terms=lax)).cost == pytest.approx(40.0)
    stock = {"materials": (kept(minimum_stock=6.0),), "offers": (CHINESE, ALLIED)}
    both = optimum(called(clean=True, terms=lax, **stock))
    assert both.total == pytest.approx({"c": 6.0, "a": 4.0})


def test_members_pay_for_what_they_draw_and_for_what_is_held() -> None:
    """4 t at 11; 12 % a year of 11 on 10, 6 and 10 t, beside 6 a year for holding: 0.61 a tonne and month."""
    case = called(settings=NO_CREDIT | {"carry_rate": 0.12}, materials=(kept(holding_cost=6.0),))
    solved = optimum(replace(case, members=(Member(member="A", entry_fee=70.0), Member(member="B", priority=2))))
    held = sum(one.held for one in holdings(solved.plan))
    assert solved.lines["call-offs paid"] == pytest.approx(-44.0)
    assert solved.lines["carry billed"] == pytest.approx(-held * (11 * 0.12 + 6) / 12)
    assert solved.lines["entry fees"] == pytest.approx(-70.0)
    assert solved.cost == pytest.approx(optimum(called(settings=NO_CREDIT, materials=(kept(holding_cost=6.0),))).cost)


def test_what_members_pay_is_money_at_hand() -> None:
    """With 100 at hand January's 10 t can be paid, and March's 4 t from the 44 of February."""
    bank = (Funding(source="loan", kind=FundingKind.LOAN, amount=0.0),)
    given = {"funding": bank, "advances": (Advance(in_depot=0.0),)}
    enough = optimum(called(settings=NO_CREDIT | {"opening_cash": 100.0}, **given))
    assert sum(one.missing for one in holdings(enough.plan)) == pytest.approx(0.0)
    strike = {"strike_price": 9.0, "gap_penalty": 1e6}
    short = optimum(called(terms=strike, settings=NO_CREDIT | {"opening_cash": 100.0}, **given))
    assert sum(one.missing for one in holdings(short.plan)) == pytest.approx(0.4, abs=1e-3)


def test_what_is_bought_back_counts_at_its_strike_price() -> None:
    """Of 10 t at the end, worth nothing else, each brings its strike price, but no more than 11, the offers' mean."""
    for strike, credit in ((0.0, 0.0), (4.0, 40.0), (30.0, 110.0)):
        solved = optimum(called(call(0.0), terms={"strike_price": strike}))
        assert -solved.lines.get("terminal value", 0.0) == pytest.approx(credit)


def test_who_joins_later_pays_later() -> None:
    """Its first commitment holds from February on, another from March."""
    rows = row(from_date=first(2), to_date=date(2027, 2, 28)), row(from_date=first(3))
    case = replace(entitled(*rows, periods=3), members=(Member(member="A", entry_fee=70.0), Member(member="B", priority=2)))
    assert [(one.line, one.due) for one in optimum(case).charges if one.line == "entry fees"] == [("entry fees", 2)]


def test_what_is_drawn_clean_leaves_the_restricted_where_it_is() -> None:
    """10 t of China's and 4 of Australia's are there; A draws the 4, so that 10 restricted ones are left, not 6."""
    lax = {"gap_penalty": 0.0, "strike_price": 0.0}
    solved = optimum(called(clean=True, terms=lax, materials=(kept(minimum_stock=10.0),), offers=(CHINESE, ALLIED)))
    assert restricted_stock(solved.plan, "x")[3] == pytest.approx(10.0)


def test_a_scenario_asks_for_no_less_than_is_called_off() -> None:
    """A twelfth of 60 is essential demand, 5; where 8 are called off, 8 are asked for in that month of the scenario."""
    ban = {"scenarios": (Scenario(scenario="ban", probability=0.1),),
           "shocks": (Shock(scenario="ban", hits="country", name="CHN", availability=0.0, from_date=first(2)),)}  # fmt: skip
    held = kept(annual_demand=60.0, value_of_shortage=1000.0)
    case = called(call(8.0), terms={"strike_price": 0.0}, materials=(held,), offers=(CHINESE, ALLIED), **ban)
    [course] = courses_of(optimum(case).plan)
    elsewhere = 0.5  # of two offers one is hit
    assert [step.asked for step in course.steps] == pytest.approx([8.0, 5.0 * elsewhere])


def test_who_draws_without_a_commitment_in_force_pays_the_benchmark() -> None:
    """A's commitment ends in January; in February it draws 4 t at the benchmark of 20."""
    found = called(terms={"to_date": first(1).replace(day=31)}, materials=(kept(benchmark_price=20.0),))
    assert -optimum(found).lines["call-offs paid"] == pytest.approx(80.0)

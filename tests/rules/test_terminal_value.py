"""What stock left at the end is worth: as much as the last target asks for, at a price that rewards no speculation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models.case import Case
from models.decisions import Purchase
from models.plan import Charge, Plan
from models.records import Commitment, Member, Offer, OpeningStock, Price, Supplier
from models.rules.terminal_value import RULE
from tests.cases import case, first, kept, offer
from tests.rules.test_scenarios import allied, chinese, scenario, shock
from tests.solving import Binding, optimum

TARGET: dict[str, Any] = {"target_cover_days": 10, "cover_penalty": 120.0}
"""10 t are asked for; a tonne missing costs 10 USD a month."""


def ending(*offers: Any, periods: int = 1, settings: dict[str, Any] | None = None, **fields: Any) -> Case:
    return case(*(offers or (offer(),)), periods=periods, materials=(kept(**TARGET | fields),), settings=settings,
                prices=fields.pop("prices", ()))  # fmt: skip


def dear() -> Case:
    return ending(offer(price=15.0))


# 10 t at 15, worth 15 each at the end (the benchmark of 100 less 10 % is more): cost nothing, saving 10 · 10 of penalty.
# Without the rule a tonne at 15 saves 10 only, and the penalty of 100 is paid.
BINDING = Binding(dear, cost=0.0, dropped=100.0)


def test_the_last_months_buy_on() -> None:
    solved = optimum(dear())
    assert solved.total == pytest.approx({"o": 10.0})
    assert solved.lines == pytest.approx({"purchase": 150.0, "terminal value": -150.0})


def test_the_value_is_the_benchmark_less_the_haircut_where_that_is_lower() -> None:
    """Benchmark 12, haircut 10 %: 10.8 a tonne against a landed cost of 15."""
    solved = optimum(ending(offer(price=15.0), benchmark_price=12.0))
    assert solved.cost == pytest.approx(150 - 108)
    half = optimum(ending(offer(price=15.0), benchmark_price=12.0, settings={"terminal_haircut": 0.5}))
    assert half.cost == pytest.approx(150 - 60)


def test_the_value_is_the_mean_landed_cost_of_the_offers_where_that_is_lower() -> None:
    """(10 + 2 for freight and 20) / 2 = 16 a tonne, though 10 t are bought at 12 all in all."""
    solved = optimum(ending(offer(freight=2.0), offer("p", 20.0)))
    assert solved.cost == pytest.approx(120 - 160)


def test_no_more_is_valued_than_the_last_target_asks_for() -> None:
    """Offers at 10 and 30, so that a tonne bought at 10 is worth 20 at the end: 10 t are bought, not more."""
    solved = optimum(ending(offer(capacity_per_period=50), offer("p", 30.0)))
    assert solved.total == pytest.approx({"o": 10.0})


def test_a_floor_alone_leaves_no_value() -> None:
    """The value counts at most the final target of cover: a material without target has none."""
    found = case(offer(), periods=1, materials=(kept(floor_days=10),))
    assert optimum(found).cost == pytest.approx(100.0)


def test_the_benchmark_is_that_of_the_last_period_and_the_credit_is_due_then() -> None:
    """An index of 100 falls to 8 in February, the plan's last month: 7.2 a tonne, at 1 % for one month."""
    prices = (Price(index="i", date=date(2027, 1, 1), value=100.0), Price(index="i", date=first(2), value=8.0))
    found = case(
        offer(), periods=2, materials=(kept(**TARGET | {"benchmark_index": "i"}),), prices=prices,
        settings={"discount_rate": 0.12},
    )  # fmt: skip
    assert optimum(found).cost == pytest.approx(100 - 72 / 1.01)


def test_a_target_still_on_its_ramp_is_valued_as_far_as_it_has_come() -> None:
    """The ramp of 60 days from 1 January to 2 March: 30/60 of 10 t on 31 January."""
    solved = optimum(ending(offer(price=15.0), ramp_to=date(2027, 3, 2)))
    assert solved.total == pytest.approx({"o": 5.0})
    assert solved.lines["terminal value"] == pytest.approx(-75.0)


def test_the_check_refuses_a_credit_for_stock_that_is_not_there() -> None:
    """4 t are there, worth 15 each; a credit for 10 t is 90 too much."""
    plan = Plan(dear(), (Purchase("o", "f", 1, 4.0),), ())
    (found,) = RULE.check(plan, (Charge("terminal value", "", "x", 1, 1, -150.0),))
    assert found.excess == pytest.approx(90.0)


def test_each_offer_counts_once_and_closed_ones_do_not() -> None:
    """a at 100 may be ordered in four months, b at 300 in one: a tonne left is worth 200, not 140. What a sanctioned
    supplier asks is nobody's price."""
    quotes = offer("a", 100.0), offer("b", 300.0, valid_from=first(2), valid_to=first(2)), offer("c", 1.0, supplier="z")
    row = kept(target_cover_days=30, benchmark_price=1000.0, cover_penalty=100_000.0)
    suppliers = Supplier(supplier="s"), Supplier(supplier="z", sanctioned=True)
    solved = optimum(case(*quotes, periods=4, materials=(row,), suppliers=suppliers))
    assert solved.lines["terminal value"] == pytest.approx(-30 * 200.0)


def struck(*offers: Offer, essential_share: float = 0.0, **fields: Any) -> Case:
    """10 t are the target of one month, in which a shock, by default a ban on China, comes one time in four."""
    row = kept(**TARGET | {"essential_share": essential_share})
    return case(*offers, periods=1, materials=(row,), scenarios=(scenario(),), shocks=(shock(from_date=first(1), **fields),))


def test_what_does_not_come_is_not_paid_for_and_worth_nothing_at_the_end() -> None:
    solved = optimum(struck(chinese()))
    assert solved.lines == pytest.approx({"purchase": 100.0, "undelivered": -25.0, "terminal value": -75.0})


def test_what_comes_after_the_end_is_paid_for_and_worth_nothing_at_the_end() -> None:
    solved = optimum(struck(chinese(), availability=1.0, delay_days=40))
    assert solved.lines == pytest.approx({"purchase": 100.0, "terminal value": -75.0})


def test_a_dearer_source_that_may_fail_is_not_preferred() -> None:
    """Of 10 t from China at 12 a quarter is not paid for, and not there: 9 − 0.75 · 11 each, against 10 − 11 from Australia."""
    solved = optimum(struck(chinese(price=12.0), allied(price=10.0)))
    assert solved.total == pytest.approx({"a": 10.0})
    assert solved.cost == pytest.approx(100 - 10 * (10 + 12) / 2)


def test_what_a_scenario_takes_from_the_stock_is_not_there_at_the_end() -> None:
    """Half of the members' supply fails: of a tonne a day they ask for half, and take the 10 t that there are."""
    solved = optimum(struck(chinese(maximum_total=0.0), allied(price=10.0), essential_share=1.0))
    assert solved.lines["terminal value"] == pytest.approx(-0.75 * 10 * 10)


def test_what_members_are_entitled_to_is_worth_something_too() -> None:
    """15 t, which is more than the 10 t of the target."""
    members = {"members": (Member(member="A"),), "commitments": (Commitment(member="A", material="x", quantity=15.0),)}
    solved = optimum(case(offer(), materials=(kept(**TARGET),), **members))
    assert solved.lines == pytest.approx({"purchase": 150.0, "terminal value": -150.0})


def test_nothing_is_kept_for_the_end_from_those_who_ask_for_it() -> None:
    """A unit short costs 5, and one left 10, in a state 5 at most: the 10 t are handed out where more is asked for."""
    case = struck(chinese(maximum_total=0.0), allied(price=10.0), essential_share=1.0)
    row = case.materials[0].model_copy(update={"value_of_shortage": 5.0})
    solved = optimum(replace(case, materials=(row,)))
    assert solved.lines["terminal value"] == pytest.approx(-0.75 * 10 * 10)
    assert solved.lines["expected loss"] == pytest.approx(0.25 * 5 * (365 / 12 / 2 - 10))


def test_what_a_scenario_leaves_is_lost_in_part_until_the_end() -> None:
    """Of 60 t half are lost in a year; what is left of January, when half a month is asked for, keeps twice more."""
    row = kept(target_cover_days=60, cover_penalty=0.0, loss_rate=0.5, benchmark_price=10.0)
    case_ = case(
        chinese(maximum_total=0.0), allied(maximum_total=0.0), periods=3, materials=(row,), scenarios=(scenario(),),
        shocks=(shock(from_date=first(1), periods=1),), opening_stock=(OpeningStock(material="x", quantity=60.0),),
    )  # fmt: skip
    keeps = 0.5 ** (1 / 12)
    left = (60 * keeps - 365 / 12 / 2) * keeps**2
    assert optimum(case_).lines["terminal value"] == pytest.approx(-9.0 * (0.75 * 60 * keeps**3 + 0.25 * left))

"""Who may buy on which offer: mandates, approval, sanctions, kinship, KYC, forbidding decisions.

Everywhere: 10 t of x are needed, the cheap way costs 100 USD, and the rule closes it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models import lanes, skeleton
from models.case import Case
from models.decisions import Contract, Purchase
from models.plan import Plan
from models.records import Budget, Decision, DecisionKind, Mandate, Offer, Supplier, Trader
from models.rules.eligibility import RULE
from tests.cases import case, material, offer
from tests.policies import rule
from tests.random_cases import everything
from tests.solving import Binding, optimum, solve

CHEAP, DEAR = Trader(trader="cheap"), Trader(trader="dear", fee=0.1)


def related() -> Case:
    return case(
        offer(),
        needs=(10,),
        traders=(CHEAP, DEAR),
        suppliers=(Supplier(supplier="s", related_trader="cheap"),),
    )


def let_everybody_buy(monkeypatch: Any) -> None:
    """The model without the rule: every trader may sign every offer."""
    monkeypatch.setattr(skeleton, "lanes", lambda case: tuple((o, f) for o in case.offer for f in case.trader))


# The related trader may not buy: the other does, for a fee of 10 %: 10 · 10 · 1.1.
BINDING = Binding(related, cost=110.0, dropped=100.0, drop=let_everybody_buy)


def test_a_trader_never_buys_from_its_own_company() -> None:
    solved = optimum(related())
    assert solved.cost == pytest.approx(110.0)
    assert {row.trader for row in solved.plan.purchases} == {"dear"}


@pytest.mark.parametrize(
    "mandates",
    [
        (Mandate(trader="dear", material="x"),),  # the sheet has rows, and none for the pair
        (Mandate(trader="dear", material="x"), Mandate(trader="cheap", material="x", allowed=False)),
    ],
)
def test_a_trader_without_mandate_does_not_buy(mandates: tuple[Mandate, ...]) -> None:
    """By the dear trader 110; without the rule 100."""
    solved = optimum(case(offer(), needs=(10,), traders=(CHEAP, DEAR), mandates=mandates))
    assert solved.cost == pytest.approx(110.0)


def test_without_the_sheet_every_trader_may_buy_everything() -> None:
    assert optimum(case(offer(), needs=(10,), traders=(CHEAP, DEAR))).cost == pytest.approx(100.0)


def test_a_mandate_for_one_material_is_none_for_another() -> None:
    """x by the cheap trader 10 · 10; y, for which only the dear one has a mandate, 10 · 10 · 1.1."""
    solved = optimum(
        case(
            offer(),
            offer("oy", material="y"),
            needs={"x": (10,), "y": (10,)},
            materials=(material(), material("y")),
            traders=(CHEAP, DEAR),
            mandates=(Mandate(trader="cheap", material="x"), Mandate(trader="dear", material="y")),
        )
    )
    assert solved.cost == pytest.approx(210.0)
    assert {(row.offer, row.trader) for row in solved.plan.purchases} == {("o", "cheap"), ("oy", "dear")}


@pytest.mark.parametrize("fields", [{"approved": False}, {"sanctioned": True}])
def test_nothing_is_bought_from_a_supplier_that_may_not_be_bought_from(fields: dict[str, bool]) -> None:
    """From the other supplier 10 · 12; without the rule 100."""
    suppliers = (Supplier(supplier="s", **fields), Supplier(supplier="other"))
    solved = optimum(case(offer(), offer("p", 12.0, supplier="other"), needs=(10,), suppliers=suppliers))
    assert solved.cost == pytest.approx(120.0)


def test_orders_end_with_the_kyc_check() -> None:
    """The check holds to 31 January: 10 t at once for 100, the second month's 10 t elsewhere at 12. Storing would be free
    but the offer delivers 10 t a month; without the rule 200."""
    suppliers = (Supplier(supplier="s", kyc_expiry=date(2027, 1, 31)), Supplier(supplier="other"))
    offers = offer(capacity_per_period=10), offer("p", 12.0, supplier="other")
    assert optimum(case(*offers, needs=(10, 10), suppliers=suppliers)).cost == pytest.approx(220.0)
    last_day = (Supplier(supplier="s", kyc_expiry=date(2027, 2, 1)), Supplier(supplier="other"))
    assert optimum(case(*offers, needs=(10, 10), suppliers=last_day)).cost == pytest.approx(200.0)


@pytest.mark.parametrize(("trader", "cost"), [(None, 120.0), ("cheap", 110.0), ("dear", 100.0)])
def test_a_forbidden_pair_does_not_exist(trader: str | None, cost: float) -> None:
    """Forbidden to all: the other offer at 12. To the cheap trader: the dear one at 10 · 1.1. To the dear one: 100."""
    decisions = (Decision(offer="o", trader=trader, kind=DecisionKind.FORBID),)
    found = case(offer(), offer("p", 12.0), needs=(10,), traders=(CHEAP, DEAR), decisions=decisions)
    solved = optimum(found)
    assert solved.cost == pytest.approx(cost)
    assert ("o", "cheap") not in solved.m.lanes or trader == "dear"


def test_the_check_names_every_obstacle() -> None:
    """A plan that buys where it must not fails, with each reason in words."""
    worst = Supplier(supplier="s", sanctioned=True, approved=False, related_trader="cheap", kyc_expiry=date(2026, 1, 1))
    broken = case(
        offer(),
        needs=(10,),
        traders=(CHEAP, DEAR),
        suppliers=(worst,),
        mandates=(Mandate(trader="dear", material="x"),),
        decisions=(Decision(offer="o", kind=DecisionKind.FORBID),),
    )
    plan = Plan(broken, (Purchase("o", "cheap", 1, 10.0),), (Contract("o", "cheap"),))
    obstacles, late = list(RULE.check(plan, ()))
    assert obstacles.achieved == 5
    for reason in ("no mandate", "not approved", "sanctioned", "related to the trader", "forbidden"):
        assert reason in obstacles.where
    assert late.achieved == 365 and not late.holds
    assert not solve(broken).feasible


# Of traders with the same terms one stands for all

ALIKE = Trader(trader="f"), Trader(trader="g")


def signing(*offers: Offer, traders: tuple[Trader, ...] = ALIKE, **tables: Any) -> set[str]:
    """Who may sign offer o in the model."""
    return {f for o, f in skeleton.lanes(case(*(offers or (offer(),)), needs=(10,), traders=traders, **tables)) if o == "o"}


def test_one_of_traders_alike_stands_for_all() -> None:
    assert signing() == {"f"}
    assert signing(offer(exclusive=False)) == {"f", "g"}  # each may place an order of its own
    relative = (Supplier(supplier="s", related_trader="f"),)
    assert signing(suppliers=relative) == {"g"}


@pytest.mark.parametrize(
    "tables",
    [
        {"traders": (Trader(trader="f"), Trader(trader="g", fee=0.01))},
        {"traders": (Trader(trader="f", maximum_spend=90.0), Trader(trader="g"))},
        {"traders": (Trader(trader="f"), Trader(trader="g", minimum_share=0.1))},
        {"traders": (Trader(trader="f"), Trader(trader="g", maximum_share=0.9))},
        {"mandates": (Mandate(trader="f", material="x"), Mandate(trader="g", material="x", fee=0.01))},
        {"budgets": (Budget(year=2027, trader="g", amount=50.0),)},
        {"decisions": (Decision(offer="o", trader="g", kind=DecisionKind.FORCE),)},
        {"policy": (rule(0.5, ("f",), attribute="trader"),)},
        {"policy": (rule(0.5, trader="g"),)},
    ],
)
def test_traders_that_something_tells_apart_each_have_their_lane(tables: dict[str, Any]) -> None:
    assert signing(**tables) == {"f", "g"}


@pytest.mark.parametrize("seed", range(120))
def test_standing_in_costs_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The optimum is what it is where every trader may sign whatever it is eligible for."""
    made = everything(seed)
    if len(set(lanes.stand_ins(made).values())) == len(made.traders):
        same = tuple(Trader(trader=row.trader) for row in made.traders)
        made = replace(made, traders=same, mandates=(), budgets=(), policy=(), decisions=())
    fewer = solve(made)
    monkeypatch.setattr(lanes, "stand_ins", lambda case: {name: name for name in case.trader})
    everyone = solve(replace(made))
    assert (fewer.cost, fewer.feasible) == (pytest.approx(everyone.cost, rel=1e-6, abs=1e-3), everyone.feasible)

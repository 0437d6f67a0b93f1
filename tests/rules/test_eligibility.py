"""Who may buy on which offer: mandates, approval, sanctions, kinship, KYC, forbidding decisions.

Everywhere: 10 t of x are needed, the cheap way costs 100 USD, and the rule closes it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models import skeleton
from models.case import Case
from models.plan import Contract, Plan, Purchase
from models.records import Decision, DecisionKind, Mandate, Supplier, Trader
from models.rules.eligibility import RULE
from tests.cases import case, material, offer
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

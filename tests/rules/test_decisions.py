"""Decisions: force, forbid and fix, for all traders or one, for the whole plan or a period."""

from __future__ import annotations

from typing import Any

import pytest

from models.case import Case
from models.decisions import Contract, Purchase
from models.plan import Plan
from models.records import Decision, Trader
from models.rules.decisions import RULE
from tests.cases import case, first, material, offer
from tests.solving import Binding, optimum, solve

OFFERS = offer(), offer("p", 12.0)
"""o at 10 and p at 12; 10 t are needed in each of two months."""
TRADERS = (Trader(trader="a"), Trader(trader="b", fee=0.1))


def decided(kind: str, name: str = "p", **fields: Any) -> Decision:
    return Decision(offer=name, kind=kind, **fields)  # type: ignore[arg-type]  # pydantic reads the word


def forced() -> Case:
    return case(*OFFERS, needs=(10, 10), decisions=(decided("force", quantity=5),))


# 5 t of p at 12, 15 t of o at 10. Without the rule 20 · 10.
BINDING = Binding(forced, cost=210.0, dropped=200.0)


@pytest.mark.parametrize(
    ("decisions", "cost"),
    [
        ((decided("force", quantity=5),), 210.0),  # 5 · 12 + 15 · 10
        ((decided("force", quantity=5, period=first(2)),), 210.0),
        ((decided("force", "o", quantity=5),), 200.0),  # no news
        ((decided("force", quantity=25),), 300.0),  # more than is needed: 25 · 12
        ((decided("fix", quantity=5),), 210.0),
        ((decided("fix", "o", quantity=5),), 230.0),  # 5 · 10 + 15 · 12
        ((decided("fix", "o", quantity=0),), 240.0),
        ((decided("fix", "o", quantity=5, period=first(1)),), 210.0),  # January 5 of o, 5 of p; February 10 of o
        ((decided("forbid", "o"),), 240.0),
        ((decided("forbid", "o", period=first(1)),), 220.0),  # January by p, February by o
        ((decided("force", quantity=5), decided("force", "p", quantity=3, period=first(2))), 210.0),  # 3 are of the 5
    ],
)
def test_decisions_are_done(decisions: tuple[Decision, ...], cost: float) -> None:
    """Without them 20 · 10. Nothing can be stored, so that each month buys its own 10 t."""
    if any(row.quantity == 25 for row in decisions):
        found = case(*OFFERS, needs=(10, 10), decisions=decisions)
    else:
        found = case(*OFFERS, needs=(10, 10), decisions=decisions, materials=(material(maximum_stock=0),))
    assert optimum(found).cost == pytest.approx(cost)


def test_any_day_names_its_period() -> None:
    solved = optimum(case(*OFFERS, needs=(10, 10), decisions=(decided("force", quantity=5, period=first(2).replace(day=28)),)))
    assert solved.bought["p", 2] == pytest.approx(5.0)


def test_a_decision_is_about_its_trader_or_about_all_together() -> None:
    """5 t of o by b, which takes 10 %: of a shared offer 15 · 10 + 5 · 11; of an exclusive one a can buy nothing of o.

    For all together the cheap trader does it: 200.
    """
    shared, exclusive = (offer(exclusive=False), OFFERS[1]), OFFERS
    by_b = (decided("force", "o", trader="b", quantity=5),)
    assert optimum(case(*shared, needs=(10, 10), traders=TRADERS, decisions=by_b)).cost == pytest.approx(205.0)
    assert optimum(case(*exclusive, needs=(10, 10), traders=TRADERS, decisions=by_b)).cost == pytest.approx(220.0)
    together = (decided("force", "o", quantity=5),)
    assert optimum(case(*shared, needs=(10, 10), traders=TRADERS, decisions=together)).cost == pytest.approx(200.0)


def test_forcing_an_offer_without_a_quantity_signs_it() -> None:
    """The signature costs 30, and nothing need be bought on it."""
    offers = OFFERS[0], offer("p", 12.0, contract_cost=30)
    solved = optimum(case(*offers, needs=(10, 10), decisions=(decided("force"),)))
    assert solved.cost == pytest.approx(230.0)
    assert Contract("p", "f") in solved.plan.contracts and "p" not in solved.total


@pytest.mark.parametrize("fields", [{"minimum_order": 4}, {"lot": 4}, {"minimum_order": 3, "lot": 4}])
def test_forcing_a_period_without_a_quantity_places_the_smallest_order(fields: dict[str, float]) -> None:
    """4 t of p at 12 in February, the other 16 t at 10."""
    solved = optimum(
        case(OFFERS[0], offer("p", 12.0, **fields), needs=(10, 10), decisions=(decided("force", period=first(2)),))
    )
    assert solved.bought["p", 2] == pytest.approx(4.0)
    assert solved.cost == pytest.approx(208.0)


def test_an_order_that_may_be_of_any_size_is_placed_all_the_same() -> None:
    """Of p, which names no minimum, ten steps of a millionth, at 2 USD a tonne more."""
    solved = optimum(case(*OFFERS, needs=(10, 10), decisions=(decided("force", period=first(2)),)))
    assert solved.bought["p", 2] == pytest.approx(1e-5)
    assert solved.cost == pytest.approx(200.00002)


def test_decisions_that_cannot_be_done_leave_no_plan() -> None:
    late = offer(lead_days=40), OFFERS[1]
    assert not solve(case(*late, needs=(10, 10), decisions=(decided("force", "o", period=first(2)),))).feasible
    forbidden = (decided("forbid", "o"), decided("force", "o", quantity=1))
    assert not solve(case(*OFFERS, needs=(10, 10), decisions=forbidden)).feasible


def test_the_check_counts_what_was_decided() -> None:
    decisions = (
        decided("force", quantity=5), decided("fix", "o", quantity=5), decided("forbid", "o", period=first(1)),
        decided("force", trader="f"), decided("force", "q", period=first(1)),
    )  # fmt: skip
    broken = case(*OFFERS, offer("q", 20.0, lot=2), needs=(10, 10), decisions=decisions)
    plan = Plan(broken, (Purchase("o", "f", 1, 6.0), Purchase("p", "f", 1, 4.0)), (Contract("o", "f"),))
    assert [row.excess for row in RULE.check(plan, ()) if not row.holds] == pytest.approx([1.0, 1.0, 6.0, 1.0, 1.0, 1.0])

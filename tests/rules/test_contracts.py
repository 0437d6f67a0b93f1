"""Contracts: what signing costs."""

from __future__ import annotations

import pytest

from models.case import Case
from models.decisions import Contract
from models.plan import Charge, Plan
from models.records import Decision, DecisionKind, Mandate, Trader
from models.rules.contracts import RULE
from tests.cases import case, material, offer
from tests.solving import Binding, optimum


def signing() -> Case:
    return case(offer(contract_cost=30), offer("p", 12.0), needs=(10,))


def signing_for_nothing() -> Case:
    """a buys x for 100 USD, and b, which must have half of all commitments, may buy y, which nobody needs."""
    idle = offer("idle", 0.01, material="y", contract_cost=100)
    return case(
        offer(), idle, needs={"x": (10,), "y": (0,)}, materials=(material(), material("y")),
        traders=(Trader(trader="a"), Trader(trader="b", minimum_share=0.5)),
        mandates=(Mandate(trader="a", material="x"), Mandate(trader="b", material="y")),
    )  # fmt: skip


# o costs 100 + 30, p 120. Without the rule o for 100.
BINDING = Binding(signing, cost=120.0, dropped=100.0, rows=signing_for_nothing)


@pytest.mark.parametrize(("needed", "cost"), [(10, 120.0), (14, 168.0), (16, 190.0)])
def test_a_contract_cost_pays_from_a_quantity_on(needed: float, cost: float) -> None:
    """10 · needed + 30 against 12 · needed: they meet at 15."""
    assert optimum(case(offer(contract_cost=30), offer("p", 12.0), needs=(needed,))).cost == pytest.approx(cost)


def test_it_is_paid_once_however_many_orders() -> None:
    """5 t in each of three months at 10, signed once: 150 + 10; p would cost 180."""
    solved = optimum(case(offer(contract_cost=10, capacity_per_period=5), offer("p", 12.0), needs=(5, 5, 5)))
    assert solved.cost == pytest.approx(160.0)
    assert len(solved.plan.purchases) == 3


def test_each_trader_that_signs_pays() -> None:
    """Two traders with money for 6 t + contract each share o: 100 + 2 · 5; one alone cannot pay for all of it."""
    poor = (Trader(trader="a", maximum_spend=65), Trader(trader="b", maximum_spend=65))
    solved = optimum(case(offer(contract_cost=5, exclusive=False), offer("p", 13.0), needs=(10,), traders=poor))
    assert solved.cost == pytest.approx(110.0)
    assert solved.lines["contract cost"] == 10.0


def test_it_is_due_in_the_first_period_in_which_the_offer_can_be_ordered() -> None:
    """Nothing can be signed before February: (100 + 30) / 1.01."""
    quote = offer(contract_cost=30, valid_from=case().calendar.first_day(2))
    solved = optimum(case(quote, needs=(0, 10), settings={"discount_rate": 0.12}))
    assert solved.cost == pytest.approx(130 / 1.01)


def test_a_forced_contract_costs_though_nothing_is_bought() -> None:
    """10 t of p at 9 for 90, and the signature on o for 30."""
    decisions = (Decision(offer="o", kind=DecisionKind.FORCE),)
    solved = optimum(case(offer(contract_cost=30), offer("p", 9.0), needs=(10,), decisions=decisions))
    assert solved.cost == pytest.approx(120.0)
    assert solved.total == {"p": 10.0}
    assert Contract("o", "f") in solved.plan.contracts


def test_the_check_compares_the_bill_with_the_signatures() -> None:
    plan = Plan(signing(), (), (Contract("o", "f"),))
    (found,) = RULE.check(plan, (Charge("contract cost", "f", "x", 1, 1, 20.0),))
    assert not found.holds and found.excess == pytest.approx(10.0)


def test_no_share_is_met_by_signing_for_nothing() -> None:
    """Signing `idle` costs 100, which is b's half, whatever b then buys on it: next to nothing, but it buys."""
    solved = optimum(signing_for_nothing())
    assert solved.cost == pytest.approx(200, abs=0.01)
    assert 0 < solved.total["idle"] < 0.01

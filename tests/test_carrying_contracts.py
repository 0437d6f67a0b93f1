"""What was signed is carried over: contracts stand, their years and steps go on, and decisions about the whole plan end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.assess import charges_of
from models.case import Case
from models.decisions import Purchase
from models.records import Decision, Supplier, Trader
from planner.carrying import Last, carry
from planner.carrying.contracts import SIGNED
from tests.cases import case, first, material, offer
from tests.solving import optimum
from tests.test_carrying import SLOW, after, last_of


def nights(found: Case, months: int) -> tuple[Last, float]:
    """A plan of each month, carried over from the one before; and what has been paid by take-or-pay terms until the last."""
    last, paid = last_of(found), 0.0
    for month in range(1, months + 1):
        paid += sum(row.amount for row in charges_of(last.plan) if row.line == "take-or-pay" and row.due == 1)
        carried = carry(found, last, first(month + 1)).case
        last = Last(found, carried, optimum(carried).plan)
    return last, paid


def test_a_contract_year_goes_on() -> None:
    """24 t a year are to be taken, and 1 t a month is needed: of each year 12 t are paid for nothing, once."""
    quote, twin = offer(take_or_pay=24.0, contract_cost=1.0), offer("p", 50.0, supplier="p")
    found = case(quote, twin, needs=(1,) * 15, materials=(material(maximum_stock=0.0, annual_demand=12.0),))
    last, paid = nights(found, 14)
    assert paid == pytest.approx(120.0)
    assert [(row.date, row.quantity) for row in last.case.past_purchases] == [(first(t), 1.0) for t in range(1, 15)]
    assert last.case.settings.start_date == first(15)
    due = sum(row.amount for row in charges_of(last.plan) if row.line == "take-or-pay")
    assert due == pytest.approx(10.0 * (12.0 + (29 - 24) * 2.0 - 5.0))  # the second year's, and of the third five months


def test_a_contract_counts_from_its_signature_and_not_from_its_first_order() -> None:
    """Signed in January for what is needed from March on: when January is over nothing is signed; when March is, since then."""
    found = case(offer(take_or_pay=24.0), needs=(0, 0, 10, 10, 0, 0), materials=(material(maximum_stock=0.0),))
    last = last_of(found)
    assert carry(found, last, first(2)).case.past_purchases == ()
    past = carry(found, last, first(4)).case.past_purchases
    assert [(row.date, row.quantity) for row in past] == [(first(1), 0.0), (first(3), 10.0)]


@pytest.mark.parametrize(("kind", "trader", "left"), [("force", None, 5.0), ("fix", "f", 5.0), ("force", "g", 15.0)])
def test_of_a_decision_about_the_whole_plan_is_left_what_was_not_ordered(kind: str, trader: str | None, left: float) -> None:
    """15 t are decided on, and f orders 10 of them in January: what g is to order is all left."""
    decided = Decision.model_validate({"offer": "o", "trader": trader, "kind": kind, "quantity": 15.0})
    firms = Trader(trader="f"), Trader(trader="g", fee=0.01)
    found = case(offer(exclusive=False), needs=(10, 5, 15), decisions=(decided,), traders=firms,
                 materials=(material(maximum_stock=0),))  # fmt: skip
    placed = replace(optimum(found).plan, purchases=(Purchase("o", "f", 1, 10.0),))
    carried = carry(found, Last(found, found, placed), first(2)).case
    assert [row.quantity for row in carried.decisions if row.reason != SIGNED] == [left]


def test_a_decision_that_is_carried_out_is_over() -> None:
    decided = tuple(Decision(offer="o", kind=kind, quantity=10.0) for kind in ("force", "fix"))
    found = case(offer(), offer("p", 12.0), needs=(10, 10), decisions=decided, materials=(material(maximum_stock=0),))
    carried = after(found)
    assert [(row.kind, row.quantity) for row in carried.case.decisions if row.reason != SIGNED] == [("fix", 0.0)]


def test_contracts_stand_and_are_paid_once() -> None:
    terms = {"contract_cost": 7.0, "maximum_total": 15.0, "supplier": "s"}
    cheap, dear = offer(**SLOW | terms), offer("p", 20.0, **SLOW | {"supplier": "s"})
    found = case(cheap, dear, needs=(0, 10, 10, 0), materials=(material(maximum_stock=0),),
                 suppliers=(Supplier(supplier="s", onboarding_cost=3.0),))  # fmt: skip
    last = last_of(found)
    bought = sum(row.quantity for row in last.plan.purchases if (row.offer, row.period) == ("o", 1))
    carried = carry(found, last, first(2)).case
    assert bought and (carried.offer["o"].contract_cost, carried.offer["o"].maximum_total) == (
        0.0,
        pytest.approx(15.0 - bought),
    )
    assert carried.supplier["s"].onboarding_cost == 0.0
    assert ("o", "f", SIGNED) in [(row.offer, row.trader, row.reason) for row in carried.decisions]
    again = carry(found, Last(found, carried, optimum(carried).plan), first(3)).case
    assert again.offer["o"].maximum_total == pytest.approx(0.0) and again.offer["o"].contract_cost == 0.0

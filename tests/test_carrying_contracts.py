"""What was signed is carried over: contracts stand, their years and steps go on, and decisions about the whole plan end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.assess import charges_of
from models.case import Case
from models.decisions import Change, Purchase
from models.records import Actual, ActualKind, Decision, PastPurchase, Price, Supplier, Trader
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
    """Signed in January, when it can first be ordered on, for what is needed from March on."""
    found = case(offer(take_or_pay=24.0), needs=(0, 0, 10, 10, 0, 0), materials=(material(maximum_stock=0.0),))
    for last in (last_of(found), nights(found, 2)[0]):
        past = carry(found, last, first(4)).case.past_purchases
        assert [(row.date, row.quantity) for row in past] == [(first(1), 0.0), (first(3), 10.0)]
    assert [(row.date, row.quantity) for row in nights(found, 1)[0].case.past_purchases] == [(first(1), 0.0)]


def test_a_contract_that_is_never_used_is_paid_for_when_its_year_ends() -> None:
    forced = Decision(offer="o", trader="f", kind="force")
    found = case(offer(take_or_pay=24.0), offer("p", 5.0), needs=(0,) * 12, decisions=(forced,))
    assert nights(found, 13)[1] == pytest.approx(240.0)


def test_a_year_costs_what_it_did_when_an_index_moves_on_and_a_claim_what_was_paid_for_it() -> None:
    """10 in the first half and 30 in the second: what is not taken costs 20 each, whenever it is looked at."""
    forced = Decision(offer="o", trader="f", kind="force")
    prices = Price(index="i", date=first(1), value=10.0), Price(index="i", date=first(7), value=30.0)
    quote = offer("o", None, index="i", take_or_pay=24.0, make_up_years=1)
    needs = (1,) * 12 + (3,) * 12
    found = case(quote, needs=needs, decisions=(forced,), prices=prices, materials=(material(maximum_stock=0.0),))
    assert nights(found, 12)[1] == pytest.approx(12 * 20.0)
    last = nights(found, 20)[0]
    due = sum(row.amount for row in charges_of(last.plan) if row.line == "take-or-pay" and row.due == 4)
    assert due == pytest.approx(-12 * 20.0)  # made up in the second year, whose own mean is 30


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("needs", [(3,) * 8, (0, 0, 3, 3, 3, 3, 3, 3)])
def test_signing_and_onboarding_are_paid_once(exclusive: bool, needs: tuple[int, ...]) -> None:
    quote = offer(exclusive=exclusive, contract_cost=5.0)
    found = case(quote, offer("p", 40.0, supplier="p"), needs=needs, materials=(material(maximum_stock=0.0),),
                 suppliers=(Supplier(supplier="s", onboarding_cost=2.0), Supplier(supplier="p")))  # fmt: skip
    last, paid, once = last_of(found), 0.0, ("contract cost", "onboarding")
    for month in range(1, 5):
        paid += sum(row.amount for row in charges_of(last.plan) if row.line in once and row.due == 1)
        carried = carry(found, last, first(month + 1)).case
        last = Last(found, carried, optimum(carried).plan)
    assert paid == 7.0 and not any(row.line in once for row in charges_of(last.plan))


def test_a_contract_outlives_a_night_without_its_offer() -> None:
    """o is missing when March is planned: it is back in April with what was ordered on it, and is not signed again."""
    twin = offer("p", 40.0)
    found = case(offer(contract_cost=7.0, maximum_total=100.0), twin, needs=(10,) * 8, materials=(material(maximum_stock=0.0),))
    last, _ = nights(found, 1)
    gone = carry(replace(found, offers=(twin,)), last, first(3)).case
    back = carry(found, Last(replace(found, offers=(twin,)), gone, optimum(gone).plan), first(4)).case
    assert [(row.offer, row.date.month) for row in back.past_purchases] == [("o", 1), ("o", 2), ("p", 3)]
    assert back.offer["o"].maximum_total == 80.0 and back.signing_cost("o", "f") == 0.0


def test_another_firms_forbidden_contract_leaves_a_firms_own() -> None:
    forbidden = Decision(offer="o", trader="g", kind="forbid")
    firms = Trader(trader="f"), Trader(trader="g")
    found = case(offer(take_or_pay=12.0), needs=(3, 3), decisions=(forbidden,), traders=firms,
                 materials=(material(maximum_stock=0.0),))  # fmt: skip
    assert ("o", "f", SIGNED) in [(row.offer, row.trader, row.reason) for row in after(found).case.decisions]


def test_what_was_cancelled_was_not_ordered() -> None:
    forced = Decision(offer="o", kind="force", quantity=30.0)
    found = case(offer(**SLOW, maximum_total=100.0), needs=(0, 10, 10, 10), decisions=(forced,))
    cancelled = Actual(date=first(1), kind=ActualKind.CANCELLED, order="2027-01/o/f", quantity=4.0)
    plan = replace(optimum(found).plan, purchases=(Purchase("o", "f", 1, 10.0), Purchase("o", "f", 2, 20.0)))
    carried = carry(replace(found, actuals=(cancelled,)), Last(found, found, plan), first(2)).case
    assert [row.quantity for row in carried.past_purchases] == [6.0]
    assert carried.offer["o"].maximum_total == 94.0
    assert [row.quantity for row in carried.decisions if row.reason != SIGNED] == [24.0]


def test_what_a_plan_cancels_was_not_ordered() -> None:
    """January's order is on its way in February, whose plan cancels it."""
    last, _ = nights(case(offer(**SLOW), needs=(0, 10, 10, 0), materials=(material(maximum_stock=0),)), 1)
    plan = replace(last.plan, purchases=(), changes=(Change("2027-01/o/f", None),))
    kept, dropped = (carry(last.book, Last(last.book, last.case, one), first(3)).case for one in (last.plan, plan))
    assert kept.past_purchases[0].quantity == 10.0 and dropped.past_purchases[0].quantity == 0.0


def test_a_past_purchase_on_a_day_of_the_plan_never_counts() -> None:
    row = PastPurchase(offer="o", trader="f", date=first(1), quantity=5.0)
    found = replace(case(offer(), needs=(10, 10), materials=(material(maximum_stock=0.0),)), past_purchases=(row,))
    assert [(past.date, past.quantity) for past in after(found).case.past_purchases] == [(first(1), 10.0)]


def test_what_rounding_leaves_of_a_decision_is_nothing() -> None:
    """Three thirds of 10 are 9.999999: the decision to buy 10 is carried out."""
    forced = Decision(offer="o", kind="force", quantity=10.0)
    found = case(offer(valid_to=date(2027, 3, 31)), offer("p", 12.0), needs=(10 / 3,) * 6, decisions=(forced,),
                 materials=(material(maximum_stock=0),))  # fmt: skip
    plan = replace(optimum(found).plan, purchases=tuple(Purchase("o", "f", t, 3.333333) for t in (1, 2, 3)))
    assert not carry(found, Last(found, found, plan), first(4)).case.decisions


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
    assert bought and (carried.signing_cost("o", "f"), carried.offer["o"].maximum_total) == (0.0, pytest.approx(15.0 - bought))
    assert carried.supplier["s"].onboarding_cost == 0.0
    assert ("o", "f", SIGNED) in [(row.offer, row.trader, row.reason) for row in carried.decisions]
    again = carry(found, Last(found, carried, optimum(carried).plan), first(3)).case
    assert again.offer["o"].maximum_total == pytest.approx(0.0) and again.signing_cost("o", "f") == 0.0

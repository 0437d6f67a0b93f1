"""What was committed is carried over: stock, orders, money and contracts of one plan are the beginning of the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models.case import Case
from models.membership import holdings
from models.plan import Charge
from models.records import (
    Actual,
    Budget,
    CallOff,
    Commitment,
    Demand,
    Funding,
    FundingKind,
    Member,
    OpenOrder,
)
from planner.carrying import Carried, Last, carry
from planner.carrying.moved import ADDED, REMOVED, input_changes
from planner.carrying.stock import common_parts
from tests.cases import case, first, kept, material, offer
from tests.misread_cases import on_order
from tests.random_cases import everything
from tests.solving import optimum

SLOW = {"lead_days": 31.0, "payment_days": 30.0}
"""What is ordered on 1 January arrives on 1 February, and is paid on 3 March."""


def last_of(found: Case) -> Last:
    """A case that was planned from its workbook as it is."""
    return Last(found, found, optimum(found).plan)


def after(found: Case, months: int = 1, book: Case | None = None, *actuals: Actual) -> Carried:
    """What is carried over after some months."""
    return carry(replace(book or found, actuals=actuals), last_of(found), first(months + 1))


def ordered(**terms: Any) -> Case:
    """10 t are needed in February and in March of 2027, and ordered a month before."""
    return case(offer(**SLOW | terms), needs=(0, 10, 10, 0), materials=(material(maximum_stock=0),))


def happened(kind: str, day: date, **fields: Any) -> Actual:
    return Actual(date=day, kind=kind, **fields)  # type: ignore[arg-type]  # pydantic reads the word


def paid_before(charges: tuple[Charge, ...], period: int) -> float:
    return sum(charge.amount for charge in charges if charge.due < period)


def test_what_is_ordered_is_on_its_way() -> None:
    [order] = after(ordered()).case.open_orders
    assert (order.order, order.quantity, order.price) == ("2027-01/o/f", 10.0, 10.0)
    assert (order.arrival, order.due, order.paid) == (first(2), date(2027, 3, 3), False)


@pytest.mark.parametrize("months", [1, 2, 3])
@pytest.mark.parametrize(
    "terms",
    [{}, {"payment_days": -20.0}, {"freight": 1.0, "duty_rate": 0.1}, {"payment_days": -31.0, "freight": 1.0}, {"lot": 5.0}],
)
def test_nothing_is_paid_twice_or_never(months: int, terms: dict[str, Any]) -> None:
    """What was paid by then and the rest of the plan cost what the whole plan costs: the best plan's rest is the best one."""
    found = ordered(**terms)
    whole = optimum(found)
    rest = after(found, months, found.with_settings(periods=4 - months)).case
    assert rest.settings.start_date == first(months + 1)
    assert optimum(rest).cost + paid_before(whole.charges, months + 1) == pytest.approx(whole.cost, abs=0.02)


@pytest.mark.parametrize("seed", [0, 2, 4, 5, 6, 7, 9, 10])
def test_stock_goes_on_whatever_is_planned(seed: int) -> None:
    found = everything(seed)
    solved = optimum(found)
    carried = carry(found, Last(found, found, solved.plan), found.calendar.first_day(2)).case
    for name in found.material:
        opening = sum(row.quantity for row in carried.opening_stock if row.material == name)
        assert opening == pytest.approx(solved.plan.closing_stock[name, 1], abs=1e-4)
    assert {row.order for row in carried.open_orders} >= {
        f"{found.calendar.name(1)}/{line.purchase.offer}/{line.purchase.trader}"
        for line in solved.plan.lines if line.purchase.period == 1 and line.arrival > 1
    }  # fmt: skip


def test_parts_of_a_stock_are_those_of_all_divisions() -> None:
    parts = list(common_parts([("a", 3.0), ("b", 1.0)], [("x", 2.0), ("y", 2.0)]))
    assert parts == [(("a", "x"), 2.0), (("a", "y"), 1.0), (("b", "y"), 1.0)]


def test_within_its_first_period_a_plan_begins_as_before() -> None:
    found = ordered()
    same = carry(found, last_of(found), date(2027, 1, 31)).case
    assert (same.settings.start_date, same.open_orders, same.opening_stock) == (first(1), (), ())


def test_money_goes_on() -> None:
    """January pays 10 t of 10 USD out of cash and loan; a loan's fee and a member's entry are paid once."""
    bank = Funding(source="Bank", kind=FundingKind.LOAN, amount=500.0, upfront_fee=0.01)
    found = case(offer(), needs=(10, 10), funding=(bank,), members=(Member(member="A", entry_fee=5.0),),
                 settings={"opening_cash": 40.0}, materials=(material(maximum_stock=0),))  # fmt: skip
    carried = after(found).case
    assert carried.funding[0].drawn == pytest.approx(65.0)  # 100 + 5 of fee − 40
    assert (carried.settings.opening_cash, carried.funding[0].upfront_fee) == (pytest.approx(0.0), 0.0)


def test_ceilings_keep_what_is_left_of_them() -> None:
    """Of 300 January commits 100 for what comes in February, of which nothing is paid: it counts again."""
    found = replace(ordered(), budgets=(Budget(amount=300.0), Budget(year=2027, trader="f", amount=250.0)))
    carried = after(found, 1).case
    assert [row.amount for row in carried.budgets] == pytest.approx([300.0, 250.0])
    later = after(found, 3).case  # both orders have arrived, and are paid but for 100 that are due in April
    assert [row.amount for row in later.budgets] == pytest.approx([200.0, 150.0])
    assert [(row.due, row.amount) for row in later.payables] == [(date(2027, 4, 3), 100.0)]


def test_demand_by_date_goes_on_past_its_end() -> None:
    found = case(offer(), needs=(10, 4))
    carried = after(found)
    assert carried.case.demand == (*found.demand, Demand(material="x", date=first(3), quantity=4.0))
    assert "goes on" in carried.notes[0]


def test_rows_that_the_user_adds_changes_or_takes_out_count() -> None:
    """Two orders are carried over; one is put off in the workbook, one is taken out, and a third is new."""
    one, two = (on_order(order=number, arrival=first(3)) for number in ("1", "2"))
    found = case(offer(), needs=(0, 0, 0, 10), open_orders=(one, two))
    later = one.model_copy(update={"arrival": first(4)})
    third = OpenOrder(order="3", material="x", quantity=1.0, arrival=first(2))
    carried = after(found, 1, replace(found, open_orders=(later, third)))
    assert carried.case.open_orders == (later, third)


def test_another_start_date_begins_anew() -> None:
    """What Actuals told before is in the new beginning."""
    found = replace(ordered(), actuals=(happened("stock count", first(1), material="x", quantity=3.0),))
    book = found.with_settings(start_date=first(2))
    carried = carry(book, last_of(found), first(3))
    assert not carried.case.opening_stock
    assert (carried.case.open_orders, carried.case.settings.start_date) == ((), first(2))
    assert "start date" in carried.notes[0]


def test_changes_of_the_input_are_told_cell_by_cell() -> None:
    before = case(offer(), offer("p", 12.0), needs=(10,))
    after_it = replace(before, offers=(offer(price=11.0), offer("q", 9.0)))
    found = {(row.row, row.what, row.before, row.after) for row in input_changes(before, after_it)}
    assert found == {("o", "price", "10", "11"), ("p", REMOVED, "", ""), ("q", ADDED, "", "")}


def called_off(served: float, months: int = 1) -> Case:
    """What is carried over where A, entitled to 10 t, called off 4 in January that are replenished by April, and as much as
    this could be had of them."""
    found = case(
        offer(capacity_per_period=served), needs=(), periods=6, materials=(kept(value_of_shortage=1000.0),),
        members=(Member(member="A"),), settings={"terminal_haircut": 1.0},
        commitments=(
            Commitment(member="A", material="x", quantity=10.0, gap_penalty=1.0, strike_price=0.0, replenish_periods=3),
        ),
        call_offs=(CallOff(member="A", material="x", date=date(2027, 1, 15), quantity=4.0),),
    )  # fmt: skip
    first_night = after(found, 1)
    if months == 1:
        return first_night.case
    return carry(found, Last(found, first_night.case, optimum(first_night.case).plan), first(months + 1)).case


@pytest.mark.parametrize("served", [4.0, 1.0])
def test_what_a_member_was_given_lowers_what_it_is_entitled_to(served: float) -> None:
    """In the second night, too, which reads what the first one carried over beside the workbook's own rows."""
    for months in (1, 2):
        carried = called_off(served, months)
        assert [row.quantity for row in carried.call_offs] == [pytest.approx(served)]
        entitled = [one.entitled for one in holdings(optimum(carried).plan)]
        assert entitled == pytest.approx([10.0 - served] * (3 - months) + [10.0] * (3 + months))


def test_what_has_been_replenished_is_forgotten() -> None:
    assert called_off(4.0, 3).call_offs == ()

"""What happened otherwise than planned: received, cancelled, paid and counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from models.case import Case
from models.records import (
    Actual,
    Funding,
    FundingKind,
    OpeningStock,
    OriginClass,
)
from planner.carrying import Last, carry
from planner.cli import cli
from planner.findings import FaultyInput
from tests import written
from tests.cases import case, first, material, offer
from tests.misread_cases import on_order
from tests.solving import optimum
from tests.test_carrying import SLOW, happened, last_of, ordered

RECEIVED = "2027-01/o/f"


@pytest.mark.parametrize(
    ("actuals", "stock", "coming"),
    [
        ((), 10.0, {}),  # what was to come by the end of February has come
        ((happened("received", date(2027, 2, 4), order=RECEIVED, quantity=6.0),), 6.0, {RECEIVED: 4.0}),
        ((happened("cancelled", date(2027, 2, 4), order=RECEIVED, quantity=3.0),), 7.0, {}),
        ((happened("stock count", date(2027, 2, 28), material="x", quantity=8.5),), 8.5, {}),
        ((happened("received", date(2027, 2, 4), order="another"),), 10.0, {}),
        ((happened("received", date(2027, 2, 4), order="another", done=True),), 0.0, {RECEIVED: 10.0}),
    ],
)
def test_what_happened_otherwise(actuals: tuple[Actual, ...], stock: float, coming: dict[str, float]) -> None:
    """10 t that arrive in February lie in stock until April."""
    found = case(offer(**SLOW), needs=(0, 0, 0, 10), materials=(material(holding_cost=0.0),),
                 decisions=(), settings={"discount_rate": 0.0}, opening_stock=())  # fmt: skip
    plan = optimum(replace(found, offers=(offer(**SLOW | {"valid_to": date(2027, 1, 31)}),))).plan
    last = Last(found, found, replace(plan, case=found))
    carried = carry(replace(found, actuals=actuals), last, first(3)).case
    assert sum(row.quantity for row in carried.opening_stock) == pytest.approx(stock)
    assert {row.order: row.quantity for row in carried.open_orders} == pytest.approx(coming)


def on_its_way(*rows: Actual) -> Case:
    """4 t that were to arrive on 20 January for 7 each, and what was told of them."""
    order = on_order(quantity=4.0, arrival=date(2027, 1, 20))
    return replace(case(offer(), needs=(10, 0), open_orders=(order,)), actuals=rows)


def test_an_order_that_comes_in_parts_is_told_by_its_own_number() -> None:
    """3 t on the 10th and 1 t on the 15th; each row counts in the first night that sees it, and in no other."""
    rows = [happened("received", date(2027, 1, day), order="1", quantity=tonnes) for day, tonnes in ((10, 3.0), (15, 1.0))]
    found, first_row = on_its_way(), on_its_way(rows[0])
    once = carry(first_row, last_of(found), date(2027, 1, 11)).case
    assert {one.order: (one.quantity, one.arrival) for one in once.open_orders} == {
        "1 received 2027-01-10": (3.0, date(2027, 1, 10)), "1": (1.0, date(2027, 1, 20)),
    }  # fmt: skip
    same = carry(first_row, Last(first_row, once, optimum(once).plan), date(2027, 1, 12)).case
    assert {one.order for one in same.open_orders} == {one.order for one in once.open_orders}
    both = on_its_way(*rows)
    twice = carry(both, Last(first_row, once, optimum(once).plan), date(2027, 1, 16)).case
    assert {one.order: one.quantity for one in twice.open_orders} == {
        "1 received 2027-01-10": 3.0,
        "1 received 2027-01-15": 1.0,
    }
    later = carry(both, Last(both, twice, optimum(twice).plan), first(2))
    assert not [one.order for one in later.case.open_orders if one.order.startswith("1")], "what was received is not late"


def test_goods_that_came_before_the_plan_keep_their_origin_and_their_price() -> None:
    """An order that was to arrive in February came in January: a month later it lies in the stock, and is still to be paid."""
    found = replace(ordered(), actuals=(happened("received", date(2027, 1, 28), order=RECEIVED),))
    carried = carry(found, last_of(replace(found, actuals=())), first(2)).case
    [stock], [owed] = carried.opening_stock, carried.payables
    assert (stock.quantity, stock.unit_cost, stock.received) == (10.0, 10.0, date(2027, 1, 28))
    assert (stock.origin_class, owed.due, owed.amount) == (OriginClass.RESTRICTED, date(2027, 3, 3), 100.0)


@pytest.mark.parametrize(
    ("day", "amount", "cash", "price", "owed"),
    [
        (date(2026, 12, 30), 10.0, -10.0, 4.5, {}),  # 28 − 10 are left for 4 t
        (date(2027, 1, 5), 10.0, 0.0, 4.5, {date(2027, 1, 5): 10.0}),
        (date(2027, 1, 5), 30.0, 0.0, None, {date(2027, 1, 5): 30.0}),  # it came to more than was agreed
    ],
)
def test_what_is_paid_in_part_is_owed_for_the_rest(
    day: date, amount: float, cash: float, price: float | None, owed: dict[date, float]
) -> None:
    carried = carry(on_its_way(happened("paid", day, order="1", amount=amount)), None, date(2027, 1, 6)).case
    [order] = carried.open_orders
    assert carried.settings.opening_cash == pytest.approx(cash)
    assert order.paid if price is None else order.price == pytest.approx(price)
    assert {row.due: row.amount for row in carried.payables} == pytest.approx(owed)


def test_what_is_paid_early_leaves_cash() -> None:
    found = replace(ordered(), funding=(Funding(source="equity", kind=FundingKind.EQUITY, amount=500.0),))
    row = happened("paid", date(2027, 1, 20), order=RECEIVED)
    last = last_of(found)
    unpaid, paid = (carry(replace(found, actuals=rows), last, first(2)).case for rows in ((), (row,)))
    assert paid.open_orders[0].paid and not unpaid.open_orders[0].paid
    assert paid.settings.opening_cash == pytest.approx(unpaid.settings.opening_cash - 100.0)


def stocked(*actuals: Actual) -> Case:
    """Of 100 t a tonne is given out each day, and 10 t come on 20 January."""
    found = case(offer(), needs=(31, 28, 31), open_orders=(on_order(quantity=10.0, arrival=date(2027, 1, 20)),),
                 opening_stock=(OpeningStock(material="x", quantity=100.0),))  # fmt: skip
    return replace(found, actuals=actuals)


@pytest.mark.parametrize(
    ("counted", "tonnes", "today", "opening"),
    [
        (date(2027, 1, 10), 85.0, date(2027, 1, 11), 95.0),  # ten days' tonnes had gone by then
        (date(2027, 1, 25), 82.0, date(2027, 1, 26), 97.0),  # and 25, with 10 t that had come
        (date(2027, 1, 10), 85.0, date(2027, 2, 2), 74.0),  # 21 days go on, and 10 t come
        (date(2027, 1, 31), 70.0, date(2027, 2, 2), 70.0),
        (date(2027, 2, 7), 60.0, date(2027, 2, 10), 67.0),
        (date(2027, 1, 10), 5.0, date(2027, 2, 2), 0.0),  # 5 + 10 are not enough for 21 days
    ],
)
def test_a_count_holds_for_its_day(counted: date, tonnes: float, today: date, opening: float) -> None:
    found = stocked(happened("stock count", counted, material="x", quantity=tonnes))
    carried = carry(found, last_of(stocked()), today)
    assert sum(row.quantity for row in carried.case.opening_stock) == pytest.approx(opening)
    assert any("less than what is known" in note for note in carried.notes) == (not opening)


def test_what_is_late_is_not_paid_on_its_arrival() -> None:
    """1 t of 10 came: 9 t at 7 were to be paid on 20 January, and are when they come."""
    found = stocked(happened("received", date(2027, 1, 20), order="1", quantity=1.0))
    carried = carry(found, last_of(stocked()), date(2027, 2, 2)).case
    [late] = carried.open_orders
    assert (late.quantity, late.paid, late.arrival, late.due) == (9.0, False, date(2027, 2, 2), date(2027, 2, 2))
    punctual = carry(stocked(), last_of(stocked()), date(2027, 2, 2)).case
    assert carried.settings.opening_cash - punctual.settings.opening_cash == pytest.approx(9 * 7.0)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            happened("received", date(2027, 1, 5), order="1", quantity=500.0),
            "500 of 1 were received on 2027-01-05, and 10 ",
        ),
        (
            happened("cancelled", date(2027, 1, 5), order="1", quantity=11.0),
            "11 of 1 were cancelled on 2027-01-05, and 10 ",
        ),
        (happened("paid", date(2027, 1, 5), order="1", amount=1e6), "1,000,000.00 USD were paid of 1 on 2027-01-05, and 70.00"),
    ],
)
def test_more_than_was_ordered_is_told(row: Actual, told: str) -> None:
    assert any(told in note for note in carry(stocked(row), None, date(2027, 1, 6)).notes)


def test_a_day_that_is_still_to_come_is_a_fault(tmp_path: Path) -> None:
    rows = [happened("stock count", date(2027, 1, day), material="x", quantity=1.0) for day in (6, 7)]
    book, target = written.write(tmp_path / "book.xlsx", stocked(*rows)), tmp_path / "carried.xlsx"
    result = CliRunner().invoke(cli, ["carry", str(book), "--on", "2027-01-06", "--output", str(target)])
    assert isinstance(result.exception, FaultyInput) and not target.exists()
    [fault] = result.exception.findings
    assert (fault.address, fault.value) == ("Actuals!A3", "2027-01-07") and "a day after 2027-01-06" in fault.message


def test_what_was_not_there_is_told() -> None:
    """35 t were to cover January's 31; without the 10 t that came to nothing 6 t were not there."""
    few = case(offer(), needs=(31, 0, 0), open_orders=stocked().open_orders,
               opening_stock=(OpeningStock(material="x", quantity=25.0),))  # fmt: skip
    cancelled = replace(few, actuals=(happened("cancelled", date(2027, 1, 5), order="1"),))
    notes = carry(cancelled, last_of(few), date(2027, 2, 2)).notes
    assert "6 of x were needed before 2027-02-01 and were not there" in notes


def test_after_the_end_of_the_last_plan_nothing_is_known() -> None:
    with pytest.raises(FaultyInput) as caught:
        carry(stocked(), last_of(stocked()), date(2027, 5, 2))
    assert "the last plan ended on 2027-03-31" in caught.value.findings[0].message

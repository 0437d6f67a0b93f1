"""An order that was to have arrived by now, and that was cancelled: neither its goods nor its money stay in the next plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.case import Case
from models.records import Actual, ActualKind, Funding, FundingKind, OpeningStock
from planner.carrying import carry
from tests.cases import case, first, offer
from tests.test_carrying import last_of, on_order


def cancelled(quantity: float | None = None, **fields: object) -> Case:
    """4 t that were to arrive on 20 January for 7 each, beside 5 t in stock, and that some of it was cancelled on the 15th."""
    order = on_order(quantity=4.0, price=7.0, arrival=date(2027, 1, 20), **fields)
    told = Actual(date=date(2027, 1, 15), kind=ActualKind.CANCELLED, order=order.order, quantity=quantity)
    stock = OpeningStock(material="x", quantity=5.0)
    made = case(offer(), needs=(0, 9, 0), open_orders=(order,), opening_stock=(stock,), settings={"opening_cash": 100.0})
    return replace(made, actuals=(told,), funding=(Funding(source="equity", kind=FundingKind.EQUITY, amount=1e3),))


def carried(made: Case) -> Case:
    return carry(made, last_of(replace(made, actuals=())), first(2)).case


@pytest.mark.parametrize(("quantity", "owed", "left"), [(None, [], 0.0), (1.0, [21.0], 3.0)])
def test_what_is_still_to_be_paid_is_owed_no_more(quantity: float | None, owed: list[float], left: float) -> None:
    """Due on 10 February, after the new plan begins."""
    found = carried(cancelled(quantity, due=date(2027, 2, 10)))
    assert [row.amount for row in found.payables] == owed
    assert sum(row.quantity for row in found.opening_stock) == pytest.approx(5.0 + left)


def test_what_was_to_be_paid_on_arrival_is_still_there() -> None:
    assert carried(cancelled()).settings.opening_cash == pytest.approx(100.0)
    assert carried(cancelled(1.0)).settings.opening_cash == pytest.approx(100.0 - 21.0)
    assert carried(replace(cancelled(), actuals=())).settings.opening_cash == pytest.approx(100.0 - 28.0)


def test_what_was_paid_before_stays_paid() -> None:
    assert carried(cancelled(paid=True)).settings.opening_cash == pytest.approx(100.0)
    assert carried(cancelled(due=date(2027, 1, 5))).settings.opening_cash == pytest.approx(100.0 - 28.0)


def test_the_stock_that_is_gone_is_the_orders_own() -> None:
    """The larger lot, which has been there all along, keeps its age."""
    [stock] = carried(cancelled()).opening_stock
    assert (stock.quantity, stock.received) == (5.0, carried(replace(cancelled(), actuals=())).opening_stock[0].received)


def test_what_happened_is_told_as_a_change_of_the_input() -> None:
    """It is what an order of the next plan may be another one for."""
    [row] = carried(cancelled()).input_changes
    assert (row.where, row.row, row.what, row.name) == ("Actuals", "1 cancelled on 2027-01-15", "row added", "x")
    assert carried(replace(cancelled(), actuals=())).input_changes == ()

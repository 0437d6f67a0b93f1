"""What is told in the running period, late, twice, in parts, or by correcting the workbook counts once, as what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models.case import Case
from models.records import Actual, Depot, Funding, FundingKind, OpeningStock
from planner.carrying import Carried, Last, carry
from tests.cases import case, first, material, offer
from tests.misread_cases import on_order
from tests.solving import optimum
from tests.test_carrying import happened, last_of, ordered
from tests.test_carrying_actuals import stocked


def january(day: int) -> date:
    return date(2027, 1, day)


def after(last: Last, book: Case, today: date) -> Carried:
    """What is carried over from a plan that was made of another workbook."""
    return carry(book, last, today)


def told(carried: Carried, words: str) -> bool:
    """Whether a note says so."""
    return any(words in note for note in carried.notes)


def published(book: Case, carried: Carried) -> Last:
    """The plan of a night."""
    return Last(book, carried.case, optimum(carried.case).plan)


def lying(case: Case, depot: str | None = None) -> float:
    return sum(row.quantity for row in case.opening_stock if depot in (None, row.depot))


class TestOrdersOfTheRunningPeriod:
    """The plan decides about them itself until the period is over; then what was told of them counts."""

    def test_what_was_cancelled_is_not_on_its_way(self) -> None:
        found, row = ordered(), happened("cancelled", january(20), order="2027-01/o/f")
        book = replace(found, actuals=(row,))
        within = after(last_of(found), book, january(20))
        assert within.case.actuals == () and told(within, "the running period, after which the row counts")
        carried = after(published(book, within), book, first(2))
        assert carried.case.open_orders == () and [one.done for one in carried.case.actuals] == [True]

    def test_what_was_received_is_not_late(self) -> None:
        """20 t that arrive on 11 January, of which 10 are used in it."""
        found = case(offer(lead_days=10.0, valid_to=january(31)), needs=(10, 10))
        book = replace(found, actuals=(happened("received", january(15), order="2027-01/o/f"),))
        within = after(last_of(found), book, january(20))
        carried = after(published(book, within), book, first(2))
        assert (lying(carried.case), carried.case.open_orders) == (pytest.approx(10.0), ())

    def test_a_count_leaves_them_out(self) -> None:
        """Of 31 t that are there on the first, 31 more come on the 11th, and one is given out each day."""
        found = case(offer(lead_days=10.0, valid_to=january(31)), needs=(31, 31), opening_stock=(lot(31.0),))
        assert [row.quantity for row in last_of(found).plan.purchases] == [pytest.approx(31.0)]
        for day, there in ((5, 26.0), (20, 42.0)):
            book = replace(found, actuals=(happened("stock count", january(day), material="x", quantity=there),))
            assert lying(after(last_of(found), book, january(day)).case) == pytest.approx(31.0)


def lot(quantity: float, **fields: Any) -> OpeningStock:
    return OpeningStock(**{"material": "x", "quantity": quantity} | fields)


def counted(day: date, quantity: float, depot: str | None = None) -> Actual:
    return happened("stock count", day, material="x", quantity=quantity, depot=depot)


class TestCounts:
    def test_what_is_older_than_the_last_plan_is_told(self) -> None:
        """What went between is not known: the count of a month's last evening still says what the next begins with."""
        found = stocked()
        month = published(found, after(last_of(found), found, first(2)))
        before = lying(month.case)
        old = after(month, stocked(counted(january(15), 1.0)), date(2027, 2, 2))
        assert lying(old.case) == before and told(old, "is not known any more") and old.case.actuals == ()
        assert lying(after(month, stocked(counted(january(31), 1.0)), date(2027, 2, 2)).case) == pytest.approx(1.0)

    @pytest.mark.parametrize("together", [True, False])
    def test_the_latest_holds_in_whatever_order_they_are_told(self, together: bool) -> None:
        """95 t on the 10th stand for 105 on the first; 10 on the 3rd for 13."""
        late, early = counted(january(10), 95.0), counted(january(3), 10.0)
        book = stocked(late, early)
        last = last_of(stocked())
        if not together:
            last = published(stocked(late), after(last, stocked(late), january(11)))
        carried = after(last, book, january(12))
        assert lying(carried.case) == pytest.approx(105.0)
        assert told(carried, "a later count") is not together

    def test_a_depot_has_what_goes_to_it(self) -> None:
        """100 t in each, and 50 more on the 25th: all for North, as the plan has it. South's count says nothing of them."""
        depots = (Depot(depot="South", capacity=100.0), Depot(depot="North"))
        stock = (lot(100.0, depot="South"), lot(100.0, depot="North"))
        order = on_order(quantity=50.0, arrival=january(25))
        found = case(offer(), needs=(0, 250), depots=depots, opening_stock=stock, open_orders=(order,))
        for day in (20, 31):
            book = replace(found, actuals=(counted(january(day), 100.0, "South"),))
            carried = after(last_of(found), book, first(2)).case
            assert (lying(carried, "South"), lying(carried, "North")) == (pytest.approx(100.0), pytest.approx(150.0))
            assert lying(after(last_of(found), book, january(31)).case, "South") == pytest.approx(100.0)

    def test_a_count_of_all_depots_holds_beside_an_older_one_of_one(self) -> None:
        depots, stock = (Depot(depot="South"), Depot(depot="North")), (lot(150.0, depot="South"), lot(240.0, depot="North"))
        found = case(offer(), needs=(0, 0, 100), depots=depots, opening_stock=stock)
        rows = (counted(january(5), 390.0), counted(january(10), 100.0, "South"), counted(january(31), 200.0))
        for some in (rows, rows[::-1]):
            carried = after(last_of(found), replace(found, actuals=some), first(2)).case
            assert lying(carried) == pytest.approx(200.0)
            assert lying(carried, "South") == pytest.approx(200.0 * 100.0 / 340.0)

    def test_a_count_of_a_depot_that_is_older_than_one_of_all_is_too_late(self) -> None:
        depots, stock = (Depot(depot="South"), Depot(depot="North")), (lot(150.0, depot="South"), lot(240.0, depot="North"))
        found = case(offer(), needs=(0, 0, 100), depots=depots, opening_stock=stock)
        all_of_it = replace(found, actuals=(counted(january(10), 200.0),))
        night = published(all_of_it, after(last_of(found), all_of_it, january(11)))
        both = replace(found, actuals=(*all_of_it.actuals, counted(january(5), 10.0, "South")))
        carried = after(night, both, january(12))
        assert lying(carried.case) == pytest.approx(200.0) and told(carried, "a later count")

    def test_of_one_day_that_of_a_depot_says_more(self) -> None:
        """200 t in all, of which 150 were South's; of South 20 are told besides."""
        depots, stock = (Depot(depot="South"), Depot(depot="North")), (lot(300.0, depot="South"), lot(100.0, depot="North"))
        found = case(offer(), needs=(0, 0, 50), depots=depots, opening_stock=stock)
        rows = counted(january(10), 20.0, "South"), counted(january(10), 200.0)
        carried = after(last_of(found), replace(found, actuals=rows), january(11)).case
        assert (lying(carried, "South"), lying(carried, "North")) == (pytest.approx(20.0), pytest.approx(50.0))

    def test_what_was_received_in_one_depot_is_not_in_another(self) -> None:
        """4 t that were to come in February came to North on 25 January, after South was counted."""
        depots, order = (Depot(depot="South"), Depot(depot="North")), on_order(arrival=date(2027, 2, 5))
        found = case(offer(), needs=(0, 0, 9), depots=depots, open_orders=(order,), opening_stock=(lot(7.0, depot="South"),))
        rows = happened("received", january(25), order="1", depot="North"), counted(january(20), 5.0, "South")
        carried = after(last_of(found), replace(found, actuals=rows), first(2)).case
        assert (lying(carried, "South"), lying(carried, "North")) == (pytest.approx(5.0), pytest.approx(4.0))

    def test_of_a_material_that_is_gone_none_is_carried_over(self) -> None:
        found = case(offer(), offer("p", material="y"), needs={"x": (1, 1), "y": (1, 1)}, materials=(material(), material("y")))
        told_of = replace(
            found, actuals=(happened("stock count", january(5), material="y", quantity=3.0), counted(january(5), 2.0))
        )
        night = published(told_of, after(last_of(found), told_of, january(6)))
        assert [row.material for row in night.case.actuals] == ["y", "x"]
        less = case(offer(), needs=(1, 1), actuals=told_of.actuals[1:])
        assert [row.material for row in after(night, less, january(7)).case.actuals] == ["x"]

    def test_what_differs_by_far_is_remarked_upon(self) -> None:
        carried = after(last_of(stocked()), stocked(counted(january(10), 9e4)), january(11))
        assert told(carried, "See that the unit is right")


class TestPayments:
    def test_two_parts_in_the_running_period_are_both_paid(self) -> None:
        """28 USD for 4 t: 14 on the 5th and 14 on the 12th leave nothing to pay."""
        found = replace(case(offer(), needs=(10, 0), open_orders=(on_order(quantity=4.0, arrival=first(2)),)))
        rows = tuple(happened("paid", january(day), order="1", amount=14.0) for day in (5, 12))
        for some in (rows, rows[:1]):
            carried = carry(replace(found, actuals=some), None, january(13))
            [order] = carried.case.open_orders
            assert [row.amount for row in carried.case.payables] == [14.0] * len(some)
            assert order.paid if some == rows else order.price == pytest.approx(3.5)
        assert not carried.notes

    def test_a_payment_is_no_debt_of_the_next_night(self) -> None:
        found = case(offer(), needs=(10, 0), open_orders=(on_order(quantity=4.0, arrival=first(2)),))
        rows = tuple(happened("paid", january(day), order="1", amount=14.0) for day in (5, 12))
        one, both = replace(found, actuals=rows[:1]), replace(found, actuals=rows)
        night = published(one, carry(one, None, january(6)))
        carried = after(night, both, january(13)).case
        assert [row.amount for row in carried.payables] == [14.0, 14.0] and carried.open_orders[0].paid

    def test_what_is_settled_is_not_paid_again(self) -> None:
        found = case(offer(), needs=(10, 0), open_orders=(on_order(quantity=4.0, arrival=january(20)),))
        book = replace(found, actuals=(happened("paid", january(25), order="1", amount=30.0),))
        assert told(after(last_of(found), book, first(2)), "nothing is owed of it")


class TestRowsThatCount:
    def test_what_was_taken_out_and_put_back_counts_once(self) -> None:
        """Another night plans from an older copy of the workbook."""
        found = stocked()
        book = stocked(happened("cancelled", january(5), order="1", quantity=3.0))
        once = published(book, after(last_of(found), book, january(6)))
        without = published(found, after(once, found, january(7)))
        again = after(without, book, january(8))
        assert [row.quantity for row in again.case.open_orders] == [7.0] and not again.notes

    def test_two_alike_count_twice(self) -> None:
        row = happened("cancelled", january(5), order="1", quantity=3.0)
        both = stocked(row, row)
        once = published(stocked(row), after(last_of(stocked()), stocked(row), january(6)))
        for last in (last_of(stocked()), once):
            assert [one.quantity for one in after(last, both, january(7)).case.open_orders] == [4.0]

    def test_what_the_user_marks_as_done_does_not_count(self) -> None:
        book = stocked(happened("cancelled", january(5), order="1", done=True))
        assert after(last_of(stocked()), book, january(6)).case.open_orders[0].quantity == 10.0

    def test_an_order_is_known_whatever_the_case_of_its_letters(self) -> None:
        order = on_order(order="PO-1", arrival=january(20))
        found = case(offer(), needs=(0, 9, 0), open_orders=(order,))
        book = replace(found, actuals=(happened("cancelled", january(5), order="po-1"),))
        assert not after(last_of(found), book, january(6)).case.open_orders

    def test_a_number_that_nobody_knows_makes_nothing_late(self) -> None:
        order = on_order(order="PO-1", arrival=january(20))
        found = case(offer(), needs=(0, 9, 0), open_orders=(order,))
        book = replace(found, actuals=(happened("received", january(20), order="PO1"),))
        carried = after(last_of(found), book, first(2))
        assert lying(carried.case) == pytest.approx(9.0) and not carried.case.open_orders
        assert told(carried, "no such order on its way or owed; did you mean 'PO-1'?")


class TestCorrections:
    def test_of_what_lay_there_before_the_first_day_has_passed(self) -> None:
        """Counts of it hold, as they were told."""
        found = stocked()
        less = replace(found, opening_stock=(lot(40.0),))
        assert lying(after(last_of(found), less, january(5)).case) == 40.0
        book = stocked(counted(january(10), 85.0))
        night = published(book, after(last_of(found), book, january(11)))
        both = replace(book, opening_stock=less.opening_stock)
        assert lying(after(night, both, january(12)).case) == pytest.approx(95.0)

    def test_of_what_lay_there_are_too_late_when_it_has_passed(self) -> None:
        found = stocked()
        less = replace(found, opening_stock=(lot(40.0),))
        late = after(last_of(found), less, first(2))
        assert lying(late.case) == lying(after(last_of(found), found, first(2)).case)
        assert told(late, "OpeningStock of x was changed")

    @pytest.mark.parametrize("today", [january(5), first(2)])
    def test_of_money_count_at_any_time(self, today: date) -> None:
        loan = Funding(source="bank", kind=FundingKind.LOAN, amount=1000.0, drawn=100.0, repay_by=first(12))
        found = case(offer(), needs=(1, 1), settings={"opening_cash": 50.0}, funding=(loan,))
        book = replace(found.with_settings(opening_cash=40.0), funding=(loan.model_copy(update={"drawn": 130.0}),))
        usual, carried = (after(last_of(found), one, today) for one in (found, book))
        assert carried.case.settings.opening_cash == pytest.approx(usual.case.settings.opening_cash - 10.0)
        assert carried.case.funding[0].drawn == pytest.approx(usual.case.funding[0].drawn + 30.0)
        assert len(carried.notes) == len(usual.notes) + 2

    def test_of_an_order_that_is_in_the_stock_take_it_out_again(self) -> None:
        """10 t that were to arrive on 20 January for 70 USD, which were paid then."""
        found = stocked()
        later = found.open_orders[0].model_copy(update={"arrival": date(2027, 3, 15)})
        book = replace(found, open_orders=(later,))
        usual, carried = (after(last_of(found), one, first(2)).case for one in (found, book))
        assert lying(carried) == pytest.approx(lying(usual) - 10.0)
        [order] = carried.open_orders
        assert (order.arrival, order.quantity, order.paid) == (date(2027, 3, 15), 10.0, False)
        assert carried.settings.opening_cash == pytest.approx(usual.settings.opening_cash + 70.0)

    def test_of_an_order_that_come_too_late_are_told(self) -> None:
        found = stocked()
        other = found.open_orders[0].model_copy(update={"quantity": 12.0})
        new = on_order(order="2", arrival=january(25))
        for rows, words in (((other,), "1 was changed"), ((*found.open_orders, new), "2 was to arrive on 2027-01-25")):
            carried = after(last_of(found), replace(found, open_orders=rows), first(2))
            assert told(carried, words)
            assert lying(carried.case) == lying(after(last_of(found), found, first(2)).case)


def test_more_was_received_than_had_been_ordered() -> None:
    found = stocked()
    book = stocked(happened("received", january(20), order="1", quantity=80.0))
    assert told(after(last_of(found), book, first(2)), "80 of 1 were received on 2027-01-20, and 10 were ordered")


def test_goods_are_shared_out_in_equal_terms_with_and_without_a_plan() -> None:
    """Without a plan all that comes goes to the first place that there is for it."""
    depots, row = (Depot(depot="South"), Depot(depot="North")), counted(january(31), 60.0, "South")
    order = on_order(quantity=50.0, arrival=january(25))
    made = case(offer(), needs=(0, 0, 250), materials=(material(),), depots=depots, open_orders=(order,), actuals=(row,))
    assert lying(carry(made, None, january(31)).case, "South") == pytest.approx(10.0)

"""Open orders: what was ordered before the plan arrives, and is paid for if it is not paid yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.assess import charges_of
from models.case import Case
from models.decisions import Change
from models.plan import Charge, Plan
from models.records import Budget, OpenOrder, Trader
from models.rules.open_orders import RULE
from tests.cases import case, material, offer
from tests.solving import Binding, optimum, solve


def order(quantity: float = 4.0, arrival: date = date(2027, 1, 15), number: str = "1", **fields: object) -> OpenOrder:
    return OpenOrder(**{"order": number, "material": "x", "quantity": quantity, "arrival": arrival} | fields)  # type: ignore[arg-type]  # pydantic checks


def expected() -> Case:
    return case(offer(), needs=(10,), open_orders=(order(price=7.0),))


# 4 t arrive for 7 each, 6 t are bought: 28 + 60. Without the rule 10 t are bought for 100.
BINDING = Binding(expected, cost=88.0, dropped=100.0)


def test_open_orders_arrive_and_their_unpaid_price_is_due() -> None:
    solved = optimum(expected())
    assert solved.total == pytest.approx({"o": 6.0})
    assert solved.lines == pytest.approx({"open orders": 28.0, "purchase": 60.0})


def test_what_is_paid_is_not_paid_again() -> None:
    assert optimum(case(offer(), needs=(10,), open_orders=(order(price=7.0, paid=True),))).cost == pytest.approx(60.0)


def test_they_arrive_in_the_period_of_their_day() -> None:
    """4 t on 31 January serve January; on 1 February they serve February only: either way 20 − 4 are bought."""
    for day, january in ((date(2027, 1, 31), 6.0), (date(2027, 2, 1), 10.0)):
        solved = optimum(case(offer(capacity_per_period=10), needs=(10, 10), open_orders=(order(arrival=day),)))
        assert sum(solved.total.values()) == pytest.approx(16.0)
        assert solved.bought["o", 1] >= january - 1e-9


def test_an_order_that_arrives_past_the_horizon_brings_nothing_and_is_still_paid() -> None:
    """10 · 10, and 4 · 7 due two months after the start at 1 % a month."""
    late = order(arrival=date(2027, 3, 10), price=7.0)
    solved = optimum(case(offer(), needs=(10,), open_orders=(late,), settings={"discount_rate": 0.12}))
    assert solved.cost == pytest.approx(100 + 28 / 1.01**2)


def test_unpaid_orders_count_in_the_ceilings_of_their_arrivals_year_and_trader() -> None:
    """A ceiling of 90 for trader a: its open order takes 28, 62 are left for the 6 t
    that lack.

    With 80: 52 left, 5.2 t of o by a and 0.8 t by b for a fee of 10 %: 28 + 52 + 8.8.
    """
    traders = (Trader(trader="a"), Trader(trader="b", fee=0.1))
    for year, ceiling, cost in ((None, 90, 88.0), (None, 80, 88.8), (2027, 80, 88.8), (2028, 80, 88.0)):
        found = case(
            offer(exclusive=False),
            needs=(10,),
            traders=traders,
            open_orders=(order(price=7.0, trader="a"),),
            budgets=(Budget(trader="a", amount=ceiling, year=year),),
        )
        assert optimum(found).cost == pytest.approx(cost)


def test_past_the_horizon_they_count_in_the_plans_ceiling_too() -> None:
    """100 for the need and 28 for an order of next year: a ceiling of 128 is enough, one of 127 is not."""
    late = order(arrival=date(2028, 3, 10), price=7.0)
    for budget, feasible in ((128, True), (127, False)):
        found = case(offer(), needs=(10,), open_orders=(late,), settings={"budget": budget})
        assert solve(found).feasible is feasible


def test_the_check_compares_the_bill_with_the_orders() -> None:
    (found,) = RULE.check(Plan(expected(), (), ()), (Charge("open orders", "", "x", 1, 1, 20.0),))
    assert not found.holds and found.excess == pytest.approx(8.0)


# What may become of an order: 4 t for 9 each are on their way for January, and nobody asks for anything before March, when
# 10 t are bought at 8 otherwise. A tonne in stock costs a dollar a month.


def early(**fields: object) -> Case:
    awaited = order(**{"price": 9.0} | fields)  # type: ignore[arg-type]  # pydantic checks
    store = material(holding_cost=12.0)
    return case(offer(price=8.0), needs=(0, 0, 10), materials=(store,), open_orders=(awaited,))


@pytest.mark.parametrize(
    ("fields", "cost", "becomes"),
    [
        ({}, 36 + 8 + 48, ()),  # 4 t lie there for two months
        ({"cancellable": True, "cancel_fee": 11.0}, 80 + 11, (None,)),
        ({"cancellable": True, "cancel_fee": 13.0}, 92, ()),
        ({"deferrable": 1, "defer_fee": 3.0}, 36 + 4 + 48 + 3, (date(2027, 2, 15),)),
        ({"deferrable": 2, "defer_fee": 3.0}, 36 + 48 + 3, (date(2027, 3, 15),)),
        ({"deferrable": 9, "defer_fee": 3.0}, 36 + 48 + 3, (date(2027, 3, 15),)),
        ({"deferrable": 2, "defer_fee": 9.0}, 92, ()),
        ({"deferrable": 2, "defer_fee": 3.0, "cancellable": True, "cancel_fee": 6.0}, 80 + 6, (None,)),
        ({"paid": True, "cancellable": True}, 8 + 48, ()),  # what has been paid is not paid back
        ({"paid": True, "deferrable": 2}, 48, (date(2027, 3, 15),)),
    ],
    ids=str,
)
def test_an_order_is_kept_deferred_or_cancelled_whichever_is_cheapest(
    fields: dict[str, object], cost: float, becomes: tuple[date | None, ...]
) -> None:
    solved = optimum(early(**fields))  # type: ignore[arg-type]  # pydantic checks
    assert solved.cost == pytest.approx(cost)
    assert tuple(change.arrival for change in solved.plan.changes) == becomes


def test_the_last_day_of_a_shorter_month_stands_for_its_31st() -> None:
    solved = optimum(early(arrival=date(2027, 1, 31), deferrable=1))
    assert [change.arrival for change in solved.plan.changes] == [date(2027, 2, 28)]


def test_what_is_deferred_is_due_when_it_arrives_and_its_fee_at_once() -> None:
    solved = optimum(early(deferrable=2, defer_fee=3.0, trader="f"))
    found = {(row.line, row.trader): (row.incurred, row.due, row.amount) for row in charges_of(solved.plan) if row.trader}
    assert found["open orders", "f"] == (3, 3, 36.0)
    assert found["order changes", "f"] == (1, 1, 3.0)


def test_a_ceiling_may_be_kept_by_cancelling() -> None:
    """To keep the order takes 92 with its storage, 84 of it committed; to cancel it 80 and the fee."""
    for ceiling, fields, feasible in ((84, {}, True), (83, {}, False), (83, {"cancellable": True, "cancel_fee": 3.0}, True)):
        found = early(**fields)  # type: ignore[arg-type]  # pydantic checks
        made = replace(found, settings=found.settings.model_copy(update={"budget": float(ceiling)}))
        assert solve(made).feasible is feasible


def test_the_check_notices_what_the_order_does_not_allow() -> None:
    """Cancelled where it cannot be, and deferred by more periods than agreed."""
    for change, says in ((Change("1", None), "cancelled"), (Change("1", date(2027, 3, 15)), "deferred")):
        found = early(deferrable=1)
        wrong = Plan(found, (), (), changes=(change,))
        assert [row.where for row in RULE.check(wrong, list(RULE.charges(wrong))) if not row.holds] == [f"order 1 {says}"]

"""What stock and goods on the way are worth to lenders. 10 t of x at 10 are bought in January of 2027, and paid at once."""

from __future__ import annotations

from typing import Any

import pytest

from models.case import Case
from models.collateral import collateral, margins
from models.records import Advance, Funding, FundingKind, Material, Milestone, OpeningStock, OpenOrder, Price
from tests import cases
from tests.cases import first, kept, offer
from tests.solving import Binding, optimum, solve

LOAN = Funding(source="loan", kind=FundingKind.LOAN, amount=500.0)
EIGHTY = Advance(in_depot=0.8, in_transit=0.5, haircut=0.1)
"""72 % is lent on stock, 45 % on goods on the way."""


def lent(cash: float, *, benchmark: float = 10.0, advance: Advance | None = EIGHTY, **given: Any) -> Case:
    """Stock of 10 t that must be there from January on; a free loan, and so much cash."""
    held = kept(benchmark_price=benchmark, minimum_stock=10.0, annual_demand=0.0)
    rows = () if advance is None else (advance,)
    common: dict[str, Any] = {"materials": (held,), "periods": 2, "offers": (offer(),)} | given
    return cases.case(*common.pop("offers"), funding=(LOAN,), advances=rows, settings={"opening_cash": cash}, **common)


BINDING = Binding(
    lambda: lent(0.0, offers=(offer(), offer("slow", 12.0, payment_days=60))), cost=72 + 0.28 * 120, dropped=100.0
)


def test_no_more_is_lent_than_the_stock_carries() -> None:
    """Of 100 that it costs 72 are lent, so that 28 must be at hand."""
    assert optimum(lent(28.0)).cost == pytest.approx(100.0)
    assert not solve(lent(27.9)).feasible
    assert solve(lent(0.0, advance=None)).feasible


@pytest.mark.parametrize(("benchmark", "own"), [(8.0, 100 - 0.72 * 80), (20.0, 28.0)])
def test_at_the_lower_of_cost_and_market(benchmark: float, own: float) -> None:
    """At a benchmark of 8 the stock is worth 80, at one of 20 no more than the 100 that it has cost."""
    assert optimum(lent(own, benchmark=benchmark)).cost == pytest.approx(100.0)
    assert not solve(lent(own - 0.1, benchmark=benchmark)).feasible


def test_a_price_that_falls_calls_for_money() -> None:
    """In February the benchmark is 7: 50.4 are lent, and 21.6 must be repaid."""
    prices = Price(index="ix", date=first(1), value=10.0), Price(index="ix", date=first(2), value=7.0)
    held = Material(material="x", benchmark_index="ix", minimum_stock=10.0)
    assert optimum(lent(49.6, materials=(held,), prices=prices)).cost == pytest.approx(100.0)
    assert not solve(lent(49.5, materials=(held,), prices=prices)).feasible


def test_goods_on_the_way_count_once_they_are_paid() -> None:
    """Ordered and paid in January, there in February: 45 are lent on the way; paid on arrival nothing need be at hand in
    January, and 28 in February."""
    way = {"lead_days": 31, "payment_from": Milestone.ORDER}
    held = kept(minimum_stock=0.0, annual_demand=0.0, benchmark_price=10.0, demand_use=cases.DemandUse.DRAWS_STOCK)
    needs = {"x": (0, 10)}
    assert optimum(lent(100.0, offers=(offer(**way),), materials=(held,), needs=needs)).cost == pytest.approx(100.0)
    assert not solve(lent(99.0, offers=(offer(**way),), materials=(held,), needs=needs)).feasible
    january = collateral(optimum(lent(100.0, offers=(offer(**way),), materials=(held,), needs=needs)).plan)[1]
    assert [one.total() for one in january] == pytest.approx([45.0])


def test_what_leaves_leaves_at_its_standard_cost() -> None:
    """10 t opened at 10 each, and 10 bought at 10: with 5 given out 15 are left of the account, 150, of which 72 % is lent."""
    held = Material(material="x", demand_use=cases.DemandUse.DRAWS_STOCK, benchmark_price=20.0, minimum_stock=15.0)
    stock = (OpeningStock(material="x", quantity=10.0, unit_cost=10.0),)
    case = lent(0.0, materials=(held,), opening_stock=stock, needs={"x": (5, 0)})
    [january] = collateral(optimum(case).plan)[1]
    assert (january.quantity, january.account) == pytest.approx((15.0, 150.0))
    assert january.in_depot() == pytest.approx(0.72 * 150.0)


def test_the_narrowest_row_speaks_of_a_material() -> None:
    rows = Advance(in_depot=0.1), Advance(group="g", in_depot=0.2), Advance(group="x", in_depot=0.3)
    for group, given, share in (("g", rows, 0.3), ("g", rows[:2], 0.2), ("other", rows[:2], 0.1), ("", rows[1:2], 0.0)):
        held = kept(group=group, benchmark_price=10.0, minimum_stock=10.0, annual_demand=0.0)
        case = cases.case(
            offer(), materials=(held,), periods=1, funding=(LOAN,), advances=given, settings={"opening_cash": 100}
        )
        [one] = collateral(optimum(case).plan)[1]
        assert one.in_depot() == pytest.approx(share * 100)


def test_an_open_order_that_is_paid_is_on_the_way() -> None:
    order = OpenOrder(order="1", material="x", quantity=4.0, arrival=first(2), price=9.0, paid=True)
    [january] = collateral(optimum(lent(28.0, open_orders=(order,))).plan)[1]
    assert january.in_transit() == pytest.approx(0.45 * 36)
    unpaid = order.model_copy(update={"paid": False})
    [january] = collateral(optimum(lent(64.0, open_orders=(unpaid,))).plan)[1]
    assert january.in_transit() == 0.0


def test_the_price_fall_that_a_plan_bears() -> None:
    """50 of 100 are cash, 50 lent against 72: prices may fall by 22/72."""
    case = lent(50.0)
    everything, x = margins(optimum(case).plan)
    assert (everything.material, x.material) == ("", "x")
    assert everything.fall == x.fall == pytest.approx(1 - 50 / 72, abs=1e-3)


def test_a_plan_that_owes_nothing_bears_any() -> None:
    found = margins(optimum(lent(100.0)).plan)
    assert [one.fall for one in found] == [1.0, 1.0]
    assert [one.period for one in found] == [0, 0]


def test_a_higher_advance_never_raises_the_cost() -> None:
    """The dearer offer is paid later; the more is lent, the less of it is bought."""
    offers = offer(), offer("slow", 12.0, payment_days=60)
    costs = [
        optimum(lent(0.0, advance=Advance(in_depot=rate), offers=offers)).cost for rate in (0.0, 0.3, 0.6, 0.9, 1.0)
    ]  # fmt: skip
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1]


def test_losses_leave_at_standard_cost_too() -> None:
    """Of 20 t 5 % a month is lost: 19 t and an account of 190 are left."""
    yearly = 1 - 0.95**12
    held = kept(loss_rate=yearly, annual_demand=0.0, benchmark_price=50.0)
    stock = (OpeningStock(material="x", quantity=20.0, unit_cost=10.0),)
    case = lent(0.0, materials=(held,), opening_stock=stock)
    [january] = collateral(optimum(case).plan)[1]
    assert january.account == pytest.approx(190.0)


def test_what_is_ordered_and_not_paid_is_not_on_the_way() -> None:
    """Paid on arrival, in February: nothing counts in January."""
    late = kept(benchmark_price=10.0, floor_days=10.0, floor_from=first(2))
    january, february = collateral(optimum(lent(100.0, materials=(late,), offers=(offer(lead_days=31),))).plan).values()
    assert (january[0].total(), february[0].total()) == pytest.approx((0.0, 72.0))


def test_the_price_fall_is_that_of_the_tightest_month_and_of_each_material() -> None:
    """50 are lent against 72 for x and 36 for y in January, and against 50.4 and 36 in February, when x stands at 7: prices may
    fall by 36.4 of 86.4; those of x alone by 36.4 of 50.4, and all of y's."""
    prices = Price(index="ix", date=first(1), value=10.0), Price(index="ix", date=first(2), value=7.0)
    x = Material(material="x", benchmark_index="ix", minimum_stock=10.0)
    y = Material(material="y", benchmark_price=10.0, minimum_stock=5.0)
    offers = offer(), offer("y", material="y")
    everything, of_x, of_y = margins(optimum(lent(100.0, materials=(x, y), prices=prices, offers=offers)).plan)
    assert (everything.fall, of_x.fall) == pytest.approx((36.4 / 86.4, 36.4 / 50.4), abs=1e-3)
    assert (everything.period, of_x.period) == (2, 2)
    assert of_y.fall == 1.0


def test_goods_on_credit_are_bought_to_be_borrowed_on() -> None:
    """60 are at hand for an order that is paid at once and costs 100, and 32 t more on credit lend 40: no plan without them."""
    held = kept(benchmark_price=10.0, minimum_stock=10.0, annual_demand=0.0)
    y = kept("y", benchmark_price=10.0, annual_demand=0.0)
    credit = offer("credit", material="y", payment_days=90)
    given = {"materials": (held, y), "offers": (offer(), credit), "advance": Advance(group="y", in_depot=0.5)}
    solved = optimum(lent(60.0, **given))
    assert solved.total == pytest.approx({"o": 10.0, "credit": 8.0})

"""Days of cover: the hard floor, the soft target, its ramp, and whose demand counts.

Stock left at the end is worth nothing here (a haircut of 100 %), unless a test says so. Demand is one tonne a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from models.case import Case
from models.plan import Plan
from models.records import DemandUse, Material, OpeningStock, PeriodLength, Price
from models.rules.cover import RULE
from tests.cases import case, first, kept, offer
from tests.solving import Binding, Solved, optimum, solve

WORTHLESS: dict[str, Any] = {"terminal_haircut": 1.0}


def covered(
    row: Material, *, needs: Sequence[float] = (), periods: int = 4, settings: dict[str, Any] | None = None, **tables: Any
) -> Case:
    return case(
        tables.pop("quote", offer()),
        needs=needs,
        periods=periods,
        materials=(row,),
        settings=WORTHLESS | (settings or {}),
        **tables,
    )


def stocks(solved: Solved, periods: int = 4) -> list[float]:
    return [solved.plan.closing_stock["x", t] for t in range(1, periods + 1)]


def floor_of_ten_days() -> Case:
    return covered(kept(floor_days=10))


# 10 t at 10, once, since cover demand never leaves the depot. Without the rule nothing is bought.
BINDING = Binding(floor_of_ten_days, cost=100.0, dropped=0.0)


def test_the_floor_holds_at_every_periods_end() -> None:
    assert stocks(optimum(floor_of_ten_days())) == pytest.approx([10, 10, 10, 10])
    assert not solve(covered(kept(floor_days=10), quote=offer(valid_from=first(2)))).feasible


@pytest.mark.parametrize(("begins", "bought"), [(date(2027, 3, 31), 3), (date(2027, 4, 1), 4), (date(2027, 1, 31), 1)])
def test_the_floor_holds_from_its_date(begins: date, bought: int) -> None:
    """The first period whose last day is the date or later: holding costs 1 a month and tonne, so one buys just in time."""
    solved = optimum(covered(kept(floor_days=10, floor_from=begins, holding_cost=12)))
    assert list(solved.bought) == [("o", bought)]
    assert solved.cost == pytest.approx(100 + 10 * (5 - bought))


def test_the_gap_costs_the_penalty_for_a_part_of_a_year() -> None:
    """Nothing can be bought: 10 t missing at 4 month's ends, 24 USD a year: 4 · 10 · 2. A quarter's end: 10 · 6."""
    row = kept(target_cover_days=10, cover_penalty=24)
    solved = optimum(covered(row, quote=offer(valid_to=date(2026, 1, 1))))
    assert solved.lines == pytest.approx({"cover penalty": 80.0})
    quarter = covered(row, quote=offer(valid_to=date(2026, 1, 1)), periods=1, settings={"period": PeriodLength.QUARTER})
    assert optimum(quarter).lines == pytest.approx({"cover penalty": 60.0})


@pytest.mark.parametrize(("price", "bought"), [(7.9, 10.0), (8.1, 0.0)])
def test_a_target_is_met_where_that_is_cheaper_than_missing_it(price: float, bought: float) -> None:
    """A tonne bought saves four month's penalties of 2."""
    solved = optimum(covered(kept(target_cover_days=10, cover_penalty=24), quote=offer(price=price)))
    assert stocks(solved)[0] == pytest.approx(bought)


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ({"benchmark_price": 96.0}, 96.0),
        ({"benchmark_price": None, "benchmark_index": "i"}, 48.0),  # on the plan's first day
        ({"benchmark_price": None}, 10.0),  # the mean of its offers' prices
        ({"benchmark_price": 96.0, "benchmark_index": "i"}, 48.0),
    ],
)
def test_the_penalty_is_by_default_a_quarter_of_the_benchmark(fields: dict[str, Any], price: float) -> None:
    """10 t missing at one month's end: 10 · price / 4 / 12."""
    prices = (Price(index="i", date=date(2026, 1, 1), value=48.0), Price(index="i", date=date(2027, 1, 2), value=99.0))
    found = covered(kept(target_cover_days=10, **fields), quote=offer(valid_to=date(2026, 1, 1)), periods=1, prices=prices)
    assert optimum(found).cost == pytest.approx(10 * price / 48)


def test_a_penalty_of_nothing_is_no_blank() -> None:
    assert optimum(covered(kept(target_cover_days=10, cover_penalty=0))).cost == 0.0


RAMP = {"target_cover_days": 90, "ramp_to": date(2027, 4, 1), "cover_penalty": 1000.0, "holding_cost": 1.2}


def test_the_ramp_runs_linearly_by_days_to_the_full_target() -> None:
    """90 t on 1 April, 90 days after 1 January: 30 t on 31 January, 58 on 28 February, 89 on 31 March, then 90."""
    assert stocks(optimum(covered(kept(**RAMP)))) == pytest.approx([30, 58, 89, 90])


def test_the_ramp_begins_at_the_opening_stock() -> None:
    """From 30 t: 30 + 60 · 30/90 = 50, 30 + 60 · 58/90, 30 + 60 · 89/90, 90."""
    solved = optimum(covered(kept(**RAMP), opening_stock=(OpeningStock(material="x", quantity=30),)))
    assert stocks(solved) == pytest.approx([50, 30 + 60 * 58 / 90, 30 + 60 * 89 / 90, 90])


def test_an_opening_stock_above_the_target_leaves_the_target() -> None:
    """100 t are there: the target is 90 t at once, which they meet."""
    solved = optimum(covered(kept(**RAMP), opening_stock=(OpeningStock(material="x", quantity=100),)))
    assert solved.lines == pytest.approx({"holding": 40.0})
    assert {row.limit for row in solved.of("cover")} == {90.0}


def test_before_its_ramp_a_target_asks_for_nothing() -> None:
    """From 1 February to 2 April, 60 days: nothing in January, 27/60 of 90 t on 28 February, 58/60 on 31 March."""
    row = kept(**RAMP | {"ramp_from": date(2027, 2, 1), "ramp_to": date(2027, 4, 2)})
    assert stocks(optimum(covered(row))) == pytest.approx([0, 40.5, 87, 90])


@pytest.mark.parametrize("ramp_to", [None, date(2027, 2, 15)])
def test_a_ramp_without_length_is_a_step(ramp_to: date | None) -> None:
    """From 15 February on all 90 t; the check divides by no zero."""
    row = kept(**RAMP | {"ramp_from": date(2027, 2, 15), "ramp_to": ramp_to})
    assert stocks(optimum(covered(row))) == pytest.approx([0, 90, 90, 90])


DATED = (31, 28, 62)
"""One tonne a day in January and February, two in March."""


@pytest.mark.parametrize(
    ("days", "levels"),
    [
        (10, [10, 20, 20]),  # of February, of March, of April at March's two a day
        (40, [28 + 12 * 2, 31 * 2 + 9 * 2, 40 * 2]),
        (28.5, [28 + 0.5 * 2, 57, 57]),  # half a day counts half
    ],
)
def test_the_window_follows_the_periods_end_and_the_last_known_demand_is_carried_on(days: float, levels: list[float]) -> None:
    solved = optimum(covered(kept(floor_days=days, holding_cost=12), needs=DATED, periods=3))
    required = [row.limit for row in solved.of("cover")]
    assert required == pytest.approx(levels)
    assert stocks(solved, 3) == pytest.approx([max(levels[:1]), max(levels[:2]), max(levels)])


def test_demand_known_past_the_horizon_is_used() -> None:
    """A plan of two months that knows March: on 28 February ten days of March at two a day."""
    solved = optimum(covered(kept(floor_days=10), needs=DATED, periods=2))
    assert [row.limit for row in solved.of("cover")] == pytest.approx([10, 20])


def test_flat_demand_counts_365_days_a_year() -> None:
    """730 t a year are two a day, whatever the month."""
    solved = optimum(covered(kept(floor_days=45, annual_demand=730)))
    assert {row.limit for row in solved.of("cover")} == {90.0}


def test_cover_of_demand_that_draws_stock_comes_on_top_of_it() -> None:
    """120 t a year: each month 10 t leave, and 73 days of 120 / 365 a day, 24 t, stay: 24 + 4 · 10 are bought."""
    row = kept(annual_demand=120, floor_days=73, holding_cost=1e-3, demand_use=DemandUse.DRAWS_STOCK)
    solved = optimum(covered(row))
    assert stocks(solved) == pytest.approx([24, 24, 24, 24])
    assert solved.total == pytest.approx({"o": 64.0})


def test_stock_counts_after_losses() -> None:
    """A tenth is lost each month: 10 t stay only if 1 t is bought anew in each of the next three months."""
    solved = optimum(covered(kept(floor_days=10, loss_rate=1 - 0.9**12, holding_cost=12)))
    assert solved.total == pytest.approx({"o": 13.0})


def test_the_check_tells_floor_and_target_apart() -> None:
    """An empty depot: the floor is missed by 10 t, which fails, the target by 20 t, which costs."""
    found = covered(kept(floor_days=10, target_cover_days=20, cover_penalty=12), periods=1)
    missed = [(row.excess, row.hard) for row in RULE.check(Plan(found, (), ()), ()) if not row.holds]
    assert missed == [(10.0, True), (20.0, False)]
    assert [charge.amount for charge in RULE.charges(Plan(found, (), ()))] == [20.0]


def test_a_period_without_a_row_is_known_to_need_nothing() -> None:
    """Demand in January alone, in a plan of three months: no stock is asked for at any month's end."""
    solved = optimum(covered(kept(floor_days=30), needs=(100, 0, 0), periods=3))
    assert solved.cost == 0.0
    rowless = case(offer(), needs=(100,), periods=3, materials=(kept(floor_days=30),), settings=WORTHLESS)
    assert optimum(rowless).cost == 0.0

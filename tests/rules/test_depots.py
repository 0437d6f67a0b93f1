"""Depots: space by storage class, throughput, opening dates, rent and handling."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.case import Case
from models.decisions import Move, Purchase
from models.plan import Plan
from models.records import Decision, Depot, OpeningStock, OpenOrder, PeriodLength, Trader
from models.rules.depots import RULE
from planner.outputs.deliveries import deliveries
from tests.cases import case, first, material, offer
from tests.solving import Binding, optimum, solve

JANUARY = offer(valid_to=first(1))


def small() -> Case:
    return case(JANUARY, offer("p", 12.0), needs=(10, 10), depots=(Depot(depot="A", capacity=4),))


# 4 t of January's cheap offer fit into the depot at the month's end: 14 · 10 + 6 · 12. Without the rule 20 · 10.
BINDING = Binding(small, cost=212.0, dropped=200.0)


def test_capacity_is_what_lies_there_at_the_periods_end() -> None:
    """20 t pass through in January though the depot holds 4: only what is left at the month's end counts."""
    assert optimum(small()).cost == pytest.approx(212.0)
    assert optimum(case(JANUARY, needs=(20, 4), depots=(Depot(depot="A", capacity=4),))).cost == pytest.approx(240.0)


def test_throughput_is_what_goes_in_and_out_in_a_period() -> None:
    """10 t in and 10 t out in January are 20; 5 more in for February make 25, 5 out then. With 22 only 2 t more fit."""
    for throughput, cost in ((25, 150.0), (22, 120 + 3 * 12)):
        depots = (Depot(depot="A", throughput=throughput),)
        found = case(JANUARY, offer("p", 12.0), needs=(10, 5), depots=depots)
        assert optimum(found).cost == pytest.approx(cost)


def test_handling_and_rent_by_the_unit() -> None:
    """10 t come in at 1 USD in January, are there at its end for 24 / 12 = 2 each, and leave in February at 0.5."""
    depots = (Depot(depot="A", handling_in=1, handling_out=0.5, rent=24),)
    solved = optimum(case(JANUARY, needs=(0, 10), depots=depots))
    assert solved.lines == pytest.approx({"purchase": 100, "handling in": 10, "rent": 20, "handling out": 5})


def test_a_quarters_rent_is_three_months() -> None:
    depots = (Depot(depot="A", rent=24),)
    settings = {"period": PeriodLength.QUARTER, "periods": 2}
    assert optimum(case(JANUARY, needs=(0, 0, 0, 10), depots=depots, settings=settings)).lines["rent"] == pytest.approx(60.0)


def test_goods_lie_where_it_is_cheapest_within_the_capacities() -> None:
    """10 t for a month: 6 t in the depot at 1 a month, 4 t in the one at 3."""
    depots = (Depot(depot="A", rent=12, capacity=6), Depot(depot="B", rent=36))
    assert optimum(case(JANUARY, needs=(0, 10), depots=depots)).cost == pytest.approx(100 + 6 + 12)


@pytest.mark.parametrize(("needs", "place", "cost"), [("", "A / dry", 100.0), ("cold", "C / cold", 110.0)])
def test_a_material_lies_only_in_spaces_of_its_class(needs: str, place: str, cost: float) -> None:
    """Rent of 1 a month in C's cold space, 2 in B, which takes any class, none in A, which is dry.

    A material without class may lie anywhere, so in A.
    """
    depots = (
        Depot(depot="A", storage_class="dry"), Depot(depot="B", rent=24), Depot(depot="C", storage_class="cold", rent=12),
    )  # fmt: skip
    solved = optimum(case(JANUARY, needs=(0, 10), materials=(material(storage_class=needs),), depots=depots))
    assert solved.cost == pytest.approx(cost)
    assert solved.plan.stock["x", place, 1].closing == pytest.approx(10.0)


def test_two_classes_of_one_depot_are_two_spaces() -> None:
    """2 t of cold space and 3 t of dry space in one depot: x, which needs cold, holds 2 t of January's price."""
    depots = (Depot(depot="A", storage_class="cold", capacity=2), Depot(depot="A", storage_class="dry", capacity=3))
    found = case(JANUARY, offer("p", 12.0), needs=(0, 10), materials=(material(storage_class="cold"),), depots=depots)
    assert optimum(found).cost == pytest.approx(20 + 96)


def test_materials_share_a_space_in_tonnes_where_their_units_differ() -> None:
    """4 t of room for x in tonnes and y in kilograms, both dearer in February by 2 USD a tonne: 4 t of the 5 + 5 are kept."""
    found = case(
        JANUARY, offer("p", 12.0), offer("y1", 0.01, material="y", valid_to=first(1)), offer("y2", 0.012, material="y"),
        needs={"x": (0, 5), "y": (0, 5000)},
        materials=(material(), material("y", unit="kg")),
        depots=(Depot(depot="A", capacity=4, rent=1.2),),
    )  # fmt: skip
    assert optimum(found).cost == pytest.approx(4 * 10 + 6 * 12 + 4 * 0.1)


@pytest.mark.parametrize(
    ("dates", "feasible"),
    [
        ({"from_date": date(2027, 1, 31)}, True),  # open on the last day of January
        ({"from_date": date(2027, 2, 1)}, False),
        ({"to_date": date(2027, 1, 31)}, True),
        ({"to_date": date(2027, 1, 30)}, False),
    ],
)
def test_a_depot_takes_goods_while_it_is_open_on_the_periods_last_day(dates: dict[str, Any], feasible: bool) -> None:
    assert solve(case(offer(), needs=(10,), depots=(Depot(depot="A", **dates),))).feasible is feasible


def test_a_closed_depot_still_gives_out_what_it_holds() -> None:
    depots = (Depot(depot="A", to_date=date(2027, 1, 31)),)
    assert optimum(case(JANUARY, needs=(0, 10), depots=depots)).cost == pytest.approx(100.0)


@pytest.mark.parametrize("name", ["B", "North / South"])
def test_opening_stock_lies_in_its_depot_or_in_the_first_that_takes_it(name: str) -> None:
    """5 t for a month: in the named depot for 2 USD a month each, without a name in A for 1."""
    depots = (Depot(depot="A", rent=12), Depot(depot=name, rent=24))
    for depot, rent in ((None, 5.0), (name, 10.0)):
        stock = (OpeningStock(material="x", quantity=5, depot=depot),)
        assert optimum(case(needs=(0, 5), depots=depots, opening_stock=stock)).cost == pytest.approx(rent)


def test_the_check_measures_space_throughput_and_doors() -> None:
    """7 t in a space of 4 that moves 6 a month and is closed in January."""
    depots = (Depot(depot="A", capacity=4, throughput=6, from_date=date(2027, 2, 1)),)
    broken = case(offer(), needs=(0, 7), depots=depots)
    plan = Plan(broken, (), (), (Move("x", "A", 1, 7.0, 0.0),))
    assert [row.excess for row in RULE.check(plan, ()) if not row.holds] == pytest.approx([3.0, 1.0, 3.0, 7.0])


# A trader's own depot: A belongs to f, and costs nothing; B costs a dollar a tonne and month.
OWN = (Depot(depot="A", related_trader="f"), Depot(depot="B", rent=12))
BOTH = (Trader(trader="f"), Trader(trader="g", fee=0.3))


def test_what_a_trader_buys_does_not_come_into_its_own_depot() -> None:
    """10 t for February: bought by f they lie in B for 10; by g, for a fee of 30, they would lie in A."""
    solved = optimum(case(JANUARY, needs=(0, 10), depots=OWN, traders=BOTH))
    assert solved.cost == pytest.approx(110.0)
    assert {move.place for move in solved.plan.moves if move.taken_in} == {"B"}
    unrelated = tuple(row.model_copy(update={"related_trader": None}) for row in OWN)
    assert optimum(case(JANUARY, needs=(0, 10), depots=unrelated, traders=BOTH)).cost == pytest.approx(100.0)


def test_each_ones_goods_may_lie_in_the_depot_of_the_other() -> None:
    """f buys 6 t that g's depot takes in, and g 4 t that f's does: nobody's are in its own, and none of it costs."""
    depots = (Depot(depot="A", related_trader="f", capacity=4), Depot(depot="B", related_trader="g", capacity=6))
    offers = (offer("o", valid_to=first(1), maximum_total=6.0), offer("p", valid_to=first(1), maximum_total=4.0))
    mandates = (Decision(offer="o", trader="g", kind="forbid"), Decision(offer="p", trader="f", kind="forbid"))
    traders = (Trader(trader="f"), Trader(trader="g"))
    solved = optimum(case(*offers, needs=(0, 10), depots=depots, traders=traders, decisions=mandates))
    assert {(row.trader, deliveries(solved.plan)[row]) for row in solved.plan.purchases} == {("f", "B"), ("g", "A")}


def test_open_orders_keep_out_of_their_traders_depot_too() -> None:
    order = OpenOrder(order="1", material="x", quantity=10.0, arrival=first(1), trader="f", paid=True)
    assert optimum(case(JANUARY, needs=(0, 10), depots=OWN, traders=BOTH, open_orders=(order,))).cost == pytest.approx(10.0)


def test_the_check_notices_goods_in_their_traders_depot() -> None:
    found = case(JANUARY, needs=(0, 10), depots=OWN, traders=BOTH)
    plan = Plan(found, (Purchase("o", "f", 1, 10.0),), (), (Move("x", "A", 1, 10.0, 0.0),))
    assert [row.where for row in RULE.check(plan, ()) if not row.holds] == [
        "x that f brings in 2027-01, stored in depots of others"
    ]

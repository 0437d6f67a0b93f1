"""Shelf life: what is too old has left the stock, and what nobody draws in time is sold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.case import Case
from models.decisions import Move, Rotation
from models.plan import Plan
from models.records import CallOff, Commitment, Depot, Material, Member, OpeningStock, PriceBreak, Scenario, Shock
from models.rules.shelf_life import RULE
from planner.outputs.rotation import rotation_rows
from tests.cases import case, first, kept, material, offer
from tests.solving import Binding, optimum, solve

KEEPS = Material(material="x", shelf_life=2, minimum_stock=10.0, benchmark_price=8.0, rotation_haircut=0.0)
"""10 t must be there at every month's end, and after two months they are too old."""


def aging(months: int = 5, **given: object) -> Case:
    tables = {"materials": (KEEPS,), "periods": months} | given
    return case(offer(), **tables)  # type: ignore[arg-type]  # a test's tables


def too_old() -> Case:
    """What is there came in December, and must leave in February."""
    return aging(opening_stock=(OpeningStock(material="x", quantity=10.0, received=date(2026, 12, 5)),))


# 10 t in January, March and May at 10; those of January and March are sold for 8 after two months. Without the rule 100.
BINDING = Binding(aging, cost=300.0 - 160.0, dropped=100.0)


def test_what_is_too_old_is_sold_and_bought_again() -> None:
    solved = optimum(aging())
    assert solved.lines == pytest.approx({"purchase": 300.0, "rotation sales": -160.0})
    assert [(row.period, row.sold, row.price) for row in rotation_rows(solved.plan)] == [("2027-03", 10, 8), ("2027-05", 10, 8)]


@pytest.mark.parametrize(
    ("fields", "cost"),
    [
        ({"rotation_haircut": 0.25}, 300 - 2 * 60),
        ({"benchmark_price": 99.0}, 300 - 200),  # no more than the cheapest unit costs
        ({"shelf_life": 5}, 100),
        ({"shelf_life": 4}, 200 - 80),
        ({"shelf_life": 1}, 500 - 4 * 80),
    ],
    ids=str,
)
def test_how_often_and_for_how_much(fields: dict[str, float], cost: float) -> None:
    assert optimum(aging(materials=(KEEPS.model_copy(update=fields),))).cost == pytest.approx(cost)


def test_the_haircut_is_that_of_settings_unless_the_material_has_its_own() -> None:
    without = KEEPS.model_copy(update={"rotation_haircut": None})
    assert optimum(aging(materials=(without,), settings={"terminal_haircut": 0.5})).cost == pytest.approx(300 - 80)
    assert optimum(aging(settings={"terminal_haircut": 0.5})).cost == pytest.approx(300 - 160)


def test_a_price_break_lowers_what_a_sale_brings() -> None:
    """From 10 t on a tonne costs 6: a sale brings no more."""
    step = PriceBreak(offer="o", from_quantity=10, price=6.0, kind="all units")
    assert optimum(aging(price_breaks=(step,))).cost == pytest.approx(180 - 120)


def test_demand_takes_the_oldest_first() -> None:
    """4 t are drawn each month of a stock of 10: what is bought is two months' demand at most, and nothing is sold."""
    drawn = material(minimum_stock=6.0, shelf_life=3, benchmark_price=8.0)
    solved = optimum(case(offer(), needs=(4, 4, 4, 4), materials=(drawn,)))
    assert solved.plan.rotations == () and solved.cost == pytest.approx(220.0)


def test_what_is_drawn_and_what_is_sold_leave_together() -> None:
    """Of 10 t that must be there, 3 a month are drawn: of those of January 7 are left in February, and sold in March."""
    drawn = material(minimum_stock=10.0, shelf_life=2, benchmark_price=8.0, rotation_haircut=0.0)
    solved = optimum(case(offer(), needs=(0, 3, 0), materials=(drawn,)))
    assert sum(row.quantity for row in solved.plan.rotations) == pytest.approx(7.0)
    assert solved.cost == pytest.approx(10 * (10 + 3 + 7) - 7 * 8)


def test_opening_stock_counts_from_the_day_it_came() -> None:
    """Received in December it must leave in February; not told, as if on the plan's first day, in March."""
    for received, months in ((date(2026, 12, 5), (2, 4)), (None, (3, 5)), (date(2026, 6, 1), (1, 3, 5))):
        stock = OpeningStock(material="x", quantity=10.0, received=received)
        late = KEEPS.model_copy(update={"holding_cost": 0.12})  # nothing is bought before it is needed
        sold = optimum(aging(materials=(late,), opening_stock=(stock,))).plan.rotations
        assert tuple(row.period for row in sold) == months


def test_losses_leave_less_to_be_fresh() -> None:
    """Half of it a month is lost: 20 t of January are 10 in February, 10 more are bought then, and so on."""
    losing = KEEPS.model_copy(update={"loss_rate": 1 - 0.5**12, "minimum_stock": 0.0, "maximum_stock": None})
    found = case(offer(valid_to=first(1)), periods=2, materials=(losing.model_copy(update={"shelf_life": 2}),))
    floor = replace(found, materials=(found.materials[0].model_copy(update={"minimum_stock": 10.0}),))
    assert optimum(floor).cost == pytest.approx(200.0)


def test_a_shelf_life_that_nothing_can_renew_leaves_no_plan() -> None:
    assert not solve(case(offer(valid_to=first(2)), periods=4, materials=(KEEPS,))).feasible
    assert solve(case(offer(valid_to=first(3)), periods=4, materials=(KEEPS,))).feasible


def test_depots_give_out_what_is_sold() -> None:
    """Handling out costs 2 a tonne: 10 t are sold twice."""
    assert optimum(aging(depots=(Depot(depot="A", handling_out=2.0),))).lines["handling out"] == pytest.approx(40.0)


def test_members_draw_beside_what_is_sold() -> None:
    """3 t are called off in February of the 10 that are held for A; the rest is too old in March."""
    given = {
        "members": (Member(member="A"),), "commitments": (Commitment(member="A", material="x", quantity=10.0),),
        "call_offs": (CallOff(member="A", material="x", date=first(2), quantity=3.0),),
    }  # fmt: skip
    solved = optimum(aging(3, **given))
    assert sum(row.drawn for row in solved.plan.allotments) == pytest.approx(3.0)
    assert sum(row.quantity for row in solved.plan.rotations) == pytest.approx(7.0)


def test_once_a_shock_is_on_nothing_is_sold() -> None:
    """With a chance of a quarter the offer is cut off from February on: what would be sold then stays, and brings nothing."""
    scenario = Scenario(scenario="cut", probability=0.25)
    shock = Shock(scenario="cut", hits="supplier", name="s", from_date=first(2), availability=0.0)
    held = kept(annual_demand=0.0, shelf_life=2, minimum_stock=10.0, benchmark_price=8.0,
                rotation_haircut=0.0)  # fmt: skip
    solved = optimum(aging(materials=(held,), scenarios=(scenario,), shocks=(shock,)))
    assert solved.lines["rotation sales"] == pytest.approx(-160.0)
    assert solved.lines["rotation withheld"] == pytest.approx(40.0)


def test_the_check_notices_what_is_too_old_and_what_is_sold_too_early() -> None:
    found = aging(3, opening_stock=(OpeningStock(material="x", quantity=20.0),))
    kept_too_long = Plan(found, (), ())
    assert "x within its shelf life, end of 2027-03" in [row.where for row in RULE.check(kept_too_long, ()) if not row.holds]
    early = Plan(found, (), (), (Move("x", "", 2, 0.0, 5.0),), rotations=(Rotation("x", 2, 5.0),))
    assert any("sold by the end of 2027-02" in row.where for row in RULE.check(early, ()) if not row.holds)
    nothing_leaves = Plan(found, (), (), (), rotations=(Rotation("x", 3, 5.0),))
    assert any("of which so much is sold" in row.where for row in RULE.check(nothing_leaves, ()) if not row.holds)

"""One number of days that every material covers. Demand is one tonne a day, a tonne costs 10; stock left is worth nothing."""

from __future__ import annotations

from datetime import date

import pytest

from models.case import Case
from planner.outputs.purchases import purchase_rows
from planner.outputs.stock import cover_rows
from tests.cases import case, first, kept, offer
from tests.rules.test_cover import covered
from tests.solving import Binding, optimum, solve


def floored(**settings: float) -> Case:
    """Ten days of cover for two materials, of which the second has but 4 t to buy, at 10 USD each."""
    rows = kept(), kept().model_copy(update={"material": "y"})
    offers = offer(), offer(material="y", offer="p", maximum_total=4.0)
    return case(*offers, materials=rows, periods=2, settings={"terminal_haircut": 1.0, "cover_floor": 10.0} | settings)


# 10 t at 10; without the rule nothing is bought.
BINDING = Binding(lambda: covered(kept(), settings={"cover_floor": 10.0}), cost=100.0, dropped=0.0)


@pytest.mark.parametrize(("ends", "bought"), [(None, 4), (date(2027, 2, 28), 2), (date(2027, 3, 1), 3), (date(2029, 1, 1), 4)])
def test_it_holds_from_the_ramps_end_or_else_on_the_last_day(ends: date | None, bought: int) -> None:
    """Holding a tonne costs 1 a month, so one buys just in time."""
    solved = optimum(covered(kept(holding_cost=12, ramp_to=ends), settings={"cover_floor": 10.0}))
    assert list(solved.bought) == [("o", bought)]
    assert solved.cost == pytest.approx(100 + 10 * (5 - bought))


def test_beside_a_floor_of_the_materials_own_both_hold() -> None:
    """Five days from February on, ten at the end: 5 t are bought in February and 5 in April."""
    row = kept(holding_cost=12, floor_days=5, floor_from=first(2))
    solved = optimum(covered(row, settings={"cover_floor": 10.0}))
    assert solved.bought == {("o", 2): 5.0, ("o", 4): 5.0}


def test_demand_of_the_days_past_the_horizon_is_carried_on() -> None:
    """April has 60 t in 30 days, so that ten days ask for 20 t, whatever January has."""
    solved = optimum(covered(kept(), needs=(31, 28, 31, 60), settings={"cover_floor": 10.0}))
    assert solved.total == {"o": pytest.approx(20.0)}


def test_the_plan_tells_what_it_asks_for() -> None:
    plan = optimum(covered(kept(holding_cost=12), settings={"cover_floor": 10.0})).plan
    assert [(row.floor, row.result) for row in cover_rows(plan)][-2:] == [
        (None, "no target"),
        (pytest.approx(10.0), "floor kept"),
    ]
    assert [row.fills for row in purchase_rows(plan)] == ["floor 10 days 2027-04"]


def test_what_cannot_be_covered_is_no_plan() -> None:
    assert not solve(floored()).feasible


@pytest.mark.parametrize(("penalty", "lacking", "bought"), [(30.0, 6.0, {"o": 4.0, "p": 4.0}), (15.0, 10.0, {})])
def test_only_what_the_worst_lacks_costs_its_penalty(penalty: float, lacking: float, bought: dict[str, float]) -> None:
    """A day more of both costs 20: worth it at 30 a day as far as there is any of the second, and not at 15."""
    solved = optimum(floored(cover_floor_penalty=penalty))
    assert solved.total == pytest.approx(bought)
    assert solved.lines.get("cover penalty", 0.0) == pytest.approx(penalty * lacking)


def test_a_floor_of_no_days_asks_for_nothing() -> None:
    assert optimum(covered(kept(), settings={"cover_floor": 0.0})).cost == 0.0

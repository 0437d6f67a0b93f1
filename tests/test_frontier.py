"""The frontier: its ends, its points by hand arithmetic and by another route, and what is left out of it."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner

from models.audit import days_covered
from models.case import Case
from models.plan import Assessment
from models.records import Objective
from planner.alone import solved_alone
from planner.answers import result_of
from planner.cli import cli
from planner.engine import Options
from planner.engine.decomposition import LocalWorkers
from planner.findings import FaultyInput, NoPlan, NotVerified, OutOfTime
from planner.frontier import Task, frontier, point_of
from planner.measures import MEASURES
from planner.outputs.efficient import Frontier, Point, efficient, knee_of, prices
from planner.outputs.frontier import facts
from planner.proving import Known, Solved
from planner.template import case_content
from planner.verify import COSTS
from tests.cases import case, kept, offer
from tests.rules.test_cvar import weighed
from tests.solving import optimum

EXACT = Options(gap=0.0)


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch, workers: LocalWorkers) -> None:
    """All tests have the same processes."""
    monkeypatch.setattr("planner.frontier.LocalWorkers", lambda count: nullcontext(workers))


def found(made: Case, against: str, number: int = 5) -> Frontier:
    return frontier(made, against, number, EXACT)


def line(one: Frontier) -> list[tuple[float, float]]:
    return [(point.reached, point.cost) for point in one.points]


def in_two_materials(**fields: Any) -> Case:
    """A tonne a day of each, at 10 a tonne; of the second there are 40 t, and more than 50 days are asked of neither."""
    rows = [kept(target_cover_days=50.0, **fields), kept(target_cover_days=20.0, **fields)]
    rows[1] = rows[1].model_copy(update={"material": "y"})
    offers = offer(), offer(material="y", offer="p", maximum_total=40.0)
    return case(*offers, materials=tuple(rows), periods=2, settings={"terminal_haircut": 1.0})


def test_cost_against_cvar_is_the_line_that_it_is_by_hand() -> None:
    """Each of 8 t from Australia rather than from China costs 6 more on average, and loses 100 less in the ban.

    The weight on CVaR is set aside: with it the cheapest plan would be another.
    """
    for weight in (0.0, 0.3):
        one = found(weighed(risk_weight=weight), "cvar")
        assert line(one) == [pytest.approx((800.0 - 200.0 * k, 272.0 + 12.0 * k), abs=0.02) for k in range(5)]
        assert one.is_proven


def test_cost_is_what_is_set_against_it_whatever_the_objective() -> None:
    assert found(weighed(objective=Objective.PROTECTION), "cvar", 2).points[0].cost == pytest.approx(272.0)


def test_a_point_is_what_a_cap_in_the_workbook_gives() -> None:
    for point in found(weighed(), "cvar").points[1:]:
        assert optimum(weighed(cvar_cap=point.level)).cost == pytest.approx(point.cost, abs=0.02)


def test_cost_against_chinas_share_of_the_spend() -> None:
    """20 t, at 10 from China and at 25 from Australia: a share s is one of 25 · 20 s / (10 + 15 s) tonnes from China."""
    one = found(weighed(risk_weight=0.3), "china-share")
    assert [share for share, _ in line(one)] == pytest.approx([0.375 * (1.0 - k / 4) for k in range(5)], abs=1e-6)
    for share, cost in line(one)[1:]:
        tonnes = 500.0 * share / (10.0 + 15.0 * share)
        short = max(0.0, tonnes - 12.0)
        assert cost == pytest.approx(10.0 * tonnes + 25.0 * (20.0 - tonnes) + short, abs=0.01)


@pytest.mark.parametrize("fields", [{}, {"cover_penalty": 1e4}], ids=["no penalty", "a penalty, which is set aside"])
def test_cost_against_days_of_cover(fields: dict[str, Any]) -> None:
    """A day of both costs 20 until nothing is left of the second at 40 days."""
    assert line(found(in_two_materials(**fields), "cover-days")) == [
        pytest.approx((10.0 * k, 200.0 * k), abs=1e-3) for k in range(5)
    ]


def test_hard_limits_of_the_workbook_hold_at_every_point() -> None:
    made = in_two_materials().with_settings(cover_floor=20.0)
    assert line(found(made, "cover-days", 3)) == [
        pytest.approx((20.0 + 10.0 * k, 400.0 + 200.0 * k), abs=1e-3) for k in range(3)
    ]
    assert found(weighed(cvar_cap=400.0), "cvar", 3).points[0].reached == pytest.approx(400.0, abs=0.02)


def test_plans_that_another_is_as_cheap_and_as_safe_as_are_left_out() -> None:
    """Only lots of 20 t: 0, 20 and 40 days can be had, whatever is asked for between them."""
    made = in_two_materials()
    made = replace(made, offers=tuple(row.model_copy(update={"lot": 20.0}) for row in made.offers))
    one = found(made, "cover-days", 7)
    assert line(one) == [pytest.approx((20.0 * k, 400.0 * k), abs=1e-3) for k in range(3)]
    assert one.left_out == 4


def test_where_nothing_is_safer_than_the_cheapest_there_is_one_plan() -> None:
    made = weighed()
    made = replace(made, offers=tuple(row for row in made.offers if row.price == 25.0))
    one = found(made, "china-share")
    assert len(one.points) == 1
    assert "safer than the cheapest" in facts(one)[0].detail


def test_what_cannot_be_measured_is_said() -> None:
    plain = case(offer(), needs=[10.0])
    with pytest.raises(FaultyInput, match="no scenarios with shocks"):
        found(plain, "cvar")
    with pytest.raises(FaultyInput, match="no material has a cover target"):
        found(plain, "cover-days")


def test_a_workbook_without_a_plan_has_no_frontier() -> None:
    with pytest.raises(NoPlan, match="stand against each other"):
        found(weighed(budget=1.0, shortage_multiple=1.0).with_settings(cover_floor=1e3), "china-share")


def point(reached: float, cost: float, bound: float | None = None) -> Point:
    known = Known((), np.zeros(0))
    return Point(None, reached, cost, cost if bound is None else bound, True, 0.0, frozenset(), (), known)


def test_efficient_plans_are_those_that_none_is_as_cheap_and_as_safe_as() -> None:
    points = [point(0.3, 10.0), point(0.1, 30.0), point(0.2, 30.0), point(0.25, 15.0), point(0.25, 15.0), point(0.28, 16.0)]
    kept_ones = [(one.reached, one.cost) for one in efficient(points, MEASURES["china-share"])]
    assert kept_ones == [(0.3, 10.0), (0.25, 15.0), (0.1, 30.0)]
    days = [point(10.0, 10.0), point(20.0, 10.0), point(15.0, 12.0), point(30.0, 15.0)]
    assert [one.reached for one in efficient(days, MEASURES["cover-days"])] == [20.0, 30.0]


def test_a_price_allows_for_both_gaps() -> None:
    assert prices(point(10.0, 100.0, 98.0), point(20.0, 130.0, 125.0), 1.0) == pytest.approx((3.0, 2.5, 3.2))
    assert prices(point(0.3, 100.0, 90.0), point(0.2, 101.0, 95.0), 0.01) == pytest.approx((0.1, 0.0, 1.1))


def test_the_knee_is_where_safety_begins_to_cost_more() -> None:
    bent = [point(0.0, 100.0), point(10.0, 101.0), point(20.0, 110.0), point(30.0, 200.0)]
    assert knee_of(bent) == 2
    assert knee_of([point(0.3, 100.0), point(0.2, 110.0), point(0.1, 140.0)]) == 1
    assert knee_of([point(10.0 * k, 100.0 + k) for k in range(4)]) is None
    assert knee_of(bent[:2]) is None


def test_its_workbook_and_its_json_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # with processes of its own
    (tmp_path / "book.xlsx").write_bytes(case_content(weighed()))
    arguments = [str(tmp_path / "book.xlsx"), "--against", "cvar", "--points", "3", "--gap", "0"]
    output = tmp_path / "deep" / "frontier.xlsx"
    ran = CliRunner().invoke(cli, ["frontier", *arguments, "--output", str(output), "--json"])
    assert ran.exit_code == 0
    told = json.loads(ran.stdout)
    assert [row["cost"] for row in told["points"]] == pytest.approx([272.0, 296.0, 320.0], abs=0.02)
    book = openpyxl.load_workbook(output)
    assert book.sheetnames == ["Summary", "Frontier", "Point 1", "Point 2", "Point 3"]
    rows = list(book["Frontier"].values)
    assert rows[0][2:4] == ("reached [USD]", "cost [USD]")
    assert [row[3] for row in rows[1:]] == pytest.approx([row["cost"] for row in told["points"]])
    contracts, signed, dropped = (rows[0].index(name) for name in ("contracts", "signed", "dropped"))
    assert [(row[contracts], row[signed], row[dropped]) for row in rows[1:]] == [(1, None, None), (2, 1, 0), (2, 0, 0)]
    assert len(book["Summary"]._charts) == 1
    again = CliRunner().invoke(cli, ["frontier", *arguments, "--output", str(tmp_path / "book.xlsx")])
    assert "input workbook" in str(again.exception)


def test_the_command_knows_every_measure() -> None:
    [option] = (param for param in cli.commands["frontier"].params if param.name == "against")
    assert set(option.type.choices) == set(MEASURES)  # type: ignore[attr-defined]


def test_a_level_that_only_rounding_keeps_from_being_reached_is_loosened_by_it() -> None:
    """Of the second material there are 40 t: 40.00003 days cannot be had, but 39.99999 can."""
    made = MEASURES["cover-days"].free(in_two_materials())
    assert point_of(Task(made, "cover-days", EXACT, 40.00003, None)).reached == pytest.approx(40.0, abs=1e-4)
    with pytest.raises(NoPlan):
        point_of(Task(made, "cover-days", EXACT, 40.1, None))


def test_a_plan_that_fails_its_check_is_no_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for its cost at the safest end, whose measure is so dear that cents are lost in it."""
    task = Task(MEASURES["cvar"].free(weighed()), "cvar", EXACT, None, None)
    for rule, counts, passes in (("policy", True, False), ("policy", False, False), (COSTS, True, False), (COSTS, False, True)):
        wrong = Assessment(rule, "somewhere", "at most", 1.0, 2.0, "t", 0.0)
        monkeypatch.setattr(
            "planner.frontier.result_of", lambda *given, row=wrong: replace(result_of(*given), assessments=(row,))
        )
        if passes:
            assert point_of(replace(task, counts=counts)).cost == pytest.approx(272.0)
        else:
            with pytest.raises(NotVerified):
                point_of(replace(task, counts=counts))


def test_the_safest_end_has_all_the_time_where_a_part_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float] = []

    def solved(made: Case, options: Options) -> Solved:
        limits.append(options.time_limit)
        if options.time_limit < 3000.0:
            raise OutOfTime("no plan by then")
        return solved_alone(made, options)

    monkeypatch.setattr("planner.frontier.solved_alone", solved)
    task = Task(MEASURES["cvar"].free(weighed()), "cvar", Options(gap=0.0, time_limit=3000.0), None, None, counts=False)
    assert point_of(task).cost == pytest.approx(272.0)
    assert limits == [300.0, 3000.0]


def test_days_covered_are_those_of_the_demand_to_come() -> None:
    """Demand of the first 0, 1, … days: 0, 1, 2, 2, 6."""
    ahead = [0.0, 1.0, 2.0, 2.0, 6.0]
    assert [days_covered(ahead, 0, stock) for stock in (0.0, 0.5, 1.0, 2.0, 4.0, 6.0, 9.0)] == [0, 0.5, 1, 3, 3.5, 4, 4]
    assert days_covered(ahead, 2, 2.0) == 1.5

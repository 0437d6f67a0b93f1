"""Stress tests: purchases are held, and every scenario costs what the plan's own check says of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from click.testing import CliRunner

from models.audit import places
from models.case import Case
from models.courses import State
from models.decisions import Contract, Move, Purchase
from models.plan import Plan, discounted
from models.records import Commitment, Member
from planner.cli import cli
from planner.distribution import as_planned
from planner.findings import FaultyInput
from planner.outputs.fact import percent
from planner.outputs.risk import risk_rows
from planner.outputs.stress import distribution_rows, facts, survival_curve_rows, unmet_rows
from planner.recourse import Recourse
from planner.report.formats import GAP
from planner.stress import stress
from planner.template import case_content
from planner.validate import read
from tests.rules.test_scenarios import chinese, random_courses, risky, scenario, shock
from tests.solving import optimum
from tests.test_tail import surge


def small() -> Case:
    """At most 12 t a month, which a ban takes away in one case of four: 8 of February's 10 t are short."""
    return risky(chinese(capacity_per_period=12.0, maximum_total=20.0))


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The small case's workbook, and its plan."""
    folder = tmp_path_factory.mktemp("stress")
    (folder / "book.xlsx").write_bytes(case_content(small()))
    done = CliRunner().invoke(cli, ["solve", str(folder / "book.xlsx"), "--output", str(folder / "plan.xlsx")])
    assert done.exit_code == 0, done.output
    return folder / "book.xlsx", folder / "plan.xlsx"


def test_its_own_scenarios_cost_what_the_plan_says(planned: tuple[Path, Path]) -> None:
    book, plan = planned
    reading = read(book)
    assert reading.case is not None
    found = stress(plan, book, reading.case, reading.sha256)
    assert (found.expected, found.cvar, found.quantile(0.5), found.quantile(0.76)) == pytest.approx((200.0, 800.0, 0.0, 800.0))
    assert found.planned == pytest.approx((200.0, 800.0, 800.0)) and found.same_input
    kinder = replace(found, planned=(100.0, 400.0, 400.0))
    assert not any("optimistic" in fact.detail for fact in facts(kinder)), "it is the plan's own set"
    assert any("optimistic" in fact.detail for fact in facts(replace(kinder, same_input=False)))
    [row] = unmet_rows(found)
    assert (row.probability_short, row.expected_unmet, row.worst_unmet, row.expected_loss) == pytest.approx(
        (0.25, 2.0, 8.0, 200.0)
    )
    assert row.unmet_share == pytest.approx(0.8), "8 of 10 t"
    lasting = {round(point.days, 2): point.probability for point in survival_curve_rows(found)}
    assert list(lasting)[::99] == [0.59, 59.0], "of January and February"
    assert [lasting[days] for days in (5.31, 5.9, 59.0)] == pytest.approx([1.0, 0.75, 0.75]), "2 of 10 t last 5.6 of 28 days"
    ban, normal = risk_rows(found.lived, reading.case.settings.cvar_alpha)
    assert (ban.loss, ban.in_the_tail, normal.loss) == pytest.approx((800.0, 0.4, 0.0))
    assert [point.loss for point in distribution_rows(found)] == pytest.approx([0.0] * 75 + [800.0] * 25)


def test_other_scenarios_catch_an_optimistic_plan(planned: tuple[Path, Path], tmp_path: Path) -> None:
    """The same purchases, with a ban that is twice as likely and begins in January: 20 t are short."""
    _, plan = planned
    (tmp_path / "other.xlsx").write_bytes(
        case_content(replace(small(), scenarios=(scenario(probability=0.5),), shocks=(shock(from_date=None),)))
    )
    output = tmp_path / "test.xlsx"
    done = CliRunner().invoke(cli, ["stress", str(plan), "--scenarios", str(tmp_path / "other.xlsx"), "--output", str(output)])
    assert done.exit_code == 0, done.output
    assert "Expected loss: USD 1,000" in done.output and "optimistic" in done.output
    assert "is not the file that the plan was made from" in done.output
    book = openpyxl.load_workbook(output)
    assert book.sheetnames == ["Summary", "Risk", "Unmet", "Distribution", "Days survived"]
    assert {row[1].number_format for row in book["Summary"]["A5:C9"] if row[2].value == "USD"} == {f"#,##0{GAP}"}
    with ZipFile(output) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if "charts/chart" in name]
    assert len(charts) == 4 and sum("#,##0.00,," in chart for chart in charts) == 2, "losses of 2,000 USD, in millions"
    again = CliRunner().invoke(
        cli, ["stress", str(plan), "--scenarios", str(tmp_path / "other.xlsx"), "--output", str(output), "--json"]
    )
    assert json.loads(again.output)["cvar"] == pytest.approx(2000.0)


def test_without_scenarios_there_is_nothing_to_test(planned: tuple[Path, Path], tmp_path: Path) -> None:
    _, plan = planned
    (tmp_path / "calm.xlsx").write_bytes(case_content(replace(small(), scenarios=(), shocks=())))
    done = CliRunner().invoke(cli, ["stress", str(plan), "--scenarios", str(tmp_path / "calm.xlsx")])
    assert isinstance(done.exception, FaultyInput) and "nothing was tested" in done.exception.closing
    assert not (plan.parent / "stress.xlsx").exists()
    with pytest.raises(FaultyInput):
        stress(plan, tmp_path / "calm.xlsx", replace(small(), scenarios=(), shocks=()), "")


@pytest.mark.parametrize(
    ("other", "missing"),
    [(risky(needs=[10.0], shocks=(shock(from_date=None),)), "'2027-02'"), (risky(chinese("another")), "'c'")],
)
def test_scenarios_of_another_case_are_the_wrong_ones(
    other: Case, missing: str, planned: tuple[Path, Path], tmp_path: Path
) -> None:
    """Of one month only, or without the offer: both files are named, and the plan is not blamed."""
    _, plan = planned
    (tmp_path / "other.xlsx").write_bytes(case_content(other))
    done = CliRunner().invoke(cli, ["stress", str(plan), "--scenarios", str(tmp_path / "other.xlsx")])
    assert isinstance(done.exception, FaultyInput)
    [found] = done.exception.findings
    assert f"{missing} of plan.xlsx is not in other.xlsx" in found.message and found.sheet == "Purchases"
    assert "not a plan" not in str(done.exception)


def test_another_file_is_not_overwritten(planned: tuple[Path, Path]) -> None:
    book, plan = planned
    for target in (plan, book):
        before = target.read_bytes()
        done = CliRunner().invoke(cli, ["stress", str(plan), "--scenarios", str(book), "--output", str(target)])
        assert done.exit_code != 0 and target.read_bytes() == before


def test_what_is_bought_at_once_is_the_best() -> None:
    """In the random cases' own scenarios nothing costs more than in the joint model, which weighs nothing else there."""
    tried = 0
    for plan, course in random_courses():
        state = State(replace(plan, emergencies=()), plan.case.material[course.material], course.scenarios)
        alone = state.having(Recourse(state).way(1.0).had).course(())
        bills = [
            sum(discounted(plan.case, charge) for charge in one.bill if charge.line != "undelivered") for one in (course, alone)
        ]
        assert bills[1] == pytest.approx(bills[0], rel=1e-6, abs=1e-3), course
        tried += any(step.emergency for step in alone.steps)
    assert tried >= 5


def test_what_is_short_anyway_counts_in_every_future(tmp_path: Path) -> None:
    """15 t at most: 5 t are short in any case, for 500 USD; a ban takes 3 t more. Risk and the test say the same."""
    (tmp_path / "book.xlsx").write_bytes(case_content(risky(chinese(capacity_per_period=12.0, maximum_total=15.0))))
    done = CliRunner().invoke(cli, ["solve", str(tmp_path / "book.xlsx"), "--output", str(tmp_path / "plan.xlsx")])
    assert done.exit_code == 0, done.output
    reading = read(tmp_path / "book.xlsx")
    assert reading.case is not None
    found = stress(tmp_path / "plan.xlsx", tmp_path / "book.xlsx", reading.case, reading.sha256)
    assert [one.loss for one in found.lived] == pytest.approx([800.0, 500.0])
    assert found.planned == pytest.approx((575.0, 800.0, 800.0))
    told = {fact.label: fact.figure for fact in facts(found)}
    assert (told["Nothing is short"], told["Materials ever short"]) == (0.0, 1)
    [row] = unmet_rows(found)
    assert (row.probability_short, row.expected_unmet, row.worst_unmet) == pytest.approx((1.0, 5.75, 8.0))
    assert (row.worst_scenarios, row.expected_loss) == ("ban", pytest.approx(575.0))
    ban, normal = risk_rows(found.lived, 0.9)
    assert (ban.its_loss, ban.materials_short) == pytest.approx((800.0, 1))
    assert (normal.materials_short, normal.first_short, normal.hit_hardest) == (1, "x", "x")
    assert (normal.loss, normal.its_loss) == pytest.approx((500.0, 500.0))


@pytest.mark.parametrize(("objective", "loss"), [("cost", 150.0), ("protection", 100.0)])
def test_what_was_asked_for_on_the_command_line_is_known(tmp_path: Path, objective: str, loss: float) -> None:
    """Short for 150, or bought at once, which loses 100 and costs 100 beside it: the workbook does not say which."""
    (tmp_path / "book.xlsx").write_bytes(case_content(surge()))
    command = ["solve", str(tmp_path / "book.xlsx"), "--output", str(tmp_path / "plan.xlsx"), "--objective", objective]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    reading = read(tmp_path / "book.xlsx")
    assert reading.case is not None
    found = stress(tmp_path / "plan.xlsx", tmp_path / "book.xlsx", reading.case, reading.sha256)
    assert found.lived[0].loss == pytest.approx(loss)
    assert found.planned == pytest.approx((loss / 10, loss, loss), rel=1e-2), "within the gap"


def test_what_is_short_before_a_shock_is_short_in_it_too() -> None:
    """4 of January's 10 t are short as planned, before a ban in February, of whose 10 t half is lost: 9 t.

    A member who asks for half of everything, and one who asks for the rest, share both.
    """
    halves = tuple(Commitment(member=name, material="x", quantity=1.0, demand_share=0.5) for name in ("A", "B"))
    made = risky(chinese(maximum_total=16.0, capacity_per_period=10.0), shocks=(shock(availability=0.5),),
                 members=(Member(member="A"), Member(member="B")), commitments=halves)  # fmt: skip
    bought = Purchase("c", "f", 1, 6.0), Purchase("c", "f", 2, 10.0)
    drawn = (Move("x", place, t, 0.0, quantity) for place in places(made, "x") for t, quantity in ((1, 6.0), (2, 10.0)))
    plan = Plan(made, bought, (Contract("c", "f"),), tuple(drawn))
    [ban] = [one for lived in as_planned(plan) if lived.future.scenarios for one in lived.struck]
    assert (ban.unmet, ban.days, ban.loss) == pytest.approx((9.0, 0.0, 900.0))
    assert {one.member: one.unmet for one in ban.rations} == pytest.approx({"A": 4.5, "B": 4.5})
    assert {one.member: one.asked for one in ban.rations} == pytest.approx({"A": 10.0, "B": 10.0})


def test_a_tail_of_one_in_ten_is_written_as_such() -> None:
    """1 − 0.9 is a little less than 0.1."""
    made = risky(chinese(capacity_per_period=12.0), scenarios=(scenario(probability=0.1),))
    ban, _ = risk_rows(as_planned(optimum(made).plan), 0.9)
    assert ban.in_the_tail == 1.0
    assert [percent(1.0 - alpha) for alpha in (0.9, 0.8, 0.95)] == ["10.0 %", "20.0 %", "5 %"]

"""Stress tests: purchases are held, and every scenario costs what the plan's own check says of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from click.testing import CliRunner

from models.case import Case
from models.courses import State
from models.plan import discounted
from planner.cli import cli
from planner.findings import FaultyInput
from planner.outputs.risk import risk_rows
from planner.outputs.stress import distribution_rows, facts, unmet_rows
from planner.recourse import best
from planner.stress import stress
from planner.template import case_content
from planner.validate import read
from tests.rules.test_scenarios import chinese, random_courses, risky, scenario, shock


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
    found = stress(plan, reading.case, reading.sha256)
    assert (found.expected, found.cvar, found.quantile(0.5), found.quantile(0.76)) == pytest.approx((200.0, 800.0, 0.0, 800.0))
    assert found.planned == pytest.approx((200.0, 800.0, 800.0)) and found.same_input
    [row] = unmet_rows(found)
    assert (row.probability_short, row.expected_unmet, row.worst_unmet, row.expected_loss) == pytest.approx(
        (0.25, 2.0, 8.0, 200.0)
    )
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
    assert book.sheetnames == ["Summary", "Risk", "Unmet", "Distribution"]
    with ZipFile(output) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if "charts/chart" in name]
    assert len(charts) == 2 and all("#,##0.00,," in chart for chart in charts), "losses of 2,000 USD, in millions"
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
        stress(plan, replace(small(), scenarios=(), shocks=()), "")


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
        alone = best(State(replace(plan, emergencies=()), plan.case.material[course.material], course.scenarios))
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
    found = stress(tmp_path / "plan.xlsx", reading.case, reading.sha256)
    assert [one.loss for one in found.lived] == pytest.approx([800.0, 500.0])
    assert found.planned == pytest.approx((575.0, 800.0, 800.0))
    [safe] = [fact.figure for fact in facts(found) if fact.label == "Nothing is short"]
    assert safe == 0.0

"""Two solves, the second of which keeps to the last plan: what it costs, what it changes, and what is said of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from models.case import Case
from planner.cli import cli
from planner.findings import Exit
from tests import written
from tests.rules.test_stability import kept_to


def solved(folder: Path, case: Case, *options: str) -> dict[str, Any]:
    """What `planner solve` answers, once its plan passes `planner verify`."""
    book, plan = written.write(folder / "book.xlsx", case), folder / "plan.xlsx"
    result = CliRunner().invoke(cli, ["solve", str(book), "--output", str(plan), "--gap", "0", "--json", *options])
    assert result.exit_code == Exit.PLAN, result.output
    assert CliRunner().invoke(cli, ["verify", str(plan), str(book)]).exit_code == Exit.PLAN
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def asked(weight: float, allowance: float) -> Case:
    """The last plan costs 240 today, the best one 200."""
    return replace(kept_to(weight=weight, stability_allowance=allowance), cost_cap=None)


@pytest.mark.parametrize(
    ("weight", "allowance", "cost"),
    [
        (1.0, 0.2, 240.0),  # 200 + 20 %: the last plan is good enough as it is
        (0.0, 0.2, 240.0),
        (0.0, 0.1, 200.0),  # it is not, and changes have no price
        (1.0, 0.1, 220.0),  # half of it is kept
        (1.0, 0.0, 200.0),
        (0.05, 0.1, 200.0),  # a tonne that moves saves 2 and is priced at 22 · 0.05
    ],
)
def test_a_plan_costs_no_more_than_the_allowance(tmp_path: Path, weight: float, allowance: float, cost: float) -> None:
    assert solved(tmp_path, asked(weight, allowance))["objective"] == pytest.approx(cost)


def test_the_whole_set_of_changes_is_told_with_what_it_saves(tmp_path: Path) -> None:
    told = solved(tmp_path, asked(1.0, 0.1))["changes"]
    assert told == pytest.approx({"orders": 2, "of": 3, "moved": 220.0, "saved": 20.0})

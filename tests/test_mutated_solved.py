"""From a faulty workbook to a plan, and from anything at all to a plan that holds or a clear end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from planner.cli import cli
from planner.findings import Exit, PlannerError
from tests import books
from tests.test_reading_mutated import CELLS, TYPED, _edited

ENDS = {Exit.PLAN, Exit.GAP_ABOVE_TARGET, Exit.FAULTY_INPUT, Exit.NO_PLAN, Exit.OUT_OF_TIME}
FIGURES = st.floats(0, 1e7, allow_subnormal=False) | st.integers(0, 1000) | st.sampled_from([0, 1e-7, 0.5, 1e12])
NUMBERS = [
    place for place in CELLS if place[0] in ("Materials", "Offers", "Policy", "Prices", "Depots", "Settings") and place[1] > 0
]


def end(book: Path, plan: Path) -> int:
    """The status with which a solve ends; anything but an end in the planner's own words fails."""
    asked = ["solve", str(book), "--output", str(plan), "--time-limit", "5", "--quiet"]
    result = CliRunner().invoke(cli, asked)
    if isinstance(result.exception, PlannerError):
        assert str(result.exception)
        return result.exception.status
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result.exit_code


def test_a_marked_copy_corrected_by_its_user_is_solved(tmp_path: Path) -> None:
    """Three cells are marked; put right in the copy, it gives the plan of the sound workbook."""
    sheets = books.tiny()
    sheets["Offers"][0]["price"] = "TBC"
    sheets["Offers"][1]["refine country"] = "Japann"
    sheets["Traders"][0]["fee"] = -1
    faulty, copy = books.write(tmp_path / "faulty.xlsx", sheets), tmp_path / "faults.xlsx"
    found = CliRunner().invoke(cli, ["check", str(faulty), "--output", str(copy), "--json"])
    faults = [row for row in json.loads(found.stdout)["findings"] if row["severity"] == "fault"]
    right = {"TBC": 30_000, "Japann": "JPN", "-1": 0.01, "-1.0": 0.01}
    workbook = load_workbook(copy)
    assert len(faults) == 3
    for row in faults:
        cell = workbook[row["sheet"]][row["cell"]]
        cell.value = right[str(cell.value)]
    workbook.save(copy)
    costs = []
    for book in (copy, books.write(tmp_path / "sound.xlsx", books.tiny())):
        asked = ["solve", str(book), "--output", str(tmp_path / f"{book.stem}-plan.xlsx"), "--gap", "0", "--json"]
        costs.append(json.loads(CliRunner().invoke(cli, asked, catch_exceptions=False).stdout)["objective"])
    assert costs[0] == costs[1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(NUMBERS), FIGURES | TYPED), min_size=1, max_size=3))
def test_a_mutated_workbook_ends_with_a_plan_that_holds_or_in_words(
    tmp_path: Path, edits: list[tuple[tuple[str, int, int], Any]]
) -> None:
    """Never a traceback; a plan that is delivered passes the second computation once more; the input stays as it is."""
    book, plan = books.write(tmp_path / "mutated.xlsx", _edited(edits)), tmp_path / "plan.xlsx"
    plan.unlink(missing_ok=True)
    before = book.read_bytes()
    status = end(book, plan)
    assert status in ENDS
    assert book.read_bytes() == before
    assert plan.exists() == (status in (Exit.PLAN, Exit.GAP_ABOVE_TARGET))
    if plan.exists():
        assert CliRunner().invoke(cli, ["verify", str(plan), str(book)]).exit_code == Exit.PLAN

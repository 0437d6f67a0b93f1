"""What the workbooks of a night are called: all names that the planner reads, names that clash, and the planner's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.cli import cli
from planner.findings import Exit, FaultyInput
from planner.nightly.case_run import CaseOutcome, standing
from planner.nightly.config import Config, read
from planner.nightly.folder import LATEST
from planner.nightly.night import chosen, run_night
from planner.workbook import Book
from tests import books
from tests.nights import Commands, config, published, status_of


def run(night: Config) -> list[CaseOutcome]:
    return run_night(night, chosen(night, ()), False, lambda _: None)


def ends(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit status of the command, and what it says."""
    with pytest.raises(SystemExit) as caught:
        cli.main(["nightly", *arguments], standalone_mode=False)
    return int(caught.value.code or 0), capsys.readouterr().out


@pytest.mark.parametrize("name", ["m.xlsm", "ü.XLSX"])
def test_a_workbook_is_carried_over_whatever_its_ending(tmp_path: Path, name: str) -> None:
    """Two real nights, a month apart. A carried workbook is an .xlsx; the mark of one that is open is no workbook."""
    sheets = books.tiny()
    sheets["Settings"]["periods"] = 4
    books.write(tmp_path / "tiny.xlsx", sheets).rename(tmp_path / name)
    path = config(tmp_path, f'[[case]]\nbooks = ["{name}"]\n')
    latest = tmp_path / "outputs" / Path(name).stem / LATEST
    for day, is_second in (("2027-01-02", False), ("2027-02-02", True)):
        with pytest.raises(SystemExit) as caught:
            cli.main(["nightly", str(path), "--on", day], standalone_mode=False)
        assert caught.value.code == 0 and published(latest.parent) is not None
        (carried,) = (latest / "carried").iterdir()
        assert carried.name == f"{Path(name).stem}.xlsx" and (latest / "input" / name).is_file()
        assert ("PastPurchases" in Book(carried).titles) == is_second
        (latest / "input" / f"~${name}").touch()


CASES = '[[case]]\nbooks = ["**/*.xls[xm]"]\n'


@pytest.mark.parametrize(
    ("text", "dropped", "clashing"),
    [
        (CASES, "A.xlsx", {"A", "a"}),
        (CASES, "a.xlsm", {"a"}),
        (CASES, "sub/a.xlsx", {"a"}),
        ('[[case]]\nbooks = ["a.xlsx", "sub/*.xlsx"]\n[[case]]\nbooks = ["b.xlsx"]\n', "sub/a.xlsx", {"a"}),
        ('[[case]]\nbooks = ["a*.xlsx"]\nname = "a"\n[[case]]\nbooks = ["b.xlsx"]\n', "a (2).xlsx", {"a"}),
    ],
)  # fmt: skip
def test_a_workbook_that_is_dropped_beside_another_of_its_name_stops_these_alone(
    tmp_path: Path, commands: Commands, capsys: pytest.CaptureFixture[str], text: str, dropped: str, clashing: set[str]
) -> None:
    """Which of them is meant nobody knows, so that the last plan stays; once one is moved away, all is as before."""
    for name in "ab":
        books.write(tmp_path / f"{name}.xlsx", books.tiny())
    (tmp_path / "sub").mkdir()
    books.write(tmp_path / "sub" / "c.xlsx", books.tiny())
    path = config(tmp_path, f"{text}[alerts]\n")
    assert {one.status for one in run(read(path))} == {Exit.PLAN}
    before = published(tmp_path / "outputs" / "a")
    books.write(tmp_path / dropped, books.tiny())
    books.write(tmp_path / "b.xlsx", books.tiny() | {"Notes": [["changed"]]})
    solves = commands.count
    night = read(path)
    outcomes = run(night)
    assert {one.case for one in outcomes if one.status is Exit.FAULTY_INPUT} == clashing
    assert {one.status for one in outcomes if one.case not in clashing} == {Exit.PLAN} and commands.count == solves + 1
    said = next(one.message for one in outcomes if one.case == "a")
    assert str(tmp_path / "a.xlsx") in said and str(tmp_path / dropped) in said and "Move all but one away" in said
    assert f"alert: a: no plan: status 20, {said}; the plan of {before}" in capsys.readouterr().err
    assert status_of(night.cases["a"].folder)["message"] == said == standing(night.cases["a"]).message
    assert published(tmp_path / "outputs" / "a") == before and not (tmp_path / "outputs" / "A").exists()
    assert said in ends(capsys, str(path), "--dry-run")[1]
    status, told = ends(capsys, str(path), "--check", "--only", "a")
    assert status == Exit.FAULTY_INPUT and said in told
    (tmp_path / dropped).unlink()
    assert [one.status for one in run(read(path)) if one.case == "a"] == [Exit.PLAN]


def test_a_workbook_that_two_tables_mean_is_told(tmp_path: Path) -> None:
    books.write(tmp_path / "a.xlsx", books.tiny())
    night = read(config(tmp_path, '[[case]]\nbooks = ["*.xlsx"]\n[[case]]\nbooks = ["a.xlsx"]\n'))
    assert night.cases["a"].fault == f"{tmp_path / 'a.xlsx'} is meant by more than one [[case]]. Take it out of all but one."


def test_what_the_file_itself_calls_the_same_is_its_fault(tmp_path: Path) -> None:
    """Whatever lies in the folder."""
    with pytest.raises(FaultyInput, match="case 2: two cases are called 'a'"):
        read(config(tmp_path, '[[case]]\nbooks = ["a.xlsx"]\n[[case]]\nbooks = ["b/a.xlsx", "*.xlsx"]\n'))


@pytest.mark.parametrize("outputs", ["outputs", "."])
def test_what_the_planner_writes_is_no_workbook_of_the_next_night(tmp_path: Path, commands: Commands, outputs: str) -> None:
    """Neither in the night's outputs nor in a case's own; a folder of other workbooks may be called as runs are."""
    for name in ("a.xlsx", "own.xlsx", "other/runs/b.xlsx", "runs/c.xlsx"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        books.write(tmp_path / name, books.tiny())
    pattern = '"**/[abc].xlsx", "**/plan.xlsx", "*/*/latest/*.xlsx", "plans/latest/*/*.xlsx"'
    own = '[[case]]\nbooks = ["own.xlsx"]\noutput = "plans"\n'
    path = config(tmp_path, f'[night]\noutputs = "{outputs}"\n{own}[[case]]\nbooks = [{pattern}]\n')
    expected = {"own", "a", "b", "c", "case 2.2", "case 2.3", "case 2.4"}
    assert set(read(path).cases) == expected
    first = run(read(path))
    assert len(list(tmp_path.rglob("plan.xlsx"))) == 4
    second = read(path)
    assert set(second.cases) == expected and not any(case.fault for case in second.cases.values())
    assert [one.status for one in run(second)] == [one.status for one in first]

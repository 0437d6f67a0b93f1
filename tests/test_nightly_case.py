"""One case of a night: when its plan is published, when the last one stays, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import openpyxl
import pytest
from filelock import FileLock

from planner.findings import Exit
from planner.nightly import durable
from planner.nightly.case_run import CaseOutcome, plan_case
from planner.nightly.config import CaseOfNight, Night, Workbooks
from planner.nightly.fingerprint import fingerprint
from planner.nightly.folder import Folder
from planner.nightly.one_run import Allowance
from tests import books
from tests.nights import SOLVED, Commands, ended, published, status_of


@pytest.fixture
def case(tmp_path: Path) -> CaseOfNight:
    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    return CaseOfNight(name="tiny", book=book, folder=tmp_path / "tiny", terms=Workbooks(books=[str(book)]))


def plan(case: CaseOfNight, force: bool = False, night: Night | None = None) -> CaseOutcome:
    return plan_case(case, night or Night(), Allowance(lambda: 600.0, 8.0, force, Event()))


def changed(case: CaseOfNight, name: str) -> None:
    sheets = books.tiny()
    sheets["Settings"]["plan name"] = name
    books.write(case.book, sheets)


def test_a_good_plan_is_published_with_what_it_was_made_from(case: CaseOfNight, commands: Commands) -> None:
    outcome = plan(case)
    run = published(case.folder)
    assert outcome.status is Exit.PLAN and run is not None
    latest = case.folder / "latest"
    assert (latest / "input" / "tiny.xlsx").read_bytes() == case.book.read_bytes()
    assert (latest / "plan_traders" / "Alpha" / "Alpha.xlsx").exists() and (latest / "log.txt").exists()
    solve, verify = commands.asked
    assert solve[1] == verify[2], "what is solved is the copy, which nobody changes meanwhile"
    assert solve[1] != str(case.book)
    assert status_of(case.folder)["run"] == run


def test_files_are_private(case: CaseOfNight, commands: Commands) -> None:
    plan(case)
    modes = {path.stat().st_mode & 0o077 for path in (case.folder / "latest").resolve().rglob("*")}
    assert modes == {0}


def test_an_unchanged_workbook_is_left_alone(case: CaseOfNight, commands: Commands) -> None:
    plan(case)
    before = published(case.folder)
    openpyxl_saved(case.book)
    again = plan(case)
    assert again.unchanged and again.status is Exit.PLAN and commands.count == 1
    assert published(case.folder) == before and len(Folder(case.folder).records()) == 1
    plan(case, force=True)
    assert commands.count == 2


def openpyxl_saved(book: Path) -> None:
    """Other bytes with the same cells."""
    before = book.read_bytes()
    opened = openpyxl.load_workbook(book)
    opened.worksheets[0].column_dimensions["A"].width = 77
    opened.save(book)
    assert book.read_bytes() != before


def test_a_changed_cell_changes_the_fingerprint(case: CaseOfNight) -> None:
    before = fingerprint(case.book)
    assert before != fingerprint(case.book, "other terms")
    changed(case, "another name")
    assert before != fingerprint(case.book)
    case.book.write_bytes(b"no workbook")
    assert fingerprint(case.book) is None


@pytest.mark.parametrize("status", [Exit.FAULTY_INPUT, Exit.NO_PLAN, Exit.OUT_OF_TIME, Exit.SOLVER_FAILURE, Exit.BUG])
def test_without_a_plan_the_last_one_stays(case: CaseOfNight, commands: Commands, status: Exit) -> None:
    plan(case)
    before = published(case.folder)
    changed(case, "another name")
    commands.solves = [ended(status, message="what went wrong")]
    outcome = plan(case)
    assert (outcome.status, outcome.message) == (status, "what went wrong")
    assert published(case.folder) == before and outcome.published is not None and outcome.published.run == before
    assert [one.status for one in Folder(case.folder).records()] == [Exit.PLAN, status]
    assert status_of(case.folder)["message"] == "what went wrong"


def test_a_plan_that_is_not_verified_is_not_published(case: CaseOfNight, commands: Commands) -> None:
    commands.verifies = [ended(Exit.NOT_VERIFIED, message="a limit does not hold")]
    outcome = plan(case)
    assert outcome.status is Exit.NOT_VERIFIED and published(case.folder) is None


def test_a_gap_that_is_too_wide_is_not_published(case: CaseOfNight, commands: Commands) -> None:
    commands.solves = [ended(Exit.GAP_ABOVE_TARGET, **SOLVED | {"gap": 0.2})]
    outcome = plan(case)
    assert outcome.status is Exit.OUT_OF_TIME and "20.00% only, and 5.00% is accepted" in outcome.message
    commands.solves = [ended(Exit.GAP_ABOVE_TARGET, **SOLVED | {"gap": 0.04})]
    assert plan(case).status is Exit.GAP_ABOVE_TARGET and published(case.folder) is not None


def test_what_was_ended_for_its_time_is_published_with_its_reason(case: CaseOfNight, commands: Commands) -> None:
    commands.solves = [ended(Exit.TERMINATED, why="its time was up", **SOLVED)]
    outcome = plan(case)
    assert outcome.status is Exit.GAP_ABOVE_TARGET and "its time was up" in outcome.message
    changed(case, "another name")
    commands.solves = [ended(Exit.TERMINATED, why="its time was up")]
    assert plan(case).status is Exit.OUT_OF_TIME


def test_a_plan_is_verified_also_where_the_night_is_to_end(case: CaseOfNight, commands: Commands) -> None:
    """The signal comes while the solve is at work: its best plan is kept, and must not be lost for want of a check."""
    stopped = Event()
    commands.solves, commands.on_solve = [ended(Exit.TERMINATED, why="the night was asked to end", **SOLVED)], stopped.set
    outcome = plan_case(case, Night(), Allowance(lambda: 1e-3, 8.0, False, stopped))
    assert outcome.status is Exit.GAP_ABOVE_TARGET and published(case.folder) is not None
    solve, verify = commands.given
    assert solve[1] <= 1e-3 < 60.0 < verify[1] and not verify[2]


def test_what_was_ended_without_a_plan_is_not_published(case: CaseOfNight, commands: Commands) -> None:
    """The signal comes before the solve has found any plan: `latest` must not lead to a run that holds none."""
    plan(case)
    before = published(case.folder)
    stopped = Event()
    changed(case, "another name")
    commands.solves, commands.on_solve = [ended(Exit.TERMINATED, why="the night was asked to end")], stopped.set
    outcome = plan_case(case, Night(), Allowance(lambda: 60.0, 8.0, False, stopped))
    assert outcome.status is Exit.TERMINATED and published(case.folder) == before
    commands.solves = [ended(Exit.INTERRUPTED)]
    assert plan(case).status is Exit.INTERRUPTED and published(case.folder) == before


def test_a_solver_that_fails_is_asked_once_more_with_another_seed(case: CaseOfNight, commands: Commands) -> None:
    commands.solves = [ended(Exit.SOLVER_FAILURE), ended(Exit.PLAN, **SOLVED)]
    assert plan(case).status is Exit.PLAN
    assert commands.count == 2 and "--seed" in commands.asked[1]


def test_what_fails_the_same_way_again_is_not_tried_again(case: CaseOfNight, commands: Commands) -> None:
    commands.solves = [ended(Exit.NO_PLAN, message="two rules stand against each other")]
    first, second = plan(case), plan(case)
    assert first.status is second.status is Exit.NO_PLAN and commands.count == 1
    commands.solves = [ended(Exit.OUT_OF_TIME, message="no time")]
    changed(case, "another name")
    plan(case), plan(case)
    assert commands.count == 3, "more time may help"


def test_a_workbook_that_is_gone_or_open_is_told(case: CaseOfNight, commands: Commands) -> None:
    case.book.with_name("~$tiny.xlsx").touch()
    plan(case)
    assert "open in another program" in Folder(case.folder).records()[-1].notes[0]
    case.book.unlink()
    outcome = plan(case)
    assert outcome.status is Exit.FAULTY_INPUT and "cannot be read" in outcome.message and outcome.published is not None


def test_a_second_night_is_kept_out(case: CaseOfNight, commands: Commands) -> None:
    plan(case)
    with FileLock(case.folder / ".lock"):
        assert plan(case, force=True).status is Exit.ALREADY_RUNNING
    assert plan(case, force=True).status is Exit.PLAN


def test_a_disk_that_is_full_leaves_the_last_plan(
    case: CaseOfNight, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(case)
    before = published(case.folder)

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(durable, "write", full)
        outcome = plan(case, force=True)
    assert outcome.status is Exit.CANNOT_WRITE and "No space left on device" in outcome.message
    assert published(case.folder) == before
    assert plan(case, force=True).status is Exit.PLAN, "what was left behind is in nobody's way"


def test_a_clock_that_jumps_back_does_not_mix_runs_up(case: CaseOfNight, commands: Commands) -> None:
    folder = Folder(case.folder)
    plan(case)
    tomorrow, _ = folder.begin(datetime.now(UTC) + timedelta(days=1))
    (case.folder / "runs" / f".new-{tomorrow}").rename(case.folder / "runs" / tomorrow)
    later, _ = folder.begin(datetime.now(UTC))
    assert later > tomorrow
    record = folder.published
    assert record is not None and record.age(datetime.now(UTC) - timedelta(days=3)) == 0.0


def test_only_so_many_runs_are_kept_and_the_published_one_always(case: CaseOfNight, commands: Commands) -> None:
    night = Night(keep_runs=2, keep_days=0.0)
    plan(case, night=night)
    first = published(case.folder)
    commands.solves = [ended(Exit.OUT_OF_TIME, message="no time")]
    for _ in range(4):
        plan(case, force=True, night=night)
    runs = [one.run for one in Folder(case.folder).records()]
    assert len(runs) == 3 and runs[0] == first == published(case.folder)
    plan(case, force=True, night=Night(keep_runs=1, keep_days=1.0))
    assert len(Folder(case.folder).records()) == 4, "younger than a day"


def test_a_fault_is_looked_at_again_the_next_night(case: CaseOfNight, commands: Commands) -> None:
    """It may be a row of Actuals for a day that was still to come; that there is no plan stays true of the same workbook."""
    for status, solves in ((Exit.FAULTY_INPUT, 2), (Exit.NO_PLAN, 1)):
        changed(case, f"with {status}")
        before = commands.count
        commands.solves = [ended(status), ended(status)]
        plan(case), plan(case)
        assert commands.count - before == solves
        commands.solves = []

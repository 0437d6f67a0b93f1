"""A published run that is not what it was: it is told, nothing is planned before it is put right, and then the nights go on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from threading import Event

import pytest
from filelock import FileLock

from planner.findings import Exit
from planner.nightly import case_run
from planner.nightly.case_run import CaseOutcome, is_fresh, plan_case, standing
from planner.nightly.config import CaseOfNight, Night, Workbooks
from planner.nightly.folder import Folder
from planner.nightly.one_run import Allowance
from tests import books
from tests.nights import Commands, published, status_of


def plan(case: CaseOfNight, stopped: Event | None = None) -> CaseOutcome:
    return plan_case(case, Night(), Allowance(lambda: 600.0, 8.0, True, stopped or Event()))


@pytest.fixture
def case(tmp_path: Path, commands: Commands) -> CaseOfNight:
    """A case with two published runs."""
    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    found = CaseOfNight(name="tiny", book=book, folder=tmp_path / "tiny", terms=Workbooks(books=[str(book)]))
    assert [plan(found).status for _ in range(2)] == [Exit.PLAN, Exit.PLAN]
    return found


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def without_last_line(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


HARMS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "plan gone": ("plan.xlsx", Path.unlink),
    "plan cut off": ("plan.xlsx", cut),
    "carried workbook gone": ("carried/tiny.xlsx", Path.unlink),
    "record gone": ("run.json", Path.unlink),
    "record cut off": ("run.json", cut),
    "sums gone": ("SHA256SUMS", Path.unlink),
    "sums empty": ("SHA256SUMS", lambda path: path.write_bytes(b"")),
    "sums cut off": ("SHA256SUMS", without_last_line),
    "sums overwritten": ("SHA256SUMS", lambda path: path.write_bytes(b"\xff\xfe\x00")),
    "sums a folder": ("SHA256SUMS", lambda path: (path.unlink(), path.mkdir())),
    "run gone": ("", shutil.rmtree),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_run_is_told_and_nothing_is_planned(case: CaseOfNight, commands: Commands, harm: str) -> None:
    """What it ordered is not known: to go on without that, or from the run before, would order twice."""
    latest = case.folder / "latest"
    name, act = HARMS[harm]
    leads = latest.readlink()
    act(latest.resolve() / name)
    for outcome in (standing(case), plan(case), standing(case)):
        assert outcome.status is Exit.FAULTY_INPUT and outcome.published is None and not is_fresh(outcome, Night())
        assert outcome.message.startswith(str(latest / name)) and "Restore it from a backup" in outcome.message
    assert commands.count == 2 and latest.readlink() == leads
    told = status_of(case.folder)
    assert (told["status"], told["run"], told["message"]) == (Exit.FAULTY_INPUT, None, outcome.message)


def test_a_record_that_cannot_be_read_is_damage_though_its_sum_is_right(case: CaseOfNight, commands: Commands) -> None:
    """As a later planner may write it."""
    record, sums = case.folder / "latest" / "run.json", case.folder / "latest" / "SHA256SUMS"
    before, content = record.read_bytes(), record.read_bytes().replace(b'"status": 0', b'"status": 99')
    record.write_bytes(content)
    sums.write_text(sums.read_text(encoding="utf-8").replace(sha256(before).hexdigest(), sha256(content).hexdigest()), "utf-8")
    outcome = plan(case)
    assert outcome.status is Exit.FAULTY_INPUT and "run.json is no record that this planner can read" in outcome.message
    assert commands.count == 2


def test_without_a_backup_the_nights_go_on_from_the_run_before(case: CaseOfNight) -> None:
    """Once somebody has said so, by moving away what is damaged."""
    latest = case.folder / "latest"
    first, second = (one.run for one in Folder(case.folder).records())
    (latest / "run.json").unlink()
    assert plan(case).status is Exit.FAULTY_INPUT
    latest.unlink()
    shutil.rmtree(case.folder / "runs" / second)
    with Folder(case.folder).locked():
        assert published(case.folder) == first
    assert plan(case).status is Exit.PLAN


def test_a_link_that_is_gone_is_made_again(case: CaseOfNight) -> None:
    before = published(case.folder)
    (case.folder / "latest").unlink()
    with Folder(case.folder).locked():
        assert published(case.folder) == before


@pytest.mark.parametrize("run_is_there", [True, False])
def test_a_copy_in_the_place_of_the_link_says_what_to_do(case: CaseOfNight, commands: Commands, run_is_there: bool) -> None:
    """As a backup leaves it that follows links; where it is all that there is of the run, it must not be lost."""
    latest, before = case.folder / "latest", published(case.folder)
    run = latest.resolve()
    latest.unlink()
    shutil.copytree(run, latest)
    if not run_is_there:
        shutil.rmtree(run)
    outcome = plan(case)
    assert outcome.status == status_of(case.folder)["status"] == Exit.FAULTY_INPUT
    assert f"{latest} is no link" in outcome.message and commands.count == 2
    remedy = "Move it away" if run_is_there else f"Move it to {run}"
    assert remedy in outcome.message
    latest.rename(case.folder / "old" if run_is_there else run)
    with Folder(case.folder).locked():
        assert published(case.folder) == before and latest.is_symlink()
    assert plan(case).status is Exit.PLAN


def test_the_status_file_says_what_came_of_this_night(case: CaseOfNight, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ended it before there was a run."""
    assert status_of(case.folder)["status"] == Exit.PLAN
    with FileLock(case.folder / ".lock"):
        plan(case)
    told = status_of(case.folder)
    assert told["status"] == Exit.ALREADY_RUNNING and told["run"] == published(case.folder)
    stopped = Event()
    stopped.set()
    plan(case, stopped)
    assert status_of(case.folder)["status"] == Exit.TERMINATED
    for error, status in ((OSError(5, "Input/output error"), Exit.CANNOT_WRITE), (KeyError("a bug"), Exit.BUG)):
        monkeypatch.setattr(case_run.Run, "record", lambda *_, error=error: (_ for _ in ()).throw(error))
        plan(case)
        told = status_of(case.folder)
        assert told["status"] == status and str(error.args[-1]) in told["message"]


def test_a_status_file_that_cannot_be_written_is_told_with_what_came_of_the_night(case: CaseOfNight) -> None:
    (case.folder / "status.json").unlink()
    (case.folder / "status.json" / "in the way").mkdir(parents=True)
    outcome = plan(case)
    assert outcome.status is Exit.CANNOT_WRITE and outcome.published is not None
    assert "verified" in outcome.message and os.fspath(case.folder / "status.json") in outcome.message

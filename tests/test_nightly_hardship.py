"""Nights with what happens to machines: shares that cannot be written, books that are open, months that end, power cuts."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from planner.cli import main
from planner.findings import AlreadyRunning, Exit
from planner.nightly import case_run, durable, holding, one_run, watch
from planner.nightly.case_run import CaseOutcome
from planner.nightly.config import read
from planner.nightly.night import chosen, run_night
from tests import books
from tests.nights import Commands, Watched, config, ended, killed_at, published

NO_TIME = [ended(Exit.OUT_OF_TIME, message="no time")]
FILE = 'file = "told.jsonl"'


def told(root: Path) -> list[dict[str, Any]]:
    """The alerts that the file has had."""
    return [json.loads(line) for line in (root / "told.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_night_that_cannot_begin_is_told(
    nights: Watched, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outputs on a share that is mounted to be read only, and outputs where another night is still at work."""
    night = nights.config(FILE)

    def refuse(act: Callable[[], object]) -> None:
        raise OSError(30, "Read-only file system", str(night.outputs))

    with monkeypatch.context() as patch, pytest.raises(OSError, match="Read-only"):
        patch.setattr(durable, "step", refuse)
        run_night(night, chosen(night, ()), False, lambda _: None)
    night.outputs.mkdir()
    with FileLock(night.outputs / ".night.lock"), pytest.raises(AlreadyRunning):
        run_night(night, chosen(night, ()), False, lambda _: None)
    [alert] = told(nights.root)
    assert (alert["case"], alert["rule"]) == ("", "no plan") and "Another night is at work" in alert["message"]
    said = capsys.readouterr().err
    assert said.count("alert: no plan: the night did not begin") == 2
    assert f"the night did not begin, {night.outputs}: Read-only file system" in said
    assert "the file did not take" in said, "which lies on the same share"
    assert [path.name for path in night.outputs.iterdir()] == [".night.lock"], "the folder is the other night's"


def test_outputs_that_cannot_be_written_end_with_their_status(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "outputs").touch()
    path = config(root, '[[case]]\nbooks = ["a.xlsx"]\n')
    monkeypatch.setattr("sys.argv", ["planner", "nightly", str(path)])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == Exit.CANNOT_WRITE
    said = capsys.readouterr().err
    assert "alert: no plan: the night did not begin" in said and "outputs cannot be written or read" in said


def test_one_case_whose_folder_cannot_be_written_stops_no_other(root: Path, nights: Watched) -> None:
    (root / "outputs").mkdir()
    (root / "outputs" / "a").touch()
    assert [one.status for one in nights(0.0, FILE)] == [Exit.CANNOT_WRITE, Exit.PLAN]
    [alert] = told(root)
    assert (alert["case"], alert["rule"]) == ("a", "no plan") and "a cannot be written" in alert["message"]


def test_nothing_is_written_beside_the_workbooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The share that they come from may be there to be read only."""
    share, own = tmp_path / "share", tmp_path / "own"
    share.mkdir()
    own.mkdir()
    books.write(share / "a.xlsx", books.tiny())
    (share / "~$a.xlsx").write_bytes(b"open in Excel")
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in share.iterdir()}
    share.chmod(0o555)
    monkeypatch.setattr(one_run, "run", Commands())
    try:
        night = read(config(own, f'[[case]]\nbooks = ["{share.as_posix()}/*.xlsx"]\n[alerts]\ninput_days = 9.0\n'))
        [outcome] = run_night(night, chosen(night, ()), False, lambda _: None)
    finally:
        share.chmod(0o755)
    assert outcome.status is Exit.PLAN and "open in another program" in (outcome.published or pytest.fail()).notes[0]
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in share.iterdir()} == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be stopped like a machine")
def test_a_machine_that_stops_while_it_tells_leaves_what_the_next_night_goes_on_with(root: Path, nights: Watched) -> None:
    """Before every step in which a night's end writes something: an alert may come twice, but none is lost."""
    night, before = nights.config(FILE), dict.fromkeys("ab")
    outcomes = {name: CaseOutcome(name, Exit.OUT_OF_TIME, "no time", None) for name in "ab"}
    stops = 0
    for at in count():
        if killed_at(at, lambda: watch.ended(night, "20261127T020000Z", outcomes, before)):
            break
        stops += 1
        nights(0.0, FILE, solves=NO_TIME)
        assert {one["case"] for one in told(root)} == {"a", "b"} and len(told(root)) <= 4
        assert [one.case for one in holding.read(night.outputs)] == ["a", "b"]
        assert b"planner_night_end" in (night.outputs / "planner.prom").read_bytes()
        (root / "told.jsonl").unlink()
        shutil.rmtree(night.outputs)
        night.outputs.mkdir()
    assert stops > 10


@pytest.mark.parametrize("minutes", [-90, 90])
def test_nights_over_the_end_of_a_month_and_a_year_come_in_their_order(
    root: Path, nights: Watched, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """Before and after midnight of the year's end, whose runs are named by the clock of the world."""
    moments = [datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return moments[0]

    monkeypatch.setattr(case_run, "datetime", Clock)
    nights(0.0, only=("a",))
    first = published(root / "outputs" / "a")
    moments.pop(0)
    nights(1.0, only=("a",))
    second = published(root / "outputs" / "a")
    assert first == "20271231T235959Z" and second == ("20280101T000000Z" if minutes < 0 else "20280101T013000Z")

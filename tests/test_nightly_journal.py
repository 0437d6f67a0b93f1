"""The log of the nights: every stage of a run is in it, every line is JSON, and nothing of it stops a night."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import pytest

from planner.findings import Exit
from planner.nightly import journal
from planner.nightly.config import Config, read
from planner.nightly.folder import STAMP
from planner.nightly.journal import NAME, kept, tell, timed
from planner.nightly.night import chosen, run_night
from tests import books
from tests.nights import SOLVED, Commands, config, ended, published


def lines(outputs: Path) -> list[dict[str, Any]]:
    """Every line of the log."""
    return [json.loads(line) for line in (outputs / NAME).read_text(encoding="utf-8").splitlines()]


def stages(outputs: Path, case: str) -> list[str]:
    return [one["stage"] for one in lines(outputs) if one["case"] == case]


@pytest.fixture
def night(tmp_path: Path) -> Config:
    for name in ("a", "b"):
        books.write(tmp_path / f"{name}.xlsx", books.tiny())
    return read(config(tmp_path, '[night]\nworkers = 2\n[[case]]\nbooks = ["*.xlsx"]\n'))


def test_every_stage_of_a_run_is_told_in_its_order(night: Config, commands: Commands) -> None:
    before = datetime.now(UTC)
    run_night(night, chosen(night, ()), False, lambda _: None)
    told = lines(night.outputs)
    for case in ("a", "b"):
        assert stages(night.outputs, case) == [
            "snapshot",
            "carry",
            "solve",
            "verify",
            "keep",
            "publish",
            "archive",
            "retire",
            "case",
        ]
        run = published(night.cases[case].folder)
        assert {one["run"] for one in told if one["case"] == case} == {run}
    assert told[0]["stage"] == "begin" and told[-1]["stage"] == "end" and told[-1]["status"] == 0
    [name] = {one["night"] for one in told}
    assert before - timedelta(seconds=1) <= datetime.strptime(name, STAMP).replace(tzinfo=UTC) <= datetime.now(UTC)
    times = [datetime.fromisoformat(one["time"]) for one in told if one["case"] != "b"]  # the other is at work beside it
    assert times == sorted(times) and all(one.utcoffset() == timedelta(0) for one in times)
    solve = next(one for one in told if one["stage"] == "solve")
    assert (solve["gap"], solve["objective"], solve["memory"], solve["status"]) == (0.001, 100.0, 0.1, 0)
    fields = ["time", "night", "case", "run", "stage", "seconds", "status", "gap", "objective", "memory", "message"]
    assert all(list(one) == fields for one in told)
    assert all(one["seconds"] >= 0 for one in told if one["stage"] in ("snapshot", "keep", "publish", "retire"))


def test_a_night_that_fails_and_one_with_nothing_to_do_are_told(night: Config, commands: Commands) -> None:
    commands.solves = [ended(Exit.NO_PLAN, message="two rules stand\nagainst each other")]
    [case] = chosen(night, ["a"])
    run_night(night, [case], False, lambda _: None)
    assert stages(night.outputs, "a") == ["snapshot", "carry", "solve", "keep", "archive", "retire", "case", "alert"]
    [solve] = [one for one in lines(night.outputs) if one["stage"] == "solve"]
    assert (solve["status"], solve["message"], solve["gap"]) == (Exit.NO_PLAN, "two rules stand\nagainst each other", None)
    run_night(night, [case], False, lambda _: None)
    assert stages(night.outputs, "a")[8:] == ["skip", "case", "alert"]
    assert lines(night.outputs)[-1]["status"] == Exit.NO_PLAN


def test_a_solver_that_is_asked_again_is_told_twice(night: Config, commands: Commands) -> None:
    commands.solves = [ended(Exit.SOLVER_FAILURE), ended(Exit.PLAN, **SOLVED)]
    run_night(night, chosen(night, ["a"]), False, lambda _: None)
    assert stages(night.outputs, "a")[:5] == ["snapshot", "carry", "solve", "solve", "verify"]


def test_the_log_is_private_and_gives_way_to_a_new_one_when_it_is_full(
    tmp_path: Path, night: Config, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_night(night, chosen(night, ["a"]), False, lambda _: None)
    assert (night.outputs / NAME).stat().st_mode & 0o077 == 0
    monkeypatch.setattr(journal, "FULL", 1000)
    monkeypatch.setattr(journal, "FILES", 2)
    logs = tmp_path / "logs"
    logs.mkdir()
    with kept(logs, "night"):
        for number in range(40):
            tell("solve", "case", message=str(number))
    files = sorted(logs.iterdir())
    assert [path.name for path in files] == [NAME, f"{NAME}.1", f"{NAME}.2"]
    assert all(path.stat().st_size <= 1000 for path in files)
    numbers = [int(json.loads(line)["message"]) for path in reversed(files) for line in path.read_text().splitlines()]
    assert numbers == list(range(numbers[0], 40)) and numbers[0] > 0, "the oldest go first, and none between"


def test_a_line_that_a_stopped_machine_left_spoils_no_other(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b'{"time": "2026-')
    with kept(tmp_path, "night"):
        tell("begin")
    first, second = (tmp_path / NAME).read_text(encoding="utf-8").splitlines()
    assert first == '{"time": "2026-' and json.loads(second)["stage"] == "begin"


def test_figures_that_json_does_not_know_are_left_out(tmp_path: Path) -> None:
    with kept(tmp_path, "night"):
        tell("solve", gap=float("inf"), objective=float("nan"), seconds=1.5, message="100 % “sure”\n%s")
    [told] = lines(tmp_path)
    assert (told["gap"], told["objective"], told["seconds"], told["message"]) == (None, None, 1.5, "100 % “sure”\n%s")


def test_what_is_told_outside_a_night_goes_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tell("solve")
    with kept(tmp_path, "night"), pytest.raises(ValueError, match="broken"), timed("solve", "a", "r"):
        raise ValueError("broken")
    tell("solve")
    assert [one["stage"] for one in lines(tmp_path)] == ["solve"], "a stage that fails took its time, too"
    listening = logging.getLogger("planner.nightly").handlers
    assert not [one for one in listening if isinstance(one, RotatingFileHandler)]
    assert capsys.readouterr().err == ""


def test_a_log_that_cannot_be_written_is_said_once_and_stops_nothing(
    night: Config, commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    (night.outputs / NAME).mkdir(parents=True)
    found = run_night(night, chosen(night, ()), False, lambda _: None)
    assert [one.status for one in found] == [Exit.PLAN, Exit.PLAN]
    told = capsys.readouterr().err
    assert told.count(NAME) == 1 and "cannot be written: Is a directory" in told

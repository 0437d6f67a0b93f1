"""A whole night: cases beside each other, none stopped by another, time divided, commands that take too much ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import psutil
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from planner.cli import cli
from planner.findings import AlreadyRunning, Exit
from planner.nightly import case_run, command, one_run
from planner.nightly.case_run import CaseOutcome
from planner.nightly.command import run
from planner.nightly.config import Config, read
from planner.nightly.night import chosen, run_night, standing
from planner.nightly.shares import allotted, weights_of
from tests import books
from tests.nights import SOLVED, Commands, config, ended, published


@pytest.fixture
def night(tmp_path: Path) -> Config:
    """Three workbooks, two of them at a time."""
    for name in ("a", "b", "c"):
        books.write(tmp_path / f"{name}.xlsx", books.tiny())
    return read(config(tmp_path, '[night]\nworkers = 2\nhours = 1.0\n[[case]]\nbooks = ["*.xlsx"]\n'))


def commands(monkeypatch: pytest.MonkeyPatch, **given: object) -> Commands:
    found = Commands(**given)  # type: ignore[arg-type]
    monkeypatch.setattr(one_run, "run", found)
    return found


def whole(night: Config, force: bool = False) -> list[CaseOutcome]:
    told: list[str] = []
    found = run_night(night, chosen(night, ()), force, lambda one: told.append(one.case))
    assert sorted(told) == sorted(one.case for one in found)
    return found


def test_a_case_that_fails_stops_no_other(night: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    night.cases["b"].book.write_bytes(b"no workbook")
    found = commands(monkeypatch)
    answer = found.__call__

    def failing(arguments: list[str], *rest: object) -> object:
        if "b.xlsx" in arguments[1]:
            return ended(Exit.FAULTY_INPUT, message="the file is damaged")
        return answer(arguments, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(one_run, "run", failing)
    outcomes = {one.case: one.status for one in whole(night)}
    assert outcomes == {"a": Exit.PLAN, "b": Exit.FAULTY_INPUT, "c": Exit.PLAN}
    assert [published(night.cases[name].folder) is not None for name in "abc"] == [True, False, True]


def test_a_second_night_does_nothing(night: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    found = commands(monkeypatch)
    whole(night)
    solves = found.count
    assert [one.unchanged for one in whole(night)] == [True, True, True]
    assert found.count == solves == 3
    assert all(one.unchanged and one.published for one in standing(night))


def test_another_night_in_the_same_outputs_is_refused(night: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    commands(monkeypatch)
    whole(night)
    with FileLock(night.outputs / ".night.lock"), pytest.raises(AlreadyRunning):
        whole(night)
    whole(night)


def test_a_night_that_is_asked_to_end_begins_no_more_cases(night: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal comes with the first solve; what is at work then may end, what is not begun is not."""
    alone = night.model_copy(update={"night": night.night.model_copy(update={"workers": 1})})
    commands(monkeypatch, on_solve=lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert [one.status for one in whole(alone)] == [Exit.PLAN, Exit.TERMINATED, Exit.TERMINATED]


def test_each_case_gets_what_it_took_before_and_all_together_what_there_is() -> None:
    weights = weights_of({"a": 1.0, "b": 1.0, "c": 3.0}, {"a": 100.0, "b": 300.0})
    assert weights == {"a": 100.0, "b": 300.0, "c": 600.0}, "nothing is known of c: three times what is usual"
    assert allotted(1000.0, 1, "b", weights) == pytest.approx(300.0)
    assert allotted(1000.0, 2, "b", weights) == pytest.approx(600.0)
    assert allotted(1000.0, 4, "b", weights) == 1000.0, "no more than is left"
    assert allotted(-5.0, 1, "b", weights) == 0.0


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.1, 1e4), min_size=1), st.floats(0, 1e5))
def test_one_after_the_other_cases_use_no_more_than_the_night(weights: dict[str, float], left: float) -> None:
    """Each takes all that it gets: the last ends with the night."""
    rest, waiting = left, dict(weights)
    for name in weights:
        rest -= allotted(rest, 1, name, waiting)
        del waiting[name]
    assert rest == pytest.approx(0.0, abs=1e-6 * (1 + left))


def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> Callable[..., command.Ended]:
    """`run` with another program in the place of the planner."""
    script = tmp_path / "planner.py"
    script.write_text(source, encoding="utf-8")
    starter = tmp_path / "python"
    starter.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n', encoding="utf-8")
    starter.chmod(0o700)
    monkeypatch.setattr(command.sys, "executable", str(starter))
    return lambda seconds=60.0, memory=8.0: run(["solve"], tmp_path / "log.txt", seconds, memory, Event())


def test_a_command_answers_with_its_last_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "import sys\nprint('words')\nprint('{\"message\": \"done\"}')\nprint('noise', file=sys.stderr)\nsys.exit(10)"
    found = program(tmp_path, monkeypatch, source)()
    assert (found.status, found.message, found.why) == (Exit.GAP_ABOVE_TARGET, "done", "")
    assert (tmp_path / "log.txt").read_text(encoding="utf-8") == "noise\n"


@pytest.mark.parametrize("source", ["import os; os.abort()", "import sys; sys.exit(77)"], ids=["crash", "unknown status"])
def test_a_command_that_crashes_is_a_solver_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    found = program(tmp_path, monkeypatch, source)()
    assert found.status is Exit.SOLVER_FAILURE and not found.answer and "without a word" in found.message


def test_a_command_whose_time_is_up_is_asked_for_its_best_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "import signal, sys, time\nsignal.signal(15, lambda *_: sys.exit(print('{\"gap\": 0.5}') or 143))\ntime.sleep(600)"
    found = program(tmp_path, monkeypatch, source)(seconds=5.0)
    assert (found.status, found.why, found.answer) == (Exit.TERMINATED, "its time was up", {"gap": 0.5})


def test_a_command_that_takes_too_much_memory_or_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its children, which the memory counts, too."""
    monkeypatch.setattr(command, "GRACE", 0.5)
    child = "import time; taken = bytearray(200 * 2**20); time.sleep(600)"
    source = (
        "import signal, subprocess, sys, time\nsignal.signal(15, signal.SIG_IGN)\n"
        f"subprocess.Popen([{sys.executable!r}, '-c', {child!r}])\ntime.sleep(600)"
    )
    found = program(tmp_path, monkeypatch, source)(memory=0.15)
    assert found.status is Exit.SOLVER_FAILURE and found.why == "it took more than 0.15 GiB" and found.memory > 0.15


def test_a_command_ends_with_its_night() -> None:
    """A night that is killed leaves no command behind."""
    child = "import planner.parent, time; planner.parent.end_with_parent(); time.sleep(600)"
    night = (
        "import os, subprocess, sys, time\nfrom planner.parent import PARENT\n"
        f"started = subprocess.Popen([sys.executable, '-c', {child!r}], env=os.environ | {{PARENT: str(os.getpid())}})\n"
        "print(started.pid, flush=True)\ntime.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", night], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        left = psutil.Process(int(process.stdout.readline()))
        assert left.is_running()
        process.kill()
    gone, alive = psutil.wait_procs([left], timeout=60)
    assert gone and not alive


def test_the_check_finds_what_a_case_needs_beside_its_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    books.write(tmp_path / "tiny.xlsx", books.tiny())
    monkeypatch.setenv("PLANNER_PASSWORD_PLAN", "secret")
    path = config(
        tmp_path,
        '[night]\narchive = "env:NOWHERE"\n[passwords]\nplan = "PLANNER_PASSWORD_PLAN"\n'
        '[[case]]\nbooks = ["tiny.xlsx"]\nbaseline = "none.xlsx"\n',
    )
    with pytest.raises(SystemExit) as caught:
        cli.main(["nightly", str(path), "--check"], standalone_mode=False)
    told = capsys.readouterr().out
    assert caught.value.code == Exit.FAULTY_INPUT and "tiny: 2 faults" in told
    assert "none.xlsx" in told and "no password is named for the workbooks of " in told
    assert "the environment variable NOWHERE is not set" in told


def test_the_command_plans_checks_and_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One real night on a workbook of nine rows, and what the commands say before and after it."""
    books.write(tmp_path / "tiny.xlsx", books.tiny())
    path = str(config(tmp_path, '[[case]]\nbooks = ["tiny.xlsx"]\n[alerts]\ncover_below = 999.0\nfile = "told.jsonl"\n'))

    def ends(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as caught:
            cli.main(["nightly", *arguments], standalone_mode=False)
        return int(caught.value.code or 0), capsys.readouterr().out

    assert ends(path, "--dry-run") == (0, f"tiny: {tmp_path / 'tiny.xlsx'} would be planned\n")
    assert ends("status", path) == (Exit.OUT_OF_TIME, "tiny: there is no plan\n")
    assert ends(path, "--check") == (0, "tiny: 0 faults\n")
    status, told = ends(path, "--json")
    [case] = json.loads(told)["cases"]
    assert status == 0 and case["fresh"] and "verified" in case["message"]
    assert published(tmp_path / "outputs" / "tiny") == case["run"]
    latest = tmp_path / "outputs" / "tiny" / "latest"
    assert (latest / "plan_traders").is_dir()
    log = [line for line in (latest / "log.txt").read_text(encoding="utf-8").splitlines() if ": status 0 after " in line]
    assert [line.split(":")[0] for line in log] == ["carry", "solve", "verify"]
    [alert] = (json.loads(line) for line in (tmp_path / "told.jsonl").read_text(encoding="utf-8").splitlines())
    assert (alert["rule"], alert["subject"]) == ("cover below", "Cobalt cathode"), "what it buys is used at once"
    assert ": 0.0 days of cover at" in alert["message"] and "less than 999 at 3 period ends" in alert["message"]
    status, told = ends("status", path)
    assert status == 0 and "fresh" in told
    assert "nothing has changed" in ends(path)[1]


def test_a_stale_plan_is_told(night: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    commands(monkeypatch, solves=[ended(Exit.PLAN, **SOLVED), ended(Exit.OUT_OF_TIME, message="no time")])
    one = night.cases["a"]
    [first] = run_night(night, [one], False, lambda _: None)
    old = night.night.model_copy(update={"fresh_hours": 1e-9})
    books.write(one.book, books.tiny() | {"Notes": [["changed"]]})
    [second] = run_night(night, [one], False, lambda _: None)
    assert first.status is Exit.PLAN and second.status is Exit.OUT_OF_TIME
    assert case_run.is_fresh(second, night.night) and not case_run.is_fresh(second, old)

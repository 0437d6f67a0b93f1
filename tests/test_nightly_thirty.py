"""Thirty nights on eight materials of the example: whatever happens, a whole, verified plan goes on from the last one."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from models.case import Case
from planner.cli import cli
from planner.findings import Exit, PlannerError
from planner.nightly import durable, one_run
from planner.nightly.command import Ended
from planner.nightly.folder import CARRIED, LATEST, PLAN
from tests.excerpts import excerpt
from tests.nights import config
from tests.simulation import Nights

NIGHTS = 30

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be stopped like a machine")


def here(arguments: list[str], log: Path, seconds: float, memory: float, stopped: Any) -> Ended:
    """A command of the planner in this very process, which saves its start; nothing is done in less than a second."""
    if seconds < 1.0:
        return Ended(Exit.TERMINATED, {}, "its time was up", seconds, 0.1)
    result = CliRunner().invoke(cli, [*arguments, "--json"])
    if isinstance(result.exception, PlannerError):
        return Ended(result.exception.status, {"message": str(result.exception)}, "", 1.0, 0.1)
    return Ended(Exit(result.exit_code), json.loads(result.stdout), "", 1.0, 0.1)


def killed_at(step: int, act: Any) -> int | None:
    """Do something in a process of its own that is killed at a step; its exit status, none where it was killed."""
    child = os.fork()
    if child == 0:
        count = iter(range(step))

        def stop(do: Any) -> None:
            if next(count, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            do()

        durable.step = stop
        os._exit(act())
    _, ended = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(ended) else os.waitstatus_to_exitcode(ended)


def _with_few_members(case: Case) -> Case:
    """The case with those members that draw material, and one that does not: each gets a workbook of its own every night."""
    drawing = {row.member for row in case.call_offs}
    kept = {*drawing, next(row.member for row in case.members if row.member not in drawing)}
    members, commitments = (tuple(row for row in rows if row.member in kept) for rows in (case.members, case.commitments))
    return replace(case, members=members, commitments=commitments)


def test_thirty_nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_run, "run", here)
    path = tmp_path / "nightly.toml"

    def run(day: date, hours: float, is_killed: bool) -> int | None:
        config(tmp_path, f'[night]\nhours = {hours}\noutputs = "outputs"\n[[case]]\nbooks = ["case.xlsx"]\n')
        arguments = ["nightly", str(path), "--on", day.isoformat()]
        if is_killed:
            return killed_at(
                random.Random(day.toordinal()).randrange(5, 40), lambda: CliRunner().invoke(cli, arguments).exit_code
            )
        return CliRunner().invoke(cli, arguments).exit_code

    bare = replace(excerpt(periods=6), scenarios=(), shocks=(), hazards=(), contingencies=(), policy=())
    case = _with_few_members(bare).with_settings(frozen_periods=1, relative_gap=0.02)
    root = tmp_path / "outputs" / "case"
    nights = Nights(case, tmp_path / "case.xlsx", root, run)
    for _ in range(NIGHTS):
        nights.night()
    assert len(nights.case.actuals) > 2, "goods were received"
    latest = root / LATEST
    verified = CliRunner().invoke(cli, ["verify", str(latest / PLAN), str(latest / CARRIED / "case.xlsx")])
    assert verified.exit_code == Exit.PLAN, verified.output
    with sqlite3.connect(tmp_path / "outputs" / "archive.sqlite") as archive:
        [[rows]] = archive.execute("select count(*) from runs").fetchall()
    assert rows == nights.runs == len(list((root / "runs").iterdir()))

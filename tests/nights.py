"""Nights for tests: a file of the night, workbooks beside it, and commands that answer at once with a plan made before."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from planner.findings import Exit
from planner.nightly import durable, one_run, watch
from planner.nightly.case_run import CaseOutcome
from planner.nightly.command import Ended
from planner.nightly.config import Config, read
from planner.nightly.folder import LATEST, PLAN, SUMS, Folder
from planner.nightly.night import chosen, run_night
from tests import books

SOLVED: dict[str, Any] = {"gap": 0.001, "objective": 100.0, "bound": 99.9, "seconds": {"solve": 1.0}}


def config(folder: Path, text: str) -> Path:
    """The file of a night."""
    path = folder / "nightly.toml"
    path.write_text(text, encoding="utf-8")
    return path


@dataclass
class Commands:
    """Stands for `planner carry`, `solve` and `verify`: writes what it is told to.

    What it was asked of the last two it remembers.

    Attributes:
        solves, verifies: how each ends; the last of them again and again.
        given: of each command its name, its seconds, and whether it was to end as it began.
        content: of the plan that is written where the solve holds one.
    """

    solves: list[Ended] = field(default_factory=lambda: [ended(Exit.PLAN, **SOLVED)])
    verifies: list[Ended] = field(default_factory=lambda: [ended(Exit.PLAN)])
    content: bytes = b"a plan"
    asked: list[list[str]] = field(default_factory=list)
    given: list[tuple[str, float, bool]] = field(default_factory=list)
    on_solve: Callable[[], object] = lambda: None

    def __call__(self, arguments: Sequence[str], log: Path, seconds: float, memory: float, stopped: Event) -> Ended:
        if arguments[0] == "carry":
            shutil.copyfile(arguments[1], arguments[arguments.index("--output") + 1])
            return ended(Exit.PLAN)
        self.asked.append(list(arguments))
        self.given.append((arguments[0], seconds, stopped.is_set()))
        log.write_text("a line", encoding="utf-8")
        answers = self.solves if arguments[0] == "solve" else self.verifies
        answer = answers[0] if len(answers) == 1 else answers.pop(0)
        if arguments[0] == "solve":
            self.on_solve()
            if answer.answer.get("objective") is not None:
                plan = Path(arguments[arguments.index("--output") + 1])
                plan.write_bytes(self.content)
                traders = plan.parent / "plan_traders"
                traders.mkdir()
                (traders / "Alpha.xlsx").write_bytes(self.content)
        return answer

    @property
    def count(self) -> int:
        """How many solves there were."""
        return sum(arguments[0] == "solve" for arguments in self.asked)


class Watched:
    """Whole nights of two workbooks, as if hours had gone by since the first, with what stands for the commands."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        for name in ("a", "b"):
            books.write(root / f"{name}.xlsx", books.tiny())
        self.root, self._patch, self._start = root, patch, datetime.now(UTC)

    def config(self, alerts: str) -> Config:
        """A night of two workbooks with some settings of its alerts."""
        return read(config(self.root, f'[[case]]\nbooks = ["a.xlsx", "b.xlsx"]\n[alerts]\n{alerts}\n'))

    def __call__(self, hours: float = 0.0, alerts: str = "", only: tuple[str, ...] = (), **commands: Any) -> list[CaseOutcome]:
        now = self._start + timedelta(hours=hours)

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:
                return now

        with self._patch.context() as patch:
            patch.setattr(one_run, "run", Commands(**commands))
            patch.setattr(watch, "datetime", Clock)
            night = self.config(alerts)
            return run_night(night, chosen(night, only), True, lambda _: None)


def ended(status: Exit, why: str = "", **answer: Any) -> Ended:
    """A command that has ended."""
    return Ended(status, answer, why, 1.0, 0.1)


def published(root: Path) -> str | None:
    """The run that a case's `latest` leads to, once every file of it is what its check sums say; nothing without `latest`."""
    link = root / LATEST
    if not link.exists():
        assert not link.is_symlink(), "it leads nowhere"
        return None
    listed = dict(reversed(line.split("  ", 1)) for line in (link / SUMS).read_text(encoding="utf-8").splitlines())
    run = link.resolve()
    files = {path.relative_to(run).as_posix(): path for path in run.rglob("*") if path.is_file()}
    files.pop(SUMS)
    for own in run.glob("plan_traders/*"):
        listed_own = (own / SUMS).read_text(encoding="utf-8")
        assert listed_own == f"{sha256((own / f'{own.name}.xlsx').read_bytes()).hexdigest()}  {own.name}.xlsx\n"
        assert {path.name for path in own.iterdir()} == {f"{own.name}.xlsx", SUMS}
    assert listed == {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    assert PLAN in listed
    record = Folder(root).published
    assert record is not None and record.published and record.run == link.resolve().name
    return record.run


def status_of(root: Path) -> dict[str, Any]:
    """What the folder of a case says of last night."""
    found: dict[str, Any] = json.loads((root / "status.json").read_text(encoding="utf-8"))
    return found


def copied(source: Path, target: Path) -> Path:
    """A folder as it is, links and all."""
    shutil.copytree(source, target, symlinks=True)
    return target


def killed_at(at: int, act: Callable[[], object]) -> bool:
    """Act in a process that is killed before one of its steps; whether it came to its end before that."""
    child = os.fork()
    if not child:
        done = count()

        def step(act: Callable[[], object]) -> None:
            if next(done) == at:
                os.kill(os.getpid(), signal.SIGKILL)
            act()

        durable.step = step  # type: ignore[assignment]
        try:
            act()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

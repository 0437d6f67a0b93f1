"""A machine that stops before or after any step of a night: `latest` is whole, and the next night puts the rest right."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event

import alembic.command  # noqa: F401 - loaded once, and not in every process that is stopped
import pytest

import planner.archive.storing  # noqa: F401
from planner.findings import Exit
from planner.nightly import durable, one_run
from planner.nightly.case_run import CaseOutcome, plan_case
from planner.nightly.config import CaseOfNight, Night, Workbooks
from planner.nightly.folder import Folder
from planner.nightly.one_run import Allowance
from tests import books
from tests.archives import rows_of
from tests.nights import Commands, copied, published, status_of

NIGHT = Night(keep_runs=1, keep_days=0.0)
"""Only the last run is kept, so that every night takes one away, too."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be stopped like a machine")


@dataclass
class Killed:
    """Stops the process before or after one of its steps, as a power cut would."""

    at: int
    after: bool
    done: int = 0

    def __call__(self, act: Callable[[], object]) -> None:
        if self.done == self.at and not self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        act()
        if self.done == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.done += 1


def case_in(root: Path) -> CaseOfNight:
    book = root / "tiny.xlsx"
    terms, archive = Workbooks(books=[str(book)]), str(root / "archive.sqlite")
    return CaseOfNight(name="tiny", book=book, folder=root / "tiny", terms=terms, archive=archive)


def is_complete(root: Path) -> bool:
    """Whether the archive has every run that is in the folder, each once, and keeps what has been taken away."""
    held = [run for (run,) in rows_of(root / "archive.sqlite", "SELECT run FROM runs ORDER BY run")]
    return len(held) == len(set(held)) and {one.run for one in Folder(root / "tiny").records()} <= set(held)


def night(root: Path, content: bytes) -> CaseOutcome:
    """One night whose solve answers with some content at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_run, "run", Commands(content=content))
        return plan_case(case_in(root), NIGHT, Allowance(lambda: 60.0, 8.0, False, Event()))


def survives(root: Path, at: int, after: bool) -> bool:
    """A night in a process that is killed at a step; whether it came to its end before that."""
    child = os.fork()
    if not child:
        durable.step = Killed(at, after)  # type: ignore[assignment]
        try:
            os._exit(int(night(root, b"second").status))
        finally:
            os._exit(Exit.BUG)  # never back into the tests
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL)
    return ended == 0


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_latest_is_whole_wherever_the_machine_stops(tmp_path: Path, after: bool) -> None:
    """Every write, sync, rename, commit and removal of a night over a published plan, one after the other."""
    first, second = books.tiny(), books.tiny()
    second["Settings"]["plan name"] = "another name"
    start = tmp_path / "start"
    start.mkdir()
    books.write(start / "tiny.xlsx", first)
    assert night(start, b"first").status is Exit.PLAN
    old = published(start / "tiny")
    books.write(start / "tiny.xlsx", second)
    stops = 0
    for at in count():
        root = copied(start, tmp_path / f"{at}")
        if survives(root, at, after):
            break
        stops += 1
        found = published(root / "tiny")
        assert found is not None, "there was a plan before"
        content = (root / "tiny" / "latest" / "plan.xlsx").read_bytes()
        assert content == (b"first" if found == old else b"second")
        again = night(root, b"second")
        assert again.status is Exit.PLAN and status_of(root / "tiny")["fresh"]
        assert (root / "tiny" / "latest" / "plan.xlsx").read_bytes() == b"second"
        assert published(root / "tiny") == again.published.run if again.published else False
        assert [path.name for path in (root / "tiny" / "runs").iterdir() if path.name.startswith(".")] == []
        assert len(Folder(root / "tiny").records()) <= 2
        assert is_complete(root)
        assert (old,) in rows_of(root / "archive.sqlite", "SELECT run FROM runs")
    assert stops > 40


def test_the_first_night_leaves_nothing_or_all(tmp_path: Path) -> None:
    start = tmp_path / "start"
    start.mkdir()
    books.write(start / "tiny.xlsx", books.tiny())
    seen = set()
    for at in count():
        root = copied(start, tmp_path / f"{at}")
        if survives(root, at, after=False):
            break
        seen.add(published(root / "tiny") is not None)
        assert night(root, b"second").status is Exit.PLAN
        assert published(root / "tiny") is not None
        assert is_complete(root)
    assert seen == {False, True}

"""The folder of a case: its runs, each in a dated folder of its own, and `latest`, which leads to the last good one.

    vault/
      runs/20261127T020000Z/      one run: input/vault.xlsx, carried/vault.xlsx, plan.xlsx, log.txt, run.json, SHA256SUMS
        plan_traders/Alpha/       what is one firm's: Alpha.xlsx and its own SHA256SUMS; a folder to hand on as it is
        plan_members/Heron/       the same for a member
      latest -> runs/20261127T020000Z
      status.json                 what the last night came to, and how old the published plan is

A run is written under a name that begins with a dot, and gets its own when it is whole and on the disk. `latest` changes
after that. So a machine that stops at any instant leaves either the old link or the new one, both of which lead to a whole
run; what it leaves beside them has a dot in front, and goes with the next run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from planner.findings import AlreadyRunning
from planner.nightly import durable, record
from planner.nightly.record import Record

STAMP = "%Y%m%dT%H%M%SZ"
SUMS = "SHA256SUMS"
PLAN, INPUT, CARRIED = "plan.xlsx", "input", "carried"
OWN = "plan_*/*.xlsx"
"""Where the planner has written the workbooks of traders and members."""
LATEST, RUNS = "latest", "runs"
UNFINISHED, GONE = ".new-", ".gone-"
_RUN = re.compile(r"\d{8}T\d{6}Z")


class Folder:
    """A case's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runs = root / RUNS

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other run out; what one that was killed has left is put right first.

        Raises:
            AlreadyRunning: another run is at it. The lock of a process that is gone counts for nothing.
        """
        durable.make_folder(self.runs)
        lock = FileLock(self.root / ".lock", timeout=0, mode=durable.PRIVATE_FILE)
        try:
            lock.acquire()
        except Timeout:
            raise AlreadyRunning(f"Another night is at {self.root}. Wait for its end.") from None
        try:
            self._recover()
            yield
        finally:
            lock.release()

    def records(self) -> list[Record]:
        """All runs that are whole, the oldest first."""
        if not self.runs.is_dir():
            return []
        found = (record.read(path) for path in sorted(self.runs.iterdir()) if _RUN.fullmatch(path.name))
        return [one for one in found if one is not None]

    @property
    def published(self) -> Record | None:
        """The run that `latest` leads to."""
        return record.read(self.root / LATEST)

    @property
    def latest_plan(self) -> Path | None:
        """The published plan."""
        plan = self.root / LATEST / PLAN
        return plan if plan.is_file() else None

    def plan_of(self, found: Record) -> Path | None:
        """The plan that a run published."""
        return self.runs / found.run / PLAN if found.published else None

    def begin(self, now: datetime) -> tuple[str, Path]:
        """The name of a new run, and the folder in which it is written.

        Runs come in the order of their names, also where the clock has jumped back.
        """
        names = [path.name for path in self.runs.iterdir() if _RUN.fullmatch(path.name)]
        moment = now.astimezone(UTC)
        if names:
            last = datetime.strptime(max(names), STAMP).replace(tzinfo=UTC)
            moment = max(moment, last + timedelta(seconds=1))
        name = moment.strftime(STAMP)
        folder = self.runs / f"{UNFINISHED}{name}"
        durable.make_folder(folder)
        return name, folder

    def keep(self, found: Record) -> Path:
        """A run that was begun becomes whole: each one's own is set apart, its record and check sums are written, and it gets
        its name.
        """
        folder = self.runs / f"{UNFINISHED}{found.run}"
        for path in sorted(folder.glob(OWN)):
            _set_apart(path)
        durable.write(folder / record.NAME, found.model_dump_json(indent=2).encode())
        durable.write(folder / SUMS, _sums(folder).encode())
        durable.keep_tree(folder)
        durable.rename(folder, self.runs / found.run)
        return self.runs / found.run

    def publish(self, run: str) -> None:
        """`latest` leads to a run from now on."""
        durable.point(self.root / LATEST, self.runs / run)

    def retire(self, keep_runs: int, keep_days: float, now: datetime) -> list[str]:
        """Take away runs that are neither among the last nor young nor published; their names."""
        records, published = self.records(), self.published
        kept = {one.run for one in records[-keep_runs:]} | {one.run for one in records if one.age(now) <= 24 * keep_days}
        gone = [one.run for one in records if one.run not in kept and (published is None or one.run != published.run)]
        for run in gone:
            durable.remove(self.runs / run)
        return gone

    def _recover(self) -> None:
        """Take away what is unfinished, and publish what was about to be.

        A link that leads to no run was published and is damaged: to publish the run before would forget what was ordered since.
        """
        for path in sorted(self.runs.iterdir()):
            if path.name.startswith((UNFINISHED, GONE)):
                durable.remove(path)
        latest, published = self.root / LATEST, self.published
        good = [one for one in self.records() if one.published]
        if not good:
            return
        is_behind = latest.is_symlink() and published is not None and published.run < good[-1].run
        if is_behind or not os.path.lexists(latest):
            self.publish(good[-1].run)


def carried_book(run: Path, book: str) -> Path:
    """The workbook that a run plans from: what was given, with what was committed. It is an .xlsx, for it holds no macros."""
    return (run / CARRIED / book).with_suffix(".xlsx")


def _set_apart(book: Path) -> None:
    """Somebody's own workbook gets a folder of its own, which tells nothing of the others, and can be handed on."""
    own = book.with_suffix("")
    durable.make_folder(own)
    durable.rename(book, own / book.name)
    durable.write(own / SUMS, _sums(own).encode())


def _sums(folder: Path) -> str:
    """A line for each file, as sha256sum writes and checks them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / SUMS)
    return "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in files)

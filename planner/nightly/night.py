"""A whole night: every case, within the time and the memory that there is, none stopped by another."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Lock

from filelock import FileLock, Timeout

from planner.engine.signals import handled
from planner.findings import AlreadyRunning, Exit, Misused
from planner.nightly import durable, journal, watch
from planner.nightly.case_run import CaseOutcome, needs_no_time, plan_case
from planner.nightly.case_run import standing as standing_of
from planner.nightly.config import CaseOfNight, Config
from planner.nightly.folder import STAMP, Folder
from planner.nightly.one_run import Allowance
from planner.nightly.record import SOLVED
from planner.nightly.shares import allotted, weights_of

Tell = Callable[[CaseOutcome], object]
"""Told of each case as it ends."""


def chosen(config: Config, only: Sequence[str]) -> list[CaseOfNight]:
    """The cases that are meant.

    Raises:
        Misused: there is none of a name.
    """
    unknown = [name for name in only if name not in config.cases]
    if unknown:
        raise Misused(f"There is no case {unknown[0]!r} in this night. There are {', '.join(config.cases) or 'none'}.")
    return [case for name, case in config.cases.items() if not only or name in only]


def run_night(
    config: Config, cases: Sequence[CaseOfNight], force: bool, tell: Tell, today: date | None = None
) -> list[CaseOutcome]:
    """Plan some cases; what came of each, in their order.

    Args:
        today: day on which they are planned; by default that on which the night begins.

    Raises:
        AlreadyRunning: another night is at work in the same folder.
        OSError: the folder of the outputs cannot be made.
    """
    name = datetime.now(UTC).strftime(STAMP)
    with _private(), ExitStack() as ends:
        try:
            ends.enter_context(_alone(config.outputs))
        except (AlreadyRunning, OSError) as error:
            watch.not_begun(config, name, error)
            raise
        ends.enter_context(journal.kept(config.outputs, name))
        journal.tell("begin", message=f"{len(cases)} cases")
        before = {case.name: Folder(case.folder).published for case in cases}
        found = _planned(config, cases, force, tell, today or date.today())
        watch.ended(config, name, {case.name: found[case.name] for case in cases}, before)
        journal.tell("end", status=max((one.status for one in found.values()), default=Exit.PLAN))
    return [found[case.name] for case in cases]


def _planned(config: Config, cases: Sequence[CaseOfNight], force: bool, tell: Tell, today: date) -> dict[str, CaseOutcome]:
    """Plan some cases; what came of each, in the order in which they ended."""
    stopped = Event()
    found: dict[str, CaseOutcome] = {}
    with _until(stopped), ThreadPoolExecutor(config.night.workers) as pool:
        clock = _Clock(config, cases, force, today)
        futures = {pool.submit(_one, case, config, clock, force, stopped, today): case.name for case in cases}
        for future in as_completed(futures):
            outcome = found[futures[future]] = future.result()
            run = "" if outcome.published is None else outcome.published.run
            journal.tell("case", outcome.case, run, outcome.message, status=outcome.status)
            tell(outcome)
    return found


def standing(config: Config) -> list[CaseOutcome]:
    """What each case's folder leads to, without doing anything."""
    return [standing_of(case) for case in config.cases.values()]


def _one(case: CaseOfNight, config: Config, clock: _Clock, force: bool, stopped: Event, today: date) -> CaseOutcome:
    allowance = Allowance(lambda: clock.seconds(case.name), config.night.memory / config.night.workers, force, stopped, today)
    try:
        return plan_case(case, config.night, allowance)
    finally:
        clock.end(case.name)


class _Clock:
    """Divides what is left of the night among the cases that are to be planned and have not ended."""

    def __init__(self, config: Config, cases: Sequence[CaseOfNight], force: bool, today: date) -> None:
        self._end, self._workers, self._lock = time.monotonic() + 3600 * config.night.hours, config.night.workers, Lock()
        self._idle = {case.name for case in cases if needs_no_time(case, force, today)}
        solved = {case.name: [run for run in Folder(case.folder).records() if run.status in SOLVED] for case in cases}
        last = {name: runs[-1] for name, runs in solved.items() if runs}
        past = {name: run.seconds for name, run in last.items()}
        short = {name for name, run in last.items() if run.status is Exit.OUT_OF_TIME}
        self._weights = weights_of({case.name: case.terms.share for case in cases}, past, short)

    def seconds(self, case: str) -> float:
        """What a case may take that begins now; also one that had not changed when the night began, and has since."""
        with self._lock:
            weights = {name: weight for name, weight in self._weights.items() if name == case or name not in self._idle}
            return allotted(self._end - time.monotonic(), self._workers, case, weights)

    def end(self, case: str) -> None:
        """A case has ended; what it has left is the others'."""
        with self._lock:
            del self._weights[case]


@contextmanager
def _private() -> Iterator[None]:
    """Files that come about are this user's alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _alone(outputs: Path) -> Iterator[None]:
    """Keep a second night out of the same outputs; the system takes the lock back from one that is killed."""
    durable.make_folder(outputs)
    lock = FileLock(outputs / ".night.lock", timeout=0, mode=durable.PRIVATE_FILE)
    try:
        lock.acquire()
    except Timeout:
        raise AlreadyRunning(f"Another night is at work in {outputs}. Wait for its end, or choose other outputs.") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _until(stopped: Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM ask the night to end: each case at work keeps its best plan, the others are not begun."""

    def end(signum: int, frame: object) -> None:
        stopped.set()

    with handled(signal.SIGTERM, end), handled(signal.SIGINT, end):
        yield

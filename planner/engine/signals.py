"""Ctrl-C and SIGTERM as requests: a solve ends with the best plan so far instead of a traceback."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.resource_tracker import ensure_running
from threading import current_thread, main_thread
from types import FrameType
from typing import Any

from planner.engine.outcome import Stopped

HELD = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and the system's request to end."""


@contextmanager
def handled(signum: int, handler: Callable[[int, FrameType | None], Any] | signal.Handlers) -> Iterator[None]:
    """A signal's handler while the block runs; outside the main thread, where Python allows none, nothing changes."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signum, handler)
    try:
        yield
    finally:
        signal.signal(signum, before)


@contextmanager
def held_back() -> Iterator[None]:
    """Keep Ctrl-C and SIGTERM from this thread, and from the process that it starts, until the block ends.

    They come after it, and none is lost. The new process begins with both held back, until `let_through`.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows, which sends neither to a process that is starting
        yield
        return
    ensure_running()  # multiprocessing's helper would let the signals through as it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HELD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def let_through() -> None:
    """End, in a process that was started so, what `held_back` began."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD)


@contextmanager
def postponed() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait for the end of a block that is not to be cut; then they do what they would have done."""
    asked: list[int] = []

    def remember(signum: int, frame: FrameType | None) -> None:
        asked.append(signum)

    with handled(signal.SIGINT, remember), handled(signal.SIGTERM, remember):
        yield
    if asked:
        signal.raise_signal(asked[0])


class Requests:
    """What the user's signals asked for since `listen` began: nothing, `INTERRUPTED` or `TERMINATED`."""

    def __init__(self) -> None:
        self.asked: Stopped | None = None

    @contextmanager
    def listen(self) -> Iterator[None]:
        """Turn signals into requests while the block runs; a second Ctrl-C raises KeyboardInterrupt at once."""
        with handled(signal.SIGINT, self._interrupt), handled(signal.SIGTERM, self._terminate):
            yield

    def _interrupt(self, signum: int, frame: FrameType | None) -> None:
        if self.asked is not None or _run.asked is not None:
            raise KeyboardInterrupt
        self._ask(Stopped.INTERRUPTED)

    def _terminate(self, signum: int, frame: FrameType | None) -> None:
        self._ask(Stopped.TERMINATED)

    def _ask(self, what: Stopped) -> None:
        self.asked = what
        if _run.lasts:
            _run.asked = what


class _Run(Requests):
    """A run of several solves: what was asked for in one of them makes the next Ctrl-C a second one in all."""

    lasts = False


_run = _Run()


@contextmanager
def one_run() -> Iterator[Requests]:
    """The requests of everything that is solved and done in the block."""
    _run.lasts, _run.asked = True, None
    try:
        yield _run
    finally:
        _run.lasts, _run.asked = False, None

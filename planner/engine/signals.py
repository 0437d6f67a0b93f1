"""Ctrl-C and SIGTERM as requests: a solve ends with the best plan so far instead of a traceback."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import Any

from planner.engine.outcome import Stopped


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
    """What the user's signals asked for since `listen` began: None, `INTERRUPTED` or `TERMINATED`."""

    def __init__(self) -> None:
        self.asked: Stopped | None = None

    @contextmanager
    def listen(self) -> Iterator[None]:
        """Turn signals into requests while the block runs; a second Ctrl-C raises KeyboardInterrupt at once."""
        with handled(signal.SIGINT, self._interrupt), handled(signal.SIGTERM, self._terminate):
            yield

    def _interrupt(self, signum: int, frame: FrameType | None) -> None:
        if self.asked is not None:
            raise KeyboardInterrupt
        self.asked = Stopped.INTERRUPTED

    def _terminate(self, signum: int, frame: FrameType | None) -> None:
        self.asked = Stopped.TERMINATED

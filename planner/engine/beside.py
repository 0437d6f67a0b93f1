"""A solve in a process of its own, beside whatever this one does: its programmes come one after the other."""

from __future__ import annotations

import os
import time
from concurrent.futures import BrokenExecutor, wait

from planner.engine.decomposition import LocalWorkers
from planner.engine.outcome import TICK, Options, Outcome
from planner.engine.programme import Floats
from planner.engine.signals import Requests
from planner.engine.solving import Resources, solve
from planner.engine.standard_form import StandardForm

YIELDING = 10
"""By how much nicer it is than the process that it is beside."""

GRACE = 2.0
"""Seconds after its time limit in which a solve is still waited for."""


class Beside:
    """One solve; a context manager, whose end ends it at once, however far it is."""

    def __init__(
        self, form: StandardForm, options: Options, start: Floats | None = None, charged: Floats | None = None
    ) -> None:
        self._late = time.monotonic() + options.time_limit + GRACE
        self._workers = LocalWorkers(1)
        self._future = self._workers.begun(_solved, form, options, start, charged)

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        self._workers.__exit__()

    def outcome(self) -> Outcome | None:
        """What it leaves; nothing if its process died, or if it is late, or if the user asks to end while it is waited for.

        Raises:
            KeyboardInterrupt: on a second Ctrl-C.
        """
        requests = Requests()
        with requests.listen():
            while not self._future.done() and requests.asked is None and time.monotonic() < self._late:
                wait([self._future], timeout=TICK)
        try:
            return self._future.result() if self._future.done() else None
        except BrokenExecutor:
            return None


def _solved(form: StandardForm, options: Options, start: Floats | None, charged: Floats | None) -> Outcome:
    if hasattr(os, "nice"):
        os.nice(YIELDING)  # what the main process waits for comes first
    return solve(form, options, start=start, resources=Resources(alone=True), charged=charged)

"""Decomposition: a large model solved cluster by cluster, with a bound that is proven (`coordinator` tells how)."""

from __future__ import annotations

import time
from concurrent.futures import BrokenExecutor
from dataclasses import replace

from planner.engine.decomposition.coordinator import Search
from planner.engine.decomposition.dispatch import Dispatch
from planner.engine.decomposition.workers import Alone, LocalWorkers, Workers
from planner.engine.knowledge import Knowledge
from planner.engine.outcome import TICK, Options, Outcome, Stopped
from planner.engine.programme import Floats
from planner.engine.signals import Requests
from planner.engine.standard_form import StandardForm
from planner.engine.watch import OnProgress, ignore

__all__ = ["Alone", "LocalWorkers", "Workers", "solve"]


class _Ended(Exception):
    """The search is to end with what it has."""

    def __init__(self, why: Stopped) -> None:
        super().__init__(why)
        self.why = why


class _Watch:
    """Ends a search whose time is up, or that a signal asks to end, and tells how far it is."""

    def __init__(self, known: Knowledge, time_limit: float, began: float, requests: Requests, on_progress: OnProgress) -> None:
        self._known, self._requests, self._on_progress = known, requests, on_progress
        self._began, self._ends = began, began + time_limit
        self._reported = began - TICK

    def left(self) -> float:
        """Seconds that are left."""
        return self._ends - time.monotonic()

    def look(self, done: int, of: int) -> None:
        """Called again and again, with how many of the jobs under way are done."""
        if self._requests.asked is not None:
            raise _Ended(self._requests.asked)
        if self.left() <= 0.0:
            raise _Ended(Stopped.TIME_LIMIT)
        if time.monotonic() >= self._reported + TICK:
            self._reported = time.monotonic()
            told = self._known.progress(self._reported - self._began, max(self.left(), 0.0), (done, of) if of else None)
            self._on_progress(told)


def solve(
    form: StandardForm,
    workers: Workers,
    options: Options | None = None,
    on_progress: OnProgress = ignore,
    start: Floats | None = None,
    charged: Floats | None = None,
) -> Outcome:
    """Solve a form cluster by cluster; an outcome whose `stopped` is `GAVE_UP` if the distance does not close this way.

    Args:
        workers: run the jobs.
        start: a known plan in the user's units, or part of one (NaN where unknown).
        charged: `Outcome.master_duals` of a form like this one, in this one's rows.

    Raises:
        KeyboardInterrupt: on a second Ctrl-C.
    """
    options, began = options or Options(), time.monotonic()
    known, requests = Knowledge(form), Requests()
    watch = _Watch(known, options.time_limit, began, requests, on_progress)
    if start is not None:
        known.learn_plan(start)
    with requests.listen():
        search = Search(known, options, Dispatch(workers, watch.look, watch.left, options.seed))
        values = None if start is None else known.scaled_values(start)
        try:
            stopped = search.run(values, None if charged is None else known.scaled_duals(charged)) or Stopped.GAVE_UP
        except _Ended as end:
            stopped = end.why
        except BrokenExecutor as error:
            known.log.append(f"the workers died: {error}")
            stopped = Stopped.GAVE_UP
    outcome = known.outcome(stopped, known.held(stopped, options.gap), None, time.monotonic() - began)
    return replace(outcome, master_duals=known.unscaled_duals(search.row_duals), clusters=len(search.blocks.clusters))

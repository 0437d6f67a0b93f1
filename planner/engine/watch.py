"""A solve under watch: what the parent does about the solver's process.

HiGHS can overrun its time limit, hang or crash, so it is trusted with nothing: the parent keeps the clock, asks first
and kills after a short grace, keeps every improving solution as it arrives (`planner.engine.knowledge` checks them),
and if the solver fails starts it once more, with another seed and without presolve.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from multiprocessing.connection import wait

import numpy as np

from planner.engine.highs import Advance, Finished, Found, Line, Message
from planner.engine.knowledge import Knowledge
from planner.engine.outcome import TICK, Options, Outcome, Progress, Stopped
from planner.engine.process import Process, SolverDied
from planner.engine.programme import Floats
from planner.engine.signals import Requests
from planner.engine.standard_form import StandardForm

GRACE = 2.0
"""Seconds between asking the solver to stop and killing its process."""

ENDED = {
    "Optimal": Stopped.GAP_REACHED,
    "Infeasible": Stopped.INFEASIBLE,
    "Unbounded": Stopped.UNBOUNDED,
    "TimeLimit": Stopped.TIME_LIMIT,
}
"""HiGHS's answers that end a solve; any other is a failure, unless the stop was asked for."""

OnProgress = Callable[[Progress], None]
SolverOptions = Mapping[str, float | int | str]


def ignore(_: Progress) -> None:
    """The listener that does not listen."""


class Running:
    """One solve in a process of its own; several may run side by side.

    A context manager: leaving the block ends the process, whatever happened. `results` waits for the outcome.

    Args:
        form: in the user's units.
        on_progress: called in the parent's thread, every `TICK` and at every better plan, while `results` waits.
        start: a known plan, or part of one (NaN where unknown), one figure per column.
        solver_options: HiGHS options by name, over the engine's own.
        corrections: how often rows that the answer to a linear programme breaks are moved inward at most.
    """

    def __init__(
        self,
        form: StandardForm,
        options: Options | None = None,
        on_progress: OnProgress = ignore,
        start: Floats | None = None,
        solver_options: SolverOptions | None = None,
        corrections: int = 0,
    ) -> None:
        self.outcome: Outcome | None = None
        self._began = time.monotonic()
        self._options = options or Options()
        self._on_progress, self._reported_at = on_progress, -np.inf
        self._start = start
        self._solver_options, self._corrections = dict(solver_options or {}), corrections
        self._asked: Stopped | None = None
        self._asked_at = np.inf
        self._retried = False
        self._known = Knowledge(form)
        if start is not None:
            self._known.learn_plan(start)
        self.process = self._launched(self._options.seed, {})

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()

    def ask_to_stop(self, why: Stopped) -> None:
        """Ask the solver to end with what it has; its process is killed after `GRACE` seconds."""
        if self._asked is None:
            self._asked, self._asked_at = why, time.monotonic()
            self.process.ask_to_stop()

    def look(self) -> None:
        """Take what has arrived, keep the clock, report; sets `outcome` when the solve is over."""
        better = self._receive()
        now = time.monotonic()
        if self.outcome is None and self._seconds_left() <= 0.0:
            self.ask_to_stop(Stopped.TIME_LIMIT)
        if self.outcome is None and self._asked is not None and now >= self._asked_at + GRACE:
            self._conclude(self._asked)
        if better or now >= self._reported_at + TICK:
            self._reported_at = now
            self._on_progress(self._known.progress(now - self._began, max(self._seconds_left(), 0.0)))

    def _launched(self, seed: int, changes: SolverOptions) -> Process:
        own: dict[str, float | int | str] = {
            "mip_rel_gap": self._options.gap,
            "time_limit": max(self._seconds_left(), 0.0),  # a backstop: the clock is the parent's
            "threads": self._options.threads,
            "parallel": "off" if self._options.threads == 1 else "choose",
            "random_seed": seed,
        }
        start = self._start if self._known.values is None else self._known.values
        return Process(self._known.task(start, {**own, **self._solver_options, **changes}, self._corrections))

    def _receive(self) -> bool:
        """Take every message that has arrived; whether a better plan was among them."""
        better = False
        try:
            while self.outcome is None and (message := self.process.receive()) is not None:
                better |= self._take(message)
        except SolverDied as death:
            self._fail(str(death))
        return better

    def _take(self, message: Message) -> bool:
        match message:
            case Line():
                self._known.log.extend(message.text.splitlines())
            case Advance():
                self._known.learn_bound(message.bound, message.nodes)
            case Found():
                return self._known.learn_scaled_plan(message.values)
            case Finished():
                return self._finish(message)
        return False

    def _finish(self, end: Finished) -> bool:
        """Judge the solver's end by what it leaves; whether that is a better plan."""
        self._known.learn_bound(end.bound, end.nodes)
        better = end.values is not None and self._known.learn_scaled_plan(end.values)
        has_plan = self._known.values is not None
        stopped = self._asked if end.status.endswith("Interrupt") else ENDED.get(end.status)
        if stopped is None:
            self._fail(f"the solver ended with status {end.status}")
        elif stopped is Stopped.INFEASIBLE and has_plan:
            self._fail("the solver calls the model infeasible, but a plan is known")
        elif stopped is Stopped.GAP_REACHED and not has_plan:
            self._fail("the solver's solution breaks the model's rows")
        elif stopped is Stopped.GAP_REACHED and not np.isfinite(self._known.bound):
            self._fail("the solver calls a plan the best one, and has no bound: its presolve takes the model for infeasible")
        else:
            self._conclude(stopped, end)
        return better

    def _fail(self, why: str) -> None:
        """The one retry, or the end of the solve."""
        self._known.log.append(why)
        if self._asked is not None:
            self._conclude(self._asked)
        elif self._retried:
            self._conclude(Stopped.ERROR)
        else:
            self._retried = True
            self._known.forget_bound()
            self.process.kill()
            self.process = self._launched(self._options.seed + 1, {"presolve": "off"})

    def _conclude(self, stopped: Stopped, end: Finished | None = None) -> None:
        """Set the outcome and end the process. The user's request outranks the solver's reason."""
        self.process.kill()
        held = self._known.held(stopped, self._options.gap)
        if self._asked in (Stopped.INTERRUPTED, Stopped.TERMINATED):
            stopped = self._asked
        self.outcome = self._known.outcome(stopped, held, end, time.monotonic() - self._began)

    def _seconds_left(self) -> float:
        return self._began + self._options.time_limit - time.monotonic()


def results(runs: Sequence[Running], *, stoppable: bool = True) -> list[Outcome]:
    """Wait for solves to end, watching them all from this one thread.

    Args:
        stoppable: Ctrl-C and SIGTERM end the solves with the best plans so far, and a second Ctrl-C raises
            KeyboardInterrupt at once; otherwise signals do what they would anyway.

    Raises:
        KeyboardInterrupt: as said; every process is ended before.
    """
    requests = Requests()
    try:
        with requests.listen() if stoppable else nullcontext():
            while going := [run for run in runs if run.outcome is None]:
                wait([run.process.connection for run in going], timeout=TICK)
                for run in going:
                    if requests.asked is not None:
                        run.ask_to_stop(requests.asked)
                    run.look()
    except BaseException:
        for run in runs:
            run.process.kill()
        raise
    return [run.outcome for run in runs if run.outcome is not None]

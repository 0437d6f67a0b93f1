"""A solve that is interrupted, out of time, frozen or killed leaves what it found, and no process behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Thread

import numpy as np
import psutil
import pytest

from planner.engine import Held, Options, Outcome, Progress, Stopped, polish, solve, watch
from tests.engine_forms import INF, dense, knapsacks, market_split

posix = pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals to processes")
LONG = Options(gap=0.0, time_limit=300)
"""Far longer than any of these tests takes: their ends do not come from the clock."""


def once(act: Callable[[], None], when: Callable[[Progress], bool] = lambda _: True) -> Callable[[Progress], None]:
    """An `on_progress` that acts at the first progress of a kind."""
    done = []

    def on_progress(progress: Progress) -> None:
        if not done and when(progress):
            done.append(True)
            act()

    return on_progress


def has_plan(progress: Progress) -> bool:
    return progress.objective is not None


def is_bounded(progress: Progress) -> bool:
    return progress.objective is not None and progress.bound > -INF


def children(signum: int) -> None:
    for child in multiprocessing.active_children():
        os.kill(child.pid, signum)


def assert_nothing_is_left() -> None:
    assert multiprocessing.active_children() == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def assert_plan_with_gap(outcome: Outcome) -> None:
    form = knapsacks()
    assert outcome.held is Held.PLAN
    assert form.violation(outcome.values) < 1e-6
    assert outcome.objective == form.objective(outcome.values)
    assert outcome.bound < outcome.objective
    assert outcome.gap > 0


@posix
@pytest.mark.parametrize(("signum", "stopped"), [(signal.SIGINT, Stopped.INTERRUPTED), (signal.SIGTERM, Stopped.TERMINATED)])
def test_a_signal_leaves_the_best_plan_and_its_proven_gap(signum: int, stopped: Stopped, monkeypatch):
    monkeypatch.setattr(watch, "GRACE", 60)  # the solver is to end by itself
    outcome = solve(knapsacks(), LONG, once(lambda: os.kill(os.getpid(), signum), is_bounded))
    assert outcome.stopped is stopped
    assert_plan_with_gap(outcome)
    assert outcome.gap < 1
    assert "Solving report" in outcome.log
    assert polish(knapsacks(), outcome.values).objective == pytest.approx(outcome.objective)
    assert_nothing_is_left()


@posix
def test_ctrl_c_in_a_terminal_reaches_the_whole_group_and_the_solver_carries_on():
    def group() -> None:
        children(signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    outcome = solve(knapsacks(), LONG, once(group, is_bounded))
    assert outcome.stopped is Stopped.INTERRUPTED
    assert_plan_with_gap(outcome)


@posix
def test_the_solvers_process_survives_ctrl_c_while_it_starts():
    form = dense([1], [(3, [2], INF)], [(0, 9)], whole=[0])
    outcome = solve(form, LONG, once(lambda: children(signal.SIGINT)))
    assert outcome.objective == 2
    assert "died" not in " ".join(outcome.log)


@posix
def test_a_solve_outside_the_main_thread_leaves_the_signals_alone():
    outcomes = []
    act = once(lambda: children(signal.SIGINT), is_bounded)

    def work() -> None:
        handler = signal.getsignal(signal.SIGINT)
        outcomes.append(solve(knapsacks(5, 40), Options(gap=0.01, time_limit=300), act))
        assert signal.getsignal(signal.SIGINT) is handler

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert outcomes[0].held is Held.PROVEN_PLAN
    assert "Presolve is switched off" not in outcomes[0].log  # Ctrl-C did not reach the solver


@posix
def test_a_second_ctrl_c_leaves_at_once():
    def twice() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        solve(knapsacks(), LONG, once(twice, has_plan))
    assert_nothing_is_left()


def test_an_error_of_the_listener_ends_the_process():
    def fall(_: Progress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        solve(knapsacks(), LONG, fall)
    assert_nothing_is_left()


def test_out_of_time_without_a_plan():
    outcome = solve(market_split(), Options(gap=0.0, time_limit=1.0))
    assert (outcome.stopped, outcome.held) == (Stopped.TIME_LIMIT, Held.NOTHING)
    assert outcome.objective is outcome.values is outcome.gap is None


def test_out_of_time_with_a_plan():
    # buying nothing is a plan, known from the start, so that none need be found in the half second
    form = knapsacks()
    outcome = solve(form, Options(gap=0.0, time_limit=0.5), start=np.zeros(len(form.columns)))
    assert outcome.stopped is Stopped.TIME_LIMIT
    assert_plan_with_gap(outcome)


@posix
def test_a_frozen_solver_is_killed_and_its_plan_kept():
    # it can neither keep its own time limit nor answer a request
    def freeze_and_ask() -> None:
        children(signal.SIGSTOP)
        os.kill(os.getpid(), signal.SIGINT)

    outcome = solve(knapsacks(), LONG, once(freeze_and_ask, has_plan))
    assert outcome.stopped is Stopped.INTERRUPTED
    assert_plan_with_gap(outcome)
    assert_nothing_is_left()


@posix
def test_the_clock_is_kept_outside_the_solver():
    outcome = solve(market_split(), Options(gap=0.0, time_limit=0.5), once(lambda: children(signal.SIGSTOP)))
    assert (outcome.stopped, outcome.held) == (Stopped.TIME_LIMIT, Held.NOTHING)
    assert_nothing_is_left()


@posix
def test_a_killed_solver_is_started_once_more(monkeypatch):
    """It is killed before it has its task: how fast it solves decides nothing."""
    start = SpawnProcess.start
    started = []

    def killed_at_first(process: SpawnProcess) -> None:
        start(process)
        if not started:
            process.kill()
        started.append(process)

    monkeypatch.setattr(SpawnProcess, "start", killed_at_first)
    outcome = solve(dense([1], [(3, [2], INF)], [(0, 9)], whole=[0]), LONG)
    assert len(started) == 2
    assert (outcome.stopped, outcome.held, outcome.objective) == (Stopped.GAP_REACHED, Held.PROVEN_PLAN, 2)
    assert "Presolve is switched off" in outcome.log


@posix
def test_a_solver_killed_twice_has_failed():
    outcome = solve(knapsacks(), LONG, lambda _: children(signal.SIGKILL))
    assert outcome.stopped is Stopped.ERROR
    # which of the two depends on whether a plan arrived before the kill: it is kept, and never called more than a plan
    assert outcome.held is (Held.NOTHING if outcome.values is None else Held.PLAN)
    assert outcome.log.count("the solver's process died") == 2
    assert_nothing_is_left()


@posix
def test_a_plan_known_before_the_failure_is_held():
    form = knapsacks()
    start = np.zeros(len(form.columns))
    outcome = solve(form, LONG, lambda _: children(signal.SIGKILL), start=start)
    assert (outcome.stopped, outcome.held) == (Stopped.ERROR, Held.PLAN)
    assert outcome.objective <= 0  # the plan given, or a better one that was told before the end
    assert (outcome.bound, outcome.gap) == (-INF, INF)


@posix
def test_a_solver_does_not_outlive_its_parent():
    script = """
        import multiprocessing
        from planner.engine import Options, Running, results
        from tests.engine_forms import knapsacks

        def tell(progress):
            if progress.objective is not None:
                print(multiprocessing.active_children()[0].pid, flush=True)

        if __name__ == "__main__":
            with Running(knapsacks(), Options(gap=0.0, time_limit=300), tell) as run:
                results([run])
    """
    root = Path(__file__).parents[1]
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    gone, _ = psutil.wait_procs([child], timeout=60)
    assert gone


@posix
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_as_the_process_starts_is_not_lost(signum: int, monkeypatch):
    """It comes when the process has started, which is ended; nothing is left running."""
    start = SpawnProcess.start

    def interrupted(process: SpawnProcess) -> None:
        os.kill(os.getpid(), signum)
        start(process)

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SpawnProcess, "start", interrupted)
    handler = signal.signal(signum, end)
    try:
        with pytest.raises(KeyboardInterrupt):
            solve(knapsacks(), LONG)
    finally:
        signal.signal(signum, handler)
    assert_nothing_is_left()


@posix
def test_a_ctrl_c_while_the_process_starts_does_not_end_it(monkeypatch):
    """The terminal sends it to the whole group, and the process has not yet said that it ignores it."""
    start = SpawnProcess.start

    def interrupted(process: SpawnProcess) -> None:
        start(process)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGINT)

    monkeypatch.setattr(SpawnProcess, "start", interrupted)
    assert solve(knapsacks(), Options(gap=0.9, time_limit=LONG.time_limit)).held is Held.PROVEN_PLAN

"""How the parent judges what the solver's process says: what is a failure, and what is held in the end."""

from __future__ import annotations

from multiprocessing import get_context

import numpy as np
import pytest

from planner.engine import Held, Options, Stopped, solve, watch
from planner.engine.highs import Advance, Finished, Found, Line, Message, Task
from planner.engine.process import Process
from tests.engine_forms import INF, dense


def scripted(monkeypatch: pytest.MonkeyPatch, *scripts: list[Message]) -> list[Task]:
    """Replace the solver's process by one that says what is written; the tasks it was given."""
    tasks: list[Task] = []
    pending = iter(scripts)

    class Scripted(Process):
        def __init__(self, task: Task) -> None:
            tasks.append(task)
            self.connection, theirs = get_context("spawn").Pipe()
            for message in next(pending):
                theirs.send(message)
            self._theirs = theirs

        def kill(self) -> None:
            self.connection.close()
            self._theirs.close()

    monkeypatch.setattr(watch, "Process", Scripted)
    return tasks


def ended(status: str, bound: float = -INF, values: list[float] | None = None) -> Finished:
    return Finished(status, bound, 0, None if values is None else np.array(values), None, None)


WHOLE = dense([1], [(3, [2], INF)], [(0, 9)], whole=[0])
"""minimise x, 2 x ≥ 3, x whole: the answer is 2; every scale is such that x is itself."""

FAILURES = {
    "an unknown status": [ended("SolveError")],
    "no bound but a status": [Line("trouble\nmore"), Advance(1.9, 3), ended("Unknown")],
    "an optimum without a plan": [ended("Optimal", 2.0)],
    "an optimum that breaks a row": [ended("Optimal", 1.0, [1.0])],
    "an optimum that is not whole": [ended("Optimal", 1.5, [1.5])],
    "an interruption nobody asked for": [ended("Interrupt")],
    "a plan in hand that is the best by no bound": [ended("Optimal", -INF, [2.0])],
    "infeasible with a plan in hand": [Found(np.array([3.0])), ended("Infeasible")],
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_tried_again_with_another_seed_and_without_presolve(failure: str, monkeypatch):
    tasks = scripted(monkeypatch, FAILURES[failure], [ended("Optimal", 2.0, [2.0])])
    outcome = solve(WHOLE, Options(gap=0.0, seed=5))
    assert (outcome.stopped, outcome.held) == (Stopped.GAP_REACHED, Held.PROVEN_PLAN)
    assert outcome.values.tolist() == [2]
    assert [task.options["random_seed"] for task in tasks] == [5, 6]
    assert [task.options.get("presolve") for task in tasks] == [None, "off"]


@pytest.mark.parametrize("failure", FAILURES)
def test_a_second_failure_is_the_end(failure: str, monkeypatch):
    scripted(monkeypatch, FAILURES[failure], FAILURES[failure])
    outcome = solve(WHOLE, Options(gap=0.0))
    assert outcome.stopped is Stopped.ERROR
    assert outcome.held is (Held.PLAN if "in hand" in failure else Held.NOTHING)


def test_a_failed_solvers_bound_proves_nothing(monkeypatch):
    # the first claims a bound of 2.5, above the optimum; the second never gets to one
    scripted(monkeypatch, [Advance(2.5, 1), ended("SolveError")], [Found(np.array([3.0])), ended("TimeLimit")])
    outcome = solve(WHOLE, Options(gap=0.0))
    assert (outcome.held, outcome.objective, outcome.bound) == (Held.PLAN, 3, -INF)


def test_the_best_plan_and_the_best_bound_are_kept(monkeypatch):
    said = [
        Found(np.array([3.0])), Advance(1.5, 1), Found(np.array([2.0])), Found(np.array([4.0])), Advance(1.0, 2),
        Found(np.array([1.0])),  # breaks the row
    ]  # fmt: skip
    scripted(monkeypatch, [*said, ended("TimeLimit", 1.25)])
    outcome = solve(WHOLE, Options(gap=0.0))
    # (2 - 1.5) / 2 is a quarter
    assert (outcome.stopped, outcome.held) == (Stopped.TIME_LIMIT, Held.PLAN)
    assert (outcome.objective, outcome.bound, outcome.gap) == (2, 1.5, 0.25)


def test_what_is_held_is_judged_by_the_gap_not_by_the_end(monkeypatch):
    scripted(monkeypatch, [ended("TimeLimit", 1.5, [2.0])])
    outcome = solve(WHOLE, Options(gap=0.3))
    assert (outcome.stopped, outcome.held) == (Stopped.TIME_LIMIT, Held.PROVEN_PLAN)


def test_a_bound_above_the_plan_is_rounding(monkeypatch):
    scripted(monkeypatch, [ended("Optimal", 2.0000001, [2.0])])
    outcome = solve(WHOLE, Options(gap=0.0))
    assert (outcome.bound, outcome.gap) == (2, 0)


def test_a_users_request_outranks_the_solvers_reason(monkeypatch):
    scripted(monkeypatch, [ended("Infeasible")])
    with watch.Running(WHOLE, Options()) as run:
        run.ask_to_stop(Stopped.TERMINATED)
        outcome = watch.results([run])[0]
    # the process is to end, but the proof is none the worse for it
    assert (outcome.stopped, outcome.held) == (Stopped.TERMINATED, Held.NO_PLAN_EXISTS)

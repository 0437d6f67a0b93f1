"""The solver's side: HiGHS in a process of its own, telling its parent what it finds.

`serve` is the process: it takes one `Task` from its connection, answers with `Line`s of the log, `Advance`s of the
bound, every improving solution as `Found`, and at the end `Finished`. Anything sent to it afterwards asks it to stop;
a connection that closes ends it, so that it never outlives its parent. HiGHS runs in the process's main thread; two
other threads only listen and post, so that a parent busy elsewhere never holds up the solver.

Nothing here imports Pyomo or pandas: the process starts in a fraction of a second.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

import highspy
import numpy as np
from highspy import HighsModelStatus as Status

from planner.engine.first_plan import first_plan, solver
from planner.engine.programme import Floats, HighsOptions, Integers, Programme, accepted, configured, load
from planner.engine.signals import let_through

LARGE = 500
"""Whole-number columns from which on a first plan is sought cluster by cluster."""

REPORT_EVERY = 0.2
"""Seconds between two reports of the bound."""


@dataclass(frozen=True, eq=False)
class Task:
    """A scaled standard form without its names, and how to solve it.

    Attributes:
        offset: added to the cost.
        cluster: each column's.
        start_column, start_value: integer columns and their values in a known plan; empty without one.
        options: HiGHS options by name, over those of `configured`.
        corrections: how often rows that the answer to a linear programme breaks are moved inward at most.
    """

    programme: Programme
    offset: float
    cluster: Integers
    start_column: Integers
    start_value: Floats
    options: HighsOptions
    corrections: int = 0


@dataclass(frozen=True)
class Line:
    """A piece of the solver's log, one line or several."""

    text: str


@dataclass(frozen=True)
class Advance:
    """The bound and the number of nodes, some time into the search."""

    bound: float
    nodes: int


@dataclass(frozen=True, eq=False)
class Found:
    """An improving solution."""

    values: Floats


@dataclass(frozen=True, eq=False)
class Finished:
    """How the solver ended.

    Attributes:
        status: the name of HiGHS's model status, without its k.
        values: the best solution, None if there is none that HiGHS calls feasible.
        row_duals, reduced_costs: of a linear programme solved to optimality, else None.
    """

    status: str
    bound: float
    nodes: int
    values: Floats | None
    row_duals: Floats | None
    reduced_costs: Floats | None


Message = Line | Advance | Found | Finished
Post = Callable[[Message], None]


def serve(connection: Connection) -> None:
    """Run the one task that the connection brings; the body of the solver's process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; what to do is the parent's decision
    let_through()
    outbox: SimpleQueue[Message | None] = SimpleQueue()
    stop = Event()
    try:
        task: Task = connection.recv()
    except EOFError:
        return
    Thread(target=_listen, args=(connection, stop), daemon=True).start()
    postman = Thread(target=_deliver, args=(connection, outbox), daemon=True)
    postman.start()
    try:
        outbox.put(_solve(task, outbox.put, stop))
    except Exception as error:  # the parent's log is where it can be read; the missing end tells of the failure
        outbox.put(Line(f"{type(error).__name__}: {error}"))
    outbox.put(None)
    postman.join()


def _listen(connection: Connection, stop: Event) -> None:
    """Wait for the parent's request to stop, or for its end."""
    try:
        while True:
            connection.recv()
            stop.set()
    except (EOFError, OSError):
        os._exit(1)


def _deliver(connection: Connection, outbox: SimpleQueue[Message | None]) -> None:
    """Send what is in the outbox until its end mark."""
    try:
        while (message := outbox.get()) is not None:
            connection.send(message)
    except OSError:
        os._exit(1)


def _solve(task: Task, post: Post, stop: Event) -> Finished:
    """Load, run, and resolve HiGHS's one answer that leaves the question open."""
    if not len(task.programme.cost):
        return _without_columns(task)
    if needs_first_plan(task):
        task = _started(task, post, stop)
    highs = _loaded(task)
    _subscribe(highs, post, stop)
    highs.run()
    status = highs.getModelStatus()
    if status == Status.kUnboundedOrInfeasible:
        status = _unbounded_or_infeasible(task)
    return _corrected(highs, task, _finished(highs, status, is_mip=bool(task.programme.integer.any())))


def _corrected(highs: highspy.Highs, task: Task, end: Finished) -> Finished:
    """The answer once rows that it breaks are moved inward by what they are broken by, and it is looked for again.

    The solver's tolerance is absolute in scaled units, which on a row of billions of dollars leaves thousands.
    """
    lower, upper = task.programme.row_lower, task.programme.row_upper
    for _ in range(task.corrections):
        if end.row_duals is None or end.values is None:
            break
        below, above = task.programme.broken(end.values)
        lower, upper = lower + below, upper - above
        if not (below.any() or above.any()):
            break
        for row in np.flatnonzero((below > 0.0) | (above > 0.0)):
            accepted(highs.changeRowBounds(int(row), float(lower[row]), float(upper[row])), "a row that is moved inward")
        highs.run()
        again = _finished(highs, highs.getModelStatus(), is_mip=False)
        if again.row_duals is None:
            break  # the rows leave no room for it: the answer within the solver's tolerance is the best there is
        end = again
    return end


def needs_first_plan(task: Task) -> bool:
    """Whether the search alone may look long for its first plan, and the clusters can give one.

    What presolve leaves is what counts: where orders are held nearly nothing is, and the relaxation, from which a first plan
    begins, may take minutes to be found infeasible by the dual simplex method.
    """
    if len(task.start_column) or int(task.programme.integer.sum()) < LARGE or int(task.cluster.max()) <= 0:
        return False
    highs = configured({"output_flag": False})
    load(highs, task.programme)
    highs.presolve()
    return bool(highs.getPresolvedLp().integrality_.count(highspy.HighsVarType.kInteger) >= LARGE)


def _started(task: Task, post: Post, stop: Event) -> Task:
    """The task with a first plan to start from, if one is found."""
    options = {name: value for name, value in task.options.items() if name not in ("mip_rel_gap", "time_limit")}
    solve = solver(lambda: configured(options), stop.is_set)
    values = first_plan(task.programme, task.cluster, solve, lambda cost: post(Advance(cost + task.offset, 0)))
    if values is None:
        return task
    post(Found(values))
    columns = np.flatnonzero(task.programme.integer).astype(np.int32)
    return replace(task, start_column=columns, start_value=np.rint(values[columns]))


def _without_columns(task: Task) -> Finished:
    """HiGHS has no answer for a model without columns; its only solution is to do nothing."""
    nothing = np.empty(0)
    if not task.programme.allows_nothing():
        return Finished("Infeasible", np.inf, 0, None, None, None)
    return Finished("Optimal", task.offset, 0, nothing, np.zeros_like(task.programme.row_lower), nothing)


def _unbounded_or_infeasible(task: Task) -> Status:
    """Which of the two: without its costs a model with a solution is optimal."""
    free = replace(task.programme, cost=np.zeros_like(task.programme.cost))
    solver = _loaded(replace(task, programme=free))
    solver.run()
    status = solver.getModelStatus()
    return Status.kUnbounded if status == Status.kOptimal else status


def _loaded(task: Task) -> highspy.Highs:
    """HiGHS with options set, the model passed and the start, if any, offered."""
    solver = configured(task.options)
    load(solver, task.programme, task.offset)
    if len(task.start_column):
        accepted(solver.setSolution(len(task.start_column), task.start_column, task.start_value), "the start")
    return solver


def _subscribe(solver: highspy.Highs, post: Post, stop: Event) -> None:
    """Post the log, the bound and the solutions of a run, and end it when asked."""
    reported = -REPORT_EVERY

    def advance(event: Any) -> None:
        nonlocal reported
        now = time.monotonic()
        if now >= reported + REPORT_EVERY:
            reported = now
            post(Advance(event.data_out.mip_dual_bound, event.data_out.mip_node_count))
        if stop.is_set():
            event.interrupt()

    solver.cbLogging += lambda event: post(Line(event.message.rstrip()))
    solver.cbMipInterrupt += advance
    solver.cbMipImprovingSolution += lambda event: post(Found(np.array(event.data_out.mip_solution)))


def _finished(solver: highspy.Highs, status: Status, is_mip: bool) -> Finished:
    info, solution = solver.getInfo(), solver.getSolution()
    optimal = status == Status.kOptimal
    feasible = info.primal_solution_status == highspy.kSolutionStatusFeasible
    lp_bound = info.objective_function_value if optimal else -np.inf
    with_duals = optimal and not is_mip and solution.dual_valid
    return Finished(
        status=status.name.removeprefix("k"),
        bound=info.mip_dual_bound if is_mip else lp_bound,
        nodes=max(int(info.mip_node_count), 0),
        values=np.array(solution.col_value) if feasible else None,
        row_duals=np.array(solution.row_dual) if with_duals else None,
        reduced_costs=np.array(solution.col_dual) if with_duals else None,
    )

"""One programme for a worker: what goes to it, what it does, what comes back.

`run` is all that a worker is asked for: a function of arrays, so that any `concurrent.futures.Executor` will do. Limits are
in nodes and gaps; the time limit only ends what would be too late anyway.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from threading import Lock

import highspy
import numpy as np
from highspy import HighsModelStatus as Status

from planner.engine.first_plan import first_plan, solver
from planner.engine.idle import without_idle
from planner.engine.programme import Booleans, Floats, HighsOptions, Integers, Programme, accepted, configured, load

WHOLE = 1e-6
"""A value this close to a whole number is one."""

KEPT = 8
"""Improving plans of a search that are brought back at most, the last and best of them."""


@dataclass(frozen=True, eq=False)
class Job:
    """A programme to be solved.

    Attributes:
        gap, nodes: the search ends at this relative gap, or after this many nodes.
        seconds: until the answer is too late.
        seed: of the solver's random choices.
        start: a plan to start from; only its whole numbers are used, and NaN stands for unknown.
        options: HiGHS options beside these.
    """

    programme: Programme
    gap: float = 0.0
    nodes: int = 2**31 - 1
    seconds: float = np.inf
    seed: int = 1
    start: Floats | None = None
    options: HighsOptions = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Answer:
    """What is known of a programme.

    Attributes:
        infeasible: whether it was proven that nothing satisfies its rows.
        bound: no solution costs less; -∞ if nothing is known.
        plans: solutions, the best one last.
        duals: of the rows of a linear programme; empty of any other.
        broken: of a composition without a plan: what was found, which breaks rows, for others to mend.
    """

    infeasible: bool
    bound: float
    plans: tuple[Floats, ...]
    duals: Floats
    broken: Floats | None = None


@dataclass(frozen=True, eq=False)
class Composition:
    """A plan of everything, of which some columns are to be found; then the most is made of it, whole numbers held.

    Attributes:
        whole: the programme of everything.
        values: of all its columns.
        columns: those of which the job's first columns are better values.
        job: finds these.
        open: whole-number columns that are decided again at the end: the master's, which others' plans may need.
    """

    whole: Programme
    values: Floats
    columns: Integers
    job: Job
    open: Booleans


@dataclass(frozen=True, eq=False)
class Dive:
    """A first plan of everything, cluster after cluster (`planner.engine.first_plan`).

    Attributes:
        job: the programme of everything.
        cluster: each column's.
    """

    job: Job
    cluster: Integers


Task = Job | Composition | Dive


ALONE = Lock()
"""A process runs one HiGHS at a time, whatever the threads of the worker that it is: its scheduler is the process's."""


def run(task: Task) -> Answer:
    """Do one task, with HiGHS, in one thread, silently."""
    with ALONE:
        match task:
            case Composition():
                return _composed(task)
            case Dive():
                return _dived(task)
            case _:
                return _solved(task)


def _dived(task: Dive) -> Answer:
    options: HighsOptions = {"threads": 1, "parallel": "off", "random_seed": task.job.seed}
    late = time.monotonic() + task.job.seconds
    solve = solver(lambda: configured(options), lambda: time.monotonic() > late)
    values = first_plan(task.job.programme, task.cluster, solve, lambda _: None)
    return Answer(False, -np.inf, () if values is None else (values,), np.empty(0))


def _composed(task: Composition) -> Answer:
    """What is best once the whole numbers that were found are held; the rest is a linear programme, or nearly.

    What these whole numbers break within tolerance is no plan either: only what the last programme confirms is one.
    """
    found = _solved_near_relaxation(task.job)
    if not found.plans:
        return found
    values, whole = task.values.copy(), task.whole
    values[task.columns] = found.plans[-1][: len(task.columns)]
    values = without_idle(whole, values, whole.cost >= 0.0)
    fixed = whole.integer & ~task.open
    held = replace(
        whole, lower=np.where(fixed, np.rint(values), whole.lower), upper=np.where(fixed, np.rint(values), whole.upper),
        integer=task.open,
    )  # fmt: skip
    settled = _solved(replace(task.job, programme=held, start=None))
    return Answer(False, -np.inf, settled.plans[-1:], np.empty(0), None if settled.plans else values)


def _solved_near_relaxation(job: Job) -> Answer:
    """A programme with only those whole numbers open that its linear relaxation leaves undecided, or decides otherwise than
    the start (relaxation induced neighbourhoods: Danna, Rothberg and Le Pape, 2005); all of them if nothing lies there.

    Most are decided alike, and with them the dense rows that couple are soon looked at.
    """
    programme = job.programme
    if job.start is None:
        return _solved(job)
    relaxed = _solved(replace(job, programme=replace(programme, integer=np.zeros_like(programme.integer)), start=None))
    if not relaxed.plans:
        return _solved(job)
    values = relaxed.plans[-1]
    decided = programme.integer & (np.abs(values - job.start) < WHOLE)
    held = np.rint(values)
    near = replace(
        programme, lower=np.where(decided, held, programme.lower), upper=np.where(decided, held, programme.upper)
    )  # fmt: skip
    found = _solved(replace(job, programme=near))
    return found if found.plans else _solved(job)


def _solved(job: Job) -> Answer:
    programme = job.programme
    if not len(programme.cost):
        return _of_nothing(programme)
    options: HighsOptions = {
        "output_flag": False, "threads": 1, "parallel": "off", "random_seed": job.seed, "mip_rel_gap": job.gap,
        "mip_max_nodes": job.nodes, "time_limit": job.seconds,
    }  # fmt: skip
    with configured(options | job.options) as solver:
        load(solver, programme)
        if job.start is not None and programme.integer.any():
            whole = np.flatnonzero(programme.integer & np.isfinite(job.start)).astype(np.int32)
            start = np.clip(np.rint(job.start[whole]), programme.lower[whole], programme.upper[whole])
            accepted(solver.setSolution(len(whole), whole, start), "the start")
        plans: list[Floats] = []
        solver.cbMipImprovingSolution += lambda event: plans.append(np.array(event.data_out.mip_solution))
        solver.run()
        answer = _answer(solver, programme, plans)
    return _without_costs(job) if answer.infeasible and programme.cost.any() else answer


def _without_costs(job: Job) -> Answer:
    """What is known of a programme that HiGHS calls infeasible; its presolve also says so of some that are unbounded.

    Without costs nothing is unbounded.
    """
    feasible = _solved(replace(job, programme=replace(job.programme, cost=np.zeros_like(job.programme.cost))))
    return replace(feasible, bound=np.inf if feasible.infeasible else -np.inf, duals=np.empty(0))


def _answer(solver: highspy.Highs, programme: Programme, plans: list[Floats]) -> Answer:
    status, info, solution = solver.getModelStatus(), solver.getInfo(), solver.getSolution()
    searched = bool(programme.integer.any())
    optimal = status == Status.kOptimal
    if info.primal_solution_status == highspy.kSolutionStatusFeasible and (searched or optimal):
        plans.append(np.array(solution.col_value))
    bound = info.mip_dual_bound if searched else info.objective_function_value if optimal else -np.inf
    duals = np.array(solution.row_dual) if optimal and not searched and solution.dual_valid else np.empty(0)
    return Answer(status == Status.kInfeasible, bound, tuple(plans[-KEPT:]), duals)


def _of_nothing(programme: Programme) -> Answer:
    """HiGHS has no answer for a programme without columns; its only solution is to do nothing."""
    if programme.allows_nothing():
        return Answer(False, 0.0, (np.empty(0),), np.zeros(len(programme.row_lower)))
    return Answer(True, np.inf, (), np.empty(0))

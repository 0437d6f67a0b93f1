"""The frontier: what plans cost that are safer and safer by a second measure, each proven as any plan is.

The cheapest plan is one end, as safe a plan as can be the other. Levels between them are limits on the measure. They are
shared out over the cores in stretches, and each stretch is solved from its safer end on, so that every solve starts from a
plan that keeps its level: the safe end's, or its safer neighbour's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np

from models.case import Case
from models.records import Objective
from planner.alone import solved_alone
from planner.answers import result_of
from planner.engine import Held, Options
from planner.engine.decomposition import LocalWorkers
from planner.engine.solving import cores
from planner.findings import NoPlan, OutOfTime
from planner.measures import MEASURES
from planner.outputs import tables
from planner.outputs.costs import bought
from planner.outputs.efficient import Frontier, Point, efficient
from planner.outputs.summary import headline
from planner.proving import Known, Solved
from planner.verify import COSTS, refuse_failures

SEARCH, LEAST_SEARCH = 0.1, 60.0
"""Share of a plan's time, and seconds, in which the safest end is looked for: whether a still safer one exists is not proven,
only what the plans at its level cost."""


@dataclass(frozen=True, eq=False)
class Task:
    """A case to solve.

    Attributes:
        level: the limit on the second measure that it is to be given; nothing for an end.
        known: a plan to start from.
        counts: whether its cost does; that of the safest end does not, whose measure is so dear that cents are lost in it.
    """

    case: Case
    against: str
    options: Options
    level: float | None
    known: Known | None
    counts: bool = True


def frontier(
    case: Case, against: str, number: int, options: Options, tell: Callable[[int, Point], object] = lambda done, point: None
) -> Frontier:
    """Plans from the cheapest to as safe a one as can be, at evenly spaced levels of a second measure.

    Args:
        against: name of the measure.
        number: of levels, the two ends included.
        options: of each solve.
        tell: called with each plan, and how many there are by then.

    Raises:
        FaultyInput: the case has nothing that could be measured.
        NoPlan, OutOfTime, SolverFailure: of the case itself.
        NotVerified: a plan fails its check.
    """
    second = MEASURES[against]
    free = second.free(case.with_settings(objective=Objective.COST))
    with LocalWorkers(cores()) as workers:

        def solved(tasks: Sequence[Task]) -> list[Point]:
            return workers.each(point_of, tasks, lambda done, of: None)

        first = Task(free, against, options, None, None)
        cheapest, safest = solved([first, replace(first, case=second.dear(free), counts=False)])
        points = [cheapest]
        tell(1, cheapest)
        if second.is_safer(safest.reached, cheapest.reached):
            levels = np.linspace(cheapest.reached, safest.reached, number)[1:]
            known = dict.fromkeys(range(cores()), safest.known)
            for batch in batches(levels.tolist(), cores()):
                found = solved([replace(first, level=level, known=known[k]) for k, level in batch])
                known |= {k: point.known for (k, _), point in zip(batch, found, strict=True)}
                for point in found:
                    points.append(point)
                    tell(len(points), point)
    kept = efficient(points, second)
    return Frontier(case, against, options, tuple(kept), len(points) - len(kept))


def point_of(task: Task) -> Point:
    """Solve one case, in a process of its own.

    Raises:
        NoPlan, OutOfTime, SolverFailure: there is no plan.
        NotVerified: the plan fails its check.
    """
    second = MEASURES[task.against]
    if not task.counts:
        return _judged(task, _safest(task))
    if task.level is None:
        return _judged(task, solved_alone(task.case, task.options))
    try:
        solved = solved_alone(second.limited(task.case, task.level), task.options, task.known)
    except NoPlan:  # a plan is known that keeps the level, but for the rounding of its quantities
        solved = solved_alone(second.limited(task.case, second.loosened(task.level)), task.options, task.known)
    return _judged(task, solved)


def _safest(task: Task) -> Solved:
    """As safe a plan as is found in a part of the time; in all of it, where there is none by then."""
    options = task.options
    brief = replace(options, time_limit=min(options.time_limit, max(LEAST_SEARCH, SEARCH * options.time_limit)))
    try:
        return solved_alone(task.case, brief)
    except OutOfTime:
        return solved_alone(task.case, options)


def _judged(task: Task, solved: Solved) -> Point:
    """A solved case as a point, checked in plain arithmetic."""
    result, outcome = result_of(solved, task.options), solved.outcome
    refuse_failures([row for row in result.assessments if task.counts or row.rule != COSTS])
    assert outcome.objective is not None and outcome.values is not None
    return Point(
        level=task.level, reached=MEASURES[task.against].of(result.plan), cost=outcome.objective, bound=outcome.bound,
        is_proven=outcome.held is Held.PROVEN_PLAN, worth=bought(result.charges),
        signed=frozenset((row.offer, row.trader) for row in result.plan.contracts),
        headline=headline(result, tables(result)), known=Known(solved.model.form.columns, outcome.values),
    )  # fmt: skip


def batches(levels: Sequence[float], stretches: int) -> Iterator[list[tuple[int, float]]]:
    """Levels in the order in which they are solved: of each stretch the next safer ones first, with the stretch's number.

    >>> list(batches([1.0, 2.0, 3.0], 2))
    [[(0, 2.0), (1, 3.0)], [(0, 1.0)]]
    """
    parts = (reversed(part.tolist()) for part in np.array_split(np.array(levels), stretches))
    for batch in zip_longest(*parts):
        yield [(number, level) for number, level in enumerate(batch) if level is not None]

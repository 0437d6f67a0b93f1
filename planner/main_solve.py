"""The solve of a plan, of the same without the Policy sheet, and of the plan that keeps to the last one."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from models.fence import known_until
from planner.answers import no_plan, was_asked_to_end
from planner.engine import Method, Options, Outcome, Resources, Running, StandardForm, chosen, results
from planner.engine import solve as solve_form
from planner.engine.programme import Floats
from planner.engine.progress import Display
from planner.proving import Model, Solved, carried_over, proven
from planner.stability import LastPlan, last_plan, steady

WITHOUT_POLICY = 0.25
"""Share of the time that is kept for the same plan without the Policy sheet, where the two are solved one after the other."""

CLOSE_ENOUGH = 0.002
"""Relative gap to which the plan without the Policy sheet is solved at least, where it takes time of its own: it only tells
what the sheet costs, and the Summary says between which figures that lies."""


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be solved, and how.

    Attributes:
        model: of the plan; `baseline` without the Policy sheet, if there is one.
        start: what is known of a plan, in the model's columns.
    """

    model: Model
    baseline: Model | None
    options: Options
    display: Display
    resources: Resources
    start: Floats | None
    began: float = field(default_factory=time.monotonic)

    def solve(self, form: StandardForm, options: Options, start: Floats | None) -> Outcome:
        """Solve a form of the plan."""
        return solve_form(form, options, self.display.labelled("plan"), start, self.resources)

    def solve_whole(self, form: StandardForm, options: Options, start: Floats | None) -> Outcome:
        """Solve a form of the plan as one programme."""
        return solve_form(form, options, self.display.labelled("last plan"), start, Resources(Method.MONOLITHIC))

    def left(self, options: Options) -> Options:
        """Options with what is left of their time."""
        return replace(options, time_limit=max(1.0, self.began + options.time_limit - time.monotonic()))


@dataclass(frozen=True, eq=False)
class Found:
    """What a solve leaves.

    Attributes:
        without_policy: the same without the Policy sheet, if there is one.
        last_cost: what the last plan would cost today (discounted USD), if there is one that can still be carried out.
    """

    solved: Solved
    without_policy: Outcome | None
    last_cost: float | None


def main_solve(task: Task) -> Found:
    """Solve the plan, and the same without the Policy sheet.

    Raises:
        NoPlan, OutOfTime, SolverFailure, Interrupted: there is no plan.
    """
    in_parts = chosen(task.model.form, task.resources.method) is Method.DECOMPOSED
    task.resources.tell(_way(task.model.form, in_parts, task.resources))
    way = _one_after_the_other if in_parts else _side_by_side
    with task.display:
        is_known = known_until(task.model.skeleton.case) > 0
        last = last_plan(task.model, task.options, task.solve_whole) if is_known else None
        if last is not None and last.values is not None:
            task = replace(task, start=last.values)
        solved, without_policy = way(task, last)
    if isinstance(solved, Outcome):
        raise no_plan(task.model, solved, task.options)
    return Found(solved, without_policy, None if last is None else last.cost)


def _way(form: StandardForm, in_parts: bool, resources: Resources) -> str:
    """How the model is solved, in words."""
    if in_parts:
        return f"Solved material by material ({len(form.clusters)}), at prices on the limits that they share."
    return "Solved as one programme" + (", on this machine: it is too small for a cluster." if resources.cluster else ".")


def _side_by_side(task: Task, last: LastPlan | None) -> tuple[Solved | Outcome, Outcome | None]:
    """Both in one process each, at the same time."""
    options = task.left(task.options)
    with Running(task.model.form, options, task.display.labelled("plan"), task.start) as main:
        if task.baseline is None:
            outcomes = results([main])
        else:
            with Running(task.baseline.form, options, task.display.labelled("without policy")) as beside:
                outcomes = results([main, beside])
    return _proven(task, outcomes[0], task.options, last), outcomes[1] if len(outcomes) > 1 else None


def _one_after_the_other(task: Task, last: LastPlan | None) -> tuple[Solved | Outcome, Outcome | None]:
    """Each with every core; the second starts from the first's plan, and takes what is left of the time."""
    options, baseline = task.options, task.baseline
    limited = options if baseline is None else replace(options, time_limit=(1.0 - WITHOUT_POLICY) * options.time_limit)
    outcome = task.solve(task.model.form, task.left(limited), task.start)
    solved = _proven(task, outcome, limited, last)
    if baseline is None or isinstance(solved, Outcome) or solved.outcome.values is None or was_asked_to_end(solved.outcome):
        return solved, None
    known = carried_over(solved.model.form.columns, solved.outcome.values, baseline.form.columns)
    left_over = replace(task.left(options), gap=max(options.gap, CLOSE_ENOUGH))
    display = task.display.labelled("without policy")
    return solved, solve_form(baseline.form, left_over, display, known, task.resources)


def _proven(task: Task, outcome: Outcome, options: Options, last: LastPlan | None) -> Solved | Outcome:
    """The plan of an outcome, rounded and judged again, and kept as near to the last one as the workbook asks."""
    case = task.model.skeleton.case
    solved = proven(case, task.model, outcome, options, task.solve)
    if last is None or isinstance(solved, Outcome) or was_asked_to_end(solved.outcome):
        return solved
    return steady(case, solved, last, task.left(options), task.solve, task.solve_whole)

"""The solve of a plan, of the same without the Policy sheet, and of the plan that keeps to the last one."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from math import inf

from models.case import Case
from models.fence import known_until
from planner.answers import no_plan, was_asked_to_end
from planner.engine import Beside, Method, Options, Outcome, Resources, Running, StandardForm, chosen, results
from planner.engine import solve as solve_form
from planner.engine.programme import Floats
from planner.engine.progress import Display
from planner.proving import Model, Solved, carried_over, proven
from planner.searched import NEVER, Searches, charges_in, orders_in, searched
from planner.stability import SHARE, LastPlan, as_it_was, held_to_last, near_last, orders_of_last, steady

WITHOUT_POLICY = 0.25
"""Share of the time that is kept for the same plan without the Policy sheet, where the two are solved one after the other."""

CLOSE_ENOUGH = 0.002
"""Relative gap to which the plan without the Policy sheet is solved at least, where it takes time of its own: it only tells
what the sheet costs, and the Summary says between which figures that lies."""


@dataclass(frozen=True, eq=False)
class Models:
    """What is solved for a plan.

    Attributes:
        plan: the case's model.
        baseline: without the Policy sheet, if there is one.
        near: with changes of the last plan priced, where a plan near it is looked for first: there is one, its changes have a
            price, and the model is solved in parts.
    """

    plan: Model
    baseline: Model | None
    near: Model | None

    @classmethod
    def of(cls, case: Case, method: Method) -> Models:
        """Build them."""
        plan = Model.of(case)
        is_near = known_until(case) > 0 and case.settings.stability_weight > 0.0 and _is_in_parts(plan, method)
        return cls(
            plan,
            baseline=Model.of(replace(case, policy=())) if case.policy else None,
            near=Model.of(replace(case, cost_cap=inf)) if is_near else None,
        )


def _is_in_parts(model: Model, method: Method) -> bool:
    """Whether a model is solved material by material."""
    return chosen(model.form, method) is Method.DECOMPOSED


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be solved, and how.

    Attributes:
        start: what is known of a plan, in the columns of its model.
        known: what earlier searches left.
    """

    models: Models
    options: Options
    display: Display
    resources: Resources
    start: Floats | None
    known: Searches = NEVER
    began: float = field(default_factory=time.monotonic)

    def solve(self, form: StandardForm, options: Options, start: Floats | None) -> Outcome:
        """Solve a form of the plan."""
        charged = charges_in(form, self.known.plan)
        return solve_form(form, options, self.display.labelled("plan"), start, self.resources, charged)

    def left(self, options: Options) -> Options:
        """Options with what is left of their time."""
        return replace(options, time_limit=max(1.0, self.began + options.time_limit - time.monotonic()))

    @property
    def is_in_parts(self) -> bool:
        """Whether the model is solved material by material."""
        return _is_in_parts(self.models.plan, self.resources.method)

    @property
    def to_try(self) -> Options:
        """How the last plan is tried."""
        return replace(self.options, time_limit=SHARE * self.options.time_limit)

    @property
    def beside(self) -> Options:
        """How the plan without the Policy sheet is solved."""
        return replace(self.left(self.options), gap=max(self.options.gap, CLOSE_ENOUGH))


@dataclass(frozen=True, eq=False)
class Found:
    """What a solve leaves.

    Attributes:
        without_policy: the same without the Policy sheet, if there is one.
        last_cost: what the last plan would cost today (discounted USD), if there is one that can still be carried out.
        searches: what searches in parts leave.
    """

    solved: Solved
    without_policy: Outcome | None
    last_cost: float | None = None
    searches: Searches = NEVER


def main_solve(task: Task) -> Found:
    """Solve the plan, and the same without the Policy sheet.

    Raises:
        NoPlan, OutOfTime, SolverFailure, Interrupted: there is no plan.
    """
    task.resources.tell(_way(task))
    with task.display:
        if known_until(task.models.plan.skeleton.case) == 0:
            return _in_parts(task) if task.is_in_parts else _side_by_side(task)
        return _from_last_in_parts(task) if task.is_in_parts else _from_last(task)


def _way(task: Task) -> str:
    """How the model is solved, in words."""
    if task.is_in_parts:
        return f"Solved material by material ({len(task.models.plan.form.clusters)}), at prices on the limits that they share."
    alone = ", on this machine: it is too small for a cluster." if task.resources.cluster else "."
    return "Solved as one programme" + alone


def _side_by_side(task: Task, last: LastPlan | None = None) -> Found:
    """Both in one process each, at the same time."""
    options = task.left(task.options)
    with Running(task.models.plan.form, options, task.display.labelled("plan"), task.start) as main:
        if task.models.baseline is None:
            outcomes = results([main])
        else:
            with Running(task.models.baseline.form, options, task.display.labelled("without policy")) as beside:
                outcomes = results([main, beside])
    solved = _proven(task, outcomes[0], task.options, last)
    return Found(solved, outcomes[1] if len(outcomes) > 1 else None, None if last is None else last.cost)


def _from_last(task: Task) -> Found:
    """Both as one programme each, once it is known what the last plan costs today."""
    with Running(held_to_last(task.models.plan), task.to_try, task.display.labelled("last plan")) as run:
        last = as_it_was(task.models.plan, results([run])[0], task.options)
    return _side_by_side(task if last.values is None else replace(task, start=last.values), last)


def _in_parts(task: Task) -> Found:
    """Each with every core; the second starts from the first's plan, and takes what is left of the time."""
    options, plan, baseline = task.options, task.models.plan, task.models.baseline
    limited = options if baseline is None else replace(options, time_limit=(1.0 - WITHOUT_POLICY) * options.time_limit)
    outcome = task.solve(plan.form, task.left(limited), task.start)
    solved, first = _proven(task, outcome, limited, None), searched(plan.form, outcome)
    if baseline is None or solved.outcome.values is None or was_asked_to_end(solved.outcome):
        return Found(solved, None, searches=Searches(first))
    known = carried_over(solved.model.form.columns, solved.outcome.values, baseline.form.columns)
    display, start = task.display.labelled("without policy"), charges_in(baseline.form, task.known.baseline)
    without = solve_form(baseline.form, task.beside, display, known, task.resources, start)
    return Found(solved, without, searches=Searches(first, searched(baseline.form, without)))


def _from_last_in_parts(task: Task) -> Found:
    """Both start from the last plan, each in processes of its own."""
    baseline = task.models.baseline
    if baseline is None:
        return _near_last(task)
    known = task.known.baseline
    start = orders_in(baseline.form, known)
    start = orders_of_last(baseline) if start is None else start
    with Beside(baseline.form, task.beside, start, charges_in(baseline.form, known)) as beside:
        found = _near_last(task)
        without = None if was_asked_to_end(found.solved.outcome) else beside.outcome()
    searches = Searches(found.searches.plan, searched(baseline.form, without))
    return replace(found, without_policy=without, searches=searches)


def _near_last(task: Task) -> Found:
    """The last plan or one near it, at once where that can be, else once the best one is known."""
    plan, near, outcome = task.models.plan, task.models.near, None
    with Running(held_to_last(plan), task.to_try, task.display.labelled("last plan")) as run:
        if near is not None:
            outcome = task.solve(near.form, task.to_try, orders_of_last(near))
            if was_asked_to_end(outcome) and outcome.values is None:
                raise no_plan(near, outcome, task.options)
        last = as_it_was(plan, results([run])[0], task.options)
    start = last.values
    if near is not None and outcome is not None:
        searches = Searches(searched(near.form, outcome))
        solved = near_last(near, outcome, last, task.to_try, task.solve)
        if solved is not None:
            return Found(solved, None, last.cost, searches)
        task = replace(task, known=searches)
        if start is None and outcome.values is not None:
            start = carried_over(near.form.columns, outcome.values, plan.form.columns)
    outcome = task.solve(plan.form, task.left(task.options), task.start if start is None else start)
    return Found(_proven(task, outcome, task.options, last), None, last.cost, Searches(searched(plan.form, outcome)))


def _proven(task: Task, outcome: Outcome, options: Options, last: LastPlan | None) -> Solved:
    """The plan of an outcome, rounded and judged again, and kept as near to the last one as the workbook asks.

    Raises:
        NoPlan, OutOfTime, SolverFailure, Interrupted: there is no plan.
    """
    plan = task.models.plan
    task = replace(task, known=Searches(searched(plan.form, outcome)))
    solved = proven(plan.skeleton.case, plan, outcome, options, task.solve)
    if isinstance(solved, Outcome):
        raise no_plan(plan, solved, task.options)
    if last is None or was_asked_to_end(solved.outcome):
        return solved
    return steady(plan.skeleton.case, solved, last, task.left(options), task.solve)

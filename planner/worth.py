"""What scenarios are worth: planning with them rather than with their mean, and knowing which comes, as intervals.

Without a weight or a cap on CVaR, with the costs of the plan made for all futures (RP), of those made for each by itself, by
probability (WS), and of the plan made for the mean, in all futures (EEV):

    EVPI = RP − WS,  VSS = EEV − RP                                                                        [USD]

Neither is negative (Birge and Louveaux, Introduction to Stochastic Programming, 2011, chapter 4). Costs are known within
their gaps, so both are intervals. The mean has one scenario that is certain, in which every shock is as strong as its
probability: what it takes away, delays or raises times that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from models.build import decisions
from models.case import Case
from models.futures import Future, futures_of
from models.plan import Plan
from models.records import Objective
from planner.alone import solved_alone
from planner.answers import no_plan
from planner.distribution import Cost, Worth
from planner.engine import Options, Resources, solve
from planner.engine.decomposition import LocalWorkers
from planner.engine.solving import cores
from planner.findings import FaultyInput, Finding, Severity
from planner.proving import Model
from planner.warm_start import DECISIONS

ROOM = 1e-6
"""By how much of themselves orders may move that are held: they are rounded, and stand at limits."""


@dataclass(frozen=True, eq=False)
class Task:
    """A case to solve, and the one in all of whose futures its orders are to be lived with, if it is not its own."""

    case: Case
    options: Options
    lived_in: Case | None = None


def worth(case: Case, options: Options, tell: Callable[[int, int], object] = lambda done, of: None) -> Worth:
    """What the scenarios of a case are worth.

    Args:
        options: of each solve.
        tell: called after each solve, with how many of how many are done.

    Raises:
        FaultyInput: the case has no scenarios.
        NoPlan, OutOfTime, SolverFailure: there is no plan.
    """
    if not (case.scenarios and case.shocks):
        message = "there are no scenarios with shocks: planning with them is worth nothing"
        raise FaultyInput([Finding(Severity.FAULT, "Scenarios", "", "", message, "Fill Scenarios and Shocks.")])
    case = case.with_settings(objective=Objective.COST, risk_weight=0.0, cvar_cap=None, protection_cap=None)
    futures = futures_of(case).kept
    tasks = [
        Task(case, options),
        Task(in_the_mean(case), options, case),
        *(Task(certain(case, one), options) for one in futures),
    ]
    numbers = count(1)

    def learn(number: int, found: Cost) -> None:
        tell(next(numbers), len(tasks))

    with LocalWorkers(cores()) as workers:
        together, mean, *each = workers.each(cost_of, tasks, lambda done, of: None, learn)
    return Worth(together, mean, tuple(zip(futures, each, strict=True)))


def cost_of(task: Task) -> Cost:
    """What a task's plan costs."""
    solved = solved_alone(task.case, task.options)
    assert solved.outcome.objective is not None
    if task.lived_in is None:
        return Cost(solved.outcome.objective, solved.outcome.bound)
    return cost_held(solved.plan, task.lived_in, task.options)


def certain(case: Case, future: Future) -> Case:
    """The case in which a future is sure to come."""
    rows = (row for row in case.scenarios if row.scenario in future.scenarios)
    return replace(
        case, scenarios=tuple(row.model_copy(update={"probability": 1.0, "group": ""}) for row in rows),
        shocks=tuple(row for row in case.shocks if row.scenario in future.scenarios),
    )  # fmt: skip


def in_the_mean(case: Case) -> Case:
    """The case of the mean-value problem (`models.effects.Mean`)."""
    return replace(case, averaged=True)


def cost_held(plan: Plan, case: Case, options: Options) -> Cost:
    """What a plan's orders and contracts cost over all futures of a case, with the best that can be made of them.

    Raises:
        OutOfTime, SolverFailure: it was not found.
    """
    model = Model.of(case)
    held = {name: value for name, value in decisions(model.skeleton, plan) if name[0] in DECISIONS}
    known = np.array([held.get(name, np.nan) for name in model.form.columns])
    room = np.where(model.form.integer, 0.0, ROOM * (1.0 + np.abs(known)))
    lower = np.where(np.isnan(known), model.form.lower, np.maximum(known - room, 0.0))
    upper = np.where(np.isnan(known), model.form.upper, known + room)
    form = replace(model.form, lower=lower, upper=upper)
    outcome = solve(form, options, resources=Resources(alone=True))
    if outcome.objective is None:
        raise no_plan(model, outcome, options)
    return Cost(outcome.objective, outcome.bound)

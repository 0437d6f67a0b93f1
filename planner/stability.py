"""A plan that keeps to the last one: as it was, where that is still good enough, else with as few changes as can be.

The best plan and what it costs at least are known by then. Every plan that costs no more than the gap and the allowance
permit is as good: the last plan is carried out as it is if it is one of them, and otherwise the one is looked for that
changes least (rule `stability`). Nothing that is decided here costs more than what the workbook states.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from models.build import price_of_changes
from models.case import Case
from models.fence import Order, known_until, last_orders
from models.plan import QUANTITY_STEP
from planner.engine import Options, Outcome, StandardForm, polish
from planner.engine.outcome import relative_gap
from planner.engine.programme import Floats
from planner.findings import SolverFailure
from planner.proving import Model, Solved, carried_over, judged, proven

SHARE = 0.1
"""Share of the time in which the last plan is tried."""
STEPS = 5
"""Steps by which an order of the last plan may differ: what follows from rounded quantities is rounded, too."""
LEAST, USUAL = 1.0, 30.0
"""Seconds without which no less changed plan is looked for; and in which it is, where the best one took no longer."""

Solve = Callable[[StandardForm, Options, Floats | None], Outcome]


@dataclass(frozen=True, eq=False)
class LastPlan:
    """The last plan as it would be carried out today.

    Attributes:
        solved: with everything that follows from its orders; nothing where they break a hard rule by now, or where that was
            not found out in time.
    """

    solved: Solved | None = None

    @property
    def cost(self) -> float | None:
        """What it costs today, in discounted USD."""
        return None if self.solved is None else self.solved.outcome.objective

    @property
    def values(self) -> Floats | None:
        """One figure per column of the model."""
        return None if self.solved is None else self.solved.outcome.values


def last_plan(model: Model, options: Options, solve: Solve) -> LastPlan:
    """Carry out the orders of the sheet Previous as they are, and order what else is needed in periods that it does not know.

    What cannot be ordered any more is left out.

    Args:
        solve: solves a programme as one; with its orders held there is little left to decide.
    """
    form = _held(model, STEPS * QUANTITY_STEP)
    outcome = solve(form, replace(options, time_limit=SHARE * options.time_limit), None)
    if outcome.values is None:
        return LastPlan()
    try:
        return LastPlan(replace(judged(replace(model, form=form), outcome, options), model=model))
    except SolverFailure:  # it is a plan within the solver's tolerances only
        return LastPlan()


def steady(case: Case, best: Solved, last: LastPlan, options: Options, solve: Solve, solve_whole: Solve) -> Solved:
    """The plan that changes the last one least among those that are good enough.

    Args:
        best: a plan of the case, and what every plan costs at least.
        options: with the time that is left.
        solve: solves a programme the way that suits it, `solve_whole` as one.
    """
    objective = best.outcome.objective
    assert objective is not None
    size = max(abs(objective), 1.0)
    enough = max(objective, best.outcome.bound + options.gap * size) + case.settings.stability_allowance * size
    if last.solved is not None and last.cost is not None and last.cost <= enough:
        return _kept(best, last.solved)
    if not case.settings.stability_weight or options.time_limit < LEAST:
        return best
    return _again(case, best, enough, options, solve, solve_whole)


def _again(case: Case, best: Solved, enough: float, options: Options, solve: Solve, solve_whole: Solve) -> Solved:
    """The second solve, which takes no longer than the first; the best plan stands where it finds none."""
    changed = replace(case, cost_cap=enough)
    options = replace(options, time_limit=min(options.time_limit, max(USUAL, best.outcome.seconds)))
    model = Model.of(changed)
    mended = _mended(model, replace(options, time_limit=options.time_limit / 2), solve_whole)
    if mended is not None and _is_proven(mended, best, options.gap):
        return _least_changed(best, mended)
    start = None if mended is None else mended.outcome.values
    if start is None:
        assert best.outcome.values is not None
        start = carried_over(best.model.form.columns, best.outcome.values, model.form.columns)
    found = proven(changed, model, solve(model.form, options, start), options, solve)
    return best if isinstance(found, Outcome) else _least_changed(best, found)


def _mended(model: Model, options: Options, solve_whole: Solve) -> Solved | None:
    """The orders of the last plan in other quantities: with no others to choose from there is little to decide."""
    case, form = model.skeleton.case, model.form
    last, until = last_orders(case), known_until(case)
    upper = form.upper.copy()
    for number, (container, index) in enumerate(form.columns):
        if container == "buy" and cast(Order, index)[2] <= until and cast(Order, index) not in last:
            upper[number] = max(0.0, form.lower[number])
    narrowed = replace(form, upper=upper)
    outcome = solve_whole(narrowed, options, None)
    try:
        found = None if outcome.values is None else judged(replace(model, form=narrowed), outcome, options)
    except SolverFailure:  # it is a plan within the solver's tolerances only
        return None
    return None if found is None else replace(found, model=model)


def _is_proven(found: Solved, best: Solved, gap: float) -> bool:
    """Whether no plan can be much better, its changes priced: none costs less than the best is proven to."""
    objective = found.outcome.objective
    assert objective is not None
    return relative_gap(objective, best.outcome.bound) <= gap + 1e-6


def _held(model: Model, slack: float) -> StandardForm:
    """The model's form with all orders held at those of the last plan, as far as it looks ahead; `slack` in units."""
    case, form = model.skeleton.case, model.form
    last, until = last_orders(case), known_until(case)
    lower, upper = form.lower.copy(), form.upper.copy()
    for number, (container, index) in enumerate(form.columns):
        if container == "buy" and (key := cast(Order, index))[2] <= until:
            quantity = last.get(key, 0.0)
            lower[number] = max(form.lower[number], quantity - slack)
            upper[number] = quantity + slack if quantity else 0.0
    return replace(form, lower=lower, upper=np.minimum(np.maximum(upper, lower), form.upper))


def _kept(best: Solved, last: Solved) -> Solved:
    """The last plan, with what is proven of the best one, and what limits are worth where its orders could change."""
    assert last.outcome.values is not None and last.outcome.objective is not None
    outcome = replace(last.outcome, bound=min(best.outcome.bound, last.outcome.objective), held=best.outcome.held)
    outcome = replace(outcome, stopped=best.outcome.stopped, seconds=best.outcome.seconds, clusters=best.outcome.clusters)
    return replace(last, outcome=outcome, polished=polish(last.model.form, last.outcome.values))


def _least_changed(best: Solved, found: Solved) -> Solved:
    """The plan of the second solve at what it costs, without the price of changes, against what the first one proves."""
    assert found.outcome.objective is not None
    cost = found.outcome.objective - price_of_changes(found.model.skeleton, found.value)
    outcome = replace(found.outcome, objective=cost, bound=min(best.outcome.bound, cost), held=best.outcome.held)
    return replace(found, outcome=replace(outcome, stopped=best.outcome.stopped))

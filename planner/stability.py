"""A plan that keeps to the last one: as it was, where that is still good enough, else with as few changes as can be.

Every plan that costs no more than the gap and the allowance permit is as good as the best one: the last plan is carried out
as it is if it is one of them, and otherwise the one is looked for that changes least (rule `stability`). Nothing that is
decided here costs more than what the workbook states.

Where a model is solved in parts, the search starts from the last plan's orders, and prices changes from its beginning: what
it finds within the gap of what any plan costs at least needs no second solve (`near_last`). Otherwise the best plan is looked
for first, and then, with its cost capped, the one that changes least (`steady`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from models.build import price_of_changes
from models.case import Case
from models.fence import Order, known_until, last_orders
from models.plan import QUANTITY_STEP
from planner.engine import Held, Options, Outcome, StandardForm, Stopped, polish
from planner.engine.knowledge import GAP_TOLERANCE
from planner.engine.outcome import relative_gap
from planner.engine.programme import Floats
from planner.findings import SolverFailure
from planner.proving import Model, Solved, judged, proven

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


def as_it_was(model: Model, outcome: Outcome, options: Options) -> LastPlan:
    """The last plan, from the outcome of the form that is `held_to_last`."""
    if outcome.values is None:
        return LastPlan()
    try:
        solved = judged(replace(model, form=held_to_last(model)), outcome, options)
    except SolverFailure:  # it is a plan within the solver's tolerances only
        return LastPlan()
    return LastPlan(replace(solved, model=model))


def held_to_last(model: Model) -> StandardForm:
    """The form with all orders held at those of the sheet Previous; in periods that it does not know all is open.

    What cannot be ordered any more is left out.
    """
    form, slack = model.form, STEPS * QUANTITY_STEP
    lower, upper = form.lower.copy(), form.upper.copy()
    for column, quantity in _last_quantities(model):
        lower[column] = max(form.lower[column], quantity - slack)
        upper[column] = quantity + slack if quantity else 0.0
    return replace(form, lower=lower, upper=np.minimum(np.maximum(upper, lower), form.upper))


def orders_of_last(model: Model) -> Floats:
    """What the last plan says of the form's columns: its orders; NaN for what it does not say."""
    values = np.full(len(model.form.columns), np.nan)
    for column, quantity in _last_quantities(model):
        values[column] = quantity
    return values


def _last_quantities(model: Model) -> Iterator[tuple[int, float]]:
    """The columns that are orders in periods that the last plan looks ahead to, and what it orders."""
    case = model.skeleton.case
    last, until = last_orders(case), known_until(case)
    for column, (container, index) in enumerate(model.form.columns):
        if container == "buy" and (key := cast(Order, index))[2] <= until:
            yield column, last.get(key, 0.0)


def near_last(near: Model, outcome: Outcome, last: LastPlan, options: Options, solve: Solve) -> Solved | None:
    """The last plan, or one near it, if it is within the gap of what every plan costs at least; or the plan of a search that
    was asked to end.

    Args:
        near: the model in which changes are priced, and aside.
        outcome: of its form.
        solve: solves such a form again.
    """
    case = near.skeleton.case
    try:
        found = proven(case, near, outcome, options, solve)
    except SolverFailure:  # it is a plan within the solver's tolerances only
        return None
    if isinstance(found, Outcome):
        return None
    bound, allowed = found.outcome.bound, options.gap + case.settings.stability_allowance
    if last.solved is not None and last.cost is not None and relative_gap(last.cost, bound) <= allowed + GAP_TOLERANCE:
        ended = replace(found.outcome, stopped=Stopped.GAP_REACHED, held=Held.PROVEN_PLAN)
        return _kept(ended, last.solved)
    has_ended = found.outcome.stopped in (Stopped.INTERRUPTED, Stopped.TERMINATED)
    return _least_changed(found.outcome, found) if has_ended or found.outcome.held is Held.PROVEN_PLAN else None


def steady(case: Case, best: Solved, last: LastPlan, options: Options, solve: Solve) -> Solved:
    """The plan that changes the last one least among those that are good enough.

    Args:
        best: a plan of the case, and what every plan costs at least.
        options: with the time that is left.
        solve: solves a programme the way that suits it.
    """
    objective = best.outcome.objective
    assert objective is not None
    size = max(abs(objective), 1.0)
    enough = max(objective, best.outcome.bound + options.gap * size) + case.settings.stability_allowance * size
    if last.solved is not None and last.cost is not None and last.cost <= enough:
        return _kept(best.outcome, last.solved)
    if not case.settings.stability_weight or options.time_limit < LEAST:
        return best
    capped = replace(case, cost_cap=enough)
    options = replace(options, time_limit=min(options.time_limit, max(USUAL, best.outcome.seconds)))
    model = Model.of(capped)
    found = proven(capped, model, solve(model.form, options, orders_of_last(model)), options, solve)
    return best if isinstance(found, Outcome) else _least_changed(best.outcome, found)


def _kept(best: Outcome, last: Solved) -> Solved:
    """The last plan, with what is proven of the best one, and what limits are worth where its orders could change."""
    assert last.outcome.values is not None and last.outcome.objective is not None
    outcome = replace(last.outcome, bound=min(best.bound, last.outcome.objective), held=best.held, stopped=best.stopped)
    outcome = replace(outcome, seconds=best.seconds, clusters=best.clusters)
    return replace(last, outcome=outcome, polished=polish(last.model.form, last.outcome.values))


def _least_changed(best: Outcome, found: Solved) -> Solved:
    """A plan at what it costs, without the price of changes, against what is proven of the best one."""
    assert found.outcome.objective is not None
    cost = found.outcome.objective - price_of_changes(found.model.skeleton, found.value)
    outcome = replace(found.outcome, objective=cost, bound=min(best.bound, cost), held=best.held, stopped=best.stopped)
    return replace(found, outcome=outcome)

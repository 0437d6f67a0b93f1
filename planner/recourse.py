"""What becomes of a plan in states of its materials' supply that it was not made for, with the best that can be bought at once.

Workers import this module: it does without Pyomo, which takes a second to load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.course import AtOnce, Course, Step
from models.courses import State
from models.plan import Charge, Plan, discounted
from planner.distribution import Struck, struck_by
from planner.engine.decomposition.jobs import Job, run
from planner.engine.programme import Floats, Programme
from planner.engine.standard_form import compressed


@dataclass(frozen=True, eq=False)
class Part:
    """Some states of a plan's materials."""

    plan: Plan
    states: tuple[tuple[str, tuple[str, ...]], ...]


def live_through(part: Part) -> list[Struck]:
    """What becomes of each state."""
    plan, found = part.plan, []
    for material, scenarios in part.states:
        course = best(State(plan, plan.case.material[material], scenarios))
        found.append(struck_by(plan, course))
    return found


def best(state: State) -> Course:
    """The course with the least cost of shortages, of what is bought at once and of what is called, where that can help."""
    course = state.course(())
    if not any(step.unmet for step in course.steps):
        return course
    room = np.array([state.at_once(step.period) for step in course.steps])
    on_call = np.array([state.on_call(step.period) for step in course.steps])
    if not (room.any() or on_call.any()):
        return course
    had = _had(state, course.steps, room, on_call)
    return state.having(had).course(())


def _had(state: State, steps: tuple[Step, ...], room: Floats, on_call: Floats) -> Mapping[int, AtOnce]:
    """By a linear programme over the steps: bought, called, unmet and left (unit), the least discounted USD.

    left[t] − kept · left[t−1] − bought[t] − called[t] − unmet[t] = arriving[t] − asked[t],  Σ_τ≤t called[τ] ≤ on_call[t]
    """
    case, count = state.case, len(steps)
    keeps = (1 - state.material.loss_rate) ** (case.calendar.months / 12)
    worth = np.array([discounted(case, Charge("", "", "", step.period, step.period, 1.0)) for step in steps])
    dear, called = (
        np.array([sum(charge.amount for charge in charges(step.period, 1.0)) for step in steps])
        for charges in (state.emergency, state.call)
    )
    opening = steps[0].left - steps[0].arriving + steps[0].asked - steps[0].unmet
    zero, none = np.zeros(count), np.full(count, np.inf)
    asked = np.array([step.asked for step in steps])
    right = np.array([step.arriving - step.asked for step in steps])
    right[0] += opening
    one, nothing = np.eye(count), np.zeros((count, count))
    left = one - keeps * np.eye(count, k=-1)
    matrix = np.block([[-one, -one, -one, left], [nothing, np.tri(count), nothing, nothing]])
    row, column = (place.astype(np.int32) for place in np.nonzero(matrix))
    start, column, value = compressed(row, column, matrix[row, column], len(matrix))
    programme = Programme(
        cost=np.concatenate((dear * worth, called * worth, state.value * worth, zero)),
        lower=np.zeros(4 * count), upper=np.concatenate((room, on_call, asked, none)),
        integer=np.zeros(4 * count, dtype=bool), start=start, column=column, value=value,
        row_lower=np.concatenate((right, -none)), row_upper=np.concatenate((right, on_call)),
    )  # fmt: skip
    values = run(Job(programme)).plans[-1]
    pairs = zip(steps, values[:count].tolist(), values[count : 2 * count].tolist(), strict=True)
    return {step.period: AtOnce(bought, sent) for step, bought, sent in pairs if bought > 0.0 or sent > 0.0}

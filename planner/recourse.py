"""What becomes of a plan in states of its materials' supply that it was not made for, with the best that can be bought at once.

Workers import this module: it does without Pyomo, which takes a second to load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.courses import Course, State, Step
from models.plan import Charge, Plan, discounted
from planner.distribution import Struck, struck_by
from planner.engine.decomposition.jobs import Job, run
from planner.engine.programme import Programme


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
        found.append(struck_by(plan.case, course))
    return found


def best(state: State) -> Course:
    """The course with the least cost of shortages and of what is bought at once, which is found where it can help."""
    course = state.course(())
    if not any(step.unmet for step in course.steps):
        return course
    room = {step.period: state.at_once(step.period) for step in course.steps}
    if not any(room.values()):
        return course
    bought = _bought(state, course.steps, room)
    return State(state.plan, state.material, state.scenarios, bought).course(())


def _bought(state: State, steps: tuple[Step, ...], room: Mapping[int, float]) -> Mapping[int, float]:
    """By a linear programme over the steps: bought, unmet and left (unit), the least discounted USD.

    left[t] − kept · left[t−1] − bought[t] − unmet[t] = arriving[t] − asked[t]
    """
    case, count = state.case, len(steps)
    keeps = (1 - state.material.loss_rate) ** (case.calendar.months / 12)
    worth = [discounted(case, Charge("", "", "", step.period, step.period, 1.0)) for step in steps]
    dear = [sum(charge.amount for charge in state.emergency(step.period, 1.0)) for step in steps]
    opening = steps[0].left - steps[0].arriving + steps[0].asked - steps[0].unmet
    zero, none = np.zeros(count), np.full(count, np.inf)
    asked = np.array([step.asked for step in steps])
    right = np.array([step.arriving - step.asked for step in steps])
    right[0] += opening
    start, column, value = [0], list[int](), list[float]()
    for t in range(count):
        entries = {t: -1.0, count + t: -1.0, 2 * count + t: 1.0} | ({2 * count + t - 1: -keeps} if t else {})
        column += entries
        value += entries.values()
        start.append(len(column))
    programme = Programme(
        cost=np.concatenate((np.array(dear) * worth, state.value * np.array(worth), zero)),
        lower=np.zeros(3 * count), upper=np.concatenate((np.array([room[step.period] for step in steps]), asked, none)),
        integer=np.zeros(3 * count, dtype=bool), start=np.array(start, dtype=np.int32),
        column=np.array(column, dtype=np.int32), value=np.array(value), row_lower=right, row_upper=right,
    )  # fmt: skip
    values = run(Job(programme)).plans[-1]
    return {step.period: float(quantity) for step, quantity in zip(steps, values[:count], strict=True) if quantity > 0.0}

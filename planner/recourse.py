"""What becomes of a plan in states of its materials' supply that it was not made for, with the best that can be bought at once.

Workers import this module: it does without Pyomo, which takes a second to load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.case import Case
from models.course import AtOnce, Course, Step
from models.courses import State
from models.futures import tail_counts
from models.invoice import EMERGENCY_GOODS, EXPECTED_LOSS
from models.plan import Charge, Plan, discounted
from models.records import Objective
from planner.distribution import Struck, struck_by
from planner.engine.decomposition.jobs import Job, run
from planner.engine.programme import Floats, Programme
from planner.engine.standard_form import compressed

TIE = 1e-6
"""By so much less of themselves than losses goods weigh, so that of what costs the same the least loss is taken."""
CENT = 0.01
"""Dollars by which one recourse is better than another at least."""


@dataclass(frozen=True, eq=False)
class Part:
    """Some states of a plan's materials."""

    plan: Plan
    states: tuple[tuple[str, tuple[str, ...]], ...]


class Way(NamedTuple):
    """What can be done in a state.

    Attributes:
        had: bought at once and called, by period.
        goods: what that costs at benchmark prices, in discounted USD; what it costs over them is part of the loss.
    """

    had: Mapping[int, AtOnce]
    struck: Struck
    goods: float

    def cost(self, goods: float) -> float:
        """The loss, and the goods at their weight, in discounted USD."""
        return self.struck.loss + goods * self.goods


def live_through(part: Part) -> list[tuple[Way, ...]]:
    """The efficient ways of each state (`ways`); the first of them alone where no tail counts."""
    case = part.plan.case
    found = (State(part.plan, case.material[material], scenarios) for material, scenarios in part.states)
    return [ways(state) if tail_counts(case) else (_way(state, weight_of_goods(case)),) for state in found]


def ways(state: State) -> tuple[Way, ...]:
    """All that is best for some weight of losses, from the way that costs least to the one that loses least.

    What the goods cost counts in a plan's expected cost, but not in its losses, of which CVaR is made. Nothing is had to be
    kept beyond the plan's end.
    """
    first, last = _way(state, weight_of_goods(state.case)), _way(state, TIE)
    return (first, *_between(state, first, last), last) if last.struck.loss < first.struck.loss - CENT else (first,)


def weight_of_goods(case: Case) -> float:
    """What a dollar of goods at benchmark prices weighs beside a dollar of loss: `protection` asks for the least loss first."""
    return TIE if case.settings.objective is Objective.PROTECTION else 1.0 - TIE


def _between(state: State, before: Way, after: Way) -> tuple[Way, ...]:
    """The efficient ways between two, by the weight at which both are as good (Aneja and Nair, Management Science 25, 1979)."""
    goods = (before.struck.loss - after.struck.loss) / (after.goods - before.goods)
    found = _way(state, goods)
    if found.cost(goods) > before.cost(goods) - CENT:
        return ()
    return (*_between(state, before, found), found, *_between(state, found, after))


def _way(state: State, goods: float) -> Way:
    """What costs least at a weight of goods."""
    course = best(state, goods)
    had = {step.period: AtOnce(step.emergency, step.called) for step in course.steps}
    paid = sum(discounted(state.case, charge) for charge in course.bill if charge.line == EMERGENCY_GOODS)
    return Way(had, struck_by(state.plan, course), paid)


def best(state: State, goods: float) -> Course:
    """The course with the least cost of shortages, of what is bought at once and of what is called, where that can help.

    Args:
        goods: what a dollar of goods at benchmark prices weighs beside one of loss.
    """
    course = state.course(())
    prices = _prices(state, course.steps, goods)
    if not any(step.unmet for step in course.steps) and all(np.all(price >= 0.0) for price in prices):
        return course
    room = np.array([state.at_once(step.period) for step in course.steps])
    on_call = np.array([state.on_call(step.period) for step in course.steps])
    if not (room.any() or on_call.any()):
        return course
    had = _had(state, course.steps, prices, room, on_call)
    return state.having(had).course(())


def _prices(state: State, steps: tuple[Step, ...], goods: float) -> tuple[Floats, Floats]:
    """What a unit bought, and called, weighs in each step (USD); below zero where prices that fell are a gain."""
    weights = {EMERGENCY_GOODS: goods, EXPECTED_LOSS: 1.0}
    bought, called = (
        np.array([sum(weights[charge.line] * charge.amount for charge in charges(step.period, 1.0)) for step in steps])
        for charges in (state.emergency, state.call)
    )
    return bought, called


def _had(
    state: State, steps: tuple[Step, ...], prices: tuple[Floats, Floats], room: Floats, on_call: Floats
) -> Mapping[int, AtOnce]:
    """By a linear programme over the steps: bought, called, unmet and left (unit), the least discounted USD.

    left[t] − kept · left[t−1] − bought[t] − called[t] − unmet[t] = arriving[t] − asked[t],  Σ_τ≤t called[τ] ≤ on_call[t]
    """
    case, count = state.case, len(steps)
    keeps = (1 - state.material.loss_rate) ** (case.calendar.months / 12)
    worth = np.array([discounted(case, Charge("", "", "", step.period, step.period, 1.0)) for step in steps])
    bought, called = prices
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
        cost=np.concatenate((bought * worth, called * worth, state.value * worth, zero)),
        lower=np.zeros(4 * count), upper=np.concatenate((room, on_call, asked, none)),
        integer=np.zeros(4 * count, dtype=bool), start=start, column=column, value=value,
        row_lower=np.concatenate((right, -none)), row_upper=np.concatenate((right, on_call)),
    )  # fmt: skip
    values = run(Job(programme)).plans[-1]
    pairs = zip(steps, values[:count].tolist(), values[count : 2 * count].tolist(), strict=True)
    return {step.period: AtOnce(had, sent) for step, had, sent in pairs if had > 0.0 or sent > 0.0}

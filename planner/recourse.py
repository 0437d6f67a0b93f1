"""What becomes of a plan in states of its materials' supply that it was not made for, with the best that can be bought at once.

Workers import this module: it does without Pyomo, which takes a second to load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from models.case import Case
from models.course import AtOnce, Course
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
    """The efficient ways of each state (`Recourse.ways`); the first of them alone where no tail counts."""
    case = part.plan.case
    found = (Recourse(State(part.plan, case.material[material], scenarios)) for material, scenarios in part.states)
    return [one.ways() if tail_counts(case) else (one.way(weight_of_goods(case)),) for one in found]


def weight_of_goods(case: Case) -> float:
    """What a dollar of goods at benchmark prices weighs beside a dollar of loss: `protection` asks for the least loss first."""
    return TIE if case.settings.objective is Objective.PROTECTION else 1.0 - TIE


class Recourse:
    """What can be done in a state of which a plan has decided nothing yet. Nothing is had to be kept beyond the plan's end."""

    def __init__(self, state: State) -> None:
        self.state, self.case = state, state.case
        self.course = state.course(())
        self.steps = self.course.steps

    def ways(self) -> tuple[Way, ...]:
        """All that is best for some weight of losses, from the way that costs least to the one that loses least.

        What the goods cost counts in a plan's expected cost, but not in its losses, of which CVaR is made.
        """
        first, last = self.way(weight_of_goods(self.case)), self.way(TIE)
        return (first, *self._between(first, last), last) if last.struck.loss < first.struck.loss - CENT else (first,)

    def _between(self, before: Way, after: Way) -> tuple[Way, ...]:
        """Those between two, by the weight at which both are as good (Aneja and Nair, Management Science 25, 1979)."""
        goods = (before.struck.loss - after.struck.loss) / (after.goods - before.goods)
        found = self.way(goods)
        if found.cost(goods) > before.cost(goods) - CENT:
            return ()
        return (*self._between(before, found), found, *self._between(found, after))

    def way(self, goods: float) -> Way:
        """What costs least of shortages, of what is bought at once and of what is called.

        Args:
            goods: what a dollar of goods at benchmark prices weighs beside one of loss.
        """
        if not self._can_help:
            return self._idle
        had = self._had(goods)
        return self._told(had, self.state.having(had).course(()))

    @cached_property
    def _idle(self) -> Way:
        """Nothing is bought or called."""
        return self._told({}, self.course)

    def _told(self, had: Mapping[int, AtOnce], course: Course) -> Way:
        paid = sum(discounted(self.case, charge) for charge in course.bill if charge.line == EMERGENCY_GOODS)
        return Way(had, struck_by(self.state.plan, course), paid)

    @cached_property
    def _can_help(self) -> bool:
        """Whether anything can be had, and is wanted: for what is short, or since prices that fell are a gain."""
        if not (self._room.any() or self._on_call.any()):
            return False
        return any(step.unmet for step in self.steps) or bool(np.any(self._price(TIE) < 0.0))

    @cached_property
    def _room(self) -> Floats:
        """What can be bought at once, by step (unit)."""
        return np.array([self.state.at_once(step.period) for step in self.steps])

    @cached_property
    def _on_call(self) -> Floats:
        """What can have been called by the end of each step (unit)."""
        return np.array([self.state.on_call(step.period) for step in self.steps])

    def _price(self, goods: float) -> Floats:
        """What a unit bought, and a unit called, weighs in each step (USD)."""
        return goods * self._prices[EMERGENCY_GOODS] + self._prices[EXPECTED_LOSS]

    @cached_property
    def _prices(self) -> Mapping[str, Floats]:
        """What a unit bought (first row) and called (second) costs in each step, by invoice line (USD)."""
        found = {line: np.zeros((2, len(self.steps))) for line in (EMERGENCY_GOODS, EXPECTED_LOSS)}
        for row, charges in enumerate((self.state.emergency, self.state.call)):
            for column, step in enumerate(self.steps):
                for charge in charges(step.period, 1.0):
                    found[charge.line][row, column] += charge.amount
        return found

    def _had(self, goods: float) -> Mapping[int, AtOnce]:
        """By a linear programme over the steps: bought, called, unmet and left (unit), the least discounted USD.

        left[t] − kept · left[t−1] − bought[t] − called[t] − unmet[t] = arriving[t] − asked[t],  Σ_τ≤t called[τ] ≤ on_call[t]
        """
        steps, count = self.steps, len(self.steps)
        keeps = (1 - self.state.material.loss_rate) ** (self.case.calendar.months / 12)
        worth = np.array([discounted(self.case, Charge("", "", "", step.period, step.period, 1.0)) for step in steps])
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
            cost=np.concatenate((*(self._price(goods) * worth), self.state.value * worth, zero)),
            lower=np.zeros(4 * count), upper=np.concatenate((self._room, self._on_call, asked, none)),
            integer=np.zeros(4 * count, dtype=bool), start=start, column=column, value=value,
            row_lower=np.concatenate((right, -none)), row_upper=np.concatenate((right, self._on_call)),
        )  # fmt: skip
        values = run(Job(programme)).plans[-1]
        pairs = zip(steps, values[:count].tolist(), values[count : 2 * count].tolist(), strict=True)
        return {step.period: AtOnce(had, sent) for step, had, sent in pairs if had > 0.0 or sent > 0.0}

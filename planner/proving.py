"""From a model to a plan of whole steps that is proven to be within the gap.

What a solver proves it proves within tolerances. A bound of 10⁹ on an order of 5 lets it open the order by a decision of
5·10⁻⁹, which counts as none; rounded to whole decisions such a plan is dearer, or no plan at all, and its bound is worth
nothing. So a plan is judged again once it is rounded, decisions that its orders need are opened, and where bounds were
that loose, or the proof was lost, the model is solved anew with the bounds that the cost of the known plan gives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from models.assess import assess, charges_of
from models.bounds import USUAL, Assumed, are_estimated, are_loose
from models.build import build, largest_credit, prices_of_changes
from models.case import Case
from models.plan import Plan
from models.skeleton import Skeleton
from planner.engine import Held, Options, Outcome, Polished, StandardForm, Stopped, compile, polish
from planner.engine.outcome import relative_gap
from planner.engine.programme import Floats
from planner.engine.standard_form import Name, numbered
from planner.findings import SolverFailure
from planner.rounding import Valued, rounded

ROUNDS = 3
"""How often a model is solved with tighter bounds, or with looser estimates."""

LOOSER = 1e4
"""By how much estimates of bounds grow from round to round."""

NOISE = 1e-12
"""A whole-number decision this far above its value is meant to be the next one, if a row asks for it."""

Solve = Callable[[StandardForm, Options, Floats | None], Outcome]
"""Solves a form, from a known plan if there is one."""


@dataclass(frozen=True, eq=False)
class Model:
    """A case's Pyomo model and its standard form."""

    skeleton: Skeleton
    form: StandardForm

    @classmethod
    def of(cls, case: Case, assumed: Assumed = USUAL) -> Model:
        """Build and compile a case; local rows are asserted to touch one cluster.

        Where a plan near the last one may cost what it likes, the price of changes is aside.
        """
        m = build(case, assumed=assumed)
        form = compile(m.model, coupling=m.register.coupling, cluster_of=m.register.cluster_of)
        form.assert_local_rows()
        return cls(m, replace(form, aside=_prices_of_changes(m, form)) if case.cost_cap == inf else form)


def _prices_of_changes(m: Skeleton, form: StandardForm) -> Floats:
    """The part of each column's cost that is the price of changes."""
    position, prices = numbered(form.columns), np.zeros(len(form.columns))
    for price, variable in prices_of_changes(m):
        prices[position[variable.parent_component().name, variable.index()]] += price
    return prices


@dataclass(frozen=True, eq=False)
class Solved:
    """A plan, and what the model says of it.

    Attributes:
        outcome: what the solver left; values, objective and what is held are those of the rounded plan.
        polished: the plan before rounding, with what its limits are worth.
        value: gives the value of each variable in the rounded plan.
    """

    model: Model
    outcome: Outcome
    polished: Polished
    plan: Plan
    value: Valued


@dataclass(frozen=True, eq=False)
class Known:
    """A plan by the names of its columns."""

    columns: tuple[Name, ...]
    values: Floats


def proven(case: Case, model: Model, outcome: Outcome, options: Options, solve: Solve) -> Solved | Outcome:
    """The plan of a first outcome, solved anew where its proof does not hold; or an outcome without a plan.

    Args:
        outcome: of the model's form.
        solve: how to solve again, within what is left of the options' time.

    Raises:
        SolverFailure: no plan could be made of the solver's answer.
    """
    anew = _Anew(case, options, solve, time.monotonic() - outcome.seconds)
    best = None if outcome.values is None else judged(model, outcome, options)
    assumed = USUAL
    if best is None and outcome.held is Held.NO_PLAN_EXISTS:
        best, assumed = anew.with_wider_bounds()
    return outcome if best is None else anew.until_it_holds(best, assumed)


@dataclass(frozen=True, eq=False)
class _Anew:
    """How a case is solved anew, with other bounds, within what is left of the time since it began."""

    case: Case
    options: Options
    solve: Solve
    began: float

    def _solved(self, assumed: Assumed, known: Solved | None = None) -> tuple[Model, Outcome]:
        left = max(1.0, self.began + self.options.time_limit - time.monotonic())
        changed = Model.of(self.case, assumed)
        start = None
        if known is not None and known.outcome.values is not None:
            start = carried_over(known.model.form.columns, known.outcome.values, changed.form.columns)
        return changed, self.solve(changed.form, replace(self.options, time_limit=left), start)

    def with_wider_bounds(self) -> tuple[Solved | None, Assumed]:
        """A plan where there was none within bounds that rest on estimates, if wider ones have any, and those bounds."""
        assumed, best = USUAL, None
        while best is None and are_estimated(self.case, assumed):
            assumed = Assumed(looser=assumed.looser * LOOSER if assumed.looser < LOOSER**ROUNDS else inf)
            model, wider = self._solved(assumed)
            with suppress(SolverFailure):  # what only looks like a plan, within tolerances as wide as the bounds
                found = None if wider.values is None else judged(model, wider, self.options)
                best = found if found is not None and _passes(found.plan) else None
        return best, assumed

    def until_it_holds(self, best: Solved, assumed: Assumed) -> Solved:
        """The best plan, its proof made anew with what the plan found so far says of the bounds, until it stands."""
        for _ in range(ROUNDS):
            if best.outcome.stopped not in (Stopped.ROUNDED, Stopped.GAP_REACHED) or _holds(self.case, best, assumed):
                break
            known = _known_from(best)
            if known == assumed:
                break  # nothing new is known
            assumed = known
            tighter, outcome = self._solved(assumed, best)
            if outcome.values is None:  # the time is up before the proof is made without estimates
                return replace(best, outcome=replace(best.outcome, stopped=outcome.stopped, held=Held.PLAN))
            try:
                found = judged(tighter, outcome, self.options)
            except SolverFailure:  # bounds without estimates may be too wide for any solver: the plan stands, unproven
                return replace(best, outcome=replace(best.outcome, held=Held.PLAN))
            best = found if _is_better(found, best) else replace(best, outcome=_bounded(best.outcome, found, self.options))
        return best


def _known_from(best: Solved) -> Assumed:
    """What a plan says of the bounds: none better spends more than it does."""
    assert best.outcome.objective is not None
    spent = best.outcome.objective + largest_credit(best.model.skeleton)
    return Assumed(most_spent=spent * (1.0 + 1e-6) + 1.0, looser=inf)


def carried_over(columns: Sequence[Name], values: Floats, others: Sequence[Name]) -> Floats:
    """A plan in the columns of another model, by their names; what it does not know is NaN."""
    known = dict(zip(columns, values.tolist(), strict=True))
    return np.array([known.get(name, np.nan) for name in others])


def _holds(case: Case, solved: Solved, assumed: Assumed) -> bool:
    """Whether a plan's proof stands: it survived rounding, and rests on no estimate and on no bound a solver overlooks."""
    lost = solved.outcome.stopped is Stopped.ROUNDED
    return not (lost or are_estimated(case, assumed) or are_loose(case, solved.model.skeleton.largest))


def _passes(plan: Plan) -> bool:
    """Whether a plan keeps its hard limits."""
    return all(row.holds or not row.hard for row in assess(plan, charges_of(plan)))


def _is_better(found: Solved, best: Solved) -> bool:
    assert found.outcome.objective is not None and best.outcome.objective is not None
    return found.outcome.objective <= best.outcome.objective


def _bounded(outcome: Outcome, found: Solved, options: Options) -> Outcome:
    """A plan's outcome with the bound of the tighter model."""
    assert outcome.objective is not None and outcome.values is not None
    bounded = replace(outcome, bound=found.outcome.bound)
    return rejudged(bounded, outcome.objective, outcome.values, outcome.objective, options)


def judged(model: Model, outcome: Outcome, options: Options) -> Solved:
    """The plan that an outcome means, rounded, with what is held of it."""
    assert outcome.values is not None
    polished = made_whole(model.form, outcome)
    plan, values, value = rounded(model.skeleton, model.form, polished.values)
    objective = model.form.objective(values)
    return Solved(model, rejudged(outcome, objective, values, polished.objective, options), polished, plan, value)


def rejudged(outcome: Outcome, objective: float, values: Floats, exact: float, options: Options) -> Outcome:
    """An outcome with other figures; a bound above the cost of a known plan is none, and is cut to it.

    Args:
        exact: the plan's cost before its quantities were rounded to steps, which no other plan escapes either.
    """
    bound = min(outcome.bound, objective)
    within = relative_gap(min(objective, exact), bound) <= options.gap + 1e-6
    ended_well = outcome.stopped in (Stopped.GAP_REACHED, Stopped.ROUNDED)
    stopped = (Stopped.GAP_REACHED if within else Stopped.ROUNDED) if ended_well else outcome.stopped
    held = Held.PROVEN_PLAN if within else Held.PLAN
    return replace(outcome, objective=objective, values=values, bound=bound, stopped=stopped, held=held)


def made_whole(form: StandardForm, outcome: Outcome) -> Polished:
    """The outcome's plan with whole decisions: to the nearest, or where that costs more, with what its orders need."""
    assert outcome.values is not None and outcome.objective is not None
    found: list[Polished] = []
    failure: SolverFailure | None = None
    for values in (outcome.values, opened(form, outcome.values)):
        try:
            found.append(polish(form, values))
        except SolverFailure as error:
            failure = error
        if found and found[-1].objective <= outcome.objective + 1e-6 * abs(outcome.objective) + 1.0:
            break
    if not found:
        assert failure is not None
        raise failure
    return min(found, key=lambda one: one.objective)


def opened(form: StandardForm, values: Floats) -> Floats:
    """The values with whole-number decisions that are a hair above their rounded value raised where a row needs them."""
    whole = values.copy()
    whole[form.integer] = np.rint(values[form.integer])
    could_rise = form.integer & (values > whole + NOISE) & (whole + 1.0 <= form.upper)
    for _ in range(ROUNDS):
        activity = form.activity(whole)
        size = 1.0 + np.abs(activity)
        over, under = activity > form.row_upper + 1e-9 * size, activity < form.row_lower - 1e-9 * size
        helps = (over[form.row] & (form.value < 0.0)) | (under[form.row] & (form.value > 0.0))
        risen = np.unique(form.column[helps & could_rise[form.column]])
        if not len(risen):
            break
        whole[risen] += 1.0
        could_rise[risen] = False
    return whole

"""What is known of a form while it is being solved: the bound, and the best plan, checked and costed by ourselves."""

from __future__ import annotations

from collections import deque

import numpy as np

from planner.engine.highs import Finished, Task
from planner.engine.outcome import Held, Outcome, Progress, Stopped, relative_gap
from planner.engine.programme import Floats, HighsOptions
from planner.engine.scaling import scaled, scales_of
from planner.engine.standard_form import StandardForm

ACCEPTED_VIOLATION = 1e-5
"""A solution that breaks a scaled row or bound by more is not a plan; well above what the solver is allowed, since
undoing its presolve adds to it."""

GAP_TOLERANCE = 1e-6
"""A gap this much above the target counts as reached: feasibility is itself only known to 10⁻⁶."""

LOG_LINES = 100
"""How much of the end of the solver's log is kept."""


class Knowledge:
    """A form in the user's units, the scaled form that the solver sees, and what has been learnt.

    Attributes:
        scaled: the form as the solver sees it.
        values, objective: the best plan and its cost in the user's units; None without one.
        bound: no plan costs less, in the user's units.
        nodes: branch-and-bound nodes so far.
        log: the last lines of the solver's log.
    """

    def __init__(self, form: StandardForm) -> None:
        self.values: Floats | None = None
        self.objective: float | None = None
        self.log: deque[str] = deque(maxlen=LOG_LINES)
        self._form = form
        self._scales = scales_of(form)
        self.scaled = scaled(form, self._scales)
        self.forget_bound()

    def forget_bound(self) -> None:
        """Start afresh after a solver that failed, whose bound is no proof; plans are checked and stay."""
        self.bound, self.nodes = -np.inf, 0

    def learn_plan(self, values: Floats) -> bool:
        """Keep a solution in the user's units if it is one and better than what is held; whether it was."""
        if not self.scaled.violation(self._scales.scaled_values(values)) <= ACCEPTED_VIOLATION:  # NaN is refused too
            return False
        objective = self._form.objective(values)
        if self.objective is not None and objective >= self.objective:
            return False
        self.values, self.objective = values, objective
        return True

    def learn_scaled_plan(self, values: Floats) -> bool:
        """The same for a solution of the scaled form."""
        return self.learn_plan(self._scales.values(values))

    def learn_bound(self, scaled_bound: float, nodes: int) -> None:
        """Take in the bound of the scaled form after some nodes; a bound never falls."""
        self.bound = max(self.bound, self._scales.money(scaled_bound))
        self.nodes = nodes

    def scaled_values(self, values: Floats) -> Floats:
        """Values in the user's units, as the scaled form measures them."""
        return self._scales.scaled_values(values)

    def unscaled_duals(self, duals: Floats) -> Floats:
        """Duals of the scaled form's rows as money per unit of each row's right-hand side."""
        return self._scales.row_duals(duals)

    def scaled_duals(self, duals: Floats) -> Floats:
        """Money per unit of each row's right-hand side as duals of the scaled form's rows."""
        return self._scales.scaled_row_duals(duals)

    @property
    def standing(self) -> tuple[float, float | None]:
        """Bound and plan's cost, to tell whether either has got better."""
        return self.bound, self.objective

    @property
    def scaled_distance(self) -> float:
        """From the bound to the best plan's cost in the scaled form's units; infinite without a plan."""
        return np.inf if self.objective is None else self._scales.scaled_money(self.objective - self._proven_bound())

    def scaled_gap(self, gap: float) -> float:
        """The distance that a relative gap is at the best plan, in the scaled form's units; 0 without a plan."""
        return 0.0 if self.objective is None else self._scales.scaled_money(gap * abs(self.objective))

    def task(self, start: Floats | None, options: HighsOptions, corrections: int = 0) -> Task:
        """The scaled form for the solver, with a start (in the user's units, NaN where unknown).

        Only the start's integers are offered; the solver completes the rest, so that a start survives changes of data.
        """
        form = self.scaled
        known = np.zeros(len(form.columns), dtype=bool) if start is None else form.integer & np.isfinite(start)
        return Task(
            programme=form.bare,
            offset=form.offset,
            cluster=form.cluster,
            start_column=np.flatnonzero(known).astype(np.int32),
            start_value=np.empty(0) if start is None else np.rint(start[known]),
            options=options,
            corrections=corrections,
        )

    def progress(self, seconds: float, seconds_left: float, solved: tuple[int, int] | None = None) -> Progress:
        """For those who watch."""
        return Progress(seconds, seconds_left, self.objective, self._proven_bound(), self.nodes, solved)

    def outcome(self, stopped: Stopped, held: Held, end: Finished | None, seconds: float) -> Outcome:
        """For good; with duals where the solver's end brought some."""
        has_plan = held in (Held.PROVEN_PLAN, Held.PLAN)
        row_duals, reduced_costs = (end.row_duals, end.reduced_costs) if end else (None, None)
        return Outcome(
            stopped=stopped,
            held=held,
            objective=self.objective if has_plan else None,
            bound=np.inf if held is Held.NO_PLAN_EXISTS else self._proven_bound(),
            values=self.values if has_plan else None,
            row_duals=None if row_duals is None else self._scales.row_duals(row_duals),
            reduced_costs=None if reduced_costs is None else self._scales.reduced_costs(reduced_costs),
            seconds=seconds,
            nodes=self.nodes,
            log=tuple(self.log),
        )

    def held(self, stopped: Stopped, target: float) -> Held:
        """What is held when the solver stops; the target is the gap asked for."""
        if stopped is Stopped.INFEASIBLE:
            return Held.NO_PLAN_EXISTS
        if self.objective is None or stopped is Stopped.UNBOUNDED:
            return Held.NOTHING
        proven = relative_gap(self.objective, self.bound) <= target + GAP_TOLERANCE
        return Held.PROVEN_PLAN if proven else Held.PLAN

    def _proven_bound(self) -> float:
        """The bound, without the rounding that lifts it a hair above the cost of an optimal plan."""
        return self.bound if self.objective is None else min(self.bound, self.objective)

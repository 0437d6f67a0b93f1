"""The monolithic solve: the whole model as one mixed-integer programme, and the polishing of its plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.engine.outcome import Options, Outcome
from planner.engine.programme import MIP_TOLERANCE, Floats
from planner.engine.standard_form import StandardForm
from planner.engine.watch import OnProgress, Running, ignore, results
from planner.findings import SolverFailure

TOLERANCES = (1e-9, MIP_TOLERANCE)
"""Feasibility tolerances tried when polishing: as exact as can be, else what the mixed-integer solution was allowed."""

CORRECTIONS = 3
"""How often rows that the polished plan breaks are moved inward; once is enough unless rows tread on each other."""


def solve(
    form: StandardForm,
    options: Options | None = None,
    on_progress: OnProgress = ignore,
    start: Floats | None = None,
) -> Outcome:
    """Solve a form to the gap asked for, in a process of its own.

    Ctrl-C, SIGTERM and the time limit end it with the best plan so far and its proven gap. Bad models and solver
    failures are outcomes too; nothing is raised for them.

    Args:
        start: a known plan, or part of one (NaN where unknown), one figure per column.

    Raises:
        KeyboardInterrupt: on a second Ctrl-C.
    """
    with Running(form, options, on_progress, start) as run:
        return results([run])[0]


@dataclass(frozen=True, eq=False)
class Polished:
    """A plan with whole integers and optimal continuous variables, and what its constraints are worth.

    Attributes:
        values: one figure per column, integers exactly whole.
        objective: their cost.
        row_duals: change of cost per unit by which a row's right-hand side rises, with the integers held: a binding
            ceiling's is negative (more room, less cost), a binding floor's positive.
        reduced_costs: change of cost per unit by which a variable rises from the bound that holds it; for an integer
            column, which is held at its value, from that value.
    """

    values: Floats
    objective: float
    row_duals: Floats
    reduced_costs: Floats


def polish(form: StandardForm, values: Floats, options: Options | None = None) -> Polished:
    """Round the integers of a plan, hold them, and solve what remains, a linear programme, to optimality.

    Signals are not turned into requests here: it takes seconds, and half of it is worth nothing.

    Raises:
        SolverFailure: the linear programme gave no optimal solution in the time of the options.
    """
    return _solved(form, form.held(np.rint(values[form.integer])), options, CORRECTIONS)


def linear(form: StandardForm) -> Polished:
    """The optimum of a linear programme, as exact as the solver can make it.

    Raises:
        SolverFailure: there is none, or it was not found.
    """
    return _solved(form, form, None, corrections=0)


def _solved(form: StandardForm, held: StandardForm, options: Options | None, corrections: int) -> Polished:
    """The optimum of a linear programme whose integer columns are held, as exact as the solver can make it."""
    for tolerance in TOLERANCES:
        tolerances = {"primal_feasibility_tolerance": tolerance, "dual_feasibility_tolerance": tolerance}
        with Running(held, options, solver_options=tolerances, corrections=corrections) as run:
            outcome = results([run], stoppable=False)[0]
        if outcome.values is not None and outcome.row_duals is not None and outcome.reduced_costs is not None:
            exact = np.where(form.integer, held.lower, outcome.values)
            # adding 0 turns -0, which a user reads as a fault, into 0
            return Polished(exact + 0.0, form.objective(exact), outcome.row_duals + 0.0, outcome.reduced_costs + 0.0)
    raise SolverFailure(
        f"The plan could not be brought to its final figures: {outcome.stopped}. " + " / ".join(outcome.log[-3:])
    )

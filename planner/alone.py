"""One case, solved in a process of its own beside others: the programmes of its solve come one after the other."""

from __future__ import annotations

from models.case import Case
from planner.answers import no_plan
from planner.engine import Options, Outcome, Resources, StandardForm
from planner.engine import solve as solve_form
from planner.engine.compiler import let_go
from planner.engine.programme import Floats
from planner.proving import Known, Model, Solved, carried_over, proven


def solved_alone(case: Case, options: Options, known: Known | None = None) -> Solved:
    """The best plan of a case.

    Args:
        known: a plan to start from.

    Raises:
        NoPlan, OutOfTime, SolverFailure: there is none.
    """
    let_go()
    resources = Resources(alone=True)

    def solve(form: StandardForm, left: Options, start: Floats | None) -> Outcome:
        return solve_form(form, left, start=start, resources=resources)

    model = Model.of(case)
    start = None if known is None else carried_over(known.columns, known.values, model.form.columns)
    solved = proven(case, model, solve(model.form, options, start), options, solve)
    if isinstance(solved, Outcome):
        raise no_plan(model, solved, options)
    return solved

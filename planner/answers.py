"""From what a solver leaves to a result, or to the error that says why there is none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from models.assess import assess, charges_of
from models.bounds import Assumed
from models.build import line_totals
from planner import conflict
from planner.engine import Held, Options, Outcome, Stopped
from planner.findings import Exit, Interrupted, NoPlan, OutOfTime, PlannerError, SolverFailure
from planner.proving import Model, Solved
from planner.result import Result
from planner.verify import compare_costs


def result_of(solved: Solved, options: Options) -> Result:
    """A plan with its bill and its check; what it was made from, and what explains it, is filled in by the caller."""
    plan, charges = solved.plan, charges_of(solved.plan)
    claimed = line_totals(solved.model.skeleton, solved.value)
    costs = compare_costs(plan, charges, claimed, solved.outcome.objective or 0.0)
    return Result(
        book=Path(), sha256="", started=datetime.now(UTC), plan=plan, charges=charges,
        assessments=(*assess(plan, charges), *costs), options=options, outcome=solved.outcome, claimed=claimed,
        without_policy=None, marginal_values=(), missed=(), findings=(), seconds={},
    )  # fmt: skip


def no_plan(model: Model, outcome: Outcome, options: Options) -> PlannerError:
    """Why there is no plan, as an error."""
    if outcome.held is Held.NO_PLAN_EXISTS:
        loose = Model.of(model.skeleton.case, Assumed(agreed=False))
        return NoPlan("\n".join(conflict.sentences(loose.skeleton, loose.form, options)))
    if outcome.stopped is Stopped.ERROR:
        return SolverFailure("The solver failed, twice. Its last words: " + " / ".join(outcome.log[-5:]))
    if was_asked_to_end(outcome):
        return Interrupted(status(outcome))
    return OutOfTime(
        f"No plan was found in {options.time_limit:g} s, and none was proven impossible. Give it more time (--time-limit)."
    )


def status(outcome: Outcome) -> Exit:
    """The exit status of a run that holds a plan."""
    if outcome.stopped is Stopped.INTERRUPTED:
        return Exit.INTERRUPTED
    if outcome.stopped is Stopped.TERMINATED:
        return Exit.TERMINATED
    return Exit.PLAN if outcome.held is Held.PROVEN_PLAN else Exit.GAP_ABOVE_TARGET


def was_asked_to_end(outcome: Outcome) -> bool:
    """Whether the user or the system ended the solve."""
    return outcome.stopped in (Stopped.INTERRUPTED, Stopped.TERMINATED)

"""What becomes of a finished plan in scenarios that it was not made for: purchases are held, each scenario is lived through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from models.case import Case
from models.futures import Future, futures_of, touching
from models.outcomes import cvar
from models.plan import Plan
from planner.distribution import Lived, Stress, ordered
from planner.engine.decomposition import LocalWorkers
from planner.engine.solving import cores
from planner.findings import FaultyInput, Finding, Severity
from planner.outputs.risk import RiskRow
from planner.plan_reader import NotInInput, objective_of, planned_from, read_plan, rows
from planner.recourse import Part, Way, live_through
from planner.tail import Held, Named, chosen
from planner.workbook import Book

MOST = 100_000
"""Combinations of scenarios that are lived through at most."""
PARTS = 8
"""In how many parts the work is handed to each worker, which tell how far it is: each brings the whole plan with it."""


def stress(
    plan: Path, scenarios: Path, case: Case, sha256: str, look: Callable[[int, int], None] = lambda done, of: None
) -> Stress:
    """Live through every scenario of a case with the purchases of a written plan, in parallel.

    Args:
        scenarios, sha256: the case's workbook.
        look: called while it goes on, with how many parts of how many are done.

    Raises:
        FaultyInput: the plan cannot be read, or buys what the case does not have; or the case has no scenarios.
    """
    if not (case.scenarios and case.shocks):
        raise FaultyInput([_none()])
    book = Book(plan)
    case = case.with_settings(max_scenarios=MOST, objective=objective_of(book))
    same_input = planned_from(book) == sha256
    try:
        read, _, _ = read_plan(book, case)
    except NotInInput as error:
        raise error if same_input else FaultyInput([_other(error.findings[0], plan, scenarios)]) from error
    lived = lived_through(replace(read, emergencies=()), look)
    own = _planned(book, case.settings.cvar_alpha)
    return Stress(case, tuple(lived), futures_of(case).dropped, own, same_input)


def lived_through(plan: Plan, look: Callable[[int, int], None]) -> list[Lived]:
    """What becomes of a plan in each future, with what its model would do then; the most costly first."""
    held = [(future, _states(plan.case, future)) for future in futures_of(plan.case).kept]
    struck = chosen(plan, held, _ways(plan, held, look))
    return ordered(plan, ((future, [struck[state] for state in states]) for future, states in held))


def _states(case: Case, future: Future) -> list[Named]:
    """What a future does to the materials that it has shocks about."""
    return [(material, names) for material in case.material if (names := touching(case, material, future))]


def _ways(plan: Plan, held: Held, look: Callable[[int, int], None]) -> dict[Named, tuple[Way, ...]]:
    """Every material in every combination of scenarios about it, each lived through once."""
    states = sorted({state for _, states in held for state in states})
    count = min(PARTS * cores(), len(states))
    parts = [Part(plan, tuple(states[k::count])) for k in range(count)]  # of every material a part: some take longer
    with LocalWorkers(cores()) as workers:
        found = workers.each(live_through, parts, look) if len(parts) > 1 else [live_through(part) for part in parts]
    return {(ways[0].struck.material, ways[0].struck.scenarios): ways for part in found for ways in part}


def _planned(book: Book, alpha: float) -> tuple[float, float, float] | None:
    """Expected loss, CVaR and worst loss in the scenarios that the plan was made with, as its sheet Risk has them."""
    losses = [
        (Future((line.text("scenarios"),), line.number_in("probability")), line.number_in("loss"))
        for line in rows(book, RiskRow)
    ]
    if not losses:
        return None
    return sum(future.probability * loss for future, loss in losses), cvar(losses, alpha), max(loss for _, loss in losses)


def _other(found: Finding, plan: Path, scenarios: Path) -> Finding:
    """What the plan has, and the workbook of scenarios does not."""
    message = (
        f"{found.value!r} of {plan.name} is not in {scenarios.name}, which is not the workbook that the plan was made from"
    )
    remedy = "Name the workbook that the plan was made from, or a copy of it with other Scenarios and Shocks."
    return replace(found, message=message, remedy=remedy)


def _none() -> Finding:
    message = "there are no scenarios with shocks: nothing to test the plan with"
    return Finding(
        Severity.FAULT, "Scenarios", "", "", message, "Fill the sheets Scenarios and Shocks, or name another workbook."
    )

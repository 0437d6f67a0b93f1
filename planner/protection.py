"""The objective `protection`: first as little loss as can be had within the limits, then the cheapest plan that keeps to it.

Both are solved as any plan is, decomposed where that pays, and both bounds are told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from models.case import Case
from models.plan import CENT
from models.records import Objective
from planner.engine import Options, Outcome, Resources, Stopped
from planner.engine import solve as solve_form
from planner.engine.progress import Display
from planner.proving import Model
from planner.warm_start import WarmStart

Known = Callable[[Model], WarmStart]

FIRST = 0.5
"""Share of the time that the first of the two solves may take."""


class Aim(NamedTuple):
    """What is left to do after the first of the two solves, or from the start.

    Attributes:
        case: whose cheapest plan is wanted.
        options: with the time that is left.
        first: what came of the first solve, which has the same columns; nothing where cost is the only objective.
    """

    case: Case
    options: Options
    first: Outcome | None = None


def aimed(case: Case, objective: Objective, options: Options, display: Display, resources: Resources, known: Known) -> Aim:
    """Where the objective is `protection`: find the least loss, and ask of the cheapest plan to keep to it.

    Keeping to it leaves as much room as the gap that is asked for. Without a plan the case is left as it is.

    Args:
        known: what an earlier plan says of a model.
    """
    if objective is Objective.COST:
        return Aim(case.with_settings(objective=objective), options)
    model = Model.of(case.with_settings(objective=Objective.PROTECTION))
    limited = replace(options, time_limit=FIRST * options.time_limit)
    with display:
        first = solve_form(model.form, limited, display.labelled("protection"), known(model).values, resources)
    if first.objective is None:
        return Aim(case, options, first)
    cap = first.objective + options.gap * abs(first.objective) + CENT
    given = case.settings.protection_cap
    kept = case.with_settings(objective=Objective.COST, protection_cap=cap if given is None else min(cap, given))
    left = 0.0 if first.stopped in (Stopped.INTERRUPTED, Stopped.TERMINATED) else options.time_limit - first.seconds
    return Aim(kept, replace(options, time_limit=max(1.0, left)), first)

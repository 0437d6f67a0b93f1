"""From a solved form to a plan of whole steps, and to the figures that the model has for exactly that plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from models.build import decisions, idle, read_plan
from models.plan import Plan
from models.skeleton import Skeleton
from planner.engine import StandardForm
from planner.engine.programme import Floats
from planner.engine.settling import settled
from planner.engine.standard_form import numbered

Valued = Callable[[Any], float]
"""The value of a Pyomo variable."""


def rounded(m: Skeleton, form: StandardForm, values: Floats) -> tuple[Plan, Floats, Valued]:
    """The plan that a solution means, and the model's own figures for it.

    Decisions are rounded to steps and whole lots, awards and onboardings that serve nothing are left out, and everything
    else follows from them.

    Returns:
        The plan, the values (one per column), and a function that gives each variable's.
    """
    position = numbered(form.columns)
    names: dict[int, str] = {}  # Pyomo puts a name together anew whenever it is asked for

    def column_of(variable: Any) -> int:
        container = variable.parent_component()
        if id(container) not in names:
            names[id(container)] = container.name
        return position[names[id(container)], variable.index()]

    def valued(figures: Floats) -> Valued:
        return lambda variable: float(figures[column_of(variable)])

    plan = read_plan(m, valued(values))
    values, decided = values.copy(), np.zeros(len(values), dtype=bool)
    for name, value in (*decisions(m, plan), *((name, 0.0) for name in idle(m, plan))):
        values[position[name]] = value
        decided[position[name]] = True
    values = settled(form, values, decided)
    return plan, values, valued(values)

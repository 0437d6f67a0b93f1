"""Whole-number decisions that nothing needs: a solver leaves them as it finds them where they cost nothing."""

from __future__ import annotations

import numpy as np

from planner.engine.programme import Booleans, Floats, Programme
from planner.engine.standard_form import totals

SLACK = 1e-9
"""By what share of what a row comes to its bound is widened, so that rounding does not hold a decision up."""


def without_idle(programme: Programme, values: Floats, droppable: Booleans) -> Floats:
    """A solution in which every droppable whole number is at its least, unless a row needs it where it is.

    Args:
        droppable: the columns that may be lowered: at no cost, and nothing outside the programme needs them.
    """
    values = values.copy()
    order = np.argsort(programme.column, kind="stable")
    start = np.searchsorted(programme.column[order], np.arange(len(values) + 1))
    row, value = programme.row[order], programme.value[order]
    activity = totals(programme.row, programme.value * values[programme.column], len(programme.row_lower))
    room = SLACK * np.maximum(1.0, np.abs(activity))
    lower, upper = programme.row_lower - room, programme.row_upper + room
    found = True
    while found:
        found = False
        for j in np.flatnonzero(droppable & programme.integer & (values > programme.lower + 0.5)):
            rows, change = row[start[j] : start[j + 1]], value[start[j] : start[j + 1]] * (programme.lower[j] - values[j])
            after = activity[rows] + change
            if np.all((after >= lower[rows]) | (change >= 0.0)) and np.all((after <= upper[rows]) | (change <= 0.0)):
                activity[rows], values[j], found = after, programme.lower[j], True
    return values

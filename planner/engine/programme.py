"""A mixed-integer programme in bare arrays, as solvers take it and as processes hand it on."""

from __future__ import annotations

from dataclasses import dataclass

from planner.engine.standard_form import Booleans, Floats, Integers


@dataclass(frozen=True, eq=False)
class Programme:
    """Minimise cost · x, with row_lower ≤ A x ≤ row_upper, bounds, and whole numbers where `integer`; A by rows."""

    cost: Floats
    lower: Floats
    upper: Floats
    integer: Booleans
    start: Integers
    column: Integers
    value: Floats
    row_lower: Floats
    row_upper: Floats

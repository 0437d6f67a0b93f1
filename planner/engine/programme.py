"""A mixed-integer programme in bare arrays, as solvers take it and as processes hand it on, and the way into HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Booleans = NDArray[np.bool_]

MIP_TOLERANCE = 1e-7
"""Tolerance on rows, bounds and wholeness of a mixed-integer solution, in scaled units.

HiGHS's own is ten times larger, and its plans then change visibly when their integers are rounded.
"""

ROUNDING = 1e-12
"""Relative error that adding up a row may leave in double precision."""

HighsOptions = dict[str, float | int | str]


@dataclass(frozen=True, eq=False)
class Programme:
    """Minimise cost · x, with row_lower ≤ A x ≤ row_upper, lower ≤ x ≤ upper, and x[integer] whole.

    Attributes:
        start, column, value: A by rows; row r holds the entries `start[r]` to `start[r + 1]`.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    integer: Booleans
    start: Integers
    column: Integers
    value: Floats
    row_lower: Floats
    row_upper: Floats

    @cached_property
    def row(self) -> Integers:
        """The row of every entry of A."""
        return np.repeat(np.arange(len(self.row_lower), dtype=np.int32), np.diff(self.start))

    def broken(self, x: Floats) -> tuple[Floats, Floats]:
        """By how much x lies below and above the bounds of each inequality; nothing where it is rounding of the sum alone."""
        terms, rows = self.value * x[self.column], len(self.row_lower)
        activity, size = (np.bincount(self.row, weights=part, minlength=rows) for part in (terms, np.abs(terms)))
        is_inequality, noise = self.row_lower < self.row_upper, ROUNDING * size
        below, above = self.row_lower - activity, activity - self.row_upper
        return np.where(is_inequality & (below > noise), below, 0.0), np.where(is_inequality & (above > noise), above, 0.0)

    def allows_nothing(self) -> bool:
        """Whether every row is satisfied where nothing is done."""
        return not (np.any(self.row_lower > 0.0) or np.any(self.row_upper < 0.0))


def configured(options: HighsOptions) -> highspy.Highs:
    """HiGHS with the engine's options, and others over them."""
    solver = highspy.Highs()
    common: dict[str, Any] = {
        "log_to_console": False,
        "mip_feasibility_tolerance": MIP_TOLERANCE,
        "mip_abs_gap": 0.0,  # a gap in dollars would depend on the model's scale
        "small_matrix_value": 1e-12,  # by default entries below 1e-9 are dropped without a word
    }
    for name, value in (common | options).items():
        accepted(solver.setOptionValue(name, value), f"option {name} = {value}")
    return solver


def load(solver: highspy.Highs, programme: Programme, offset: float = 0.0) -> None:
    """Pass a programme to HiGHS in one call."""
    status = solver.passModel(
        len(programme.cost), len(programme.row_lower), len(programme.value), int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize), offset, programme.cost, programme.lower, programme.upper, programme.row_lower,
        programme.row_upper, programme.start, programme.column, programme.value, programme.integer.astype(np.int32),
    )  # fmt: skip
    accepted(status, "the model")


def accepted(status: highspy.HighsStatus, what: str) -> None:
    """HiGHS reports a misspelt option or a malformed model by its status only.

    Raises:
        ValueError: it did.
    """
    if status == highspy.HighsStatus.kError:
        raise ValueError(f"HiGHS does not accept {what}")

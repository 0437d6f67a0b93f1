"""Scaling: one model holds grams and megatonnes, dollars and billions, and the solver sees figures near 1.

Why: the solver's tolerances are absolute (10⁻⁶ on a row, 10⁻⁷ on a reduced cost). On a row written in dollars with
billions in it, 10⁻⁶ is beyond double precision; on a row in megatonnes it is a kilogram. Rules therefore write their
rows in the user's units, and the standard form is scaled here, once, just before the solver and undone just after.

How: row r is multiplied by 2^row[r], variable c is measured in units of 2^column[c], money in units of 2^-objective.
Powers of two change no mantissa, so scaling and its undoing are exact to the bit. The exponents are the least-squares
answer (Curtis and Reid, by alternating means) to three wishes, all in logarithms: every coefficient near 1; every
row's right-hand side near 1; every continuous variable's upper bound near 1, so that a quantity is roughly a share of
what is possible and a tolerance is relative to it. Integer columns keep scale 1, because a whole number in other units
is none. The objective's exponent brings the middle of the costs to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.engine.programme import Floats, Integers
from planner.engine.standard_form import StandardForm, totals

ROUNDS = 12
"""Alternations between rows and columns; further ones move few exponents by more than a half."""

REACH = 40
"""No exponent leaves ±40 (a factor of 10¹²), so that nothing overflows or becomes subnormal."""


@dataclass(frozen=True, eq=False)
class Scales:
    """Exponents of two for the rows, the columns and the objective, and the way back to the user's units."""

    row: Integers
    column: Integers
    objective: int

    def inverse(self) -> Scales:
        """The scales that undo these."""
        return Scales(-self.row, -self.column, -self.objective)

    def scaled_values(self, x: Floats) -> Floats:
        """A solution in the user's units, as the scaled form measures it."""
        return np.ldexp(x, -self.column)

    def values(self, x: Floats) -> Floats:
        """A solution of the scaled form, in the user's units."""
        return np.ldexp(x, self.column)

    def money(self, amount: float) -> float:
        """An objective or a bound of the scaled form, in the user's units."""
        return float(np.ldexp(amount, -self.objective))

    def scaled_money(self, amount: float) -> float:
        """An amount of money as the scaled form measures it."""
        return float(np.ldexp(amount, self.objective))

    def row_duals(self, y: Floats) -> Floats:
        """The scaled form's row duals as money per unit of each row's right-hand side."""
        return np.ldexp(y, self.row - self.objective)

    def scaled_row_duals(self, y: Floats) -> Floats:
        """Money per unit of each row's right-hand side as duals of the scaled form's rows."""
        return np.ldexp(y, self.objective - self.row)

    def reduced_costs(self, d: Floats) -> Floats:
        """The scaled form's reduced costs as money per unit of each variable."""
        return np.ldexp(d, -self.column - self.objective)


def scales_of(form: StandardForm) -> Scales:
    """The scales that bring a form's figures near 1; deterministic, in a time linear in the entries."""
    row, column = _balance(form)
    costs = np.log2(np.abs(form.cost[form.cost != 0.0])) + column[form.cost != 0.0]
    objective = -_rounded(np.median(costs)) if len(costs) else 0
    return Scales(row, column, int(objective))


def scaled(form: StandardForm, scales: Scales) -> StandardForm:
    """The same form measured by the scales; `scaled(scaled(f, s), s.inverse())` is f to the bit."""
    costs = scales.column + scales.objective
    return replace(
        form,
        cost=np.ldexp(form.cost, costs),
        aside=None if form.aside is None else np.ldexp(form.aside, costs),
        offset=float(np.ldexp(form.offset, scales.objective)),
        lower=np.ldexp(form.lower, -scales.column),
        upper=np.ldexp(form.upper, -scales.column),
        value=np.ldexp(form.value, scales.row[form.row] + scales.column[form.column]),
        row_lower=np.ldexp(form.row_lower, scales.row),
        row_upper=np.ldexp(form.row_upper, scales.row),
    )


def _balance(form: StandardForm) -> tuple[Integers, Integers]:
    """The rows' and columns' exponents by alternating means."""
    n_rows, n_columns = len(form.rows), len(form.columns)
    entry = np.log2(np.abs(form.value))
    right_side, has_right_side = _magnitude(form.row_lower, form.row_upper)
    reach, has_reach = _magnitude(form.lower, form.upper)
    row_terms = np.maximum(np.bincount(form.row, minlength=n_rows) + has_right_side, 1)
    column_terms = np.maximum(np.bincount(form.column, minlength=n_columns) + has_reach, 1)
    row, column = np.zeros(n_rows), np.zeros(n_columns)
    for _ in range(ROUNDS):
        row = -(totals(form.row, entry + column[form.column], n_rows) + right_side) / row_terms
        column = (reach - totals(form.column, entry + row[form.row], n_columns)) / column_terms
        column[form.integer] = 0.0
    columns = _rounded(column)
    # with the columns settled on powers of two, the rows are fitted to those
    row = -(totals(form.row, entry + columns[form.column], n_rows) + right_side) / row_terms
    return _rounded(row), columns


def _magnitude(lower: Floats, upper: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """log2 of the larger finite bound (0 where there is none but zero), and where there is one."""
    size = np.maximum(*(np.where(np.isfinite(bound), np.abs(bound), 0.0) for bound in (lower, upper)))
    present = size > 0.0
    return np.log2(size, where=present, out=np.zeros_like(size)), present


def _rounded(exponent: Floats) -> Integers:
    return np.clip(np.rint(exponent), -REACH, REACH).astype(np.int32)

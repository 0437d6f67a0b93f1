"""A flat Pyomo model: the yardstick for what building with rules and ledgers costs on top of Pyomo itself."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC
from pyomo.core.expr.numeric_expr import LinearExpression

from planner.engine.standard_form import StandardForm


def flat_at_rest(form: StandardForm) -> pyo.ConcreteModel:
    """The same while the garbage collector rests, as it does in `models.build`: a comparison of the work alone."""
    with PauseGC():
        return flat(form)


def flat(form: StandardForm) -> pyo.ConcreteModel:
    """The rows and columns of a form as one list of variables and one of constraints, written down one by one."""
    model = pyo.ConcreteModel()
    model.x = pyo.VarList()
    for lower, upper, integer in zip(form.lower.tolist(), form.upper.tolist(), form.integer.tolist(), strict=True):
        variable = model.x.add()
        variable.domain = pyo.Integers if integer else pyo.Reals
        variable.setlb(lower)
        variable.setub(upper)
    x = list(model.x.values())
    model.rows = pyo.ConstraintList()
    columns, values, start = form.column.tolist(), form.value.tolist(), form.start.tolist()
    bounds = zip(form.row_lower.tolist(), form.row_upper.tolist(), strict=True)
    for begins, ends, (lower, upper) in zip(start[:-1], start[1:], bounds, strict=True):
        body = _body(values[begins:ends], [x[column] for column in columns[begins:ends]])
        model.rows.add((None if lower == -np.inf else lower, body, None if upper == np.inf else upper))
    used = np.flatnonzero(form.cost).tolist()
    costs = _body(form.cost[used].tolist(), [x[column] for column in used], form.offset)
    model.cost = pyo.Objective(expr=costs)
    return model


def _body(coefficients: list[float], variables: list[pyo.Var], constant: float = 0.0) -> LinearExpression:
    return LinearExpression(constant=constant, linear_coefs=coefficients, linear_vars=variables)

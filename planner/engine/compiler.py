"""From a Pyomo model to its standard form.

Rules write their rows as `LinearExpression`s, whose coefficients and variables are read straight from the expression;
that is several times faster than Pyomo's general compilers. Any other linear body goes through Pyomo's own
`generate_standard_repn`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
from pyomo.common import dependencies
from pyomo.common.gc_manager import PauseGC
from pyomo.core import Block, ConcreteModel, Constraint, Objective, Var, minimize, value
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression
from pyomo.repn import generate_standard_repn

from planner.engine.programme import Floats, Integers
from planner.engine.standard_form import MASTER, Name, StandardForm, address, compressed, totals

ClusterOf = Callable[[Any], str | None]


def compile(
    model: ConcreteModel, *, coupling: Collection[str] = (), cluster_of: Mapping[str, ClusterOf] | None = None
) -> StandardForm:
    """The standard form of a linear Pyomo model with one minimising objective.

    Rows and columns come in the order of declaration; every active constraint becomes a row, even one without
    variables, and every variable a column, even one that no row uses. A fixed variable is a column with equal bounds.

    Args:
        model: built in the user's units.
        coupling: full names of the constraint containers whose rows tie clusters together.
        cluster_of: for each variable container's full name, the cluster of the variable at an index, or None for the
            master's; containers left out belong to the master.

    Raises:
        ValueError: something is not linear, not a number, not finite, or an integer variable lacks finite bounds.
    """
    with PauseGC():  # as in `models.build`: nothing here becomes garbage before the end
        return _compiled(model, set(coupling), cluster_of or {})


def _compiled(model: ConcreteModel, coupling: set[str], cluster_of: Mapping[str, ClusterOf]) -> StandardForm:
    columns = _Columns.of(model, cluster_of)
    cost, offset = _objective(model, columns)
    entries = _Entries(columns.position)
    rows, is_coupling, bounds = _rows(model, entries, coupling)
    row, column, values = entries.arrays()
    start, column, values = compressed(row, column, values, len(rows))
    constant = np.array(entries.constants, dtype=np.float64)
    form = StandardForm(
        cost=cost,
        offset=offset,
        lower=np.array(columns.lower, dtype=np.float64),
        upper=np.array(columns.upper, dtype=np.float64),
        integer=np.array(columns.integer, dtype=bool),
        start=start,
        column=column,
        value=values,
        row_lower=_bounds([low for low, _ in bounds], -np.inf) - constant,
        row_upper=_bounds([high for _, high in bounds], np.inf) - constant,
        rows=rows,
        columns=tuple(columns.names),
        clusters=tuple(columns.clusters),
        cluster=np.array(columns.cluster, dtype=np.int32),
        coupling=np.array(is_coupling, dtype=bool),
    )
    _assert_sound(form)
    return form


@dataclass
class _Columns:
    """The variables in order of declaration."""

    names: list[Name] = field(default_factory=list)
    position: dict[int, int] = field(default_factory=dict)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    cluster: list[int] = field(default_factory=list)
    clusters: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, model: ConcreteModel, cluster_of: Mapping[str, ClusterOf]) -> _Columns:
        columns = cls()
        for container in model.component_objects(Var, descend_into=Block):
            columns._add(container, cluster_of.get(container.name, _master))
        return columns

    def _add(self, container: Var, cluster_of: ClusterOf) -> None:
        name = container.name
        for index, variable in container.items():
            self.position[id(variable)] = len(self.names)
            self.names.append((name, index))
            low, high = (value(variable), value(variable)) if variable.fixed else variable.bounds
            self.lower.append(-np.inf if low is None else low)
            self.upper.append(np.inf if high is None else high)
            self.integer.append(variable.is_integer())
            cluster = cluster_of(index)
            self.cluster.append(MASTER if cluster is None else self.clusters.setdefault(cluster, len(self.clusters)))


def _master(_: Any) -> None:
    """The cluster of a container for which none is declared."""


class _Entries:
    """The coefficients of the rows read so far, and each row's constant."""

    def __init__(self, position: dict[int, int]) -> None:
        self._position = position
        self._column: list[int] = []
        self._coefficient: list[Any] = []
        self._end: list[int] = []
        self.constants: list[float] = []

    def add(self, body: Any) -> None:
        """Read one row's body.

        Raises:
            ValueError: it is not linear.
            KeyError: it uses a variable that is not on the model.
        """
        if body.__class__ is LinearExpression:
            self.constants.append(self._read(body))
        else:
            terms = generate_standard_repn(body, compute_values=True, quadratic=False)
            if terms.nonlinear_expr is not None:
                raise ValueError("is not linear")
            self._column.extend(self._position[id(variable)] for variable in terms.linear_vars)
            self._coefficient.extend(terms.linear_coefs)
            self.constants.append(terms.constant)
        self._end.append(len(self._column))

    def _read(self, body: LinearExpression) -> float:
        constant = 0.0
        position, column, coefficient = self._position, self._column.append, self._coefficient.append
        for term in body.args:
            if term.__class__ is MonomialTermExpression:
                factor, variable = term.args
                column(position[id(variable)])
                coefficient(factor)
            elif id(term) in position:
                column(position[id(term)])
                coefficient(1.0)
            else:
                constant += value(term)
        return constant

    def arrays(self) -> tuple[Integers, Integers, Floats]:
        """(row, column, value) of every entry, in the order they were read."""
        lengths = np.diff(self._end, prepend=0)
        row = np.repeat(np.arange(len(self._end), dtype=np.int32), lengths)
        return row, np.array(self._column, dtype=np.int32), _floats(self._coefficient)


def _rows(model: ConcreteModel, entries: _Entries, coupling: set[str]) -> tuple[tuple[Name, ...], list[bool], list[Any]]:
    """Read every active constraint into the entries: the rows' names, which of them couple, and their bounds."""
    names: list[Name] = []
    couples: list[bool] = []
    bounds: list[tuple[float | None, float | None]] = []
    for container in model.component_objects(Constraint, active=True, descend_into=Block):
        container_name = container.name
        is_coupling = container_name in coupling
        for index, constraint in container.items():
            if not constraint.active:
                continue
            low, body, high = constraint.to_bounded_expression(evaluate_bounds=True)
            names.append((container_name, index))
            couples.append(is_coupling)
            bounds.append((low, high))
            _read(entries, body, names[-1])
    return tuple(names), couples, bounds


def _read(entries: _Entries, body: Any, name: Name) -> None:
    """Add a body to the entries, naming it where it cannot be read."""
    try:
        entries.add(body)
    except ValueError as error:
        raise ValueError(f"{address(name)} {error}") from error
    except KeyError as error:
        raise ValueError(f"{address(name)} uses a variable that is not on the model") from error


def _objective(model: ConcreteModel, columns: _Columns) -> tuple[Floats, float]:
    """Cost per column and the constant."""
    objectives = list(model.component_data_objects(Objective, active=True, descend_into=Block))
    if [objective.sense for objective in objectives] != [minimize]:
        raise ValueError(f"one objective to minimise is needed, not {[str(objective.sense) for objective in objectives]}")
    entries = _Entries(columns.position)
    _read(entries, objectives[0].expr, (objectives[0].name, None))
    _, column, coefficient = entries.arrays()
    return totals(column, coefficient, len(columns.names)), entries.constants[0]


def _floats(numbers: list[Any]) -> Floats:
    try:
        return np.array(numbers, dtype=np.float64)
    except (TypeError, ValueError):  # Pyomo parameters refuse to become floats unasked
        return np.array([value(number) for number in numbers], dtype=np.float64)


def _bounds(numbers: list[float | None], missing: float) -> Floats:
    return np.array([missing if number is None else number for number in numbers], dtype=np.float64)


def _assert_sound(form: StandardForm) -> None:
    """Raise a ValueError naming the first figure that no solver can work with."""
    for what, names, sound in (
        ("coefficient", form.rows, np.bincount(form.row, ~np.isfinite(form.value), len(form.rows)) == 0),
        ("bound", form.rows, (form.row_lower < np.inf) & (form.row_upper > -np.inf)),
        ("bound", form.columns, (form.lower < np.inf) & (form.upper > -np.inf)),
        ("cost", form.columns, np.isfinite(form.cost)),
        ("finite bounds", form.columns, ~form.integer | np.isfinite(form.lower) & np.isfinite(form.upper)),
    ):
        if not sound.all():
            raise ValueError(f"{address(names[int(np.argmin(sound))])} has no usable {what}")
    if not np.isfinite(form.offset):
        raise ValueError("the objective's constant is not a number")


def let_go() -> None:
    """Drop the lock by which Pyomo would capture output of several processes: a worker that is ended leaves it behind."""
    dependencies.capture_output_lock = Lock()

"""Assembly: the full model put together from the master and the clusters, as decomposition sees it.

`build(case.restrict(()))` is the master ∅: all coupling rows, and the columns z that belong to no cluster. Cluster k's
form is the build of the case restricted to the cluster: its own columns x_k and local rows, and again all coupling
rows and master columns. With D the coefficients of the coupling rows,

    D_k          = the coupling rows of cluster k's form on x_k
    constant_k   = rhs_k − rhs_∅     what the cluster itself adds to the right-hand sides, such as its open orders, and to
                                     the bounds of z, such as its losses to that of CVaR's threshold
    joint rows   : Σ_k D_k x_k + D_∅ z  within  rhs_∅ + Σ_k constant_k

Rows and columns are matched by name and index. That the assembled form equals the full build, coefficient for
coefficient (`planner.engine.comparison`), is what makes decomposition right.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.engine.programme import Booleans, Floats, Integers
from planner.engine.standard_form import MASTER, Name, StandardForm, address, compressed, numbered, positions


def assemble(master: StandardForm, clusters: Sequence[StandardForm]) -> StandardForm:
    """The full form of a case, from the forms of its restrictions to no material and to each cluster.

    Raises:
        ValueError: a form's coupling rows or master columns are not the master's, two forms share a local row or a
            column, a local row is not local, or the master has local rows or columns of a cluster.
    """
    if not (master.coupling.all() and np.all(master.cluster == MASTER)):
        raise ValueError("the master has local rows or columns of a cluster")
    for form in clusters:
        _assert_fits(form, master)
    forms = (master, *clusters)
    own_columns = [np.ones(len(master.columns), dtype=bool), *(form.cluster != MASTER for form in clusters)]
    own_rows = [master.coupling, *(~form.coupling for form in clusters)]
    columns = numbered([name for form, own in zip(forms, own_columns, strict=True) for name in _kept(form.columns, own)])
    rows = numbered([name for form, own in zip(forms, own_rows, strict=True) for name in _kept(form.rows, own)])
    start, column, value = _entries(forms, own_columns, rows, columns)
    names = list(dict.fromkeys(name for form in clusters for name in form.clusters))
    return StandardForm(
        cost=_joined([form.cost for form in forms], own_columns),
        offset=master.offset + sum(form.offset - master.offset for form in clusters),
        lower=_bounds(master, clusters, "lower"),
        upper=_bounds(master, clusters, "upper"),
        integer=_joined([form.integer for form in forms], own_columns),
        start=start,
        column=column,
        value=value,
        row_lower=_right_sides(master, clusters, "row_lower"),
        row_upper=_right_sides(master, clusters, "row_upper"),
        rows=tuple(rows),
        columns=tuple(columns),
        clusters=tuple(names),
        cluster=_joined([form.cluster_among(names) for form in forms], own_columns),
        coupling=_joined([form.coupling for form in forms], own_rows),
    )


def _assert_fits(form: StandardForm, master: StandardForm) -> None:
    """Raise a ValueError unless a cluster's form has the coupling rows of the master, no master column that the master
    lacks, and local rows that are local."""
    form.assert_local_rows()
    astray = set(_kept(form.rows, form.coupling)) ^ set(master.rows)
    astray |= set(_kept(form.columns, form.cluster == MASTER)) - set(master.columns)
    if astray:
        raise ValueError(f"{address(min(astray, key=str))} is not the same in the master and in a cluster")


def _kept(names: Sequence[Name], own: Booleans) -> list[Name]:
    return list(compress(names, own))


def _joined(parts: Sequence[NDArray[Any]], own: Sequence[Booleans]) -> NDArray[Any]:
    return np.concatenate([part[mask] for part, mask in zip(parts, own, strict=True)])


def _entries(
    forms: Sequence[StandardForm], own_columns: Sequence[Booleans], rows: dict[Name, int], columns: dict[Name, int]
) -> tuple[Integers, Integers, Floats]:
    """D_∅, every D_k and every cluster's local rows, at their places in the full matrix."""
    placed = []
    for form, own in zip(forms, own_columns, strict=True):
        mine = own[form.column]
        to_row, to_column = positions(form.rows, rows), positions(form.columns, columns)
        placed.append((to_row[form.row[mine]], to_column[form.column[mine]], form.value[mine]))
    row, column, value = (np.concatenate(part) for part in zip(*placed, strict=True))
    return compressed(row, column, value, len(rows))


def _right_sides(master: StandardForm, clusters: Sequence[StandardForm], side: str) -> Floats:
    """One bound of every row: rhs_∅ + Σ constant_k for the coupling rows, then the clusters' local rows.

    Raises:
        ValueError: a row is bounded in one form only.
    """
    parts = [_Side(getattr(form, side), form.coupling, form.rows) for form in (master, *clusters)]
    for part in parts[1:]:
        _assert_alike(parts[0], part, side)
    return _added_up(*parts)


def _bounds(master: StandardForm, clusters: Sequence[StandardForm], side: str) -> Floats:
    """One bound of every column: of the master's what each cluster adds to it, then those of the clusters' own."""
    return _added_up(*(_Side(getattr(form, side), form.cluster == MASTER, form.columns) for form in (master, *clusters)))


class _Side(NamedTuple):
    """A bound of all rows or columns of a form, and which of these every form has."""

    bound: Floats
    shared: Booleans
    names: Sequence[Name]

    @property
    def shared_names(self) -> list[Name]:
        return _kept(self.names, self.shared)


def _added_up(master: _Side, *clusters: _Side) -> Floats:
    """What all have, with what each cluster adds to it, and then what is the clusters' own."""
    at, total = numbered(master.names), master.bound.copy()
    for part in clusters:
        place, bound = positions(part.shared_names, at), part.bound[part.shared]
        differs = bound != master.bound[place]  # what is infinite alike adds nothing
        total[place[differs]] += bound[differs] - master.bound[place[differs]]
    return np.concatenate([total, *(part.bound[~part.shared] for part in clusters)])


def _assert_alike(master: _Side, part: _Side, side: str) -> None:
    """Raise a ValueError where a row is bounded in one of the two only."""
    base = master.bound[positions(part.shared_names, numbered(master.names))]
    mismatch = np.flatnonzero(np.isfinite(part.bound[part.shared]) != np.isfinite(base))
    if len(mismatch):
        row = part.shared_names[mismatch[0]]
        raise ValueError(f"the {side} of {address(row)} is finite in one of the master and a cluster only")

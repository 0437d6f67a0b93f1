"""Whether two standard forms are the same model, whatever the order of their rows and columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from planner.engine.programme import Floats, Integers
from planner.engine.standard_form import Name, StandardForm, address, numbered, positions


def equal(a: StandardForm, b: StandardForm, tolerance: float = 1e-9) -> bool:
    """Whether `differences` finds none."""
    return next(differences(a, b, tolerance), None) is None


def differences(a: StandardForm, b: StandardForm, tolerance: float = 1e-9) -> Iterator[str]:
    """Where two forms differ: names, figures by more than the tolerance (absolute and relative), kinds, clusters."""
    missing = [*_in_one_only("row", a.rows, b.rows), *_in_one_only("column", a.columns, b.columns)]
    yield from missing
    if missing:
        return
    row_of, column_of = positions(a.rows, numbered(b.rows)), positions(a.columns, numbered(b.columns))
    names = list(dict.fromkeys((*a.clusters, *b.clusters)))
    if not np.isclose(a.offset, b.offset, tolerance, tolerance):
        yield f"offset: {a.offset} and {b.offset}"
    for what, left, right in (
        ("cost", a.cost, b.cost),
        ("lower", a.lower, b.lower),
        ("upper", a.upper, b.upper),
        ("integer", a.integer, b.integer),
        ("cluster", a.cluster_among(names), b.cluster_among(names)),
    ):
        yield from _unlike(what, a.columns, left, right[column_of], tolerance)
    for what, left, right in (
        ("row_lower", a.row_lower, b.row_lower),
        ("row_upper", a.row_upper, b.row_upper),
        ("coupling", a.coupling, b.coupling),
    ):
        yield from _unlike(what, a.rows, left, right[row_of], tolerance)
    yield from _unlike_entries(a, b, row_of, column_of, tolerance)


def _in_one_only(what: str, left: Sequence[Name], right: Sequence[Name]) -> Iterator[str]:
    for name in sorted(set(left) ^ set(right), key=str):
        yield f"the {what} {address(name)} is in one form only"


def _unlike(what: str, names: Sequence[Name], left: Any, right: Any, tolerance: float) -> Iterator[str]:
    for k in map(int, np.flatnonzero(~np.isclose(left, right, tolerance, tolerance))):
        yield f"{what} of {address(names[k])}: {left[k]} and {right[k]}"


def _unlike_entries(a: StandardForm, b: StandardForm, row_of: Integers, column_of: Integers, tolerance: float) -> Iterator[str]:
    """Coefficients that differ; one that a form leaves out is 0 there."""
    width = len(b.columns)
    places_a = row_of[a.row].astype(np.int64) * width + column_of[a.column]
    places_b = b.row.astype(np.int64) * width + b.column
    places = np.union1d(places_a, places_b)
    left, right = _spread(places_a, a.value, places), _spread(places_b, b.value, places)
    for k in np.flatnonzero(~np.isclose(left, right, tolerance, tolerance)):
        r, j = divmod(int(places[k]), width)
        yield f"{address(b.columns[j])} in {address(b.rows[r])}: {left[k]} and {right[k]}"


def _spread(places: Any, value: Floats, among: Any) -> Floats:
    spread = np.zeros(len(among))
    spread[np.searchsorted(among, places)] = value
    return spread

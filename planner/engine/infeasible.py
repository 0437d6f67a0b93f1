"""Which rows stand against each other when there is no solution.

Rows may be broken at a price, and the cheapest way to break them is found: at its optimum the rows with a dual value are a
proof of infeasibility (Farkas' lemma; the elastic programme of Chinneck, Feasibility and Infeasibility in Optimization,
2008, chapter 6). The rows of a proof are infeasible without all others: of them a deletion filter leaves out every group of
rows without which the rest still is. Where the linear relaxation can be satisfied, whole-number decisions are part of the
conflict: the elastic programme is then solved with integers, and there is no filter.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

import numpy as np

from planner.engine.monolithic import polish, solve
from planner.engine.outcome import Held, Options
from planner.engine.programme import Booleans, Floats
from planner.engine.standard_form import MASTER, Name, StandardForm, compressed

NOTHING = 1e-7
"""Breaches and prices below this, with every row scaled to its right-hand side, are the solver's noise."""

GroupOf = Callable[[Name], Hashable | None]
"""The group of a row that stays or goes together; None for rows that are never broken."""


@dataclass(frozen=True)
class Conflict:
    """Limits that cannot all be kept.

    Attributes:
        rows: addresses of the rows that stand against each other, with those that are never broken.
        columns: addresses of the variables whose bounds take part.
        whole: whether whole-number decisions are needed for the conflict.
    """

    rows: tuple[Name, ...]
    columns: tuple[Name, ...]
    whole: bool


def conflict(form: StandardForm, options: Options, group_of: GroupOf) -> Conflict | None:
    """The limits that stand against each other in a form without solution; None if none are found in the time given.

    A conflict without rows says that there is a solution.
    """
    groups = [group_of(name) for name in form.rows]
    breakable = np.array([group is not None for group in groups])
    relaxed = replace(form, integer=np.zeros_like(form.integer))
    found = _certificate(relaxed, breakable, options)
    if found is None or found.rows:
        return found and _filtered(_alone(relaxed, found), breakable, groups, found, options)
    whole = _certificate(form, breakable, options)
    return whole and replace(whole, whole=bool(whole.rows))


def _alone(form: StandardForm, found: Conflict) -> StandardForm:
    """The form with the rows of a proof only."""
    kept = frozenset(found.rows)
    return form.freed(np.array([name not in kept for name in form.rows]))


def _filtered(
    form: StandardForm, breakable: Booleans, groups: list[Hashable | None], found: Conflict, options: Options
) -> Conflict:
    """The conflict without the groups that it does not need, tried in the order of the rows."""
    named = dict(zip(form.rows, groups, strict=True))
    for group in dict.fromkeys(named[name] for name in found.rows):
        if group is not None and any(named[name] == group for name in found.rows):
            without = form.freed(np.array([g == group for g in groups]))
            rest = _certificate(without, breakable, options)
            if rest is not None and rest.rows:
                form, found = without, rest
    return found


def _certificate(form: StandardForm, breakable: Booleans, options: Options) -> Conflict | None:
    """The rows and bounds with a price at the cheapest breach; none where nothing need be broken; None without answer."""
    wanted = elastic(form, breakable)
    outcome = solve(wanted, options)
    if outcome.held is Held.NO_PLAN_EXISTS and not breakable.all():
        return _certificate(form, np.ones_like(breakable), options)
    if outcome.values is None:
        return None
    found = polish(wanted, outcome.values, options)
    if found.objective <= NOTHING:
        return Conflict((), (), False)
    size = len(form.columns)
    priced = np.abs(found.row_duals * _sizes(form)) > NOTHING
    bounded = (np.abs(found.reduced_costs[:size]) > NOTHING) & (found.values[:size] != 0.0) & ~form.integer
    return Conflict(
        tuple(form.rows[r] for r in np.flatnonzero(priced)),
        tuple(form.columns[c] for c in np.flatnonzero(bounded)),
        False,
    )


def elastic(form: StandardForm, breakable: Booleans) -> StandardForm:
    """The form in which some rows may be broken, at a price of one for the size of their right-hand side."""
    short = np.flatnonzero(breakable & np.isfinite(form.row_lower))
    over = np.flatnonzero(breakable & np.isfinite(form.row_upper))
    rows = np.concatenate((short, over))
    size, extra = len(form.columns), len(rows)
    start, column, value = compressed(
        np.concatenate((form.row, rows)).astype(np.int32),
        np.concatenate((form.column, np.arange(size, size + extra))).astype(np.int32),
        np.concatenate((form.value, np.ones(len(short)), -np.ones(len(over)))),
        len(form.rows),
    )
    return replace(
        form,
        cost=np.concatenate((np.zeros(size), 1.0 / _sizes(form)[rows])),
        offset=0.0,
        lower=np.concatenate((form.lower, np.zeros(extra))),
        upper=np.concatenate((form.upper, np.full(extra, np.inf))),
        integer=np.concatenate((form.integer, np.zeros(extra, dtype=bool))),
        start=start,
        column=column,
        value=value,
        columns=(*form.columns, *(("breach", form.rows[r]) for r in rows)),
        cluster=np.concatenate((form.cluster, np.full(extra, MASTER))).astype(np.int32),
    )


def _sizes(form: StandardForm) -> Floats:
    """The size of each row: its larger finite bound, or its largest coefficient where both are zero."""
    bound = np.maximum(
        np.where(np.isfinite(form.row_lower), np.abs(form.row_lower), 0.0),
        np.where(np.isfinite(form.row_upper), np.abs(form.row_upper), 0.0),
    )
    largest = np.zeros(len(form.rows))
    np.maximum.at(largest, form.row, np.abs(form.value))
    return np.where(bound > 0.0, bound, np.where(largest > 0.0, largest, 1.0))

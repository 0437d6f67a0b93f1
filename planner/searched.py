"""What a search in parts leaves for the next one: it is written with the plan, and the next search begins with it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from planner.engine import Outcome, StandardForm
from planner.engine.programme import Floats
from planner.engine.standard_form import address

Figures = Mapping[str, float]
"""By the address of a row or column; nothing is listed for nothing."""

NOTHING: Figures = MappingProxyType({})


class Searched(NamedTuple):
    """What one search leaves.

    Attributes:
        charges: what materials were charged for each limit that they share, in USD per unit of the limit.
        orders: the plan's orders, in units.
    """

    charges: Figures = NOTHING
    orders: Figures = NOTHING


class Searches(NamedTuple):
    """What the searches for the plan and for the same without the Policy sheet leave."""

    plan: Searched = Searched()
    baseline: Searched = Searched()


NEVER = Searches()
"""Nothing was solved in parts."""


def searched(form: StandardForm, outcome: Outcome | None) -> Searched:
    """What a solve leaves; nothing where it was none, or one of the whole."""
    if outcome is None or outcome.master_duals is None:
        return Searched()
    duals, values = outcome.master_duals, outcome.values
    charges = {address(form.rows[row]): float(duals[row]) for row in np.flatnonzero(duals)}
    if values is None:
        return Searched(charges)
    bought = (at for at in np.flatnonzero(values) if form.columns[at][0] == "buy")
    return Searched(charges, {address(form.columns[at]): float(values[at]) for at in bought})


def charges_in(form: StandardForm, known: Searched) -> Floats | None:
    """Charges in the rows of a form; none where nothing is known."""
    return np.array([known.charges.get(address(row), 0.0) for row in form.rows]) if known.charges else None


def orders_in(form: StandardForm, known: Searched) -> Floats | None:
    """Orders in the columns of a form, NaN for all other columns; none where nothing is known."""
    if not known.orders:
        return None
    return np.array([known.orders.get(address(name), 0.0) if name[0] == "buy" else np.nan for name in form.columns])

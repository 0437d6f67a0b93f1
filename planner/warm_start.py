"""What an earlier plan says of a new model: orders and signatures that both know, as a start for the search."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from models.build import decisions
from models.decisions import Contract, Purchase
from models.plan import Plan
from models.skeleton import Skeleton
from planner.engine import StandardForm
from planner.engine.programme import Floats
from planner.outputs import ContractRow, PurchaseRow, SearchRow
from planner.outputs.run import BASELINE, CHARGE, ORDER, PLAN
from planner.plan_reader import rows
from planner.searched import NEVER, Searched, Searches
from planner.workbook import Book

DECISIONS = frozenset({"buy", "awards"})
"""The variables that are taken over; what lies where follows from them."""


class WarmStart(NamedTuple):
    """An earlier plan in the columns of a model; nothing where there is none.

    Attributes:
        values: one per column; NaN for what the plan does not say.
        sentence: how much of it was used, for the user.
        searches: what its searches left.
    """

    values: Floats | None = None
    sentence: str = ""
    searches: Searches = NEVER


def warm_start(path: Path, m: Skeleton, form: StandardForm) -> WarmStart:
    """Read an earlier plan as far as it fits: orders on offers, by traders and in periods that the model knows.

    Raises:
        FaultyInput: the workbook cannot be read, or is no plan.
    """
    book, case = Book(path), m.case
    periods = {case.calendar.name(period): period for period in case.calendar.horizon}
    written = list(rows(book, PurchaseRow))
    placed = [
        (line.text("offer"), line.text("trader"), periods.get(line.text("ordered_in"), 0), line.number_in("quantity"))
        for line in written
    ]
    purchases = tuple(Purchase(o, f, t, quantity) for o, f, t, quantity in placed if (o, f, t) in m.buy)
    signed = [(line.text("offer"), line.text("trader")) for line in rows(book, ContractRow)]
    plan = Plan(case, purchases, tuple(Contract(o, f) for o, f in signed if (o, f) in m.awards))
    taken = {name: value for name, value in decisions(m, plan) if name[0] in DECISIONS}
    values = np.array([taken.get(name, np.nan) for name in form.columns])
    sentence = f"The search starts from {path}: {len(purchases)} of its {len(written)} orders fit."
    return WarmStart(values, sentence, _searches(book))


def _searches(book: Book) -> Searches:
    """What the plan's searches left; nothing of a plan that was written before this was."""
    found: dict[str, tuple[dict[str, float], dict[str, float]]] = {PLAN: ({}, {}), BASELINE: ({}, {})}
    for line in rows(book, SearchRow) if SearchRow.sheet in book.titles else ():
        charges, orders = found[line.choice("model", tuple(found))]
        figures = charges if line.choice("kind", (CHARGE, ORDER)) == CHARGE else orders
        figures[line.text("name")] = line.number_in("figure")
    return Searches(*(Searched(*figures) for figures in found.values()))

"""What lenders advance on a material. Building side only."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from models.case import Case
from models.landed_cost import benchmark


class Terms(NamedTuple):
    """Shares of the value of stock in depots, and of goods on the way, that are lent; the haircut is taken off."""

    in_depot: float
    in_transit: float


@lru_cache(maxsize=4)
def terms_of(case: Case) -> Mapping[str, Terms]:
    """The terms of each material: those of the row that names it, else its group, else all others; none: nothing is lent."""
    rows = {row.group or "": row for row in case.advances}
    found = {}
    for name, material in case.material.items():
        row = next((rows[key] for key in (name, material.group, "") if key in rows), None)
        kept = 1.0 - row.haircut if row is not None else 0.0
        found[name] = Terms(row.in_depot * kept, row.in_transit * kept) if row is not None else Terms(0.0, 0.0)
    return found


def opening_value(case: Case, material: str) -> float:
    """What the opening stock of a material cost, in USD; where that is not known, the benchmark price on the first day."""
    first = benchmark(case, material, case.calendar.first_day(1))
    rows = (row for row in case.opening_stock if row.material == material)
    return sum(row.quantity * (first if row.unit_cost is None else row.unit_cost) for row in rows)

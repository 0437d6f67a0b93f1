"""Where goods may lie: depots' spaces of a storage class, by place. Building side only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from models.case import Case
from models.records import Depot


@lru_cache(maxsize=512)
def depots_of(case: Case, material: str) -> Mapping[str, Depot | None]:
    """The depots that may hold a material, by place; one place without name where the case has no depots.

    A place is a depot's space of one storage class: `depot / class`, or `depot` where it takes any class.
    """
    if not case.depots:
        return {"": None}
    wanted = case.material[material].storage_class
    return {place(row): row for row in case.depots if not wanted or row.storage_class in ("", wanted)}


def place(depot: Depot) -> str:
    """The name of a depot's space of one storage class."""
    return f"{depot.depot} / {depot.storage_class}" if depot.storage_class else depot.depot


def takes(case: Case, depot: Depot | None, period: int) -> bool:
    """Whether a depot takes goods in a period: it is open on the period's last day."""
    if depot is None:
        return False
    end = case.calendar.last_day(period)
    return (depot.from_date or date.min) <= end <= (depot.to_date or date.max)


@lru_cache(maxsize=512)
def space_unit(case: Case, space: str) -> str:
    """The unit in which a space is measured: its materials', tonnes where they differ."""
    return case.common_unit(i for i in case.whole.material if space in depots_of(case.whole, i))

"""What may become of an open order: it arrives as agreed, it is deferred, or it is cancelled. Building side only."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import takewhile
from typing import Any, NamedTuple

from models.case import Case
from models.records import OpenOrder


class Coming(NamedTuple):
    """An open order as it may arrive.

    Attributes:
        order: with the day of that arrival.
        chosen: binary variable that says so; nothing where it is certain.
    """

    order: OpenOrder
    chosen: Any | None


@lru_cache(maxsize=4)
def ways(case: Case) -> Mapping[str, tuple[OpenOrder, ...]]:
    """Each open order as it may arrive, by its number: as agreed, then deferred period by period, within the plan."""
    return {order.order: tuple(_ways(case, order)) for order in case.open_orders}


def _ways(case: Case, order: OpenOrder) -> list[OpenOrder]:
    last = case.calendar.last_day(case.calendar.periods)
    if order.arrival > last:
        return [order]
    days = (_later(order.arrival, n * case.calendar.months) for n in range(1, order.deferrable + 1))
    within = [day for day in takewhile(lambda day: day <= last, days) if case.calendar.period_of(day) in case.calendar.horizon]
    return [order, *(order.model_copy(update={"arrival": day}) for day in within)]


def _later(day: date, months: int) -> date:
    """The same day of a later month, or its last one if it is shorter."""
    month = day.year * 12 + day.month - 1 + months
    year, number = month // 12, month % 12 + 1
    return date(year, number, min(day.day, monthrange(year, number)[1]))

"""The last plan in this one's periods: what it orders when, how far it looks, and what of it is frozen. Building side only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from models.case import Case
from models.records import Previous

Order = tuple[str, str, int]
"""Offer, trader and order period."""


@lru_cache(maxsize=4)
def last_orders(case: Case) -> Mapping[Order, float]:
    """What the last plan orders (material's unit); nothing is listed for nothing."""
    sums: dict[Order, float] = defaultdict(float)
    for row in case.previous:
        sums[order_of(case, row)] += row.quantity
    return dict(sums)


def order_of(case: Case, row: Previous) -> Order:
    """What an order of the last plan is in this one's periods."""
    return row.offer, row.trader, case.calendar.period_of(row.period)


def known_until(case: Case) -> int:
    """The last period that the last plan looks ahead to; 0 where there is none, or it has ended."""
    until = case.whole.last_plan_until
    return 0 if until is None else max(0, min(case.calendar.periods, case.calendar.period_of(until)))


def frozen_until(case: Case) -> int:
    """The last frozen period."""
    return min(case.settings.frozen_periods, known_until(case))


def frozen_orders(case: Case) -> Mapping[Order, float]:
    """What the last plan orders in the frozen periods (material's unit)."""
    until = frozen_until(case)
    return {key: quantity for key, quantity in last_orders(case).items() if key[2] <= until}

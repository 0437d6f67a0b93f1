"""How much of a material can be there by when, at most, and how much is needed: the arithmetic behind several checks."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from models import needs
from models.case import Case, grouped
from planner.sense.supply import Source, deliveries, participation, sources_of


class Outlook(NamedTuple):
    """What is needed of a material and what can be there, by the end of period 1, 2, …, in its unit.

    Attributes:
        drawn: what may leave the stock, demand or call-offs, added up from the plan's first day.
        must: the same where it must be met.
        floor: the least that must be in stock: the hard floor or the minimum stock.
        target: the stock that meets the cover target.
        opening: stock when the plan starts.
        ordered: open orders that have arrived, added up.
        bought: the most that can have been bought and arrived, as far as offers and suppliers go.
        within_cap: the same within the participation cap.
        least: the stock that is there even if nothing is bought and all that is asked for leaves.
    """

    drawn: Sequence[float]
    must: Sequence[float]
    floor: Sequence[float]
    target: Sequence[float]
    opening: float
    ordered: Sequence[float]
    bought: Sequence[float]
    within_cap: Sequence[float]
    least: Sequence[float]

    @property
    def is_needed(self) -> bool:
        """Whether anything asks for the material."""
        return any(map(any, (self.drawn, self.floor, self.target)))

    def lacking(self, period: int) -> float:
        """What must be bought and have arrived by the end of a period, so that what must leave and the floor are met."""
        return max(0.0, self.must[period - 1] + self.floor[period - 1] - self.opening - self.ordered[period - 1])


@lru_cache(maxsize=4)
def reach(case: Case) -> Mapping[str, Outlook]:
    """The arithmetic of every material. Losses are left out of what can be there, so that it is never too little."""
    demand, calls, stock, orders = (
        grouped(rows, "material") for rows in (case.demand, case.call_offs, case.opening_stock, case.open_orders)
    )
    found = {}
    for record in case.materials:
        name = record.material
        part = Case(
            case.settings, (record,), (), (), demand=tuple(demand.get(name, ())), call_offs=tuple(calls.get(name, ())),
            opening_stock=tuple(stock.get(name, ())), unrestricted=case,
        )  # fmt: skip
        arriving, certain = (dict.fromkeys(case.calendar.horizon, 0.0) for _ in range(2))
        for order in orders.get(name, ()):
            period = case.calendar.period_of(order.arrival)
            for sums in (arriving, certain) if not order.is_open else (arriving,):
                if period in sums:
                    sums[period] += order.quantity
        found[name] = _outlook(case, part, name, list(arriving.values()), list(certain.values()))
    return found


def _outlook(case: Case, part: Case, name: str, arriving: list[float], certain: list[float]) -> Outlook:
    record, horizon = case.material[name], case.calendar.horizon
    drawn = list(needs.drawn(part, name).values())
    hard = any(drawn) and record.value_of_shortage is None
    keeps, level, least = needs.kept(part, name), needs.opening_stock(part, name), []
    for arrival, draw in zip(certain, drawn, strict=True):
        level = max(0.0, keeps * level + arrival - draw) if record.shelf_life is None else 0.0
        least.append(level)
    bought, within_cap = _bought(case, name)
    floors = [max(needs.floor(part, name, t) if record.floor_days else 0.0, record.minimum_stock) for t in horizon]
    return Outlook(
        drawn=list(accumulate(drawn)),
        must=list(accumulate(drawn)) if hard else [0.0] * len(drawn),
        floor=floors,
        target=[needs.target(part, name, t) if record.target_cover_days else 0.0 for t in horizon],
        opening=needs.opening_stock(part, name),
        ordered=list(accumulate(arriving)),
        bought=bought,
        within_cap=within_cap,
        least=least,
    )


def _bought(case: Case, material: str) -> tuple[list[float], list[float]]:
    """The most that can have arrived by the end of each period: by offers and suppliers, and within the cap too."""
    by_supplier: dict[str, list[Source]] = defaultdict(list)
    for source in sources_of(case)[material]:
        by_supplier[source.offer.supplier].append(source)
    delivered = [_delivered(case, name, material, found) for name, found in by_supplier.items()]
    bought = [sum(column) for column in zip(*delivered, strict=True)] or [0.0] * case.calendar.periods
    market = _limited(case, sources_of(case)[material], participation(case, material), math.inf)
    return bought, [min(pair) for pair in zip(bought, market, strict=True)]


def _delivered(case: Case, supplier: str, material: str, found: Sequence[Source]) -> list[float]:
    """The most that one supplier can have delivered of a material by the end of each period."""
    arrived = [_arrived(case, source) for source in found]
    together = [sum(column) for column in zip(*arrived, strict=True)]
    limits = deliveries(case).get((supplier, material), (math.inf, math.inf))
    if limits == (math.inf, math.inf):
        return together
    return [min(pair) for pair in zip(together, _limited(case, found, *limits), strict=True)]


def _arrived(case: Case, source: Source) -> list[float]:
    """What can have arrived of one offer by the end of each period."""
    arriving = [0.0] * case.calendar.periods
    for slot in source.slots:
        arriving[slot.arrival - 1] += source.per_period
    total = source.offer.maximum_total
    return list(accumulate(arriving) if total is None else (min(sum_, total) for sum_ in accumulate(arriving)))


def _limited(case: Case, found: Iterable[Source], per_period: float, per_year: float) -> list[float]:
    """What can have arrived where the orders of a period, and those of a year, are limited together."""
    arriving: dict[tuple[int, int], float] = defaultdict(float)
    for source in found:
        for slot in source.slots:
            arriving[slot.arrival, slot.period] += source.per_period
    gains = [0.0] * case.calendar.periods
    in_period: dict[int, float] = defaultdict(float)
    in_year: dict[int, float] = defaultdict(float)
    for arrival, period in sorted(arriving):
        more = _raise(in_period, period, arriving[arrival, period], per_period)
        gains[arrival - 1] += _raise(in_year, (period - 1) * case.calendar.months // 12, more, per_year)
    return list(accumulate(gains))


def _raise(sums: dict[int, float], key: int, by: float, limit: float) -> float:
    """Add to a sum; by how much it rises below its limit."""
    before = min(sums[key], limit)
    sums[key] += by
    after = min(sums[key], limit)
    return after - before if after > before else 0.0

"""The landed cost of an offer, component by component, and prices: data, known before the model. Building side only."""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

from pyomo.common.gc_manager import PauseGC

from models.case import Case, grouped
from models.records import Duty, Milestone, Offer
from models.slots import Slot, on_the_way, slots_of

WAY = ("freight", "insurance", "handling")


class LandedCost(NamedTuple):
    """What one unit costs until it lies in the depot, in USD per unit of the material, without the trader's fee.

    Attributes:
        duty_rate: by how much the duty falls with each dollar that the price falls by.
    """

    purchase: float
    freight: float
    insurance: float
    handling: float
    assay: float
    inspection: float
    duty: float
    duty_rate: float

    @property
    def total(self) -> float:
        """purchase + freight + insurance + handling + assay + inspection + duty."""
        return self.purchase + self.freight + self.insurance + self.handling + self.assay + self.inspection + self.duty


def price(case: Case, offer: Offer, day: date, factor: float = 1.0) -> float:
    """Price of one unit ordered on a day, in USD per unit of the material; the index is multiplied by the factor.

    Fixed, or the index plus the premium; not below the floor or zero, nor above the cap; less the share that the seller gives
    back of what it is above the floor.
    """
    return _pricer(case, offer)(day, factor)


def _pricer(case: Case, offer: Offer) -> Callable[[date, float], float]:
    """`price` of one offer, by day and factor."""
    own = case.whole.material[offer.material].unit
    unit, floor, cap, premium = offer.quoted_per or own, offer.floor, offer.cap, offer.premium
    least, per = max(0.0, floor or 0.0), case.times(unit, own)
    stands = None if offer.index is None else index_prices(case, offer)

    def at(day: date, factor: float = 1.0) -> float:
        value = max(least, offer.price or 0.0 if stands is None else factor * stands(day) + premium)
        if cap is not None:
            value = min(value, cap)
        if floor is not None:
            value -= offer.upside_share * max(0.0, value - floor)
        return value * per

    return at


def index_prices(case: Case, offer: Offer) -> Callable[[date], float]:
    """What an offer's index counts as for an order of each day, in USD per the unit of the offer's price."""
    index, own = offer.index, case.whole.material[offer.material].unit
    assert index is not None
    times = case.times(case.index_unit[index] or own, offer.quoted_per or own)
    counted_from = timedelta() if offer.quotation_from is Milestone.ORDER else on_the_way(offer)
    stands = _stands(case.whole, index, offer.quotation_months, counted_from)
    return lambda day: stands[day] * times


class _Stands(dict[date, float]):
    """What an index counts as for an order of each day asked for so far, in USD per its own unit.

    Its quotation of that day; with a quotational period, the mean over the days of that month.
    """

    def __init__(self, case: Case, index: str, months: int | None, counted_from: timedelta) -> None:
        super().__init__()
        self._terms = case, index, months, counted_from

    def __missing__(self, day: date) -> float:
        case, index, months, counted_from = self._terms
        if months is None:
            found = float(case.quotation(index, day))
        else:
            found = month_mean(case, index, _month_after(day + counted_from, months))
        self[day] = found
        return found


_stands = lru_cache(maxsize=4096)(_Stands)
"""Offers on an index with the same quotational period share what is known of it."""


def quoted_from(offer: Offer, day: date) -> date:
    """The first day on which an index must have a price for an order of a day: that day, or that of the quotational period."""
    if offer.quotation_months is None:
        return day
    return _month_after(day if offer.quotation_from is Milestone.ORDER else day + on_the_way(offer), offer.quotation_months)


def _month_after(day: date, months: int) -> date:
    """The first day of the month so many after that of a day."""
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


@lru_cache(maxsize=4096)
def month_mean(case: Case, index: str, first: date) -> float:
    """The mean of an index over the days of the month that begins on a day, in USD per its own unit."""
    days = monthrange(first.year, first.month)[1]
    return sum(case.quotation(index, first + timedelta(days=n)) for n in range(days)) / days


def landed_cost(case: Case, offer: Offer, slot: Slot) -> LandedCost:
    """Landed cost of one unit ordered in a slot: what the delivery term leaves to the buyer is paid beside the price."""
    [found] = _in_slots(case, offer, (slot,))
    return found


def _in_slots(case: Case, offer: Offer, slots: Sequence[Slot]) -> list[LandedCost]:
    """Landed cost of one unit ordered in each slot; it is worked out once where price and duties stay what they are."""
    within = included(offer)
    freight, insurance, handling = (0.0 if name in within else float(getattr(offer, name)) for name in WAY)
    contained = sum(float(getattr(offer, name)) for name in within - {"duty"})
    (days, stacks), at = _duties(case, offer), _pricer(case, offer)

    def cost(value: float, stack: Stack) -> LandedCost:
        duty, rate = stack.charged(max(0.0, value - contained))
        return LandedCost(value, freight, insurance, handling, offer.assay_cost, offer.inspection_cost, duty, rate)

    found: list[LandedCost] = []
    arrivals = [slot.arrives for slot in slots]
    for stack, end in zip(stacks, [*(bisect_left(arrivals, day) for day in days), len(slots)], strict=True):
        if offer.index is None and end > len(found):
            found += [cost(at(slots[0].day, 1.0), stack)] * (end - len(found))
        else:
            found += [cost(at(slot.day, 1.0), stack) for slot in slots[len(found) : end]]
    return found


def included(offer: Offer) -> frozenset[str]:
    """What of freight, insurance, handling and duty is in the offer's price."""
    return offer.incoterm.seller_pays if offer.incoterm is not None else frozenset()


class Stack(NamedTuple):
    """Duties together: a share of the customs value, what is charged on a unit, and the least that it is worth (USD).

    The customs value is the price without what it contains of the way (19 USC 1401a(b)(4)).
    """

    rate: float
    specific: float = 0.0
    least: float = 0.0

    def charged(self, value: float) -> tuple[float, float]:
        """The duty on a unit of a customs value (USD), and by how much it falls with each dollar less."""
        below = max(0.0, self.least - value)
        return self.rate * value + self.specific + below, self.rate - (1.0 if below else 0.0)


def _duties(case: Case, offer: Offer) -> Stacks:
    """What an offer's goods are charged: nothing where it is in the price, else its own rate or the rows of its code."""
    if "duty" in included(offer):
        return [], [Stack(0.0)]
    if not offer.tariff_code:
        return [], [Stack(offer.duty_rate)]
    key, known = (offer.tariff_code, offer.refine_country, case.whole.material[offer.material].unit), _stacks(case.whole)
    if key not in known:
        known[key] = _stacks_of(case.whole, *key)
    return known[key]


Stacks = tuple[list[date], list[Stack]]
"""Stacks one after another, and the days on which each but the first begins."""


@lru_cache(maxsize=4)
def _stacks(case: Case) -> dict[tuple[str, str | None, str], Stacks]:
    """The stacks asked for so far, by tariff code, origin and the material's unit: offers share them."""
    return {}


def _stacks_of(case: Case, code: str, origin: str | None, unit: str) -> Stacks:
    """The stacks on goods of a tariff code and origin, per a unit."""
    rows = _duties_of(case).get(code, ())
    begins = {row.from_date for row in rows if row.from_date is not None}
    begins |= {row.to_date + timedelta(days=1) for row in rows if row.to_date is not None and row.to_date < date.max}
    days = sorted(begins)
    return days, [_stack(case, _in_force(case, code, origin, day), unit) for day in (date.min, *days)]


def _stack(case: Case, rows: Sequence[Duty], unit: str) -> Stack:
    """What some duties come to, per unit of the material."""
    times = [case.times(row.duty_unit or unit, unit) for row in rows]
    pairs = list(zip(rows, times, strict=True))
    least = max((factor * (row.minimum_import_price or 0.0) for row, factor in pairs), default=0.0)
    return Stack(sum(row.rate for row in rows), sum(factor * row.specific_duty for row, factor in pairs), least)


def duties_on(case: Case, offer: Offer, arrives: date) -> list[Duty]:
    """The rows that are charged on an offer's goods: of each kind in force the one with the narrowest origin."""
    return _in_force(case.whole, offer.tariff_code or "", offer.refine_country, arrives)


def _in_force(case: Case, code: str, origin: str | None, day: date) -> list[Duty]:
    country = case.country.get(origin or "")
    blocs = country.blocs if country is not None else ()
    found: dict[str, tuple[int, Duty]] = {}
    for row in _duties_of(case).get(code, ()):
        if row.origin not in ("", origin, *blocs):
            continue
        if (row.from_date or date.min) <= day <= (row.to_date or date.max):
            narrow = 2 if row.origin == origin else 1 if row.origin else 0
            if row.kind not in found or narrow > found[row.kind][0]:
                found[row.kind] = narrow, row
    return [row for _, row in found.values()]


@lru_cache(maxsize=4)
def _duties_of(case: Case) -> Mapping[str, list[Duty]]:
    """The rows of each tariff code."""
    return grouped(case.duties, "tariff_code")


@lru_cache(maxsize=4)
def landed_costs(case: Case) -> Mapping[tuple[str, int], LandedCost]:
    """Landed cost by offer and order period, in USD per unit."""
    found: dict[tuple[str, int], LandedCost] = {}
    with PauseGC():  # small objects that all stay: the collector takes two fifths of the time
        for offer in case.offers:
            slots = slots_of(case)[offer.offer]
            keys = zip(repeat(offer.offer), [slot.period for slot in slots], strict=False)
            found.update(zip(keys, _in_slots(case, offer, slots), strict=True))
    return found


def fee(case: Case, trader: str, material: str) -> float:
    """The trader's fee as a share of landed cost: the mandate's where it names one, else its own; and for its credit."""
    mandate, record = case.mandate.get((trader, material)), case.trader[trader]
    return (record.fee if mandate is None or mandate.fee is None else mandate.fee) + record.credit


def benchmark(case: Case, material: str, day: date) -> float:
    """Benchmark price of a material on a day (USD per unit): index, price, or the mean price of its offers, else 0."""
    record = case.material[material]
    if record.benchmark_index is not None:
        index = record.benchmark_index
        return case.quotation(index, day) * case.times(case.index_unit[index] or record.unit, record.unit)
    if record.benchmark_price is not None:
        return record.benchmark_price
    prices = [price(case, offer, day) for offer in case.offers_of[material]]
    return sum(prices) / len(prices) if prices else 0.0


def shortage_value(case: Case, material: str) -> float:
    """What a unit short in a scenario costs, in USD: the value of shortage, or the shortage multiple of the benchmark price."""
    own = case.material[material].value_of_shortage
    return case.settings.shortage_multiple * benchmark(case, material, case.calendar.first_day(1)) if own is None else own


def discount_factor(case: Case, due: int) -> float:
    """Value on the first day of a dollar due in a period: a twelfth of the yearly rate a month."""
    return float((1.0 + case.settings.discount_rate / 12.0) ** -((due - 1) * case.calendar.months))

"""The landed cost of an offer, component by component, and prices: data, known before the model. Building side only."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

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
    own, floor = case.whole.material[offer.material].unit, offer.floor
    unit, value = offer.quoted_per or own, offer.price or 0.0
    if offer.index is not None:
        value = factor * index_price(case, offer, day) + offer.premium
    value = max(0.0, value if floor is None else max(value, floor))
    value = value if offer.cap is None else min(value, offer.cap)
    if floor is not None:
        value -= offer.upside_share * max(0.0, value - floor)
    return value * case.times(unit, own)


def index_price(case: Case, offer: Offer, day: date) -> float:
    """What an offer's index counts as for an order of a day, in USD per the unit of the offer's price.

    Its quotation of that day; where the offer has a quotational period, the mean over the days of that month.
    """
    assert offer.index is not None
    own = case.whole.material[offer.material].unit
    times = case.times(case.index_unit[offer.index] or own, offer.quoted_per or own)
    if offer.quotation_months is None:
        return case.quotation(offer.index, day) * times
    return month_mean(case, offer.index, quoted_from(offer, day)) * times


def quoted_from(offer: Offer, day: date) -> date:
    """The first day on which an index must have a price for an order of a day: that day, or that of the quotational period."""
    if offer.quotation_months is None:
        return day
    since = day if offer.quotation_from is Milestone.ORDER else day + on_the_way(offer)
    month = since.year * 12 + since.month - 1 + offer.quotation_months
    return date(month // 12, month % 12 + 1, 1)


@lru_cache(maxsize=4096)
def month_mean(case: Case, index: str, first: date) -> float:
    """The mean of an index over the days of the month that begins on a day, in USD per its own unit."""
    days = monthrange(first.year, first.month)[1]
    return sum(case.quotation(index, first + timedelta(days=n)) for n in range(days)) / days


def landed_cost(case: Case, offer: Offer, slot: Slot) -> LandedCost:
    """Landed cost of one unit ordered in a slot: what the delivery term leaves to the buyer is paid beside the price."""
    return next(_in_slots(case, offer, (slot,)))


def _in_slots(case: Case, offer: Offer, slots: Iterable[Slot]) -> Iterator[LandedCost]:
    """Landed cost of one unit ordered in each slot; what does not hang on the day is looked up once."""
    within = included(offer)
    freight, insurance, handling = (0.0 if name in within else float(getattr(offer, name)) for name in WAY)
    contained = sum(float(getattr(offer, name)) for name in within - {"duty"})
    fixed = price(case, offer, date.min) if offer.index is None else None
    for slot in slots:
        value = price(case, offer, slot.day) if fixed is None else fixed
        duty, rate = charged(case, offer, slot.arrives, max(0.0, value - contained))
        yield LandedCost(value, freight, insurance, handling, offer.assay_cost, offer.inspection_cost, duty, rate)


def included(offer: Offer) -> frozenset[str]:
    """What of freight, insurance, handling and duty is in the offer's price."""
    return offer.incoterm.seller_pays if offer.incoterm is not None else frozenset()


def charged(case: Case, offer: Offer, arrives: date, value: float) -> tuple[float, float]:
    """The duty on a unit of a customs value (USD), and by how much it falls with each dollar less; nothing if it is paid.

    The customs value is the price without what it contains of the way (19 USC 1401a(b)(4)).
    """
    if "duty" in included(offer):
        return 0.0, 0.0
    if not offer.tariff_code:
        return offer.duty_rate * value, offer.duty_rate
    key, known = (offer.tariff_code, offer.refine_country, case.whole.material[offer.material].unit), _stacks(case.whole)
    if key not in known:
        known[key] = _stacks_of(case.whole, *key)
    days, stacks = known[key]
    rate, specific, least = stacks[bisect_right(days, arrives)]
    below = max(0.0, least - value)
    return rate * value + specific + below, rate - (1.0 if below else 0.0)


class Stack(NamedTuple):
    """Duties together: a share of the customs value, what is charged on a unit, and the least that it is worth (USD)."""

    rate: float
    specific: float
    least: float


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
    for offer in case.offers:
        slots = slots_of(case)[offer.offer]
        found.update(zip(((offer.offer, slot.period) for slot in slots), _in_slots(case, offer, slots), strict=True))
    return found


def fee(case: Case, trader: str, material: str) -> float:
    """The trader's fee as a share of landed cost: the mandate's where it names one, else the trader's own."""
    mandate = case.mandate.get((trader, material))
    return case.trader[trader].fee if mandate is None or mandate.fee is None else mandate.fee


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

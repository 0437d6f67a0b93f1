"""The landed cost of an offer, component by component, and prices: data, known before the model. Building side only."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from models.case import Case
from models.records import Milestone, Offer
from models.slots import on_the_way, slots_of


class LandedCost(NamedTuple):
    """What one unit costs until it lies in the depot, in USD per unit of the material, without the trader's fee."""

    purchase: float
    freight: float
    insurance: float
    handling: float
    assay: float
    duty: float

    @property
    def total(self) -> float:
        """purchase + freight + insurance + handling + assay + duty."""
        return sum(self)


def price(case: Case, offer: Offer, day: date, factor: float = 1.0) -> float:
    """Price of one unit ordered on a day, in USD per unit of the material; the index is multiplied by the factor.

    Fixed, or the index plus the premium; not below the floor or zero, nor above the cap; less the share that the seller gives
    back of what it is above the floor.
    """
    own, floor = case.whole.material[offer.material].unit, offer.floor
    unit, value = offer.price_unit or own, offer.price or 0.0
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
    times = case.times(case.index_unit[offer.index] or own, offer.price_unit or own)
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


def landed_cost(case: Case, offer: Offer, day: date) -> LandedCost:
    """Landed cost of one unit ordered on a day; duty is charged on the price (the FOB value, 19 USC 1401a)."""
    value = price(case, offer, day)
    return LandedCost(value, offer.freight, offer.insurance, offer.handling, offer.assay_cost, offer.duty_rate * value)


@lru_cache(maxsize=4)
def landed_costs(case: Case) -> Mapping[tuple[str, int], LandedCost]:
    """Landed cost by offer and order period, in USD per unit."""
    return {
        (offer.offer, slot.period): landed_cost(case, offer, slot.day)
        for offer in case.offers for slot in slots_of(case)[offer.offer]
    }  # fmt: skip


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

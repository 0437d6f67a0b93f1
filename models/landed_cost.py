"""The landed cost of an offer, component by component, and prices: data, known before the model. Building side only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from models.case import Case
from models.records import Offer
from models.slots import slots_of


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


def price(case: Case, offer: Offer, day: date) -> float:
    """Price of one unit ordered on a day: fixed, or the index of that day plus the premium, never below zero."""
    if offer.index is None:
        return offer.price or 0.0
    return max(0.0, case.quotation(offer.index, day) + offer.premium)


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
        return case.quotation(record.benchmark_index, day)
    if record.benchmark_price is not None:
        return record.benchmark_price
    prices = [price(case, offer, day) for offer in case.offers_of[material]]
    return sum(prices) / len(prices) if prices else 0.0


def discount_factor(case: Case, due: int) -> float:
    """Value on the first day of a dollar due in a period: a twelfth of the yearly rate a month."""
    return float((1.0 + case.settings.discount_rate / 12.0) ** -((due - 1) * case.calendar.months))

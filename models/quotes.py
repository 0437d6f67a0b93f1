"""The checking side of landed cost: what a unit of an offer costs on the way, and what the customs charge on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from math import inf
from statistics import fmean
from typing import NamedTuple

from models.audit import arrival_day, benchmark_on, order_periods, quoted, units_in
from models.case import Case
from models.records import Duty, Material, Offer

WAY = ("freight", "insurance", "handling")


class Quote(NamedTuple):
    """What a unit of an offer costs beside its price, in USD per unit of the material.

    Attributes:
        customs_value: what the duty is charged on.
        ad_valorem: share of it that is charged.
        specific: what is charged whatever the value.
        below_minimum: what the value is below a minimum import price.
        duty: all that is charged.
        duty_rate: by how much the duty falls with each dollar that the price falls by.
    """

    freight: float
    insurance: float
    handling: float
    assay: float
    inspection: float
    customs_value: float
    ad_valorem: float
    specific: float
    below_minimum: float
    duty: float
    duty_rate: float

    @property
    def total(self) -> float:
        """All of it: freight, insurance, handling, assay, inspection and duty."""
        return self.freight + self.insurance + self.handling + self.assay + self.inspection + self.duty


def quote(case: Case, offer: Offer, price: float, arrives: date) -> Quote:
    """What an offer at a price costs beside it, where it arrives on a day."""
    contained = offer.incoterm.seller_pays if offer.incoterm else ()
    freight, insurance, handling = (0.0 if name in contained else float(getattr(offer, name)) for name in WAY)
    beside = freight, insurance, handling, offer.assay_cost, offer.inspection_cost
    value = max(price - sum(getattr(offer, name) for name in WAY if name in contained), 0.0)
    if "duty" in contained:
        return Quote(*beside, value, 0.0, 0.0, 0.0, 0.0, 0.0)
    if not offer.tariff_code:
        return Quote(*beside, value, offer.duty_rate, 0.0, 0.0, offer.duty_rate * value, offer.duty_rate)
    rows = _charged(case, offer, arrives)
    factors = [1 / units_in(row.duty_unit or _unit(case, offer), _unit(case, offer)) for row in rows]
    rate = sum(row.rate for row in rows)
    specific = sum(row.specific_duty * factor for row, factor in zip(rows, factors, strict=True))
    floors = [(row.minimum_import_price or 0.0) * factor for row, factor in zip(rows, factors, strict=True)]
    missing = max([0.0, *(floor - value for floor in floors)])
    return Quote(
        *beside, value, rate, specific, missing, value * rate + specific + missing, rate - (1 if missing > 0 else 0)
    )  # fmt: skip


def sale_price(case: Case, material: Material, period: int) -> float:
    """What a unit sold past its shelf life brings (USD): benchmark less haircut, and no more than the cheapest unit costs."""
    haircut = material.rotation_haircut
    if haircut is None:
        haircut = case.settings.terminal_haircut
    worth = benchmark_on(case, material, case.calendar.first_day(period)) * (1 - haircut)
    return max(0.0, min(worth, _cheapest(case, material.material)))


@lru_cache(maxsize=512)
def _cheapest(case: Case, material: str) -> float:
    """What the cheapest unit costs that can be bought in the plan (USD), price breaks included; infinite if none can."""
    least = inf
    for row in _offered(case, material):
        for _, day in order_periods(case, row):
            price = quoted(case, row, day)
            beside = quote(case, row, price, arrival_day(row, day))
            steps = case.breaks_of.get(row.offer, ())
            saving = max((price - (price * (1 - (step.discount or 0)) if step.price is None else step.price) for step in steps),
                         default=0.0)  # fmt: skip
            least = min(least, price + beside.total - max(0.0, saving) * (1 + beside.duty_rate))
    return least


@lru_cache(maxsize=512)
def usual_cost(case: Case, material: str) -> float | None:
    """The mean landed cost of a material's offers that can be bought, each at its mean over the plan (USD per unit), if any."""
    means = []
    for row in _offered(case, material):
        prices = [(quoted(case, row, day), arrival_day(row, day)) for _, day in order_periods(case, row)]
        if prices:
            means.append(fmean(price + quote(case, row, price, arrives).total for price, arrives in prices))
    return sum(means) / len(means) if means else None


def _offered(case: Case, material: str) -> Iterator[Offer]:
    """The offers of a material whose supplier is approved and not sanctioned."""
    for row in case.offers:
        supplier = case.supplier.get(row.supplier)
        if row.material == material and (supplier is None or (supplier.approved and not supplier.sanctioned)):
            yield row


def _unit(case: Case, offer: Offer) -> str:
    return case.material[offer.material].unit


def _charged(case: Case, offer: Offer, arrives: date) -> list[Duty]:
    """Of each kind of duty that is in force the row about the country, else about one of its blocs, else about all."""
    at = offer.refine_country or "?"
    blocs = case.country[at].blocs if at in case.country else ()
    ranked: dict[str, list[Duty]] = {}
    for origins in ((at,), blocs, ("",)):
        for row in case.duties:
            ended = row.to_date is not None and row.to_date < arrives
            begun = row.from_date is None or row.from_date <= arrives
            if row.tariff_code == offer.tariff_code and row.origin in origins and begun and not ended:
                ranked.setdefault(row.kind, []).append(row)
    return [rows[0] for rows in ranked.values()]

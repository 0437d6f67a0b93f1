"""What can be bought, by whom, when and how much at most, as far as offers and suppliers say."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from models.bounds import smallest_order
from models.case import Case
from models.lanes import eligible
from models.lots import lots_of
from models.places import depots_of, place
from models.records import MASS_IN_TONNES, DecisionKind, Offer
from models.slots import Slot, slots
from models.wording import figure


class Source(NamedTuple):
    """An offer, as a source of its material.

    Attributes:
        row: its position on the Offers sheet.
        traders: who may sign it.
        slots: when it can be ordered so that it arrives within the plan.
        order: the most that one order can be, in whole lots; zero where the smallest order is out of reach.
        limit: what limits an order, in words; empty where nothing does.
        per_period: the most that all traders together can order in a period.
    """

    offer: Offer
    row: int
    traders: tuple[str, ...]
    slots: tuple[Slot, ...]
    order: float
    limit: str
    per_period: float

    @property
    def total(self) -> float:
        """The most that can be ordered over the plan, in the material's unit."""
        ordered = self.per_period * len(self.slots) if self.traders and self.slots else 0.0
        return min(ordered, math.inf if self.offer.maximum_total is None else self.offer.maximum_total)


@lru_cache(maxsize=4)
def sources(case: Case) -> Mapping[str, Source]:
    """Every offer as a source, by name."""
    signatories: dict[str, list[str]] = defaultdict(list)
    for offer_name, trader in eligible(case):
        signatories[offer_name].append(trader)
    windows: dict[object, tuple[Slot, ...]] = {}
    found = {}
    for row, offer in enumerate(case.offers):
        supplier = case.supplier.get(offer.supplier)
        window = (offer.valid_from, offer.valid_to, supplier and supplier.kyc_expiry, offer.lead_days + offer.licence_days)
        if window not in windows:  # many offers share their dates; when they are paid does not matter here
            windows[window] = slots(case, offer)
        traders = tuple(signatories[offer.offer])
        largest, words = min(_order_limits(case, offer), default=(math.inf, ""))
        order = in_whole_lots(case, offer, largest)
        limit = words.format(f"{figure(largest)} {case.material[offer.material].unit}") if words else ""
        together = order if offer.exclusive else min(order * max(1, len(traders)), *_limits_per_period(case, offer))
        per_period = in_whole_lots(case, offer, together)
        found[offer.offer] = Source(offer, row, traders, windows[window], order, limit, per_period)
    return found


@lru_cache(maxsize=4)
def sources_of(case: Case) -> Mapping[str, tuple[Source, ...]]:
    """The sources of each material from which something can be bought."""
    found: dict[str, list[Source]] = {material: [] for material in case.material}
    for source in sources(case).values():
        if source.traders and source.slots and source.order > 0:
            found[source.offer.material].append(source)
    return {material: tuple(rows) for material, rows in found.items()}


def in_whole_lots(case: Case, offer: Offer, limit: float) -> float:
    """The most that can be ordered within a limit: whole lots, or nothing where the smallest order is larger."""
    lots = lots_of(case, offer)
    if lots is not None and math.isfinite(limit):
        limit = lots.at_most(limit)
    return 0.0 if limit < smallest_order(case, offer) else limit


def participation(case: Case, material: str) -> float:
    """The most that the participation cap lets all traders buy in a period, in the material's unit."""
    record = case.material[material]
    if record.participation_cap is None or record.accessible_world_supply is None:
        return math.inf
    return record.participation_cap * record.accessible_world_supply * case.calendar.year_fraction


def obstacles(case: Case, offer: Offer, trader: str) -> Iterator[str]:
    """Why a trader may not buy on an offer, in words."""
    supplier = case.supplier.get(offer.supplier)
    if supplier is not None and not supplier.approved:
        yield f"supplier {offer.supplier} is not approved"
    if supplier is not None and supplier.sanctioned:
        yield f"supplier {offer.supplier} is under sanctions"
    if supplier is not None and supplier.related_trader == trader:
        yield f"supplier {offer.supplier} belongs to {trader}"
    mandate = case.mandate.get((trader, offer.material))
    if case.mandates and (mandate is None or not mandate.allowed):
        yield f"{trader} has no mandate for {offer.material}"
    for row in case.decisions:
        if row.kind is DecisionKind.FORBID and row.period is None and row.offer == offer.offer and row.trader in (None, trader):
            yield "a decision forbids it"


def addable(case: Case, materials: Iterable[str]) -> bool:
    """Whether quantities of some materials can be added up: one unit, or units of mass."""
    units = {case.material[name].unit for name in materials}
    return len(units) <= 1 or units <= MASS_IN_TONNES.keys()


@lru_cache(maxsize=4)
def spaces(case: Case) -> Mapping[str, tuple[str, ...]]:
    """The materials that each depot's space of a storage class may hold."""
    found: dict[str, list[str]] = {place(depot): [] for depot in case.depots}
    for material in case.material if case.depots else ():
        for name in depots_of(case, material):
            found[name].append(material)
    return {name: tuple(materials) for name, materials in found.items()}


@lru_cache(maxsize=4)
def deliveries(case: Case) -> Mapping[tuple[str, str], tuple[float, float]]:
    """The most that each supplier delivers of each of its materials per period and per year, in the material's unit.

    Where a capacity is not given, or its materials cannot be added up, it is infinite.
    """
    found = {}
    for supplier in case.suppliers:
        materials = case.materials_of.get(supplier.supplier, frozenset())
        if addable(case, materials):
            unit = case.common_unit(materials)
            limits = [math.inf if x is None else x for x in (supplier.capacity_per_period, supplier.capacity_per_year)]
            for name in materials:
                share = case.in_unit(name, unit)
                found[supplier.supplier, name] = limits[0] / share, limits[1] / share
    return found


def _order_limits(case: Case, offer: Offer) -> Iterator[tuple[float, str]]:
    """What one order can be at most, in the material's unit, each limit with the words around it."""
    if offer.maximum_order is not None:
        yield offer.maximum_order, "its maximum order is {}"
    if offer.capacity_per_period is not None:
        yield offer.capacity_per_period, "its capacity is {} per period"
    if offer.maximum_total is not None:
        yield offer.maximum_total, "its maximum total is {}"
    per_period, per_year = deliveries(case).get((offer.supplier, offer.material), (math.inf, math.inf))
    if per_period < math.inf:
        yield per_period, "its supplier delivers {} per period"
    if per_year < math.inf:
        yield per_year, "its supplier delivers {} per year"


def _limits_per_period(case: Case, offer: Offer) -> Iterator[float]:
    """What limits the orders of all traders in one period."""
    yield from (limit for limit in (offer.capacity_per_period, offer.maximum_total) if limit is not None)
    yield deliveries(case).get((offer.supplier, offer.material), (math.inf, math.inf))[0]

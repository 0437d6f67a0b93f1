"""The building side of scenarios: the effect of the shocks of some of them on one material."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from math import floor, prod

from models import needs
from models.case import Case
from models.futures import Future, shocks_on
from models.landed_cost import price
from models.ledgers import Exposure, Flow
from models.origins import STAGES, countries, exposure_of_order
from models.records import (
    LEAST_SHARE,
    MOST_DELAY,
    MOST_FACTOR,
    UNKNOWN,
    DemandUse,
    Hazard,
    Hits,
    Offer,
    Shock,
    Stage,
    UnknownOrigin,
)
from models.slots import Slot, slots_of
from models.ways import ways


@dataclass(frozen=True, eq=False)
class Effect:
    """What some scenarios together do to a material.

    Attributes:
        case: the whole case.
        scenarios: that have shocks which are about the material.
        futures: in which these scenarios, and no others about the material, hold.
    """

    case: Case
    material: str
    scenarios: tuple[str, ...]
    futures: tuple[Future, ...]
    _shares: dict[tuple[str, str, int], float] = field(default_factory=dict)
    _hits: dict[tuple[int, str, str], float] = field(default_factory=dict)

    @property
    def probability(self) -> float:
        """Of its futures together."""
        return sum(future.probability for future in self.futures)

    @cached_property
    def shocks(self) -> tuple[tuple[Shock, range], ...]:
        """The shocks that are on in some period of the plan, with these periods."""
        calendar, found = self.case.calendar, []
        for shock in shocks_on(self.case, self.material, self.scenarios):
            first = 1 if shock.from_date is None else calendar.period_of(shock.from_date)
            after = calendar.periods + 1 if shock.periods is None else first + shock.periods
            span = range(max(first, 1), min(after, calendar.periods + 1))
            if span:
                found.append((shock, span))
        return tuple(found)

    @cached_property
    def begins(self) -> int:
        """The first period in which a shock is on."""
        return min((span.start for _, span in self.shocks), default=self.case.calendar.periods + 1)

    def keeps_stock(self, period: int) -> bool:
        """Whether what would be sold in a period stays: once a shock has begun that anything hangs on."""
        return period >= self.begins and (self.is_felt or self.loses_goods)

    def _on(self, period: int) -> Iterator[Shock]:
        return (shock for shock, span in self.shocks if period in span)

    def _hit(self, shock: Shock, exposure: Exposure) -> float:
        key = id(shock), exposure.offer, exposure.supplier
        if key not in self._hits:
            self._hits[key] = hit(self.case, shock, exposure)
        return self._hits[key]

    # Goods

    def delivered(self, exposure: Exposure, arrival: int) -> float:
        """Share of what was to arrive in a period that comes."""
        key = exposure.offer, exposure.supplier, arrival
        if key not in self._shares:
            parts = (1.0 - (1.0 - shock.availability) * self._hit(shock, exposure) for shock in self._on(arrival))
            share = prod(parts)
            self._shares[key] = share if share >= LEAST_SHARE else 0.0
        return self._shares[key]

    def arrival(self, flow: Flow) -> int:
        """The period in which what comes of a flow arrives; of what is not dated, the planned one."""
        return flow.period if flow.day is None else self._late(flow.exposure, flow.period, flow.day)

    def days_late(self, exposure: Exposure, arrival: int) -> float:
        """Days by which what was to arrive in a period is late."""
        late = sum(shock.delay_days for shock in self._on(arrival) if shock.delay_days and self._hit(shock, exposure))
        return min(late, MOST_DELAY)

    def _late(self, exposure: Exposure, arrival: int, day: date) -> int:
        late = self.days_late(exposure, arrival)
        return self.case.calendar.period_of(day + timedelta(days=floor(late + 0.5))) if late else arrival

    # Demand

    @cached_property
    def demand(self) -> Mapping[int, float]:
        """What is asked of the stock, in the material's unit, by period from the first in which a shock is on.

        Where demand draws stock: all of it, times the factor. Else what the members' own supply leaves open of the essential
        demand (`elsewhere`), and no less than what they call off.
        """
        usual, draws = needs.demand(self.case, self.material), self._draws
        called_off = needs.drawn(self.case, self.material)
        found = {}
        for t in range(self.begins, self.case.calendar.periods + 1):
            factor = together(shock.demand_factor for shock in self._on(t) if shock.hits is Hits.MATERIAL)
            if not draws:
                factor = self.case.material[self.material].essential_share * max(0.0, factor - self.elsewhere(t))
            found[t] = factor * usual[t] if draws else max(factor * usual[t], called_off[t])
        return self._as_long_as_asked(found)

    def _as_long_as_asked(self, found: Mapping[int, float]) -> Mapping[int, float]:
        last = max((t for t, asked in found.items() if asked), default=0)
        return {t: asked for t, asked in found.items() if self._draws or t <= last}

    @property
    def _draws(self) -> bool:
        return self.case.material[self.material].demand_use is DemandUse.DRAWS_STOCK

    def elsewhere(self, period: int) -> float:
        """Share of their usual supply that members have in a period: what comes of all offers together.

        Members are taken to buy where the offers come from, in proportion to capacities, or alike where one has none.
        """
        offers = self.case.offers_of[self.material]
        capacities = [offer.capacity_per_period or 0.0 for offer in offers]
        weights = capacities if offers and all(capacities) else [1.0] * len(offers)
        if not offers:
            return self.delivered(Exposure("", "", ""), period)
        shares = (self.delivered(exposure_of(offer), period) for offer in offers)
        return sum(weight * share for weight, share in zip(weights, shares, strict=True)) / sum(weights)

    def at_once(self, period: int) -> float:
        """What can be bought at once in a period, in the material's unit: of offers that are valid, and not hit."""
        return sum(
            offer.emergency_per_period for offer in self.case.offers_of[self.material]
            if offer.emergency_per_period and self._is_valid(offer, period)
            and not any(self._hit(shock, exposure_of(offer)) for shock in self._on(period)
                        if shock.availability < 1.0 or shock.delay_days)
        )  # fmt: skip

    @cached_property
    def on_call(self) -> Mapping[int, float]:
        """What partners have sent by each period if all that can be called is, in the material's unit."""
        if not self.demand:
            return {}
        begins = self.case.calendar.first_day(min(self.demand))
        rows = [row for row in self.case.partners if row.material == self.material]
        there = [(self.case.calendar.period_of(begins + timedelta(days=floor(row.delay_days + 0.5))), row) for row in rows]
        return {t: sum(row.quantity * row.share_on_call for first, row in there if first <= t) for t in self.demand}

    def _is_valid(self, offer: Offer, period: int) -> bool:
        supplier = self.case.supplier.get(offer.supplier)
        if supplier is not None and (supplier.sanctioned or not supplier.approved):
            return False
        first, last = self.case.calendar.first_day(period), self.case.calendar.last_day(period)
        expiry = min(offer.valid_to or date.max, (supplier and supplier.kyc_expiry) or date.max)
        return max(first, offer.valid_from or date.min) <= min(last, expiry)

    # Prices

    def dearer(self, offer: Offer, slot: Slot) -> float:
        """By how much an order's price moves where it follows an index, in USD per unit."""
        moving = [] if offer.index is None else [shock for shock in self._on(slot.period) if shock.price_factor != 1.0]
        if offer.index is None or not moving:
            return 0.0
        factor = together(
            shock.price_factor for shock in moving
            if (shock.name == offer.index if shock.hits is Hits.INDEX else self._hit(shock, exposure_of(offer)))
        )  # fmt: skip
        return price(self.case, offer, slot.day, factor) - price(self.case, offer, slot.day)

    def price_factor(self, period: int) -> float:
        """The factor on the material's benchmark price."""
        index = self.case.material[self.material].benchmark_index
        return together(
            shock.price_factor for shock in self._on(period)
            if shock.hits is Hits.MATERIAL or (shock.hits is Hits.INDEX and shock.name == index)
        )  # fmt: skip

    @cached_property
    def is_felt(self) -> bool:
        """Whether anything is asked for, arrives or costs otherwise than planned."""
        usual = needs.drawn(self.case, self.material)
        if any(asked != usual[t] for t, asked in self.demand.items()):
            return True
        offers = self.case.offers_of[self.material]
        dearer = any(self.dearer(offer, slot) for offer in offers for slot in slots_of(self.case)[offer.offer])
        return dearer or (any(usual.values()) and self.loses_goods)

    @property
    def reaches_end(self) -> bool:
        """Whether it may leave another stock at the plan's end."""
        return bool(self.demand) or self.loses_goods

    @cached_property
    def loses_goods(self) -> bool:
        """Whether some of what may be ordered, or is on order, does not arrive as planned."""
        return any(
            self._misses(exposure_of(offer), slot.arrival, slot.arrives)
            for offer in self.case.offers_of[self.material] for slot in slots_of(self.case)[offer.offer]
        ) or any(
            self._misses(exposure_of_order(self.case, row), self.case.calendar.period_of(row.arrival), row.arrival)
            for found in ways(self.case).values() for row in found if row.material == self.material
        )  # fmt: skip

    def _misses(self, exposure: Exposure, arrival: int, day: date) -> bool:
        return self.delivered(exposure, arrival) < 1.0 or self._late(exposure, arrival, day) != arrival


def together(factors: Iterable[float]) -> float:
    """What several factors come to."""
    return min(prod(factors), MOST_FACTOR)


def hit(case: Case, shock: Shock | Hazard, exposure: Exposure) -> float:
    """The share that a shock hits of an exposure of a material that it is about: all or nothing, of a country its share."""
    offer = case.offer.get(exposure.offer)
    if shock.hits is Hits.COUNTRY:
        return _from_country(case, shock, exposure)
    return float({
        Hits.MATERIAL: True,
        Hits.SUPPLIER: exposure.supplier == shock.name,
        Hits.OFFER: exposure.offer == shock.name,
        Hits.PLANT: offer is not None and offer.plant == shock.name,
        Hits.ROUTE: offer is not None and shock.name in offer.route,
        Hits.INDEX: False,
    }[shock.hits])  # fmt: skip


def _from_country(case: Case, shock: Shock | Hazard, exposure: Exposure) -> float:
    """The country's largest share at a stage that the shock names; what is unknown is covered where it is restricted."""
    record = case.country.get(shock.name)
    unknown = case.settings.unknown_origin is UnknownOrigin.RESTRICTED and record is not None and record.covered
    names = {shock.name, UNKNOWN} if unknown else {shock.name}
    stages = STAGES if shock.stage in (None, Stage.ANY) else (shock.stage.value,)
    return max(sum(share for name, share in countries(case, exposure, stage) if name in names) for stage in stages)


def exposure_of(offer: Offer) -> Exposure:
    """Where goods of an offer come from."""
    return Exposure(offer.offer, offer.supplier, "")

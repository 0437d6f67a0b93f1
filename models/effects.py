"""The building side of scenarios: what the futures do to each material, one by one or on average."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from models import needs
from models.case import Case
from models.effect import Effect, exposure_of
from models.futures import Future, futures_of, touching
from models.ledgers import Exposure
from models.records import Offer
from models.slots import Slot

WORTH_ORDERING = 1e-2
"""Of what comes in smaller shares nobody orders more, to have something of it."""
MEAN = ("mean",)
"""What stands for the scenarios of the mean."""


class Mean(Effect):
    """What all futures do to a material on average: whatever depends on the future is replaced by its mean.

    x = Σ_ω probability[ω] · x[ω]     ∀ shares delivered, prices, demands and quantities to be had at once, by period

    That is the mean-value problem (Birge and Louveaux, Introduction to Stochastic Programming, 2011, chapter 4). So factors
    of states of one group are added up, as they exclude each other, and only those of independent groups multiplied. Days
    late are a mean too, rounded to whole days: each delivery arrives on one day.
    """

    @cached_property
    def _parts(self) -> tuple[Effect, ...]:
        return _by_scenarios(self.case, self.material)

    def _mean(self, values: Iterable[float]) -> float:
        """Of what each part comes to."""
        return sum(part.probability * value for part, value in zip(self._parts, values, strict=True))

    @cached_property
    def begins(self) -> int:
        return min(part.begins for part in self._parts)

    def delivered(self, exposure: Exposure, arrival: int) -> float:
        key = exposure.offer, exposure.supplier, arrival
        if key not in self._shares:
            self._shares[key] = self._mean(part.delivered(exposure, arrival) for part in self._parts)
        return self._shares[key]

    def days_late(self, exposure: Exposure, arrival: int) -> float:
        return self._mean(part.days_late(exposure, arrival) for part in self._parts)

    @cached_property
    def demand(self) -> Mapping[int, float]:
        usual = needs.drawn(self.case, self.material)
        periods = range(self.begins, self.case.calendar.periods + 1)
        return self._as_long_as_asked({t: self._mean(part.demand.get(t, usual[t]) for part in self._parts) for t in periods})

    def at_once(self, period: int) -> float:
        return self._mean(part.at_once(period) for part in self._parts)

    @cached_property
    def on_call(self) -> Mapping[int, float]:
        return {t: self._mean(part.on_call.get(t, 0.0) for part in self._parts) for t in self.demand}

    def dearer(self, offer: Offer, slot: Slot) -> float:
        return self._mean(part.dearer(offer, slot) for part in self._parts)

    def price_factor(self, period: int) -> float:
        return self._mean(part.price_factor(period) for part in self._parts)


@lru_cache(maxsize=1024)
def effects_of(case: Case, material: str) -> tuple[Effect, ...]:
    """What the futures that have shocks about a material do to it; those that do the same are one.

    Of a case in which scenarios are replaced by their mean, that is one effect.
    """
    found = tuple(effect for effect in _by_scenarios(case, material) if effect.scenarios)
    return (Mean(case, material, MEAN, futures_of(case).kept),) if found and case.averaged else found


@lru_cache(maxsize=1024)
def _by_scenarios(case: Case, material: str) -> tuple[Effect, ...]:
    """What each combination of scenarios about a material does to it, none of them included."""
    found: dict[tuple[str, ...], list[Future]] = {}
    for future in futures_of(case).kept:
        found.setdefault(touching(case, material, future), []).append(future)
    return tuple(Effect(case, material, scenarios, tuple(futures)) for scenarios, futures in found.items())


def undelivered(case: Case, material: str, exposure: Exposure, arrival: int) -> float:
    """Share of what is to arrive in a period that is not delivered, on average over the futures."""
    return sum(effect.probability * (1.0 - effect.delivered(exposure, arrival)) for effect in effects_of(case, material))


def least_delivered(case: Case, offer: Offer, slot: Slot) -> float:
    """The smallest share of an order that comes in a future in which some of it does."""
    shares = [effect.delivered(exposure_of(offer), slot.arrival) for effect in effects_of(case, offer.material)]
    return min((share for share in shares if share >= WORTH_ORDERING), default=1.0)


def most_asked(case: Case, material: str) -> Mapping[int, float]:
    """The most that a future asks of the stock by period, in the material's unit; nothing before any begins."""
    found: dict[int, float] = {}
    for effect in effects_of(case, material):
        for t, asked in effect.demand.items():
            found[t] = max(asked, found.get(t, 0.0))
    return found

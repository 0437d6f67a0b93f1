"""The checking side of scenarios: when the shocks of some of them are on, and what they are about."""

from __future__ import annotations

from collections.abc import Sequence

from models.audit import origin
from models.case import Case
from models.records import LEAST_SHARE, MOST_FACTOR, UNKNOWN, Hits, Offer, Shock, Stage, UnknownOrigin


class Shocked:
    """Some shocks that are about one material."""

    def __init__(self, case: Case, shocks: Sequence[Shock]) -> None:
        self.case, self.shocks = case, shocks
        self._known_acting: dict[int, list[Shock]] = {}
        self._known_parts: dict[tuple[int, str, str], float] = {}

    def acting(self, period: int) -> list[Shock]:
        """The shocks that are on in a period."""
        if period not in self._known_acting:
            begun = ((shock, shock.from_date or self.case.settings.start_date) for shock in self.shocks)
            since = ((shock, period - self.case.calendar.period_of(day)) for shock, day in begun)
            self._known_acting[period] = [
                shock for shock, age in since if age >= 0 and (shock.periods is None or age < shock.periods)
            ]  # fmt: skip
        return self._known_acting[period]

    def share(self, offer: str, supplier: str, period: int) -> float:
        """What is delivered of what was to arrive in a period."""
        share = 1.0
        for shock in self.acting(period):
            part = self.part(shock, offer, supplier)
            share *= 1 - part + part * shock.availability
        return share if share >= LEAST_SHARE else 0.0

    def part(self, shock: Shock, name: str, supplier: str) -> float:
        """What part of a delivery a shock is about."""
        key = id(shock), name, supplier
        if key not in self._known_parts:
            self._known_parts[key] = self._part_of(shock, name, supplier)
        return self._known_parts[key]

    def _part_of(self, shock: Shock, name: str, supplier: str) -> float:
        offer, target = self.case.offer.get(name), shock.name
        if shock.hits is Hits.MATERIAL:
            return 1.0
        if shock.hits is Hits.SUPPLIER:
            return float(supplier == target)
        if shock.hits is Hits.COUNTRY:
            return self._from_country(shock, offer, supplier)
        if offer is None or shock.hits is Hits.INDEX:
            return 0.0
        known = {Hits.OFFER: (name,), Hits.PLANT: (offer.plant,), Hits.ROUTE: offer.route}[shock.hits]
        return float(target in known)

    def _from_country(self, shock: Shock, offer: Offer | None, supplier: str) -> float:
        stages = [shock.stage.value] if shock.stage not in (None, Stage.ANY) else ["mine", "refine", "owner"]
        parts = []
        for stage in stages:
            if stage == "route":
                parts.append(float(offer is not None and shock.name in offer.route))
                continue
            shares = origin(self.case, offer, supplier, stage)
            parts.append(shares.get(shock.name, 0.0) + (shares.get(UNKNOWN, 0.0) if self._may_be(shock.name) else 0.0))
        return max(parts)

    def _may_be(self, country: str) -> bool:
        """Whether an unknown origin is taken for this country."""
        covered = country in self.case.country and self.case.country[country].covered
        return covered and self.case.settings.unknown_origin is UnknownOrigin.RESTRICTED

    def factor(self, period: int, index: str | None, offer: Offer | None) -> float:
        """How prices move in a period: of an index, of what an offer is hit by, of the material as such."""
        factor = 1.0
        for shock in self.acting(period):
            moved = shock.name == index if shock.hits is Hits.INDEX else (
                self.part(shock, offer.offer, offer.supplier) > 0 if offer is not None
                else shock.hits is Hits.MATERIAL
            )  # fmt: skip
            factor *= shock.price_factor if moved else 1.0
        return min(factor, MOST_FACTOR)

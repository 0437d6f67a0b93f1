"""Sheet Shocks: one row is an effect of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from models.records.policy import Stage
from models.records.schema import Choice, Record, Scope, column

LEAST_SHARE = 1e-6
"""Less than this is delivered of nothing."""
MOST_FACTOR = 1e6
"""Largest factor on prices or demand that several shocks come to together."""
MOST_DELAY = 36_500.0
"""Most days of delay that they add up to."""


class Hits(Choice):
    COUNTRY = "country"
    SUPPLIER = "supplier"
    PLANT = "plant"
    OFFER = "offer"
    ROUTE = "route"
    MATERIAL = "material"
    INDEX = "index"

    @classmethod
    def synonyms(cls) -> Mapping[str, str]:
        return {"countries": "country", "suppliers": "supplier", "plants": "plant", "offers": "offer", "port": "route"}


class Shock(Record):
    """What a scenario does to what it hits: less is delivered, later, at other prices, or more is asked for.

    Several shocks on one thing multiply their factors, up to a million, and add up their delays, up to a hundred years.
    """

    sheet: ClassVar[str] = "Shocks"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ()

    scenario: str = column("Scenario that it belongs to.", refers="Scenarios.scenario")
    hits: Hits = column("What it hits: all that comes from it or through it; a material; an index.")
    name: str = column("Which country, supplier, plant, offer, port country, material (group, `all`) or index.")
    stage: Stage | None = column("country: the stage at which it hits.", None, blank="any stage: mine, refine or owner")
    scope_: str = column("Material or group that it is about, or `all`.", "all", heading="scope")
    from_date: date | None = column(
        "Day on which it begins: with the period of that day.", None, heading="from", blank="first day"
    )
    periods: int | None = column("How long it lasts.", None, unit="periods", at_least=1, blank="to the plan's end")
    availability: float = column(
        "Share that is still delivered of what was to arrive in these periods.", 1.0, unit="share", at_least=0, at_most=1
    )
    price_factor: float = column(
        "Factor on index prices of orders placed in these periods, and on benchmark prices in them.",
        1.0,
        unit="factor",
        at_least=0,
        at_most=1000,
    )
    demand_factor: float = column("material: factor on demand in these periods.", 1.0, unit="factor", at_least=0, at_most=1000)
    delay_days: float = column(
        "Days by which what was to arrive in these periods is late.", 0.0, unit="days", at_least=0, at_most=3660
    )
    source: str = column("Where it comes from; kept, not planned with.", "")

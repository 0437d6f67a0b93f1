"""Sheet Hazards: one row is something that may happen again and again; scenarios are drawn from it."""

from __future__ import annotations

from typing import ClassVar

from models.records.policy import Stage
from models.records.schema import Record, Scope, column
from models.records.shocks import Hits


class Hazard(Record):
    """How often something happens, how long it lasts and how deep it cuts; `planner scenarios sample` draws from it."""

    sheet: ClassVar[str] = "Hazards"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("hazard",)

    hazard: str = column("Name of the hazard.")
    hits: Hits = column("What it hits, as in Shocks.")
    name: str = column("Which country, supplier, plant, offer, port country, material (group, `all`) or index.")
    stage: Stage | None = column("country: the stage at which it hits.", None, blank="any stage: mine, refine or owner")
    scope_: str = column("Material or group that it is about, or `all`.", "all", heading="scope")
    frequency: float = column("How often it happens in a year, on average.", unit="times per year", at_least=0, at_most=12)
    length_days: float = column("How long it lasts on average.", unit="days", above=0, at_most=3660)
    length_variation: float = column(
        "Standard deviation of its length, in averages: lengths are lognormal.", 0.5, unit="share", at_least=0, at_most=10
    )
    least_availability: float = column("Share still delivered at worst.", 0.0, unit="share", at_least=0, at_most=1)
    likely_availability: float | None = column(
        "Share most likely still delivered: depths are triangular.",
        None,
        unit="share",
        at_least=0,
        at_most=1,
        blank="the least",
    )
    most_availability: float | None = column(
        "Share still delivered at best.", None, unit="share", at_least=0, at_most=1, blank="the likely one"
    )
    price_factor: float = column("Factor on prices while it lasts.", 1.0, unit="factor", at_least=0, at_most=1000)
    demand_factor: float = column("material: factor on demand while it lasts.", 1.0, unit="factor", at_least=0, at_most=1000)
    delay_days: float = column("Days by which deliveries are late.", 0.0, unit="days", at_least=0, at_most=3660)
    driver: str = column("What it shares with others of the same driver: they come together, or not.", "", blank="nothing")
    correlation: float = column(
        "How much of it the driver decides: 0 nothing, 1 all.", 0.0, unit="share", at_least=0, at_most=1
    )
    source: str = column("Where it comes from; kept, not planned with.", "")

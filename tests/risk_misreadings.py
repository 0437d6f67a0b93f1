"""Misreadings of the columns that say what may come and whom the plan serves, as `tests.misreadings` has all others."""

from __future__ import annotations

from typing import Any

from models.case import Case
from models.records import Commitment, Material, Member, Offer, Partner, Price, Scenario, Settings, Shock
from planner.verify import COSTS
from tests.cases import first, kept, material, offer
from tests.misreadings import Misreading
from tests.rules.test_entitlements import entitled, row
from tests.rules.test_scenarios import allied, chinese, risky, scenario, shock


def banned(**fields: Any) -> Case:
    """At most 12 t a month, and 20 t in all: 8 t of February's are lost in the first shock, by default a ban."""
    return risky(chinese(capacity_per_period=12.0, maximum_total=20.0), shocks=(shock(**fields),))


def helped(hits: str = "country", name: str = "CHN", **fields: Any) -> Case:
    """The same, and 3 t to be had at once; prices move in a second shock."""
    at_once = allied(price=50.0, emergency_per_period=3.0, maximum_total=0.0)
    second = shock(hits=hits, name=name, availability=1.0, **fields)
    return risky(at_once, chinese(capacity_per_period=12.0, maximum_total=20.0), shocks=(second, shock()))


def lent(**fields: Any) -> Case:
    """The same ban, in which half of a partner's 10 t can be called."""
    row = Partner(**{"partner": "JP", "material": "x", "quantity": 10.0, "share_on_call": 0.5} | fields)
    return risky(chinese(capacity_per_period=12.0, maximum_total=20.0), partners=(row,))


def followed() -> Case:
    """What is ordered in February follows an index that the ban doubles."""
    prices = (Price(index="i", date=first(1), value=10.0),)
    up = shock(hits="index", name="i", availability=1.0, price_factor=2.0)
    return risky(chinese(price=None, index="i", capacity_per_period=12.0), shocks=(up,), prices=prices)


def weighed(**settings: Any) -> Case:
    return risky(chinese(capacity_per_period=12.0, maximum_total=20.0), settings=settings)


def capped(**settings: Any) -> Case:
    """Losses of 300 at most in one case of ten, or 30 on average, which Australian goods at 25 keep."""
    return risky(chinese(capacity_per_period=12.0), allied(price=25.0), scenarios=(scenario(probability=0.1),),
                 settings=settings or {"cvar_cap": 300.0})  # fmt: skip


def grouped() -> Case:
    """A ban, or an outage that half comes through, but not both."""
    rows = (Scenario(scenario="ban", probability=0.2, group="g"), Scenario(scenario="outage", probability=0.2, group="g"))
    return risky(chinese(capacity_per_period=12.0, maximum_total=20.0), scenarios=rows,
                 shocks=(shock(), shock("outage", availability=0.5)))  # fmt: skip


def unpriced() -> Case:
    """A shortage without a value."""
    row = material(benchmark_price=20.0)
    return risky(chinese(capacity_per_period=12.0, maximum_total=20.0), materials=(row,))


def covered() -> Case:
    """Half of what the members lack is essential, and none is to be had."""
    cut = shock(hits="material", name="x", periods=1)
    return risky(chinese(maximum_total=0.0), materials=(kept(essential_share=0.5),), shocks=(cut,), needs=(31.0, 28.0))


def lacking(**fields: Any) -> Case:
    """4 of 10 t are there, in each of two months."""
    return entitled(row(**fields), offers=(offer(maximum_total=4.0),), periods=2)


RISK = (
    Misreading(Settings, "risk_weight", 0.0, lambda: weighed(risk_weight=0.1), COSTS),
    Misreading(Settings, "cvar_alpha", 0.5, lambda: weighed(risk_weight=0.1), COSTS),
    Misreading(Settings, "cvar_cap", 400.0, capped, "cvar"),
    Misreading(Settings, "protection_cap", 60.0, lambda: capped(protection_cap=30.0), "protection"),
    Misreading(Settings, "max_scenarios", 2, grouped, COSTS),
    Misreading(Settings, "shortage_multiple", 5.0, unpriced, COSTS),
    Misreading(Settings, "stress_premium", 0.0, helped, COSTS),
    Misreading(Partner, "quantity", 12.0, lent, "scenarios"),
    Misreading(Partner, "share_on_call", 0.6, lent, "scenarios"),
    Misreading(Partner, "delay_days", 20.0, lambda: lent(delay_days=30.0), "scenarios"),
    Misreading(Member, "priority", 2, lambda: lacking(gap_penalty=None), COSTS),
    Misreading(Member, "clean_origin_only", False, lambda: entitled(row(), clean=True), "entitlements"),
    Misreading(Commitment, "quantity", 5.0, lacking, COSTS),
    Misreading(Commitment, "from_date", None, lambda: lacking(from_date=first(2)), COSTS),
    Misreading(Commitment, "to_date", None, lambda: lacking(to_date=first(2)), COSTS),
    Misreading(Commitment, "gap_penalty", None, lacking, COSTS),
    Misreading(Offer, "emergency_per_period", 5.0, helped, "scenarios"),
    Misreading(Material, "essential_share", 0.25, covered, COSTS),
    Misreading(Scenario, "probability", 0.3, banned, COSTS),
    Misreading(Scenario, "group", "", grouped, COSTS),
    Misreading(Shock, "hits", "route", banned, COSTS),
    Misreading(Shock, "name", "AUS", banned, COSTS),
    Misreading(Shock, "stage", "owner", lambda: banned(stage="mine"), COSTS),
    Misreading(Shock, "scope_", "y", banned, COSTS),
    Misreading(Shock, "from_date", first(3), banned, COSTS),
    Misreading(Shock, "periods", None, lambda: risky(chinese(capacity_per_period=12.0, maximum_total=20.0),
               shocks=(shock(from_date=first(1), periods=1, availability=0.5),)), COSTS),
    Misreading(Shock, "availability", 0.5, banned, COSTS),
    Misreading(Shock, "price_factor", 1.0, followed, COSTS),
    Misreading(Shock, "demand_factor", 1.0, lambda: helped("material", "x", demand_factor=1.5), COSTS),
    Misreading(Shock, "delay_days", 0.0, lambda: banned(availability=1.0, delay_days=40.0), COSTS),
)  # fmt: skip

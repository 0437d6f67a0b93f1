"""What the tests of policy rules share: where things come from, and a rule in one line."""

from __future__ import annotations

from typing import Any

from models.case import Case
from models.records import Country, Offer, Policy, RuleKind, Sense
from tests.cases import case, offer

COUNTRIES = (
    Country(iso3="CHN", name="China", covered=True),
    Country(iso3="RUS", covered=True),
    Country(iso3="AUS", blocs=("Five Eyes",)),
    Country(iso3="JPN", blocs=("G7",)),
    Country(iso3="DEU", blocs=("EU", "G7")),
    Country(iso3="FRA", blocs=("EU", "G7")),
)


def from_country(name: str, price: float, country: str | None, **fields: Any) -> Offer:
    """An offer mined and refined in one country, by a supplier of its own."""
    origin = {"mine_country": ((country, 1.0),) if country else (), "refine_country": country}
    return offer(name, price, **{"supplier": f"s-{name}"} | origin | fields)


def rule(limit: float, within: str | tuple[str, ...] = "CHN", kind: str = "share", **fields: Any) -> Policy:
    """A rule about refine countries; `scope` is its scope."""
    values = (within,) if isinstance(within, str) else within
    scope = {"scope_": fields.pop("scope")} if "scope" in fields else {}
    given = {"rule": "r", "kind": RuleKind(kind), "attribute": "refine", "within": values, "limit": limit}
    return Policy(**given | scope | fields)


AT_LEAST = {"sense": Sense.AT_LEAST}

CHINESE, ALLIED = from_country("c", 10.0, "CHN"), from_country("a", 12.0, "AUS")
"""10 USD a tonne from China, 12 from Australia."""


def ruled(*rules: Policy, offers: tuple[Offer, ...] = (CHINESE, ALLIED), **given: Any) -> Case:
    """A case of 10 t of x, under some rules: without them 100 USD, all from China."""
    return case(*offers, policy=rules, **{"needs": (10,), "countries": COUNTRIES} | given)

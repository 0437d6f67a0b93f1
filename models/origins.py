"""Where goods come from, stage by stage. Building side only."""

from __future__ import annotations

from models.case import Case
from models.ledgers import Exposure
from models.records import SECONDARY, UNKNOWN, OpenOrder, Policy, UnknownOrigin

STAGES = ("mine", "refine", "owner")
ANY_STAGE, ROUTE = "any stage", "route"
COUNTRY_RISK = "country risk"
BY_STAGE = ("country", "bloc", COUNTRY_RISK)
"""Attributes that hold at the stage which a rule names, or at any."""


def countries(case: Case, exposure: Exposure, stage: str) -> list[tuple[str, float]]:
    """The countries of an exposure at a stage (mine, refine, owner, route), with their shares; an unknown one is `unknown`.

    The owner's country is known from the Suppliers sheet; without the sheet there is no such stage.
    """
    offer = case.offer.get(exposure.offer)
    if stage == "owner":
        if not case.suppliers:
            return []
        supplier = case.supplier.get(exposure.supplier)
        return [((supplier.owner_country if supplier else None) or UNKNOWN, 1.0)]
    if stage == ROUTE:
        return [(country, 1.0) for country in offer.route] if offer is not None else []
    if offer is None:
        return [(UNKNOWN, 1.0)]
    if stage == "mine":
        return list(offer.mine_country) or [(UNKNOWN, 1.0)]
    return [(offer.refine_country or UNKNOWN, 1.0)]


def exposure_of_order(case: Case, order: OpenOrder) -> Exposure:
    """The exposure of an open order; its offer tells the supplier, where it names one."""
    offer = case.offer.get(order.offer or "")
    supplier = offer.supplier if offer is not None else order.supplier or ""
    return Exposure(order.offer or "", supplier, order.trader or "")


def is_restricted(case: Case, exposure: Exposure) -> bool:
    """Whether any stage lies in a covered country, or is unknown where Settings count that as restricted."""
    named = {country for stage in STAGES for country, _ in countries(case, exposure, stage)}
    covered = any(case.country[name].covered for name in named if name in case.country)
    return covered or (UNKNOWN in named and case.settings.unknown_origin is UnknownOrigin.RESTRICTED)


def stages(rule: Policy) -> tuple[str, ...]:
    """The stages that a rule looks at, a route's ports as one of them; none where it looks at something else than countries."""
    named = rule.attribute.casefold().replace("_", " ").removesuffix(" country")
    if named == ROUTE:
        return (ROUTE,)
    if named in BY_STAGE:
        named = rule.stage.value if rule.stage is not None else ANY_STAGE
        return STAGES if named == ANY_STAGE else (named,)
    return STAGES if named == ANY_STAGE else (named,) if named in STAGES else ()


def value_of(case: Case, exposure: Exposure, rule: Policy) -> float | None:
    """The figure that an average is about; nothing where it is not known.

    The offer's, else its supplier's. A country's risk is the mean over a stage's countries, and the
    largest of the stages that the rule looks at; secondary material was not mined.
    """
    name = rule.attribute.casefold().replace("_", " ")
    if name == COUNTRY_RISK:
        found = [_risk(case, countries(case, exposure, stage)) for stage in stages(rule)]
        known = [risk for risk in found if risk is not None]
        return max(known) if len(known) == len(found) else None
    for record in (case.offer.get(exposure.offer), case.supplier.get(exposure.supplier)):
        value = record and record.attributes.get(name, getattr(record, name.replace(" ", "_"), None))
        if isinstance(value, float | int):
            return float(value)
    return None


def _risk(case: Case, found: list[tuple[str, float]]) -> float | None:
    """The mean risk of countries with shares; none where one is not known, nothing where there is no country."""
    named = [(country, share) for country, share in found if country != SECONDARY]
    scores = [(case.country[country].risk_score if country in case.country else None, share) for country, share in named]
    total = sum(share for _, share in named)
    if any(score is None for score, _ in scores):
        return None
    return sum((score or 0.0) * share for score, share in scores) / total if total else 0.0

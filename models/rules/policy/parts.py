"""The checking side of policy rules: how far a purchase lies in what a rule names, and the figures that it averages."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from models.audit import origin
from models.case import Case
from models.plan import Line
from models.records import SECONDARY, UNKNOWN, OpenOrder, Policy, RuleKind, Sense, Stage, UnknownOrigin


def _origin(case: Case, item: Line | OpenOrder, stage: str) -> dict[str, float]:
    """Countries and their shares of a purchase at a stage; each on a route is passed by all of it."""
    name = item.purchase.offer if isinstance(item, Line) else item.offer
    offer = case.offer[name] if name else None
    if stage == "route":
        return dict.fromkeys(offer.route if offer else (), 1.0)
    return origin(case, offer, (offer.supplier if offer else getattr(item, "supplier", None)) or "", stage)


def _stages(rule: Policy) -> list[str]:
    """The stages at which a rule looks at countries; none for other attributes."""
    attribute = rule.attribute.lower().replace("_", " ")
    if attribute in ("country", "bloc", "country risk"):
        if rule.stage is Stage.ROUTE:
            return ["route"]
        attribute = rule.stage.value if rule.stage else "any stage"
    if attribute == "any stage":
        return ["mine", "refine", "owner"]
    return [stage for stage in ("mine", "refine", "owner", "route") if attribute in (stage, f"{stage} country")]


def _others(case: Case, rule: Policy, item: Line | OpenOrder) -> list[str]:
    """Values of an attribute that is not a country."""
    attribute = rule.attribute.lower().replace(" ", "_")
    offer_name = item.purchase.offer if isinstance(item, Line) else item.offer
    offer = case.offer[offer_name] if offer_name else None
    supplier_name = offer.supplier if offer else getattr(item, "supplier", None) or ""
    if attribute == "trader":
        return [(item.purchase.trader if isinstance(item, Line) else item.trader) or UNKNOWN]
    if attribute == "supplier":
        return [supplier_name or UNKNOWN]
    for record in (offer, case.supplier.get(supplier_name)):
        value = None
        if record is not None:
            value = record.attributes.get(attribute.replace("_", " "), getattr(record, attribute, None))
        if value is True or value is False:
            return ["yes"] if value else ["no"]
        if isinstance(value, tuple) and value:
            return list(value)
        if value not in (None, "", ()):
            return [f"{value:g}" if isinstance(value, float) else str(value)]
    return [UNKNOWN]


def part(case: Case, rule: Policy, item: Line | OpenOrder, within: tuple[str, ...]) -> float:
    """How far a purchase lies in a set of values, from 0 to 1."""
    stages = _stages(rule)
    if not stages:
        return float(any(v in within and v not in rule.exempt for v in _others(case, rule, item)))
    shares = [
        sum(share for country, share in _origin(case, item, stage).items() if _in_set(case, rule, country, within))
        for stage in stages
    ]
    return min(1.0, max(shares, default=0.0))


def figure_of(case: Case, rule: Policy, item: Line | OpenOrder) -> float:
    """The figure that an average weighs: a column's, or the risk of the riskiest stage; 0 where none is known."""
    attribute = rule.attribute.lower().replace("_", " ")
    if attribute == "country risk":
        return max((_risk(case, _origin(case, item, stage)) for stage in _stages(rule)), default=0.0)
    name = item.purchase.offer if isinstance(item, Line) else item.offer
    offer = case.offer[name] if name else None
    supplier = case.supplier.get(offer.supplier if offer else getattr(item, "supplier", None) or "")
    for record in (offer, supplier):
        if record is not None:
            value = record.attributes.get(attribute, getattr(record, attribute.replace(" ", "_"), None))
            if isinstance(value, int | float):
                return float(value)
    return 0.0


def _risk(case: Case, shares: dict[str, float]) -> float:
    """The mean risk of some countries; secondary material has none."""
    mined = {country: share for country, share in shares.items() if country != SECONDARY}
    scores = {country: case.country[country].risk_score or 0.0 for country in mined if country in case.country}
    return sum(share * scores.get(country, 0.0) for country, share in mined.items()) / (sum(mined.values()) or 1.0)


def _in_set(case: Case, rule: Policy, country: str, within: tuple[str, ...]) -> bool:
    """Whether a country is in a rule's set; an unknown one counts as covered, where Settings say restricted."""
    codes = _codes(case)
    wanted = set(within) | {codes[value.lower()] for value in within if value.lower() in codes}
    covers = any(value.lower() == "covered" for value in within)
    record = case.country.get(country)
    if country == UNKNOWN:
        itself = rule.within == ("each",) or rule.kind is RuleKind.COUNT
        treated = case.settings.unknown_origin is UnknownOrigin.RESTRICTED and not itself
        by_bloc = rule.attribute.lower() == "bloc"
        covered = [row for row in case.countries if row.covered]
        named = any(wanted & set(row.blocs) if by_bloc else row.iso3 in wanted for row in covered)
        named = named and rule.sense is not Sense.AT_LEAST  # nothing says that it comes from there
        return UNKNOWN in within or (treated and (covers or named))
    blocs = set(record.blocs) if record is not None else set()
    if country in rule.exempt or blocs & set(rule.exempt):
        return False
    if rule.attribute.lower() == "bloc":
        return bool(blocs & wanted)
    return country in wanted or (covers and record is not None and record.covered)


@lru_cache(maxsize=4)
def _codes(case: Case) -> dict[str, str]:
    """The country codes of the Countries sheet by name, in small letters."""
    return {row.name.lower(): row.iso3 for row in case.countries if row.name}


def all_values(case: Case, rule: Policy, materials: tuple[str, ...]) -> list[str]:
    """Every value that an offer or a counted open order in scope has, but for exempt ones and secondary material."""
    found: set[str] = set()
    quotes = [OpenOrder(order="", material=row.material, offer=row.offer, quantity=1, arrival=date.max) for row in case.offers]
    for order in (*quotes, *(case.open_orders if rule.counts_open_orders else ())):
        if order.material in materials:
            stages = _stages(rule)
            for stage in stages:
                countries = set(_origin(case, order, stage))
                blocs = {bloc for c in countries if c in case.country for bloc in case.country[c].blocs}
                found |= blocs if rule.attribute.lower() == "bloc" else countries
            if rule.attribute.lower() == "trader" and not order.order:
                found |= set(case.trader)
            elif not stages:
                found |= set(_others(case, rule, order))
    exempt = set(rule.exempt)
    return sorted(
        value for value in found - exempt - {SECONDARY}
        if not (value in case.country and exempt & set(case.country[value].blocs))
    )  # fmt: skip

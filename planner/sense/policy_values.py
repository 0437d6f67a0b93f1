"""Whether the values that a policy rule names are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from models.case import Case
from models.ledgers import Exposure
from models.origins import stages
from models.records import SECONDARY, UNKNOWN, Hardness, Offer, Policy, Supplier, columns
from models.rules.policy.limits import COVERED, EACH, text_values
from planner.sense.doubt import Doubt, fault, warning
from planner.sense.policy import attribute_of, attributes, rules
from planner.validate.countries import country
from planner.validate.names import nearest

ATTRIBUTES = (*columns(Offer), *columns(Supplier))
"""The declared columns that a rule can look at."""


def values_exist(case: Case) -> Iterator[Doubt]:
    """The values that a rule names are those of some offer, supplier, country or bloc: a hard rule is not to rest on a slip."""
    names = {row.name.casefold() for row in case.countries if row.name}
    known_attributes = attributes(case)
    for name, rows in rules(case).items():
        row, rule = rows[0]
        if attribute_of(rule) not in known_attributes:
            continue
        words = {EACH} | (names | {COVERED} if stages(rule) and not is_about_blocs(rule) else set())
        for value in rule.within:
            known = _countable(case, rule)
            if value not in known and value.casefold() not in words:
                message = f"rule {name}: '{value}' counts for nothing, since {_missing(case, rule, value, known)}"
                yield _severity(case, rule, value)(Policy, row, "within", message, "Correct it, or delete it.")
        for value in rule.exempt:
            known = _exemptible(case, rule)
            if value not in known:
                message = f"rule {name}: '{value}' exempts nothing, since {_missing(case, rule, value, known)}"
                yield _severity(case, rule, value)(Policy, row, "exempt", message, "Correct it, or delete it.")


def _severity(case: Case, rule: Policy, value: str) -> Callable[..., Doubt]:
    """How bad an unknown value is: a fault in a hard rule, unless it is a country that no sheet can tell to be none."""
    word = value.casefold() in (EACH, COVERED, UNKNOWN)
    plausible = bool(stages(rule)) and not case.countries and country(value) == value
    return warning if word or plausible or rule.hardness is Hardness.SOFT else fault


def is_about_blocs(rule: Policy) -> bool:
    """Whether a rule looks at blocs of countries."""
    return rule.attribute.casefold() == "bloc"


def _countable(case: Case, rule: Policy) -> frozenset[str]:
    """The values that a rule can count."""
    if not stages(rule):
        return _texts(case, rule.attribute) | _declared(case, rule)
    return _blocs(case) if is_about_blocs(rule) else _countries(case) | {UNKNOWN}


def _exemptible(case: Case, rule: Policy) -> frozenset[str]:
    """The values that a rule can exempt."""
    return _countries(case) | _blocs(case) if stages(rule) else _countable(case, rule)


def _declared(case: Case, rule: Policy) -> frozenset[str]:
    """The values that an attribute may have though no row has them: yes and no, choices, countries on a route."""
    item = next((item for item in ATTRIBUTES if item.name.replace("_", " ") == attribute_of(rule)), None)
    if item is None:
        return frozenset()
    values = {"yes/no": ("yes", "no"), "choice": item.choices}.get(item.kind, ())
    return frozenset(values) | (_countries(case) if item.refers == "Countries.iso3" else frozenset()) | {UNKNOWN}


@lru_cache(maxsize=4)
def _countries(case: Case) -> frozenset[str]:
    """Every country that some offer, supplier or row of Countries has."""
    mined = {name for offer in case.offers for name, _ in offer.mine_country}
    refined = {offer.refine_country for offer in case.offers if offer.refine_country}
    owned = {supplier.owner_country for supplier in case.suppliers if supplier.owner_country}
    return frozenset(mined | refined | owned | set(case.country) | {SECONDARY})


@lru_cache(maxsize=4)
def _blocs(case: Case) -> frozenset[str]:
    return frozenset(bloc for row in case.countries for bloc in row.blocs)


@lru_cache(maxsize=64)
def _texts(case: Case, attribute: str) -> frozenset[str]:
    """Every value of an attribute that is no country."""
    exposures = [Exposure(offer.offer, offer.supplier, "") for offer in case.offers]
    suppliers = {*case.supplier, *(order.supplier for order in case.open_orders if order.supplier)}
    exposures += [Exposure("", supplier, "") for supplier in sorted(suppliers)] + [Exposure("", "", f) for f in case.trader]
    return frozenset(value for exposure in exposures for value in text_values(case, exposure, attribute) if value)


def _missing(case: Case, rule: Policy, value: str, known: frozenset[str]) -> str:
    """Why a value counts for nothing, with what may be meant instead."""
    if is_about_blocs(rule) and known == _blocs(case) and (value in _countries(case) or country(value)):
        return "it is a country, and the attribute 'bloc' looks at blocs (use attribute 'country' and a stage)"
    if stages(rule) and value in _blocs(case):
        return f"it is a bloc, and the attribute '{rule.attribute}' looks at countries (use attribute 'bloc' and a stage)"
    code = country(value) if stages(rule) else None
    guess = code if code in known else nearest(value, known)
    what = "offer or country" if stages(rule) else "offer or supplier"
    return f"no {what} has it{f'; did you mean {guess!r}?' if guess else ''}"

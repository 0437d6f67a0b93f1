"""Whether the values that a policy rule names are there, and leave room to buy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from models.case import Case
from models.ledgers import Exposure
from models.origins import stages
from models.records import SECONDARY, UNKNOWN, Hardness, Offer, On, Policy, RuleKind, Sense, Supplier, columns
from models.rules.policy.limits import COVERED, EACH, Limit, limits_of, text_values
from models.wording import figure, percent
from planner.sense.doubt import Doubt, fault, warning
from planner.sense.policy import attribute_of, attributes, rules
from planner.sense.reach import reach
from planner.sense.supply import Source, sources_of
from planner.validate.countries import country
from planner.validate.names import listed, nearest

ATTRIBUTES = (*columns(Offer), *columns(Supplier))
"""The declared columns that a rule can look at."""
MOST_STAGES = 3
"""For how many countries one offer can count in full: where it is mined, refined and owned."""


def values_exist(case: Case) -> Iterator[Doubt]:
    """The values that a rule names are those of some offer, supplier, country or bloc: a hard rule is not to rest on a slip."""
    names = {row.name.casefold() for row in case.countries if row.name}
    known_attributes = attributes(case)
    for name, rows in rules(case).items():
        row, rule = rows[0]
        if attribute_of(rule) not in known_attributes:
            continue
        words = {EACH} | (names | {COVERED} if stages(rule) and not _is_about_blocs(rule) else set())
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


def something_can_be_bought(case: Case) -> Iterator[Doubt]:
    """A hard share leaves something that can be bought."""
    for (name, material), limits in _hard_shares(case).items():
        rule, materials = limits[0].rule, limits[0].materials
        always = {t for limit in limits for t in limit.limits} == set(case.calendar.horizon)
        found = [source for each in materials for source in sources_of(case)[each]]
        arriving = rule.counts_open_orders and any(order.material in materials for order in case.open_orders)
        if not found or arriving or rule.trader is not None:
            continue
        problem = _strangled(case, rule, limits, found)
        if problem:
            row = rules(case)[name][0][0]
            lacking = [each for each in materials if any(map(reach(case)[each].lacking, case.calendar.horizon))]
            end = f", yet {listed(lacking, 4)} must be bought: no plan can exist" if lacking and always else ""
            what = material or ("what it is about" if len(materials) > 4 else listed(materials))
            message = f"rule {name} lets nothing of {what} be bought{'' if always else ' while it holds'}: {problem}{end}"
            yield warning(Policy, row, "limit", message, "Loosen the limit, exempt a value, or add offers.")


def floors_add_up(case: Case) -> Iterator[Doubt]:
    """Floors on the shares of several values add up to no more than everything."""
    for (name, material), limits in _hard_shares(case).items():
        rule = limits[0].rule
        least = min(min(limit.limits.values()) for limit in limits)
        values = sorted({limit.value for limit in limits})
        if rule.sense is Sense.AT_LEAST and rule.within == (EACH,) and _is_parted(rule) and len(values) * least > 1 + 1e-9:
            about = f" of {material}" if material else ""
            message = (
                f"rule {name} asks for {percent(least)} of each of {len(values)} values{about}, more than everything: "
                f"{listed(values, 6)}"
            )
            remedy = "Lower the limit, or name values in place of 'each'."
            yield warning(Policy, rules(case)[name][0][0], "limit", message, remedy)
    yield from _apart(case)
    for name, rows in rules(case).items():
        row, rule = rows[0]
        least = min(policy.limit for _, policy in rows)
        if rule.kind is RuleKind.COUNT and _is_parted(rule) and least * rule.minimum_share > 1 + 1e-9:
            message = f"rule {name} asks for {figure(least)} values of {percent(rule.minimum_share)} each: more than everything"
            yield fault(Policy, row, "minimum_share", message, "Lower the minimum share or the number.")


def _apart(case: Case) -> Iterator[Doubt]:
    """Rules whose floors are about different values of one thing, all the time, and together ask for more than everything."""
    groups: dict[tuple[object, ...], dict[str, tuple[int, Policy]]] = {}
    for name, rows in rules(case).items():
        row, rule = rows[0]
        hard_floor = rule.kind is RuleKind.SHARE and rule.hardness is Hardness.HARD and rule.sense is Sense.AT_LEAST
        if (
            hard_floor
            and len(rows) == 1
            and _is_parted(rule)
            and rule.within != (EACH,)
            and not (rule.from_date or rule.to_date)
        ):
            about = rule.attribute.casefold(), rule.stage, rule.scope_.casefold(), rule.trader, rule.measure
            groups.setdefault(about, {})[name] = row, rule
    for found in groups.values():
        values = [value for _, rule in found.values() for value in rule.within]
        total = sum(rule.limit for _, rule in found.values())
        if len(found) > 1 and len(set(values)) == len(values) and total > 1 + 1e-9:
            parts = listed(f"{name} {percent(rule.limit)}" for name, (_, rule) in found.items())
            message = f"rules ask for shares of different values that add up to {percent(total)}, more than everything: {parts}"
            yield warning(Policy, max(row for row, _ in found.values()), "limit", message, "Lower one of the limits.")


def enough_to_count(case: Case) -> Iterator[Doubt]:
    """As many different values are on offer as a count asks for."""
    values: dict[tuple[str, str], set[str]] = {}
    least: dict[tuple[str, str], float] = {}
    for limit in limits_of(case):
        if limit.rule.kind is RuleKind.COUNT and limit.rule.sense is Sense.AT_LEAST:
            key = limit.rule.rule, limit.material
            values.setdefault(key, set()).add(limit.value)
            least[key] = min(least.get(key, float("inf")), *limit.limits.values())
    for (name, material), found in values.items():
        if len(found) < least[name, material]:
            about = f" of {material}" if material else ""
            message = (
                f"rule {name} asks for {figure(least[name, material])} different values{about}, and there are "
                f"{len(found)}: {listed(sorted(found))}"
            )
            yield warning(Policy, rules(case)[name][0][0], "limit", message, "Add offers, or ask for fewer.")


@lru_cache(maxsize=4)
def _hard_shares(case: Case) -> Mapping[tuple[str, str], list[Limit]]:
    """The limits of each hard share, by rule and the material that it is about alone."""
    found: dict[tuple[str, str], list[Limit]] = {}
    for limit in limits_of(case):
        on_purchases = limit.rule.on is On.PURCHASES
        if on_purchases and limit.rule.kind is RuleKind.SHARE and limit.rule.hardness is Hardness.HARD:
            found.setdefault((limit.rule.rule, limit.material), []).append(limit)
    return found


def _strangled(case: Case, rule: Policy, limits: Sequence[Limit], found: Sequence[Source]) -> str:
    """Why a share lets nothing be bought in any window, in words; empty if it does not."""
    by_value = {limit.value: limit for limit in limits}
    most = max(max(limit.limits.values()) for limit in limits)
    least = min(min(limit.limits.values()) for limit in limits)
    if rule.sense is Sense.AT_MOST and len(by_value) * most >= MOST_STAGES:
        return ""
    parts = [
        sum(limit.counts(Exposure(source.offer.offer, source.offer.supplier, trader)) for limit in by_value.values())
        for source in found for trader in (source.traders if rule.attribute.casefold() == "trader" else source.traders[:1])
    ]  # fmt: skip
    offers = f"all {len(found)} offers" if len(found) > 1 else "the only offer"
    if rule.sense is Sense.AT_MOST and min(parts) > len(by_value) * most + 1e-9:
        if rule.within != (EACH,):
            return f"{percent(min(parts))} or more of {offers} counts, and at most {percent(most)} may"
        return f"{offers} have {len(by_value)} values, of each of which at most {percent(most)} may be bought"
    if rule.sense is Sense.AT_LEAST and rule.within != (EACH,) and max(parts) < least - 1e-9:
        return f"at most {percent(max(parts))} of {offers} counts, and at least {percent(least)} must"
    return ""


def _is_parted(rule: Policy) -> bool:
    """Whether the shares of different values add up to everything at most: no offer counts fully for two of them."""
    return rule.attribute.casefold() in ("supplier", "trader") or (len(stages(rule)) == 1 and not _is_about_blocs(rule))


def _is_about_blocs(rule: Policy) -> bool:
    return rule.attribute.casefold() == "bloc"


def _countable(case: Case, rule: Policy) -> frozenset[str]:
    """The values that a rule can count."""
    if not stages(rule):
        return _texts(case, rule.attribute) | _declared(case, rule)
    return _blocs(case) if _is_about_blocs(rule) else _countries(case) | {UNKNOWN}


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
    if _is_about_blocs(rule) and known == _blocs(case) and (value in _countries(case) or country(value)):
        return "it is a country, and the attribute 'bloc' looks at blocs (use attribute 'country' and a stage)"
    if stages(rule) and value in _blocs(case):
        return f"it is a bloc, and the attribute '{rule.attribute}' looks at countries (use attribute 'bloc' and a stage)"
    code = country(value) if stages(rule) else None
    guess = code if code in known else nearest(value, known)
    what = "offer or country" if stages(rule) else "offer or supplier"
    return f"no {what} has it{f'; did you mean {guess!r}?' if guess else ''}"

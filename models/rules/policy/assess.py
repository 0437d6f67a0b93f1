"""The checking side of policy rules: what each limit comes to in a plan, counted from its purchases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from models.audit import origin
from models.case import Case
from models.plan import CENT, QUANTITY_STEP, Assessment, Direction, Line, Plan, quantity_tolerance
from models.records import (
    SECONDARY,
    UNKNOWN,
    Hardness,
    Measure,
    OpenOrder,
    Policy,
    RuleKind,
    Sense,
    UnknownOrigin,
    Window,
)


@dataclass(frozen=True)
class Assessed:
    """A policy limit, assessed.

    Attributes:
        material: the material that the limit is about alone, or empty.
        last: the window's last period in which the rule holds.
    """

    rule: Policy
    material: str
    last: int
    assessment: Assessment


@dataclass(frozen=True)
class Bought:
    """A purchase or open order, as a policy rule sees it: measured in the rule's unit in one period.

    Attributes:
        step: the measure of one step of quantity, which rounding may move; nothing for an open order.
    """

    item: Line | OpenOrder
    period: int
    measure: float
    step: float = 0.0


def assessments(plan: Plan) -> Iterator[Assessed]:
    """Every limit of every policy rule in which anything could be bought."""
    case = plan.case
    for name in dict.fromkeys(row.rule for row in case.policy):
        rows = [row for row in case.policy if row.rule == name]
        limits = {t: limit for t in case.calendar.horizon for limit in _limit_on(rows, case.calendar.first_day(t))}
        for label, materials in _scopes(case, rows[0]):
            bought = list(_bought(plan, rows[0], materials))
            unit = "USD" if rows[0].measure is Measure.SPEND else case.common_unit(materials)
            for first, last in _spans(case, rows[0].window):
                inside = [row for row in bought if first <= row.period <= last and row.period in limits]
                held = [t for t in range(first, last + 1) if t in limits]
                if held:
                    span = case.calendar.name(first)
                    span += f" to {case.calendar.name(last)}" if last > first else ""
                    where = f"{name}{': ' + label if label else ''}, {span}"
                    material = label if label in case.material else ""
                    for found in _assess(case, rows[0], where, inside, limits, held[-1], unit, materials):
                        yield Assessed(rows[0], material, held[-1], found)


def _assess(
    case: Case,
    rule: Policy,
    where: str,
    bought: Sequence[Bought],
    limits: dict[int, float],
    last: int,
    unit: str,
    materials: tuple[str, ...],
) -> Iterator[Assessment]:
    """The assessments of one rule, scope and window: one, or one for each value."""
    hard = rule.hardness is Hardness.HARD
    sense: Direction = "at most" if rule.sense is Sense.AT_MOST else "at least"
    total = sum(row.measure for row in bought)
    repeated = rule.within == ("each",) or (rule.kind is RuleKind.COUNT and not rule.within)
    values = _all_values(case, rule, materials) if repeated else list(rule.within)
    if rule.kind is RuleKind.COUNT:
        measures = [sum(row.measure * _part(case, rule, row.item, (value,)) for row in bought) for value in values]
        enough = rule.minimum_share * total - _tolerance(total, bought, unit)
        number = sum(1 for value in measures if value > 0 and value >= enough)
        wanted = limits[last] if total > 0 else 0.0
        yield Assessment("policy", where, "at least", wanted, number, "values", 0, hard)
        return
    for value in values if repeated else [""]:
        within = (value,) if repeated else rule.within
        counted = [(row, row.measure * _part(case, rule, row.item, within)) for row in bought]
        achieved = sum(amount for _, amount in counted)
        limit = limits[last]
        if rule.kind is RuleKind.SHARE:
            limit = sum(row.measure * limits[row.period] for row in bought)
        place = f"{where}: {value}" if value else where
        yield Assessment("policy", place, sense, limit, achieved, unit, _tolerance(limit, bought, unit), hard)


def _tolerance(limit: float, bought: Sequence[Bought], unit: str) -> float:
    """What rounding the purchases to steps, and money to cents, may move."""
    basis = CENT * max(1, len(bought)) if unit == "USD" else quantity_tolerance(limit)
    return basis + sum(row.step for row in bought)


def _limit_on(rows: Sequence[Policy], day: date) -> Iterator[float]:
    """The limit in force on a day, if any: the last row begun, unless it has ended."""
    begun = [row for row in rows if row.from_date is None or row.from_date <= day]
    if begun:
        latest = max(begun, key=lambda row: row.from_date or date.min)
        if latest.to_date is None or day <= latest.to_date:
            yield latest.limit


def _scopes(case: Case, rule: Policy) -> list[tuple[str, tuple[str, ...]]]:
    """Label and materials of each scope."""
    names = [row.material for row in case.materials]
    scope = rule.scope_.strip()
    if scope.lower() == "each material":
        return [(name, (name,)) for name in names]
    if scope in names:
        return [(scope, (scope,))]
    if scope.lower() in ("", "all"):
        return [("", tuple(names))]
    return [(scope, tuple(row.material for row in case.materials if row.group == scope))]


def _bought(plan: Plan, rule: Policy, materials: tuple[str, ...]) -> Iterator[Bought]:
    """What the rule measures: purchases by order period, open orders by arrival."""
    case = plan.case
    spend = rule.measure is Measure.SPEND
    unit = case.common_unit(materials)
    for line in plan.lines:
        if line.material in materials and rule.trader in (None, line.purchase.trader):
            each = line.landed if spend else case.in_unit(line.material, unit)
            yield Bought(line, line.purchase.period, line.purchase.quantity * each, QUANTITY_STEP * each)
    for order in case.open_orders if rule.counts_open_orders else ():
        if order.material in materials and rule.trader in (None, order.trader or ""):
            measure = order.price if spend else case.in_unit(order.material, unit)
            yield Bought(order, case.calendar.period_of(order.arrival), order.quantity * measure)


def _spans(case: Case, window: Window) -> list[tuple[int, int]]:
    """First and last period of each window."""
    last, year = case.calendar.periods, 12 // case.calendar.months
    if window is Window.HORIZON:
        return [(1, last)]
    if window is Window.PERIOD:
        return [(t, t) for t in case.calendar.horizon]
    if window is Window.YEAR:
        return [(t, min(t + year - 1, last)) for t in range(1, last + 1, year)]
    return [(t, t + year - 1) for t in range(1, last - year + 2)] or [(1, last)]


def _origin(case: Case, item: Line | OpenOrder, stage: str) -> dict[str, float]:
    """Countries and their shares of a purchase at a stage."""
    name = item.purchase.offer if isinstance(item, Line) else item.offer
    offer = case.offer[name] if name else None
    return origin(case, offer, (offer.supplier if offer else getattr(item, "supplier", None)) or "", stage)


def _stages(rule: Policy) -> list[str]:
    """The stages at which a rule looks at countries; none for other attributes."""
    attribute = rule.attribute.lower().replace("_", " ")
    if attribute in ("country", "bloc"):
        attribute = rule.stage.value if rule.stage else "any stage"
    if attribute == "any stage":
        return ["mine", "refine", "owner"]
    return [stage for stage in ("mine", "refine", "owner") if attribute in (stage, f"{stage} country")]


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


def _part(case: Case, rule: Policy, item: Line | OpenOrder, within: tuple[str, ...]) -> float:
    """How far a purchase lies in a set of values, from 0 to 1."""
    stages = _stages(rule)
    if not stages:
        return float(any(v in within and v not in rule.exempt for v in _others(case, rule, item)))
    shares = [
        sum(part for country, part in _origin(case, item, stage).items() if _in_set(case, rule, country, within))
        for stage in stages
    ]
    return max(shares, default=0.0)


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


def _all_values(case: Case, rule: Policy, materials: tuple[str, ...]) -> list[str]:
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

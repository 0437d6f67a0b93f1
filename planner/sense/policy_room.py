"""Whether hard policy rules leave room to buy, beside each other's floors and what is on order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from models.case import Case
from models.ledgers import Exposure
from models.origins import exposure_of_order, stages
from models.records import Hardness, Measure, On, OpenOrder, Policy, RuleKind, Sense
from models.rules.policy.limits import EACH, Limit, limits_of
from models.rules.policy.measure import beyond
from models.wording import figure, percent
from planner.sense.doubt import Doubt, fault, warning
from planner.sense.policy import bound, orders_counted, rules
from planner.sense.policy_values import is_about_blocs
from planner.sense.reach import reach
from planner.sense.supply import addable, sources_of
from planner.validate.names import listed

MOST_STAGES = 3
"""For how many countries one offer can count in full: where it is mined, refined and owned."""
NOISE = 1e-9
"""What the sums of shares may be off by."""


def something_can_be_bought(case: Case) -> Iterator[Doubt]:
    """A hard rule on shares, averages or numbers leaves something that can be bought, also beside what is on order."""
    for (name, material), limits in _hard(case).items():
        rule, materials = limits[0].rule, limits[0].materials
        found = _candidates(case, limits[0])
        if not found or rule.trader is not None:
            continue
        ordered = [exposure_of_order(case, order) for order in orders_counted(case, rule, materials)]
        offers = len({exposure.offer for exposure in found})
        words = (f"all {offers} offers" if offers > 1 else "the only offer") + (" and open orders" if ordered else "")
        problem = _strangled(rule, limits, [*found, *ordered], words)
        if problem:
            row = rules(case)[name][0][0]
            always = {t for limit in limits for t in limit.limits} == set(case.calendar.horizon)
            lacking = [each for each in materials if any(map(reach(case)[each].lacking, case.calendar.horizon))]
            end = f", yet {listed(lacking, 4)} must be bought: no plan can exist" if lacking and always else ""
            what = material or ("what it is about" if len(materials) > 4 else listed(materials))
            message = f"rule {name} lets nothing of {what} be bought{'' if always else ' while it holds'}: {problem}{end}"
            yield warning(Policy, row, "limit", message, "Loosen the limit, exempt a value, or add offers.")


def open_orders_fit(case: Case) -> Iterator[Doubt]:
    """What is on order for certain breaks no hard rule for good that lets something be bought."""
    strangling = {doubt.row for doubt in something_can_be_bought(case)}
    for (name, _), limits in _hard(case).items():
        rule, materials = limits[0].rule, limits[0].materials
        row = rules(case)[name][0][0]
        measured = rule.measure is Measure.SPEND or addable(case, materials)
        if rule.kind is RuleKind.COUNT or row in strangling or not measured:
            continue
        orders = orders_counted(case, rule, materials)
        broken = next(((limit, found) for limit in limits for found in [_breaking(case, limit, orders)] if found), None)
        if broken is not None:
            limit, found = broken
            about = f" of {limit.value}" if limit.value else ""
            message = (
                f"rule {name} asks for {rule.sense.value} {bound(rule, limit.limits[limit.last])}{about}, and what is on order "
                f"for certain breaks it, whatever is bought beside it: {listed(found, 6)} of OpenOrders; no plan can exist"
            )
            remedy = "Loosen the limit, write no under 'counts open orders', or say that the orders can be cancelled."
            yield warning(Policy, row, "limit", message, remedy)


def floors_add_up(case: Case) -> Iterator[Doubt]:
    """Floors on the shares of several values add up to no more than everything."""
    for (name, material), limits in _hard(case).items():
        rule = limits[0].rule
        least = min(min(limit.limits.values()) for limit in limits)
        values = sorted({limit.value for limit in limits})
        floor = rule.kind is RuleKind.SHARE and rule.sense is Sense.AT_LEAST
        if floor and rule.within == (EACH,) and _is_parted(rule) and len(values) * least > 1 + NOISE:
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
        if rule.kind is RuleKind.COUNT and _is_parted(rule) and least * rule.minimum_share > 1 + NOISE:
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
        if len(found) > 1 and len(set(values)) == len(values) and total > 1 + NOISE:
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
def _hard(case: Case) -> Mapping[tuple[str, str], list[Limit]]:
    """The limits of each hard rule on purchases, by rule and the material that it is about alone."""
    found: dict[tuple[str, str], list[Limit]] = {}
    for limit in limits_of(case):
        if limit.rule.on is On.PURCHASES and limit.rule.hardness is Hardness.HARD:
            found.setdefault((limit.rule.rule, limit.material), []).append(limit)
    return found


def _candidates(case: Case, limit: Limit) -> list[Exposure]:
    """What can be bought of a limit's materials; by each trader where they are what it looks at."""
    by_trader = limit.rule.attribute.casefold() == "trader"
    return [
        Exposure(source.offer.offer, source.offer.supplier, trader)
        for name in limit.materials for source in sources_of(case)[name]
        for trader in (source.traders if by_trader else source.traders[:1])
    ]  # fmt: skip


def _strangled(rule: Policy, limits: Sequence[Limit], candidates: Sequence[Exposure], offers: str) -> str:
    """Why a rule lets none of some candidates be bought in any window, in words; empty if it does not."""
    by_value = {limit.value: limit for limit in limits}
    most = max(max(limit.limits.values()) for limit in limits)
    least = min(min(limit.limits.values()) for limit in limits)
    is_loose = rule.kind is RuleKind.SHARE and rule.sense is Sense.AT_MOST and len(by_value) * most >= MOST_STAGES
    if rule.kind is RuleKind.AMOUNT or is_loose:
        return ""
    parts = [[limit.counts(exposure) for limit in by_value.values()] for exposure in candidates]
    if rule.kind is RuleKind.COUNT:
        return _too_many(rule, parts, most, offers)
    totals = [sum(found) for found in parts]
    if rule.sense is Sense.AT_MOST and min(totals) > len(by_value) * most + NOISE:
        if rule.kind is RuleKind.AVERAGE:
            return f"{rule.attribute} of {offers} is {figure(min(totals))} or more, and may be at most {figure(most)}"
        if rule.within != (EACH,):
            return f"{percent(min(totals))} or more of {offers} counts, and at most {percent(most)} may"
        return f"{offers} have {len(by_value)} values, of each of which at most {percent(most)} may be bought"
    if rule.sense is Sense.AT_LEAST and rule.within != (EACH,) and max(totals) < least - NOISE:
        if rule.kind is RuleKind.AVERAGE:
            return f"{rule.attribute} of {offers} is at most {figure(max(totals))}, and must be at least {figure(least)}"
        return f"at most {percent(max(totals))} of {offers} counts, and at least {percent(least)} must"
    return ""


def _too_many(rule: Policy, parts: Sequence[Sequence[float]], most: float, offers: str) -> str:
    """Why a ceiling on how many values there are lets nothing be bought: any one purchase has more of them."""
    fewest = min(sum(part > 0 for part in found) for found in parts)
    if rule.sense is Sense.AT_LEAST or rule.minimum_share or fewest <= most:
        return ""
    return f"each of {offers} counts for {fewest} or more values, and at most {figure(most)} may be bought"


def _breaking(case: Case, limit: Limit, orders: Sequence[OpenOrder]) -> list[str]:
    """The open orders that break a limit whatever else arrives; none if something can make up for them."""
    excess = {order.order: beyond(case, limit, order) for order in orders if not order.is_open}
    total, allowed = sum(excess.values()), 0.0
    if limit.rule.kind is RuleKind.AMOUNT:
        makes_up, allowed = limit.rule.sense is Sense.AT_LEAST, limit.limits[limit.last]
    else:
        sign = 1.0 if limit.rule.sense is Sense.AT_MOST else -1.0
        others = [*_candidates(case, limit), *(exposure_of_order(case, order) for order in orders if order.is_open)]
        makes_up = any(sign * (limit.counts(other) - share) < 0 for other in others for share in set(limit.limits.values()))
    noise = NOISE + 1e-6 * sum(map(abs, excess.values()))
    return [] if makes_up or total <= allowed + noise else [name for name, more in excess.items() if more > 0]


def _is_parted(rule: Policy) -> bool:
    """Whether the shares of different values add up to everything at most: no offer counts fully for two of them."""
    return rule.attribute.casefold() in ("supplier", "trader") or (len(stages(rule)) == 1 and not is_about_blocs(rule))

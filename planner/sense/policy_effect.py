"""Whether a policy rule can ever make a difference, and whether rules contradict each other."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from models.case import Case
from models.ledgers import Exposure
from models.origins import exposure_of_order, value_of
from models.records import Hardness, Measure, On, Policy, RuleKind, Sense
from models.rules.policy.limits import Limit, limits_of
from models.wording import figure
from planner.sense.doubt import Doubt, fault, note, warning
from planner.sense.policy import (
    attribute_of,
    attributes_are_known,
    attributes_fit_kind,
    figures,
    figures_fit_kind,
    rules,
    scopes_are_known,
    sets_are_named,
    stages_are_known,
    stock_rules_are_simple,
)
from planner.sense.policy_values import something_can_be_bought, values_exist
from planner.sense.supply import sources_of
from planner.validate.names import listed

NOTHING_COUNTS = "nothing that can be bought counts"
OTHERS = (
    attributes_are_known,
    attributes_fit_kind,
    scopes_are_known,
    figures_fit_kind,
    stock_rules_are_simple,
    sets_are_named,
    stages_are_known,
    values_exist,
    something_can_be_bought,
)
"""Checks whose doubts say enough about a rule."""


def figures_are_known(case: Case) -> Iterator[Doubt]:
    """What an average weighs is known of everything that it may weigh."""
    for name, rows in rules(case).items():
        row, rule = rows[0]
        if rule.kind is not RuleKind.AVERAGE or attribute_of(rule) not in figures(case):
            continue
        materials = case.in_scope(rule.scope_)
        offers = [offer for offer in case.offers if offer.material in materials]
        lacking = [o.offer for o in offers if value_of(case, Exposure(o.offer, o.supplier, ""), rule) is None]
        orders = case.open_orders if rule.counts_open_orders else ()
        lacking += [
            order.order for order in orders
            if order.material in materials and value_of(case, exposure_of_order(case, order), rule) is None
        ]  # fmt: skip
        if lacking:
            message = f"rule {name} averages {rule.attribute}, which is not known of {listed(lacking, 6)}"
            remedy = "Fill it in for them, narrow the scope, or let the rule not count open orders."
            yield fault(Policy, row, "attribute", message, remedy)


def limits_can_bind(case: Case) -> Iterator[Doubt]:
    """Some limit of each rule forbids something that could be bought; of rules that are not doubtful otherwise."""
    doubtful = {doubt.row for check in (*OTHERS, figures_are_known) for doubt in check(case) if doubt.record is Policy}
    by_rule: dict[str, list[Limit]] = defaultdict(list)
    for limit in limits_of(case):
        by_rule[limit.rule.rule].append(limit)
    for name, limits in by_rule.items():
        rule = limits[0].rule
        reasons = {_idle(case, rule, list(group)) for _, group in groupby(sorted(limits, key=_together), key=_together)}
        if rule.on is On.PURCHASES and reasons and "" not in reasons and rules(case)[name][0][0] not in doubtful:
            message = f"rule {name} can never make a difference: {sorted(reasons)[0]}"
            tell = note if reasons == {NOTHING_COUNTS} else warning  # it may be there for offers to come
            yield tell(Policy, rules(case)[name][0][0], "limit", message, "Tighten it, or delete it.")


def limits_agree(case: Case) -> Iterator[Doubt]:
    """No floor lies above a ceiling on the same thing."""
    subjects: dict[object, dict[Sense, Limit]] = defaultdict(dict)
    told = set()
    for limit in limits_of(case):
        rule = limit.rule
        if rule.hardness is Hardness.SOFT:
            continue
        subject = (attribute_of(rule), rule.stage, frozenset(rule.within), frozenset(rule.exempt), rule.trader, rule.measure,
                   rule.kind, rule.on, limit.material, limit.materials, limit.value, limit.window)  # fmt: skip
        found = subjects[subject]
        found.setdefault(rule.sense, limit)
        if len(found) < len(Sense):
            continue
        floor, ceiling = found[Sense.AT_LEAST], found[Sense.AT_MOST]
        both = [t for t in floor.limits if t in ceiling.limits]
        pair = floor.rule.rule, ceiling.rule.rule
        if both and pair not in told and all(floor.limits[t] > ceiling.limits[t] for t in both):
            told.add(pair)
            message = (
                f"rules contradict each other: {pair[0]} asks for at least {figure(floor.limits[both[0]])}, and {pair[1]} for "
                f"at most {figure(ceiling.limits[both[0]])} of the same"
            )
            last = max(rules(case)[name][0][0] for name in pair)
            yield warning(Policy, last, "limit", message, "Correct one of the two.")


def _together(limit: Limit) -> tuple[str, str, str]:
    """A count is one limit on all its values; others stand alone."""
    return limit.material, "" if limit.rule.kind is RuleKind.COUNT else limit.value, limit.window


def _idle(case: Case, rule: Policy, group: Sequence[Limit]) -> str:
    """Why a limit forbids nothing that could be bought, in words; empty if it does."""
    first, floor = group[0], rule.sense is Sense.AT_LEAST
    if floor and not any(first.limits.values()):
        return "at least nothing is asked for"
    if rule.kind is RuleKind.COUNT:
        return f"there are {len(group)} values" if not floor and min(first.limits.values()) >= len(group) else ""
    counted = [first.counts(exposure) for exposure in _exposures(case, rule, first)]
    if not counted or (floor and rule.kind is RuleKind.AMOUNT):
        return ""
    if not floor and not any(counted) and rule.kind is not RuleKind.AVERAGE:
        return NOTHING_COUNTS
    if rule.kind is RuleKind.AMOUNT:
        most = _most(case, rule, first)
        return f"at most {figure(most)} can be bought" if most <= min(first.limits.values()) else ""
    if floor:
        return "everything that can be bought reaches it" if min(counted) >= max(first.limits.values()) else ""
    return "nothing that can be bought exceeds it" if max(counted) <= min(first.limits.values()) else ""


def _exposures(case: Case, rule: Policy, limit: Limit) -> Iterator[Exposure]:
    """Everything that a limit may be about: what is on offer, and what is on order."""
    for offer in case.offers:
        if offer.material in limit.materials:
            yield from (Exposure(offer.offer, offer.supplier, f) for f in case.trader if rule.trader in (None, f))
    for order in case.open_orders if rule.counts_open_orders else ():
        if order.material in limit.materials:
            yield exposure_of_order(case, order)


def _most(case: Case, rule: Policy, limit: Limit) -> float:
    """The most that can be bought of what counts, in the rule's measure; unknown in money, whose prices may rise."""
    ordered = rule.counts_open_orders and any(order.material in limit.materials for order in case.open_orders)
    if rule.measure is Measure.SPEND or ordered:
        return math.inf
    total = 0.0
    for source in (source for name in limit.materials for source in sources_of(case)[name]):
        counts = max(limit.counts(Exposure(source.offer.offer, source.offer.supplier, f)) for f in source.traders)
        periods = sum(slot.period in limit.limits for slot in source.slots)
        if counts and periods:
            unit = case.in_unit(source.offer.material, limit.unit(case))
            total += counts * unit * min(source.total, source.per_period * periods)
    return total

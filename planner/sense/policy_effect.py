"""Whether a policy rule can ever make a difference by itself."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from models.case import Case
from models.ledgers import Exposure
from models.origins import exposure_of_order, value_of
from models.records import Measure, On, Policy, RuleKind, Sense
from models.rules.policy.limits import Limit, limits_of
from models.wording import figure, percent
from planner.sense.doubt import Doubt, fault, note, warning
from planner.sense.policy import (
    attribute_of,
    attributes_are_known,
    attributes_fit_kind,
    figures,
    figures_fit_kind,
    measurable,
    orders_counted,
    rules,
    scopes_are_known,
    sets_are_named,
    stages_are_known,
    stock_rules_are_simple,
)
from planner.sense.policy_room import something_can_be_bought
from planner.sense.policy_values import values_exist
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
        orders = orders_counted(case, rule, materials)
        lacking += [order.order for order in orders if value_of(case, exposure_of_order(case, order), rule) is None]
        if lacking:
            message = f"rule {name} averages {rule.attribute}, which is not known of {listed(lacking, 6)}"
            remedy = "Fill it in for them, narrow the scope, or let the rule not count open orders."
            yield fault(Policy, row, "attribute", message, remedy)


def doubtful(case: Case) -> frozenset[int | None]:
    """The rows of rules of which enough is said already."""
    return frozenset(doubt.row for check in (*OTHERS, figures_are_known) for doubt in check(case) if doubt.record is Policy)


def limits_can_bind(case: Case) -> Iterator[Doubt]:
    """Some limit of each rule forbids something that could be bought; of rules that are not doubtful otherwise."""
    spoken_of = doubtful(case)
    by_rule: dict[str, list[Limit]] = defaultdict(list)
    for limit in limits_of(case):
        by_rule[limit.rule.rule].append(limit)
    for name, limits in by_rule.items():
        rule = limits[0].rule
        reasons = {_idle(case, rule, list(group)) for _, group in groupby(sorted(limits, key=_together), key=_together)}
        if rule.on is On.PURCHASES and reasons and "" not in reasons and rules(case)[name][0][0] not in spoken_of:
            message = f"rule {name} can never make a difference: {sorted(reasons)[0]}"
            tell = note if reasons == {NOTHING_COUNTS} else warning  # it may be there for offers to come
            yield tell(Policy, rules(case)[name][0][0], "limit", message, "Tighten it, or delete it.")


def _together(limit: Limit) -> tuple[str, str, str]:
    """A count is one limit on all its values; others stand alone."""
    return limit.material, "" if limit.rule.kind is RuleKind.COUNT else limit.value, limit.window


def _idle(case: Case, rule: Policy, group: Sequence[Limit]) -> str:
    """Why a limit forbids nothing that could be bought, in words; empty if it does."""
    first, floor = group[0], rule.sense is Sense.AT_LEAST
    if floor and not any(first.limits.values()):
        return "at least nothing is asked for"
    exposures = measurable(case, rule, first.materials)
    if rule.kind is RuleKind.COUNT:
        return _idle_count(rule, group, exposures)
    counted = [first.counts(exposure) for exposure in exposures]
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


def _idle_count(rule: Policy, group: Sequence[Limit], exposures: Sequence[Exposure]) -> str:
    """Why a limit on the number of values forbids nothing that could be bought, in words; empty if it does."""
    limits, share = group[0].limits.values(), rule.minimum_share
    parts = [[limit.counts(exposure) for limit in group] for exposure in exposures]
    if rule.sense is Sense.AT_LEAST:
        fewest = min((sum(part > 0 for part in found) for found in parts), default=0)
        return f"all that can be bought counts for {fewest} or more" if not share and max(limits) <= fewest else ""
    if min(limits) >= len(group):
        return f"there are {len(group)} values"
    if not share or not parts:
        return ""
    most = math.ceil(round(max(map(sum, parts)) / share, 9)) - 1  # these have more than the share, and together everything
    return f"no more than {most} of {len(group)} values can be above {percent(share)} each" if min(limits) >= most else ""


def _most(case: Case, rule: Policy, limit: Limit) -> float:
    """The most that can be bought of what counts, in the rule's measure; unknown in money, whose prices may rise."""
    if rule.measure is Measure.SPEND or orders_counted(case, rule, limit.materials):
        return math.inf
    total = 0.0
    for source in (source for name in limit.materials for source in sources_of(case)[name]):
        counts = max(limit.counts(Exposure(source.offer.offer, source.offer.supplier, f)) for f in source.traders)
        periods = sum(slot.period in limit.limits for slot in source.slots)
        if counts and periods:
            unit = case.in_unit(source.offer.material, limit.unit(case))
            total += counts * unit * min(source.total, source.per_period * periods)
    return total

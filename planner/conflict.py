"""When there is no plan: which rules stand against each other, in the workbook's words."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter

import numpy as np

from models.bounds import limits_of_order
from models.records import On, RuleKind, Sense
from models.rules import RULES
from models.rules.policy.limits import limits_of
from models.rules.policy.measure import beyond
from models.skeleton import Skeleton
from planner.engine import Conflict, Options, StandardForm
from planner.engine import conflict as find_conflict
from planner.findings import SolverFailure
from planner.obstacles import limit_in_words, rule_of
from planner.sense.policy import orders_counted
from planner.validate.names import listed

AGREED = frozenset(rule.name for rule in RULES if rule.nature == "agreed")
PATIENCE = 60.0
"""Seconds that one programme of the search for a conflict may take: the proof that there is no plan is there already."""

MOST, ENOUGH = 5, 120.0
"""Conflicts that are told at most, and seconds after which no further one is looked for: somebody waits for the first."""

GIVEN = "what is given: what is in stock and on order, and what can be bought in time"
"""What stands against a limit that no other one stands against."""


def sentences(m: Skeleton, form: StandardForm, options: Options) -> Iterator[str]:
    """A first plain message: that there is no plan, and the rules that stand against each other.

    Where what is agreed could be given up and there would still be no plan, the next conflict is told too: loosening the
    first one alone would not help.
    """
    yield "No plan exists that keeps all hard rules: this is proven, not a matter of time."
    told: set[str] = set()
    for number, found in enumerate(_conflicts(m, form, options)):
        lines = sorted(set(_subjects(m, found)))
        told.update(lines)
        lines += _on_order(m, found) or ([GIVEN] if len(lines) == 1 else [])
        yield "These stand against each other:" if not number else "Giving up what is agreed there is not enough; so do these:"
        yield from (f"  - {line}" for line in lines)
        if found.whole:
            yield "Without whole lots and minimum orders they could be kept together."
    if told:
        yield "Loosen at least one of them." if number == 0 else "Loosen at least one of each list."
    else:
        yield "The rules that stand against each other could not be narrowed down."


def _conflicts(m: Skeleton, form: StandardForm, options: Options) -> Iterator[Conflict]:
    """One conflict after the other, each without the agreed ceilings of those before; what is asked for stays."""

    group_of = partial(limit_in_words, m)  # all rows of a limit, for whatever period, are loosened together
    options = replace(options, time_limit=min(options.time_limit, PATIENCE))
    groups = [group_of(name) for name in form.rows]
    ceiling = np.isfinite(form.row_upper)
    enough = time.monotonic() + ENOUGH
    for number in range(MOST):
        if number and time.monotonic() > enough:
            return
        try:
            found = find_conflict(form, options, group_of)
        except SolverFailure:
            return  # that there is no plan is proven: it is told, with as much of the reason as is known
        if found is None or not (found.rows or found.columns):
            return
        yield found
        given_up = {group_of(name) for name in found.rows if rule_of(name) in AGREED} - {None}
        freed = ceiling & np.array([group in given_up for group in groups])
        if not freed.any():
            return
        form = form.freed(freed)


def _subjects(m: Skeleton, found: Conflict) -> Iterator[str]:
    """One line for each limit in the conflict; its periods are drawn together."""
    together: dict[str, list[int]] = defaultdict(list)
    for name in found.rows:
        words = limit_in_words(m, name)
        if words is not None:
            parts = name[1] if isinstance(name[1], tuple) else (name[1],)
            together[words].extend(part for part in parts if isinstance(part, int) and part > 0)
    for words, periods in together.items():
        span = ""
        if periods and len(set(periods)) < len(m.case.calendar.horizon):
            first, last = m.case.calendar.name(min(periods)), m.case.calendar.name(max(periods))
            span = f", in {first}" if first == last else f", {first} to {last}"
        yield f"{words}{span}"
    yield from _bounds(m, found)


def _on_order(m: Skeleton, found: Conflict) -> list[str]:
    """What is on order for certain, one line for each rule that it breaks; none where something else asks for purchases."""
    keys = {index for name, index in found.rows if name.startswith("policy.")}
    limits = [limit for limit in limits_of(m.case) if limit.key in keys and limit.rule.on is On.PURCHASES]
    floors = any(limit.rule.kind is RuleKind.AMOUNT and limit.rule.sense is Sense.AT_LEAST for limit in limits)
    if floors or any(rule_of(name) != "policy" and limit_in_words(m, name) for name in found.rows):
        return []
    orders: dict[str, dict[str, None]] = defaultdict(dict)
    for limit in (limit for limit in limits if limit.rule.kind is not RuleKind.COUNT):
        firm = (order for order in orders_counted(m.case, limit.rule, limit.materials) if not order.is_open)
        orders[limit.rule.rule] |= {order.order: None for order in firm if beyond(m.case, limit, order) > 0}
    return [
        f"the open orders that \u201c{rule}\u201d counts: {listed(names, 6)} of OpenOrders; write no under its 'counts open "
        "orders', or cancel what can be cancelled"
        for rule, names in sorted(orders.items()) if names
    ]  # fmt: skip


def _bounds(m: Skeleton, found: Conflict) -> Iterator[str]:
    """The capacities that bound purchases in the conflict."""
    awarded = [index for container, index in found.rows if container == "purchases.awarded"]
    for index in [index for container, index in found.columns if container == "buy"] + awarded:
        assert isinstance(index, tuple)
        offer = m.case.offer[index[0]]
        least = min(limits_of_order(m.case, offer), default=None, key=attrgetter("quantity"))
        words = limit_in_words(m, least.row) if least and least.row[1] != (offer.offer,) else None
        yield words or f"the capacity of the offers of {offer.material}"

"""From a case to a Pyomo model, and from a solved model to a plan."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC
from pyomo.core.expr.numeric_expr import LinearExpression

from models.bounds import USUAL, Assumed
from models.case import Case
from models.decisions import Allotment, Change, Contract, Drawing, Emergency, Move, Purchase, Rotation
from models.fence import frozen_orders
from models.invoice import CREDITS, EXPECTED_LOSS, LINES, PLAN_CHANGES, PROTECTION, WEIGHED
from models.landed_cost import discount_factor
from models.ledgers import Linear
from models.lots import lots_of
from models.plan import Plan, quantity_tolerance
from models.records import Objective
from models.rules import RULES
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.ways import ways

SIGNED = 0.5
"""A binary above this is one; after integers are fixed it is one or zero."""


def build(case: Case, rules: Sequence[Rule] = RULES, assumed: Assumed = USUAL) -> Skeleton:
    """The model of a case: the skeleton, then three passes over the rules that apply, then the objective.

    The Pyomo model is `build(case).model`, with one block per rule. It minimises discounted cost in USD, all of it or, with
    the objective `protection`, what protects.

    Args:
        assumed: what bounds of orders may rest on.
    """
    with PauseGC():  # millions of small objects that all stay: the collector would look through them again and again
        return _built(case, rules, assumed)


def _built(case: Case, rules: Sequence[Rule], assumed: Assumed) -> Skeleton:
    m = Skeleton(case, assumed)
    blocks = {}
    for rule in rules:
        if rule.applies(case):
            blocks[rule] = pyo.Block()
            m.model.add_component(rule.name, blocks[rule])
    for rule, block in blocks.items():
        rule.declare(block, m)
    for rule, block in blocks.items():
        rule.contribute(block, m)
    for rule, block in blocks.items():
        rule.constrain(block, m)
    factors = {due: discount_factor(case, due) for due in {account.due for account in m.money.accounts}}
    total = Linear()
    counted = PROTECTION if case.settings.objective is Objective.PROTECTION else {*WEIGHED, PLAN_CHANGES}
    for account, terms in m.money.accounts.items():
        if account.line in counted:
            total.plus(terms, factors[account.due])
    total = total.gathered()
    m.model.cost = pyo.Objective(
        expr=LinearExpression(constant=total.constant, linear_coefs=total.coefficients, linear_vars=total.variables)
    )
    return m


def read_plan(m: Skeleton, value: Callable[[Any], float]) -> Plan:
    """The decisions of a solved model, rounded to whole steps and whole lots; `value` gives a variable's value.

    What arrives is stored to the last step: rounding differences go to the depot that takes most. A frozen order, which the
    model holds to a step, is what it was to the last digit: it would creep from night to night.
    """
    purchases, frozen = [], frozen_orders(m.case)
    for o, f, slot in m.purchases:
        quantity = _whole(m.case, o, value(m.buy[o, f, slot.period]))
        last = frozen.get((o, f, slot.period), quantity)
        quantity = last if abs(quantity - last) <= quantity_tolerance(last) else quantity
        if quantity > 0:
            purchases.append(Purchase(o, f, slot.period, quantity))
    used = {(row.offer, row.trader) for row in purchases}
    forced = {row.offer for row in m.case.decisions}
    contracts = [
        Contract(o, f)
        for o, f in m.lanes
        if (o, f) in used or (o in forced and value(m.awards[o, f]) > SIGNED)
    ]  # fmt: skip
    plan = Plan(m.case, tuple(purchases), tuple(contracts), changes=tuple(_changes(m, value)))
    own = [found for rule, block in _blocks(m) for found in rule.taken(block, value)]
    return replace(
        plan, moves=tuple(_moves(m, plan, value)), emergencies=tuple(row for row in own if isinstance(row, Emergency)),
        drawings=tuple(row for row in own if isinstance(row, Drawing)),
        allotments=tuple(row for row in own if isinstance(row, Allotment)),
        rotations=tuple(row for row in own if isinstance(row, Rotation)),
    )  # fmt: skip


def _blocks(m: Skeleton) -> Iterator[tuple[Rule, Any]]:
    """The rules that apply, each with its block."""
    for rule in RULES:
        block = m.model.component(rule.name)
        if block is not None:
            yield rule, block


def _whole(case: Case, offer: str, quantity: float) -> float:
    """A quantity in whole lots, or in whole steps of a millionth where there are none."""
    lots = lots_of(case, case.offer[offer])
    if lots is not None:
        quantity = lots.nearest(quantity)
    return round(quantity, 6) + 0.0


def _changes(m: Skeleton, value: Callable[[Any], float]) -> Iterator[Change]:
    """What becomes of open orders where it is not what was agreed."""
    for order in (row for row in m.case.open_orders if row.is_open):
        found = [way for k, way in enumerate(ways(m.case)[order.order]) if value(m.keeps[order.order, k]) > SIGNED]
        if found != [order]:
            yield Change(order.order, found[0].arrival if found else None)


def _moves(m: Skeleton, plan: Plan, value: Callable[[Any], float]) -> list[Move]:
    """What each place takes in and gives out; nothing is listed for nothing."""
    taken: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    for i, w, t in m.taken_in:
        taken[i, t][w] = round(value(m.taken_in[i, w, t]), 6)
    for (i, t), by_place in taken.items():
        most = max(by_place, key=lambda w: by_place[w])
        others = math.fsum(quantity for w, quantity in by_place.items() if w != most)
        by_place[most] = max(0.0, round(plan.arrivals.get((i, t), 0.0) - others, 6))
    moves = []
    for i, w, t in m.stock:
        taken_in = taken[i, t].get(w, 0.0)
        given_out = round(value(m.given_out[i, w, t]), 6) if (i, w, t) in m.given_out else 0.0
        if taken_in or given_out:
            moves.append(Move(i, w, t, taken_in + 0.0, given_out + 0.0))
    return moves


def idle(m: Skeleton, plan: Plan) -> list[tuple[str, Any]]:
    """Whole-number decisions that the plan makes no use of, and would pay for: a plan within a gap may hold some, to no end."""
    signed = {(row.offer, row.trader) for row in plan.contracts}
    found: list[tuple[str, Any]] = [("awards", pair) for pair in m.lanes if pair not in signed]
    for rule, block in _blocks(m):
        found += rule.idle(block, plan)
    return found


def decisions(m: Skeleton, plan: Plan) -> list[tuple[tuple[str, Any], float]]:
    """The value that a plan gives to each variable that decides it: purchases, contracts, and what depots move."""
    bought = {(row.offer, row.trader, row.period): row.quantity for row in plan.purchases}
    moves = {(row.material, row.place, row.period): row for row in plan.moves}
    signed = {(row.offer, row.trader) for row in plan.contracts}
    found: list[tuple[tuple[str, Any], float]] = [(("buy", index), bought.get(index, 0.0)) for index in m.buy]
    found += [(("awards", pair), float(pair in signed)) for pair in m.lanes]
    arriving = {(order.order, order.arrival) for order in plan.open_orders}
    found += [(("keeps", (name, k)), float((name, ways(m.case)[name][k].arrival) in arriving)) for name, k in m.keeps]
    found += [(("taken_in", index), moves[index].taken_in if index in moves else 0.0) for index in m.taken_in]
    found += [(("given_out", index), moves[index].given_out if index in moves else 0.0) for index in m.given_out]
    for rule, block in _blocks(m):
        found += rule.decided(block, plan)
    return found


def largest_credit(m: Skeleton) -> float:
    """The most that a plan can be credited, in USD; CVaR is no lower than the expected loss."""
    return sum(
        (1.0 + m.case.settings.risk_weight if account.line == EXPECTED_LOSS else 1.0)
        * (max(0.0, -terms.constant) - sum(c * float(v.ub) for c, v in terms.terms() if c < 0.0))
        for account, terms in m.money.accounts.items() if account.line in CREDITS
    )  # fmt: skip


def line_totals(m: Skeleton, value: Callable[[Any], float]) -> dict[str, float]:
    """What the model believes each invoice line comes to, in undiscounted USD."""
    totals: dict[str, float] = defaultdict(float)
    for account, terms in m.money.accounts.items():
        if account.line in LINES:
            totals[account.line] += terms.constant + sum(c * value(v) for c, v in terms.terms())
    return dict(totals)


def price_of_changes(m: Skeleton, value: Callable[[Any], float]) -> float:
    """What the objective counts for orders otherwise than in the last plan, in discounted USD; no part of the plan's cost."""
    return sum(price * value(variable) for price, variable in prices_of_changes(m))


def prices_of_changes(m: Skeleton) -> Iterator[tuple[float, Any]]:
    """The variables that are orders otherwise than in the last plan, each with its price in the objective (discounted USD)."""
    for account, terms in m.money.accounts.items():
        if account.line == PLAN_CHANGES:
            for price, variable in terms.terms():
                yield discount_factor(m.case, account.due) * price, variable

"""The checking side of policy rules: what each limit comes to in a plan, counted from its purchases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from models.case import EACH_MATERIAL, Case
from models.classes import restricted_stock
from models.plan import CENT, QUANTITY_STEP, Assessment, Direction, Line, Plan, quantity_tolerance
from models.records import (
    Hardness,
    Measure,
    On,
    OpenOrder,
    Policy,
    RuleKind,
    Sense,
    Window,
)
from models.rules.policy.parts import all_values, figure_of, part


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
            if rows[0].on is On.STOCK:
                yield from _in_stock(plan, rows[0], label, materials, limits)
                continue
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


def _in_stock(plan: Plan, rule: Policy, label: str, materials: tuple[str, ...], limits: dict[int, float]) -> Iterator[Assessed]:
    """A limit on what is restricted in the stock, at the end of each period in which it is in force."""
    case = plan.case
    unit = case.common_unit(materials)
    shares = {i: case.in_unit(i, unit) for i in materials}
    restricted = {i: restricted_stock(plan, i) for i in materials}
    decisions = sum(plan.decisions_on[i] for i in materials)
    for t, limit in limits.items():
        achieved = sum(shares[i] * restricted[i][t] for i in materials)
        if rule.kind is RuleKind.SHARE:
            limit *= sum(shares[i] * plan.closing_stock[i, t] for i in materials)
        where = f"{rule.rule}{': ' + label if label else ''}, {case.calendar.name(t)}"
        tolerance = quantity_tolerance(limit, decisions) + sum(QUANTITY_STEP * share for share in shares.values())
        hard = rule.hardness is Hardness.HARD
        material = label if label in case.material else ""
        yield Assessed(rule, material, t, Assessment("policy", where, "at most", limit, achieved, unit, tolerance, hard))


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
    repeated = rule.within == ("each",) or (rule.kind is RuleKind.COUNT and not rule.within)
    values = all_values(case, rule, materials) if repeated else list(rule.within)
    if rule.kind is RuleKind.COUNT:
        yield _counted(case, rule, where, bought, limits[last], unit, values)
        return
    if rule.kind is RuleKind.AVERAGE:
        yield _averaged(case, rule, where, bought, limits, unit)
        return
    for value in values if repeated else [""]:
        within = (value,) if repeated else rule.within
        achieved = sum(row.measure * part(case, rule, row.item, within) for row in bought)
        limit = limits[last]
        if rule.kind is RuleKind.SHARE:
            limit = sum(row.measure * limits[row.period] for row in bought)
        place = f"{where}: {value}" if value else where
        yield Assessment("policy", place, sense, limit, achieved, unit, _tolerance(limit, bought, unit), hard)


def _counted(
    case: Case, rule: Policy, where: str, bought: Sequence[Bought], limit: float, unit: str, values: Sequence[str]
) -> Assessment:
    """How many values count: those with at least the minimum share, or in a ceiling with more than that, or with anything."""
    hard, total = rule.hardness is Hardness.HARD, sum(row.measure for row in bought)
    measures = [sum(row.measure * part(case, rule, row.item, (value,)) for row in bought) for value in values]
    tolerance = _tolerance(total, bought, unit) if rule.minimum_share else 0.0
    if rule.sense is Sense.AT_MOST:
        number = sum(1 for value in measures if value > rule.minimum_share * total + tolerance)
        return Assessment("policy", where, "at most", limit, number, "values", 0, hard)
    number = sum(1 for value in measures if value > 0 and value >= rule.minimum_share * total - tolerance)
    return Assessment("policy", where, "at least", limit if total > 0 else 0.0, number, "values", 0, hard)


def _averaged(
    case: Case, rule: Policy, where: str, bought: Sequence[Bought], limits: dict[int, float], unit: str
) -> Assessment:
    """The weighted sum of a figure, beside what it would be if everything had the limit's."""
    figures = [figure_of(case, rule, row.item) for row in bought]
    achieved = sum(row.measure * figure for row, figure in zip(bought, figures, strict=True))
    limit = sum(row.measure * limits[row.period] for row in bought)
    largest = max((abs(figure) + limits[row.period] for row, figure in zip(bought, figures, strict=True)), default=1.0)
    sense: Direction = "at most" if rule.sense is Sense.AT_MOST else "at least"
    tolerance = largest * _tolerance(sum(row.measure for row in bought), bought, unit)
    hard = rule.hardness is Hardness.HARD
    return Assessment("policy", where, sense, limit, achieved, f"{unit} · {rule.attribute}", tolerance, hard)


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
    scope = rule.scope_.strip()
    if scope.lower() == EACH_MATERIAL:
        return [(name, (name,)) for name in case.material]
    everything = scope.lower() in ("", "all") and scope not in case.material
    return [("" if everything else scope, case.in_scope(scope))]


def _bought(plan: Plan, rule: Policy, materials: tuple[str, ...]) -> Iterator[Bought]:
    """What the rule measures: purchases by order period, open orders by arrival."""
    case = plan.case
    spend = rule.measure is Measure.SPEND
    unit = case.common_unit(materials)
    for line in plan.lines:
        if line.material in materials and rule.trader in (None, line.purchase.trader):
            each = line.landed if spend else case.in_unit(line.material, unit)
            yield Bought(line, line.purchase.period, line.purchase.quantity * each, QUANTITY_STEP * each)
    for order in plan.open_orders if rule.counts_open_orders else ():
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

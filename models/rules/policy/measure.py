"""The building side of policy rules: what a limit measures, read from the ledger of goods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from models.bounds import smallest_purchase
from models.case import Case
from models.ledgers import Exposure, Linear, linear
from models.origins import exposure_of_order
from models.records import Measure, OpenOrder, RuleKind, Sense
from models.rules.policy.limits import Limit
from models.skeleton import Skeleton
from models.ways import ways


class Term(NamedTuple):
    """A flow that a limit is about: how far it counts, how much of the measure one unit is, and its variable.

    What is on order already is told; where it is decided, there is no variable, and `measure` is all of it.
    """

    exposure: Exposure
    period: int
    counts: float
    measure: float
    variable: Any | None
    on_order: bool


def terms(m: Skeleton, limit: Limit) -> Iterator[Term]:
    """The flows in a limit's scope and window, in its measure."""
    rule = limit.rule
    spend = rule.measure is Measure.SPEND
    counts = _remembered(limit.counts)
    for material in limit.materials:
        if material not in m.case.material:
            continue
        share = 1.0 if spend else m.case.in_unit(material, limit.unit(m.case))
        flows = [(flow, True) for flow in m.flows.of("order", material)]
        if rule.counts_open_orders:
            flows += [(flow, False) for flow in m.flows.of("open spend" if spend else "open", material)]
        for (exposure, period, quantity, variable, _), planned in flows:
            if period not in limit.limits or rule.trader not in (None, exposure.trader):
                continue
            unit = m.landed[exposure.offer, period].total if spend and planned else share
            yield Term(exposure, period, counts(exposure), quantity * unit, variable, not planned)


def totalled(m: Skeleton, limit: Limit) -> Iterator[tuple[str, str, str, int]]:
    """The totals that a share or a count compares with: material, measure, trader (empty: all) and period."""
    for material in limit.materials:
        if material in m.case.material:
            for period in limit.limits:
                yield material, limit.rule.measure.value, limit.rule.trader or "", period


def totals(m: Skeleton, keys: Iterable[tuple[str, str, str, int]]) -> dict[tuple[str, str, str, int], Linear]:
    """What each total adds up: what is bought of its material in its period, in the material's unit or at landed price."""
    bodies = {key: Linear() for key in keys}
    for material, measure, trader in dict.fromkeys(key[:3] for key in bodies):
        for flow in m.flows.of("order", material):
            body = bodies.get((material, measure, trader, flow.period))
            if body is not None and trader in ("", flow.exposure.trader):
                unit = m.landed[flow.exposure.offer, flow.period].total if measure == Measure.SPEND else 1.0
                body.flowing(flow, unit)
    return bodies


def measured(found: list[Term], factor: Callable[[Term], float]) -> Linear:
    """Σ factor · measure over terms; what is decided already goes into the constant."""
    body = Linear()
    for term in found:
        value = factor(term) * term.measure
        if value:
            body.add(value, term.variable)
    return body


def in_stock(m: Skeleton, limit: Limit) -> Linear:
    """What is restricted in the stock at the end of a limit's period, less the share of all stock that may be."""
    [(t, share)] = limit.limits.items()
    body = Linear()
    for i in limit.materials:
        if i in m.case.material:
            unit = m.case.in_unit(i, limit.unit(m.case))
            body.add(unit, m.restricted[i, t])
            if limit.rule.kind is RuleKind.SHARE:
                body.plus(linear(*((-share * unit, m.stock[i, w, t]) for w in m.places[i])))
    return body


def largest_total(m: Skeleton, limit: Limit) -> float:
    """An upper bound on the total measure in the limit's window, from the whole case.

    The sum over offers of the largest order in each period, once per trader that may place it, plus open orders: no plan
    can measure more, since each `buy` is bounded by it.
    """
    whole = m.case.whole
    spend = limit.rule.measure is Measure.SPEND
    total = 0.0
    for (name, period), largest in m.largest.items():
        offer = whole.offer[name]
        if offer.material in limit.materials and period in limit.limits:
            unit = m.landed[name, period].total if spend else whole.in_unit(offer.material, limit.unit(whole))
            total += largest * unit * (1 if offer.exclusive else len(whole.traders))
    for order in whole.open_orders:
        if order.material in limit.materials:
            unit = order.price if spend else whole.in_unit(order.material, limit.unit(whole))
            total += order.quantity * unit
    return total


def smallest_part(m: Skeleton, limit: Limit) -> float:
    """The least that a value must measure to count where the rule names no share: the smallest purchase on one of its
    offers, or its smallest open order. From the whole case; 1 where the value cannot be bought and so never counts.
    """
    whole = m.case.whole
    spend = limit.rule.measure is Measure.SPEND
    counts = _remembered(limit.counts)
    found = []
    for (name, period), largest in m.largest.items():
        offer = whole.offer[name]
        if largest > 0 and offer.material in limit.materials and period in limit.limits:
            unit = m.landed[name, period].total if spend else whole.in_unit(offer.material, limit.unit(whole))
            part = max(counts(Exposure(name, offer.supplier, trader)) for trader in whole.trader)
            found.append(part * unit * smallest_purchase(whole, offer))
    orders = (way for found in ways(whole).values() for way in found)
    for order in orders if limit.rule.counts_open_orders else ():
        if order.material in limit.materials and whole.calendar.period_of(order.arrival) in limit.limits:
            unit = order.price if spend else whole.in_unit(order.material, limit.unit(whole))
            found.append(counts(m.exposure_of_order(order)) * unit * order.quantity)
    return min((value for value in found if value > 0), default=1.0)


def beyond(case: Case, limit: Limit, order: OpenOrder) -> float:
    """How far an open order that counts takes a limit's measure beyond the limit, by itself; negative where it makes room."""
    rule, period = limit.rule, case.calendar.period_of(order.arrival)
    if period not in limit.limits:
        return 0.0
    allowed = 0.0 if rule.kind is RuleKind.AMOUNT else limit.limits[period]
    unit = order.price if rule.measure is Measure.SPEND else case.in_unit(order.material, limit.unit(case))
    more = (limit.counts(exposure_of_order(case, order)) - allowed) * order.quantity * unit
    return more if rule.sense is Sense.AT_MOST else -more


def _remembered(function: Callable[[Exposure], float]) -> Callable[[Exposure], float]:
    """The function, asked once per exposure."""
    known: dict[Exposure, float] = {}

    def ask(exposure: Exposure) -> float:
        if exposure not in known:
            known[exposure] = function(exposure)
        return known[exposure]

    return ask

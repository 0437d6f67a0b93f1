"""Whether the buyer's decisions can be carried out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from models.bounds import smallest_order
from models.case import Case, grouped
from models.lots import lots_of
from models.plan import QUANTITY_STEP, quantity_tolerance
from models.records import Decision, DecisionKind
from models.wording import figure, percent
from planner.sense.doubt import Doubt, fault, warning
from planner.sense.supply import Source, obstacles, sources
from planner.validate.names import listed

Rows = list[tuple[int, Decision]]


def quantities_are_meant(case: Case) -> Iterator[Doubt]:
    """A decision has a quantity where its kind needs one, and none where it has no use."""
    for row, decision in enumerate(case.decisions):
        if decision.kind is DecisionKind.FIX and decision.quantity is None:
            message = f"the decision to fix {decision.offer} has no quantity"
            yield fault(Decision, row, "quantity", message, "Give the quantity to buy, or use 'force'.")
        elif decision.kind is DecisionKind.FORBID and decision.quantity is not None:
            message = (
                f"the decision to forbid {decision.offer} has a quantity, {figure(decision.quantity)}, which counts for nothing"
            )
            yield warning(Decision, row, "quantity", message, "Clear it: forbidding means that nothing is bought.")
        elif decision.kind is DecisionKind.FORCE and decision.quantity == 0:
            message = f"the decision to force {decision.offer} asks for a quantity of 0, which is nothing"
            yield warning(Decision, row, "quantity", message, "Give the least to buy, or clear it to have the offer signed.")


def can_be_done(case: Case) -> Iterator[Doubt]:
    """What is forced or fixed is about a pair that may do business, a period in which it can, and a possible quantity."""
    by_offer = grouped(case.decisions, "offer")
    for row, decision in enumerate(case.decisions):
        forbidden = any(
            other.kind is DecisionKind.FORBID and _clash(case, other, decision) for other in by_offer[decision.offer]
        )
        period, horizon = _period(case, decision), case.calendar.horizon
        if period is not None and period not in horizon:
            doubt = warning if decision.kind is DecisionKind.FORBID else fault
            message = (
                f"the decision to {decision.kind.value} {decision.offer} is about {decision.period}, outside the plan "
                f"({case.settings.start_date} to {case.calendar.last_day(horizon[-1])})"
            )
            yield doubt(Decision, row, "period", message, "Correct the date, or delete the row.")
        elif (_least(case, decision) or _signs(decision)) and not forbidden:
            yield from _hindered(case, row, decision)


def do_not_contradict(case: Case) -> Iterator[Doubt]:
    """No two decisions ask for opposite things."""
    by_offer: dict[str, Rows] = {}
    for row, decision in enumerate(case.decisions):
        by_offer.setdefault(decision.offer, []).append((row, decision))
    for name, rows in by_offer.items():
        for (_, one), (second, other) in combinations(rows, 2):
            if _clash(case, one, other) or _clash(case, other, one):
                message = f"rows contradict each other: {_words(case, one)}, and {_words(case, other)}"
                yield fault(Decision, second, "kind", message, "Keep one of them.")
        yield from _several_signatories(case, name, rows)


def _several_signatories(case: Case, name: str, rows: Rows) -> Iterator[Doubt]:
    """An exclusive offer is forced on one trader at most."""
    named = {row.trader: n for n, row in rows if row.trader is not None and (_least(case, row) or _signs(row))}
    if case.offer[name].exclusive and len(named) > 1:
        message = f"only one trader can sign {name}, which is exclusive, and decisions force it on {listed(map(str, named))}"
        yield fault(Decision, max(named.values()), "trader", message, "Keep one of them, or make the offer not exclusive.")


def _hindered(case: Case, row: int, decision: Decision) -> Iterator[Doubt]:
    """Why a decision to buy cannot be carried out."""
    source = sources(case)[decision.offer]
    traders = [f for f in source.traders if decision.trader in (None, f)]
    slots = [slot for slot in source.slots if decision.period is None or slot.period == _period(case, decision)]
    if not traders:
        asked = [decision.trader] if decision.trader else list(case.trader)
        reasons = dict.fromkeys(reason for trader in asked for reason in obstacles(case, source.offer, trader))
        message = f"{_words(case, decision)}, but nobody who is meant may sign it: {listed(reasons, 4)}"
        column = "trader" if decision.trader else "offer"
        yield fault(Decision, row, column, message, "Remove what stands against it, or the decision.")
    elif not slots:
        doubt = fault if _least(case, decision) else warning
        column = "offer" if decision.period is None else "period"
        message = f"{_words(case, decision)}, but it cannot be ordered then: {_window(case, source)}"
        yield doubt(Decision, row, column, message, "Name a period in which it can be ordered.")
    elif _least(case, decision):
        yield from _impossible_quantity(case, row, decision, source, len(traders), len(slots))


def _impossible_quantity(case: Case, row: int, decision: Decision, source: Source, traders: int, slots: int) -> Iterator[Doubt]:
    """A quantity that no orders come to."""
    quantity, offer = _least(case, decision), source.offer
    unit = case.material[offer.material].unit
    per_period = min(source.order if offer.exclusive else source.order * traders, source.per_period)
    most = min(per_period * slots, math.inf if offer.maximum_total is None else offer.maximum_total)
    smallest, lots = smallest_order(case, offer), lots_of(case, offer)
    fixed = decision.kind is DecisionKind.FIX
    if quantity > most + quantity_tolerance(most):
        why = f": {source.limit}" if source.limit else ""
        problem = f"no more than {figure(most)} {unit} can be ordered{why}"
    elif fixed and quantity < smallest - quantity_tolerance(smallest):
        problem = f"the smallest order is {figure(smallest)} {unit}"
    elif fixed and lots is not None and abs(quantity - lots.nearest(quantity)) > quantity_tolerance(quantity):
        problem = f"that is not a whole number of lots of {figure(lots.size)} {unit}"
        problem += f", each within {percent(lots.tolerance)}" if lots.tolerance else ""
    else:
        return
    yield fault(Decision, row, "quantity", f"{_words(case, decision)}, but {problem}", "Correct the quantity, or the offer.")


def _window(case: Case, source: Source) -> str:
    """When an offer can be ordered, in words."""
    if source.slots:
        first, last = (case.calendar.name(source.slots[k].period) for k in (0, -1))
        return f"orders from {first} to {last} are valid and arrive within the plan"
    offer = source.offer
    supplier = case.supplier.get(offer.supplier)
    expiry = supplier.kyc_expiry if supplier is not None else None
    ends = (offer.valid_to, expiry, case.calendar.last_day(case.calendar.periods))
    last_day = min(day for day in ends if day is not None)
    return (
        f"it is valid from {offer.valid_from or case.settings.start_date} to {last_day} and takes "
        f"{figure(offer.lead_days + offer.licence_days)} days to arrive"
    )


def _period(case: Case, decision: Decision) -> int | None:
    """The period that a decision is about; nothing for the whole plan."""
    return case.calendar.period_of(decision.period) if decision.period is not None else None


def _signs(decision: Decision) -> bool:
    """Whether a decision has an offer signed, whatever is bought on it."""
    return decision.kind is DecisionKind.FORCE and decision.quantity is None


def _least(case: Case, decision: Decision) -> float:
    """The least that a decision has bought, in the material's unit."""
    if decision.kind is DecisionKind.FORBID:
        return 0.0
    if _signs(decision) and decision.period is not None:
        return smallest_order(case, case.offer[decision.offer]) or QUANTITY_STEP
    return decision.quantity or 0.0


def _most(decision: Decision) -> float:
    """The most that a decision lets be bought."""
    if decision.kind is DecisionKind.FORBID:
        return 0.0
    return decision.quantity if decision.kind is DecisionKind.FIX and decision.quantity is not None else math.inf


def _clash(case: Case, wide: Decision, narrow: Decision) -> bool:
    """Whether what a decision allows at most is below what another asks for within the same traders and periods."""
    within = wide.trader in (None, narrow.trader) and _period(case, wide) in (None, _period(case, narrow))
    if _most(wide) == 0 and _signs(narrow) and (wide.kind is DecisionKind.FORBID or narrow.period is not None):
        return within
    return within and _least(case, narrow) > _most(wide) + quantity_tolerance(_most(wide))


def _words(case: Case, decision: Decision) -> str:
    """A decision in words: `force of 5 t on s1 by H in 2027-04`."""
    unit = case.material[case.offer[decision.offer].material].unit
    quantity = f" of {figure(decision.quantity)} {unit}" if decision.quantity is not None else ""
    trader = f" by {decision.trader}" if decision.trader else ""
    number = _period(case, decision)
    period = f" in {case.calendar.name(number)}" if number is not None else ""
    return f"{decision.kind.value}{quantity} on {decision.offer}{trader}{period}"

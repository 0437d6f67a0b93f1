"""What has been signed: contracts stand, and what they cost once has been paid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from models.audit import order_periods
from models.case import Case
from models.permits import obstacles
from models.plan import quantity_tolerance, rounded
from models.records import Actual, ActualKind, Decision, DecisionKind, Offer, PastPurchase

if TYPE_CHECKING:
    from planner.carrying.carry import Last

SIGNED = "signed before the plan"
"""Reason of a decision that a signed contract stands."""

Pair = tuple[str, str]
"""Offer and trader."""


def with_contracts(case: Case, last: Last, periods: int, new: Sequence[Actual]) -> Case:
    """A case in which what has been signed stands, is paid once, and what was ordered on it counts.

    Args:
        new: rows of Actuals that the last plan has not seen: what was cancelled was not ordered.
    """
    start = last.book.settings.start_date
    past = _past(last, periods, new)
    signed = {(row.offer, row.trader) for row in past}
    onboarded, ordered = _onboarded(last, periods), _by_offer(past)
    case = replace(
        case,
        offers=tuple(_left(row, ordered.get(row.offer, 0.0)) for row in case.offers),
        suppliers=tuple(
            row.model_copy(update={"onboarding_cost": 0.0}) if row.supplier in onboarded else row for row in case.suppliers
        ),
        past_purchases=(*(row for row in case.past_purchases if row.date < start), *past),
    )
    return replace(case, decisions=(*_decisions_to_come(case, past), *_standing(case, signed)))


def _past(last: Last, periods: int, new: Iterable[Actual]) -> list[PastPurchase]:
    """What has been signed and ordered since the workbook's own start, by rising day; a signature alone has a quantity of 0."""
    since, calendar = last.book.settings.start_date, last.case.calendar
    known = (row for row in last.case.past_purchases if since <= row.date < last.case.settings.start_date)
    sums = {(row.offer, row.trader, row.date): row.quantity for row in known}
    for offer, trader, period in _signed(last, periods):
        sums.setdefault((offer, trader, calendar.first_day(period)), 0.0)
    for row in last.plan.purchases:
        if row.period <= periods:
            key = row.offer, row.trader, calendar.first_day(row.period)
            sums[key] = rounded(sums.get(key, 0.0) + row.quantity)
    for number, quantity in _cancelled(last, periods, new):
        for offer, trader, day in list(sums):
            if number == f"{calendar.name(calendar.period_of(day))}/{offer}/{trader}":
                sums[offer, trader, day] = max(0.0, rounded(sums[offer, trader, day] - quantity))
    return [
        PastPurchase(offer=offer, trader=trader, date=day, quantity=quantity)
        for (offer, trader, day), quantity in sorted(sums.items(), key=lambda item: (item[0][2], *item[0][:2]))
    ]


def _signed(last: Last, periods: int) -> Iterator[tuple[str, str, int]]:
    """The contracts that a plan signs in periods that have passed, each with the period from which it is bound or has paid.

    That is the first in which the offer can be ordered, if that costs or binds, else the one of its first order.
    """
    orders = {(row.offer, row.trader): row.period for row in sorted(last.plan.purchases, key=lambda row: -row.period)}
    for row in last.plan.contracts:
        offer, pair = last.case.offer[row.offer], (row.offer, row.trader)
        if pair in last.case.bought_before:
            continue
        binds = last.case.signing_cost(*pair) or offer.take_or_pay
        first = next((t for t, _ in order_periods(last.case, offer)), None) if binds else orders.get(pair)
        if first is not None and first <= periods:
            yield *pair, first


def _onboarded(last: Last, periods: int) -> set[str]:
    """The suppliers whose onboarding has been paid: that is due in a plan's first period, whenever they deliver."""
    cost = {row.supplier: row.onboarding_cost for row in last.book.suppliers}
    before = {row.supplier for row in last.case.suppliers if not row.onboarding_cost and cost.get(row.supplier)}
    return before | {last.case.offer[row.offer].supplier for row in last.plan.contracts if periods}


def _cancelled(last: Last, periods: int, new: Iterable[Actual]) -> Iterator[tuple[str, float]]:
    """Orders that were cancelled, by the plan or otherwise, and how much of them."""
    for change in last.plan.changes if periods else ():
        if change.arrival is None:
            yield change.order, inf
    for row in new:
        if row.kind is ActualKind.CANCELLED and row.order is not None:
            yield row.order, inf if row.quantity is None else row.quantity


def _by_offer(rows: Iterable[PastPurchase]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for row in rows:
        sums[row.offer] = sums.get(row.offer, 0.0) + row.quantity
    return sums


def _left(offer: Offer, ordered: float) -> Offer:
    """What an offer still has to give."""
    if offer.maximum_total is None or not ordered:
        return offer
    return offer.model_copy(update={"maximum_total": max(0.0, offer.maximum_total - ordered)})


def _decisions_to_come(case: Case, past: Sequence[PastPurchase]) -> Iterator[Decision]:
    """The buyer's decisions but for those about periods that have passed; of those about the whole plan what is left."""
    start = case.settings.start_date
    for row in case.decisions:
        if row.period is None and row.quantity:
            done = _by_offer(one for one in past if row.trader in (None, one.trader)).get(row.offer, 0.0)
            left = max(0.0, rounded(row.quantity - done))
            left = left if left > quantity_tolerance(row.quantity, len(past)) else 0.0  # as the rule Decisions takes it
            if left or row.kind is DecisionKind.FIX:
                yield row.model_copy(update={"quantity": left}) if done else row
        elif row.period is None or row.period >= start:
            yield row


def _standing(case: Case, signed: set[Pair]) -> Iterator[Decision]:
    """A decision for each signed contract that can still be ordered on."""
    for name, trader in sorted(signed):
        offer = case.offer.get(name)
        if offer is None or trader not in case.trader or any(obstacles(case, name, trader)):
            continue
        if any(order_periods(case, offer)):
            yield Decision(offer=name, trader=trader, kind=DecisionKind.FORCE, reason=SIGNED)

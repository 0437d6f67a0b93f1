"""What has been signed: contracts stand, and what they cost once has been paid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from models.audit import order_periods
from models.case import Case
from models.permits import obstacles
from models.plan import rounded
from models.records import Decision, DecisionKind, Offer, PastPurchase
from planner.carrying.pruned import past_known

if TYPE_CHECKING:
    from planner.carrying.carry import Last

SIGNED = "signed before the plan"
"""Reason of a decision that a signed contract stands."""

Pair = tuple[str, str]
"""Offer and trader."""


def with_contracts(case: Case, last: Last, periods: int) -> Case:
    """A case in which contracts with orders stand, their costs are paid, and what was ordered of them counts."""
    signed = _signed(last, periods)
    suppliers = {case.offer[offer].supplier for offer, _ in signed if offer in case.offer}
    past = _past(last, periods, signed)
    ordered = _by_offer(past)
    case = replace(
        case,
        offers=tuple(_left(row, ordered.get(row.offer, 0.0), any(o == row.offer for o, _ in signed)) for row in case.offers),
        suppliers=tuple(
            row.model_copy(update={"onboarding_cost": 0.0}) if row.supplier in suppliers else row for row in case.suppliers
        ),
        past_purchases=tuple(past_known(case, (*case.past_purchases, *past))),
    )
    return replace(case, decisions=(*_decisions_to_come(case, past), *_standing(case, signed)))


def _past(last: Last, periods: int, signed: set[Pair]) -> list[PastPurchase]:
    """What has been ordered since the workbook's own start, by rising day.

    A contract with a yearly minimum has a row on the first day on which it could have been ordered on: its years count from it.
    """
    start, calendar = last.book.settings.start_date, last.case.calendar
    sums = {(row.offer, row.trader, row.date): row.quantity for row in last.case.past_purchases if row.date >= start}
    for row in last.plan.purchases:
        if row.period <= periods:
            key = row.offer, row.trader, calendar.first_day(row.period)
            sums[key] = rounded(sums.get(key, 0.0) + row.quantity)
    for offer, trader in signed - {key[:2] for key in last.case.bought_before}:
        found = last.case.offer.get(offer)
        for first, _ in islice(order_periods(last.case, found), 1) if found is not None and found.take_or_pay else ():
            if first <= periods:
                sums.setdefault((offer, trader, calendar.first_day(first)), 0.0)
    return [
        PastPurchase(offer=offer, trader=trader, date=day, quantity=quantity)
        for (offer, trader, day), quantity in sorted(sums.items(), key=lambda item: (item[0][2], *item[0][:2]))
    ]


def _by_offer(rows: Iterable[PastPurchase]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for row in rows:
        sums[row.offer] = sums.get(row.offer, 0.0) + row.quantity
    return sums


def _signed(last: Last, periods: int) -> set[Pair]:
    """The pairs that have done business, in this plan or before it."""
    placed = {(row.offer, row.trader) for row in last.plan.purchases if row.period <= periods}
    return placed | {(row.offer, row.trader) for row in last.case.decisions if row.reason == SIGNED and row.trader}


def _left(offer: Offer, ordered: float, is_signed: bool) -> Offer:
    """What an offer still has to give."""
    changed: dict[str, float] = {}
    if offer.maximum_total is not None and ordered:
        changed["maximum_total"] = max(0.0, offer.maximum_total - ordered)
    if is_signed and offer.exclusive and offer.contract_cost:
        changed["contract_cost"] = 0.0
    return offer.model_copy(update=changed) if changed else offer


def _decisions_to_come(case: Case, past: Iterable[PastPurchase]) -> Iterator[Decision]:
    """The buyer's decisions but for those about periods that have passed; of those about the whole plan what is left."""
    start = case.settings.start_date
    for row in case.decisions:
        if row.period is None and row.quantity:
            done = _by_offer(one for one in past if row.trader in (None, one.trader)).get(row.offer, 0.0)
            left = max(0.0, rounded(row.quantity - done))
            if left or row.kind is DecisionKind.FIX:
                yield row.model_copy(update={"quantity": left}) if done else row
        elif row.period is None or row.period >= start:
            yield row


def _standing(case: Case, signed: set[Pair]) -> Iterator[Decision]:
    """A decision for each signed contract that can still be ordered on."""
    forbidden = {row.offer for row in case.decisions if row.kind is DecisionKind.FORBID and row.period is None}
    for name, trader in sorted(signed):
        offer = case.offer.get(name)
        if offer is None or trader not in case.trader or name in forbidden or any(obstacles(case, name, trader)):
            continue
        if any(order_periods(case, offer)):
            yield Decision(offer=name, trader=trader, kind=DecisionKind.FORCE, reason=SIGNED)

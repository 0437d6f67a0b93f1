"""What has been signed: contracts stand, and what they cost once has been paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from models.audit import order_periods
from models.case import Case
from models.permits import obstacles
from models.records import Decision, DecisionKind, Offer
from planner.carrying.money import ordered_so_far

if TYPE_CHECKING:
    from planner.carrying.carry import Last

SIGNED = "signed before the plan"
"""Reason of a decision that a signed contract stands."""

Pair = tuple[str, str]
"""Offer and trader."""


def with_contracts(case: Case, last: Last, periods: int) -> Case:
    """A case in which contracts with orders stand, their costs are paid, and their totals less what has been ordered."""
    signed = _signed(last, periods)
    suppliers = {case.offer[offer].supplier for offer, _ in signed if offer in case.offer}
    ordered = ordered_so_far(last, periods)
    case = replace(
        case,
        offers=tuple(_left(row, ordered.get(row.offer, 0.0), any(o == row.offer for o, _ in signed)) for row in case.offers),
        suppliers=tuple(
            row.model_copy(update={"onboarding_cost": 0.0}) if row.supplier in suppliers else row for row in case.suppliers
        ),
    )
    return replace(case, decisions=(*_decisions_to_come(case), *_standing(case, signed)))


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


def _decisions_to_come(case: Case) -> Iterator[Decision]:
    """The buyer's decisions but for those about periods that have passed."""
    start = case.settings.start_date
    yield from (row for row in case.decisions if row.period is None or row.period >= start)


def _standing(case: Case, signed: set[Pair]) -> Iterator[Decision]:
    """A decision for each signed contract that can still be ordered on."""
    forbidden = {row.offer for row in case.decisions if row.kind is DecisionKind.FORBID and row.period is None}
    for name, trader in sorted(signed):
        offer = case.offer.get(name)
        if offer is None or trader not in case.trader or name in forbidden or any(obstacles(case, name, trader)):
            continue
        if any(order_periods(case, offer)):
            yield Decision(offer=name, trader=trader, kind=DecisionKind.FORCE, reason=SIGNED)

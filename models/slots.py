"""When an offer can be ordered, when it arrives and when it is due. Building side only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import floor

from models.case import Case
from models.records import Milestone, Offer


@dataclass(frozen=True)
class Slot:
    """A period in which an offer can be ordered: the order's day, the arrival's, and the periods of arrival and payment."""

    period: int
    day: date
    arrives: date
    arrival: int
    due: int


@lru_cache(maxsize=4)
def slots_of(case: Case) -> Mapping[str, tuple[Slot, ...]]:
    """The slots of every offer of the case."""
    return {offer.offer: slots(case, offer) for offer in case.offers}


def slots(case: Case, offer: Offer) -> tuple[Slot, ...]:
    """The periods in which an offer can be ordered and arrives within the horizon.

    An order is placed on the first day of its period on which the offer is valid.
    """
    calendar = case.calendar
    supplier = case.supplier.get(offer.supplier)
    begins = offer.valid_from or date.min
    last = min(offer.valid_to or date.max, (supplier and supplier.kyc_expiry) or date.max)
    to_pay = timedelta(days=floor(offer.payment_days + 0.5))
    found = []
    for period in calendar.horizon:
        day = max(calendar.first_day(period), begins)
        if day > last or day >= calendar.first_day(period + 1):
            continue
        arrives = day + on_the_way(offer)
        arrival = calendar.period_of(arrives)
        if arrival <= calendar.periods:
            due = calendar.period_of((day if offer.payment_from is Milestone.ORDER else arrives) + to_pay)
            found.append(Slot(period, day, arrives, arrival, max(1, due)))
    return tuple(found)


def on_the_way(offer: Offer) -> timedelta:
    """Lead and licence days, summed and rounded once; half a day is a day."""
    return timedelta(days=floor(offer.lead_days + offer.licence_days + 0.5))

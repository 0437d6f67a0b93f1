"""When an offer can be ordered, when it arrives and when it is due. Building side only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from models.case import Case
from models.records import Offer, PaymentFrom


@dataclass(frozen=True)
class Slot:
    """A period in which an offer can be ordered: the order's day, the arrival's period, and when the price is due."""

    period: int
    day: date
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
    last = min(offer.valid_to or date.max, (supplier and supplier.kyc_expiry) or date.max)
    found = []
    for period in calendar.horizon:
        day = max(calendar.first_day(period), offer.valid_from or date.min)
        if day > min(calendar.last_day(period), last):
            continue
        arrives = day + timedelta(days=round(offer.lead_days + offer.licence_days))
        if calendar.period_of(arrives) > calendar.periods:
            continue
        base = day if offer.payment_from is PaymentFrom.ORDER else arrives
        due = calendar.period_of(base + timedelta(days=round(offer.payment_days)))
        found.append(Slot(period, day, calendar.period_of(arrives), max(1, due)))
    return tuple(found)

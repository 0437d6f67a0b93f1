"""When an offer can be ordered, when it arrives and when it is due. Building side only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from math import floor
from typing import NamedTuple

from models.case import Case
from models.records import Milestone, Offer


class Slot(NamedTuple):
    """A period in which an offer can be ordered: the order's day, the arrival's, and the periods of arrival and payment.

    Attributes:
        pays: day on which the supplier is to be paid; `due` is the period of that day, the first at least.
    """

    period: int
    day: date
    arrives: date
    arrival: int
    pays: date
    due: int

    def on_credit(self, case: Case, days: float) -> Slot:
        """The slot where payment is due so many days later."""
        later = self.pays + timedelta(days=floor(days + 0.5))
        return self._replace(pays=later, due=max(1, case.calendar.period_of(later))) if days else self


class Terms(NamedTuple):
    """What decides the slots of an offer: first and last day, and the days that goods and payment take.

    Attributes:
        on_arrival: whether payment days count from the arrival.
    """

    begins: date
    last: date
    transit: timedelta
    to_pay: timedelta
    on_arrival: bool


@lru_cache(maxsize=4)
def slots_of(case: Case) -> Mapping[str, tuple[Slot, ...]]:
    """The slots of every offer of the case; offers with the same terms share them."""
    known: dict[Terms, tuple[Slot, ...]] = {}
    found = {}
    for offer in case.offers:
        terms = _terms(case, offer)
        if terms not in known:
            known[terms] = tuple(_slots(case, terms))
        found[offer.offer] = known[terms]
    return found


def longest_credit(case: Case) -> float:
    """The longest credit that a trader gives, in days."""
    return max((row.credit_days for row in case.traders), default=0.0)


def slots(case: Case, offer: Offer) -> tuple[Slot, ...]:
    """The periods in which an offer can be ordered and arrives within the horizon.

    An order is placed on the first day of its period on which the offer is valid.
    """
    return tuple(_slots(case, _terms(case, offer)))


def _terms(case: Case, offer: Offer) -> Terms:
    supplier = case.supplier.get(offer.supplier)
    return Terms(
        offer.valid_from or date.min, min(offer.valid_to or date.max, (supplier and supplier.kyc_expiry) or date.max),
        on_the_way(offer), timedelta(days=floor(offer.payment_days + 0.5)), offer.payment_from is Milestone.ARRIVAL,
    )  # fmt: skip


def _slots(case: Case, terms: Terms) -> Iterator[Slot]:
    calendar = case.calendar
    for period in calendar.horizon:
        day = max(calendar.first_day(period), terms.begins)
        if day > terms.last or day >= calendar.first_day(period + 1):
            continue
        arrives = day + terms.transit
        arrival = calendar.period_of(arrives)
        if arrival <= calendar.periods:
            pays = (arrives if terms.on_arrival else day) + terms.to_pay
            yield Slot(period, day, arrives, arrival, pays, max(1, calendar.period_of(pays)))


def on_the_way(offer: Offer) -> timedelta:
    """Lead and licence days, summed and rounded once; half a day is a day."""
    return timedelta(days=floor(offer.lead_days + offer.licence_days + 0.5))

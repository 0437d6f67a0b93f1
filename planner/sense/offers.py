"""Whether offers can be ordered at all: their dates against the plan's, their sizes against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from models.bounds import smallest_order
from models.case import Case
from models.plan import quantity_tolerance
from models.records import Offer, Supplier
from models.wording import figure
from planner.sense.doubt import Doubt, fault, warning
from planner.sense.supply import Source, in_whole_lots, participation, sources


def valid_within_plan(case: Case) -> Iterator[Doubt]:
    """An offer can be ordered on some day of the plan, and arrives within it."""
    backwards = set()
    for row, offer in enumerate(case.offers):
        if offer.valid_from and offer.valid_to and offer.valid_to < offer.valid_from:
            backwards.add(row)
            message = f"offer {offer.offer} ends on {offer.valid_to}, before it begins on {offer.valid_from}"
            yield fault(Offer, row, "valid_to", message, "Exchange the two dates, or correct one.")
    ends = case.calendar.last_day(case.calendar.periods)
    plan = f"the plan runs from {case.settings.start_date} to {ends}"
    for source in sources(case).values():
        if source.row not in backwards and not source.slots:
            yield from _outside(case, source, plan, ends)


def _outside(case: Case, source: Source, plan: str, ends: date) -> Iterator[Doubt]:
    """Why an offer can never be ordered; said at the supplier where its KYC check is the reason."""
    offer = source.offer
    supplier = case.supplier.get(offer.supplier)
    expiry = supplier.kyc_expiry if supplier is not None else None
    if offer.valid_to and offer.valid_to < case.settings.start_date:
        message = f"offer {offer.offer} is outside its validity window: it ended on {offer.valid_to}, and {plan}"
        yield warning(Offer, source.row, "valid_to", message, "Ask for a new quote, or delete the row.")
    elif offer.valid_from and offer.valid_from > ends:
        message = f"offer {offer.offer} is outside its validity window: it begins on {offer.valid_from}, and {plan}"
        yield warning(Offer, source.row, "valid_from", message, "Look further ahead (Settings, periods), or delete the row.")
    elif expiry is not None and expiry < max(case.settings.start_date, offer.valid_from or date.min):
        if expiry >= case.settings.start_date:
            message = f"offer {offer.offer} begins on {offer.valid_from}, after its supplier's KYC check expires on {expiry}"
            yield warning(Offer, source.row, "valid_from", message, "Renew the check (Suppliers, kyc expiry).")
    else:
        days = figure(offer.lead_days + offer.licence_days)
        message = f"offer {offer.offer} arrives {days} days after the order, never within the plan: {plan}"
        yield warning(Offer, source.row, "lead_days", message, "Correct lead or licence days, or look further ahead.")


def kyc_is_current(case: Case) -> Iterator[Doubt]:
    """A supplier's KYC check lasts into the plan."""
    suppliers = Counter(offer.supplier for offer in case.offers)
    for row, record in enumerate(case.suppliers):
        offers = suppliers[record.supplier]
        if offers and record.kyc_expiry is not None and record.kyc_expiry < case.settings.start_date:
            message = (
                f"the KYC check of {record.supplier} expired on {record.kyc_expiry}, before the plan starts on "
                f"{case.settings.start_date}: none of its {offers} offers can be ordered"
            )
            yield warning(Supplier, row, "kyc_expiry", message, "Renew the check and enter its new expiry.")


def sizes_agree(case: Case) -> Iterator[Doubt]:
    """The smallest order of an offer is within everything that limits an order."""
    for source in sources(case).values():
        offer = source.offer
        smallest, lot = smallest_order(case, offer), case.lot(offer)
        if not smallest:
            continue
        unit = case.material[offer.material].unit
        words = source.limit
        if source.order > 0:
            cap = participation(case, offer.material)
            words = f"the participation cap allows {figure(cap)} {unit} per period"
            if in_whole_lots(case, offer, cap) > 0:
                continue
        column = "minimum_order" if offer.minimum_order > (lot or 0.0) else "lot"
        what = f"its minimum order is {figure(offer.minimum_order)} {unit}" if column == "minimum_order" else ""
        if lot is not None:
            what += f"{' in' if what else 'it comes in'} lots of {figure(lot)} {unit}"
        message = f"offer {offer.offer} can never be ordered: {what}, and {words}"
        yield warning(Offer, source.row, column, message, "Correct the larger figure or the smaller one.")


def tolerances_count(case: Case) -> Iterator[Doubt]:
    """A tolerance is one of lots."""
    for row, offer in enumerate(case.offers):
        if offer.lot_tolerance and case.lot(offer) is None:
            message = f"offer {offer.offer} comes in any quantity: its lot tolerance counts for nothing"
            yield warning(Offer, row, "lot_tolerance", message, "Give the lot, or clear the cell.")


def take_or_pay_fits(case: Case) -> Iterator[Doubt]:
    """What must be taken in a year can be delivered in one, and what can be made up was to be taken."""
    for row, offer in enumerate(case.offers):
        unit, supplier = case.material[offer.material].unit, case.supplier.get(offer.supplier)
        if offer.make_up_years and not offer.take_or_pay:
            message = f"offer {offer.offer} has no yearly minimum: its make up years count for nothing"
            yield warning(Offer, row, "make_up_years", message, "Give the minimum (take or pay), or clear the cell.")
        limits = [offer.maximum_total, supplier.capacity_per_year if supplier is not None else None]
        if offer.capacity_per_period is not None:
            limits.append(offer.capacity_per_period * 12 / case.calendar.months)
        most = min((limit for limit in limits if limit is not None), default=None)
        if most is not None and offer.take_or_pay > most + quantity_tolerance(most):
            message = (
                f"offer {offer.offer} asks for {figure(offer.take_or_pay)} {unit} a year to be taken or paid, and delivers at "
                f"most {figure(most)} {unit}"
            )
            yield fault(Offer, row, "take_or_pay", message, "Correct the minimum, or what limits the deliveries.")

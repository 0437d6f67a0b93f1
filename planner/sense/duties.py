"""Whether duties are clear: which rows hold when, and whether every offer with a tariff code is met by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from models.case import Case
from models.landed_cost import duties_on, included
from models.records import MASS_IN_TONNES, Duty, Offer
from models.wording import percent
from planner.sense.doubt import Doubt, fault, warning
from planner.sense.spans import spans_are_clear
from planner.sense.supply import sources
from planner.validate.names import did_you_mean, listed

BASE = "MFN"
"""The kind of the duty that a code bears from everywhere, to which others are added."""


def duties_are_clear(case: Case) -> Iterator[Doubt]:
    """A duty begins before it ends, no two of one kind, code and origin hold on one day, and its origin is there."""
    yield from spans_are_clear(
        case.duties, Duty, _named, lambda row: (row.tariff_code, row.origin, row.kind), "give it its own kind"
    )
    blocs = {bloc for row in case.countries for bloc in row.blocs}
    known = {*case.country, *blocs, *(row.refine_country for row in case.offers if row.refine_country)}
    for position, row in enumerate(case.duties):
        if row.origin and row.origin not in known:
            guess = did_you_mean(row.origin, known)
            message = f"{_named(row)}: '{row.origin}' is no country and no bloc of this workbook{guess}: it counts for nothing"
            yield warning(Duty, position, "origin", message, "Correct it, or add it to Countries.")


def _named(row: Duty) -> str:
    return f"{row.kind} on {row.tariff_code} from {row.origin or 'all origins'}"


def codes_are_met(case: Case) -> Iterator[Doubt]:
    """Each arrival of an offer with a tariff code is met by a row; what is given beside has its use."""
    for source in sources(case).values():
        offer, row = source.offer, source.row
        name, code = f"offer {offer.offer}", offer.tariff_code
        if "duty" in included(offer) and offer.incoterm is not None and (code or offer.duty_rate):
            message = f"{name} is delivered {offer.incoterm.value}, with duty in the price: its own counts for nothing"
            yield warning(Offer, row, "incoterm", message, "Clear the tariff code and the duty rate, or correct the term.")
            continue
        if code and offer.duty_rate:
            message = f"{name} has the tariff code {code}: its duty rate of {percent(offer.duty_rate)} counts for nothing"
            yield warning(Offer, row, "duty_rate", message, "Clear one of them.")
        missing = [slot.arrives for slot in source.slots if code and not duties_on(case, offer, slot.arrives)]
        if missing:
            origin = offer.refine_country or "an origin that is not known"
            message = f"{name}: no row of Duties is about {code} from {origin} for what arrives on {missing[0]}"
            yield fault(Offer, row, "tariff_code", message, "Add a row, with a rate of 0 if it is free.")


def additions_have_a_base(case: Case) -> Iterator[Doubt]:
    """What is charged beside the usual duty of a code has the usual duty beside it, if only at a rate of 0."""
    usual = {row.tariff_code for row in case.duties if row.kind == BASE}
    fine: set[tuple[str | None, str | None, date]] = set()
    for source in sources(case).values():
        offer = source.offer
        for slot in source.slots if offer.tariff_code in usual else ():
            if (offer.tariff_code, offer.refine_country, slot.arrives) in fine:
                continue
            kinds = {row.kind for row in duties_on(case, offer, slot.arrives)}
            if kinds and BASE not in kinds:
                origin = offer.refine_country or "an origin that is not known"
                message = (
                    f"offer {offer.offer}: what arrives on {slot.arrives} of {offer.tariff_code} from {origin} is charged "
                    f"{listed(sorted(kinds))}, and no {BASE} duty"
                )
                yield warning(Offer, source.row, "tariff_code", message, "Add a row to Duties, with a rate of 0 if it is free.")
                break
            fine.add((offer.tariff_code, offer.refine_country, slot.arrives))


def duties_convert(case: Case) -> Iterator[Doubt]:
    """What is charged per a unit of mass is on materials that are measured in one."""
    charged = defaultdict[str, set[str]](set)
    for offer in case.offers:
        charged[offer.tariff_code or ""].add(offer.material)
    for position, row in enumerate(case.duties):
        odd = sorted(name for name in charged[row.tariff_code] if case.material[name].unit not in MASS_IN_TONNES)
        if row.duty_unit is not None and odd:
            message = f"{row.kind} on {row.tariff_code} is per {row.duty_unit.value}, and {listed(odd)} has no unit of mass"
            yield fault(Duty, position, "duty_unit", message, "Give it per the material's own unit, and leave the cell blank.")

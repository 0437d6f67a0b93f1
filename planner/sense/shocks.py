"""Whether what happens, in scenarios (Shocks) or by chance (Hazards), hits something and has an effect."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import prod
from typing import NamedTuple

from models.bounds import never_comes
from models.case import Case
from models.effect import hit
from models.effects import effects_of
from models.futures import joined
from models.ledgers import Exposure
from models.origins import exposure_of_order
from models.records import MOST_DELAY, MOST_FACTOR, SECONDARY, Hazard, Hits, Offer, Record, Shock
from models.slots import slots_of
from models.wording import figure, percent
from planner.sense.doubt import Doubt, fault, warning
from planner.sense.scopes import scopes, unknown_scope
from planner.validate.names import did_you_mean, listed


class _Event(NamedTuple):
    """A shock, or a hazard that would be one.

    Attributes:
        what: as a sentence begins with it.
        availability: the column of the least that it leaves.
    """

    record: type[Record]
    position: int
    what: str
    row: Shock | Hazard
    availability: str

    @property
    def lessens(self) -> bool:
        """Whether it keeps goods away, which nothing does that hits an index."""
        return self.row.hits is not Hits.INDEX and bool(getattr(self.row, self.availability) < 1.0)


def _events(case: Case) -> Iterator[_Event]:
    for position, shock in enumerate(case.shocks):
        yield _Event(Shock, position, f"shock of {shock.scenario}", shock, "availability")
    for position, hazard in enumerate(case.hazards):
        yield _Event(Hazard, position, f"hazard {hazard.hazard}", hazard, "least_availability")


def shocks_stay_in_bounds(case: Case) -> Iterator[Doubt]:
    """Shocks that come together do not multiply or add up beyond what makes sense."""
    told: set[int] = set()
    for material in case.material:
        for effect in effects_of(case, material):
            shocks = [shock for shock, _ in effect.shocks]
            what = [name for name, beyond in (
                ("price factors of a million", prod(shock.price_factor for shock in shocks) > MOST_FACTOR),
                ("demand factors of a million", prod(shock.demand_factor for shock in shocks) > MOST_FACTOR),
                ("delays of a hundred years", sum(shock.delay_days for shock in shocks) > MOST_DELAY),
            ) if beyond]  # fmt: skip
            position = case.shocks.index(shocks[-1]) if what else -1
            if what and position not in told:
                told.add(position)
                message = f"the shocks on {material} in {joined(effect.scenarios)} come together to more than {listed(what)}"
                yield warning(Shock, position, "scenario", message, "They count as so much; correct what is not meant.")
                break


def what_is_hit_is_there(case: Case) -> Iterator[Doubt]:
    """What is hit is in the workbook, and so is what an event is about."""
    known = _known(case)
    for record, position, what, row, _ in _events(case):
        if row.hits is Hits.MATERIAL:
            found, accepted = bool(case.in_scope(row.name)), scopes(case)
        else:
            found, accepted = row.name in known[row.hits], tuple(sorted(known[row.hits]))
        if not found:
            message = f"{what}: '{row.name}' is no {row.hits.value} of this workbook{did_you_mean(row.name, accepted)}"
            yield fault(record, position, "name", message, f"Accepted are: {listed(accepted, 12) or 'none'}.")
        yield from unknown_scope(case, record, position, what, row.scope_)


def hazards_make_sense(case: Case) -> Iterator[Doubt]:
    """A hazard happens, its depths rise from the least to the most, and what is correlated says with what."""
    for position, row in enumerate(case.hazards):
        likely = row.least_availability if row.likely_availability is None else row.likely_availability
        most = likely if row.most_availability is None else row.most_availability
        if not row.least_availability <= likely <= most:
            message = (
                f"hazard {row.hazard}: availabilities of {percent(row.least_availability)}, {percent(likely)} and "
                f"{percent(most)} do not rise from the least to the most"
            )
            yield fault(Hazard, position, "likely_availability", message, "Put them in order.")
        if not row.frequency:
            message = f"hazard {row.hazard} has a frequency of 0: it never happens"
            yield warning(Hazard, position, "frequency", message, "Give it a frequency, or delete it.")
        if row.correlation and not row.driver.strip():
            message = f"hazard {row.hazard} has no driver: its correlation counts for nothing"
            yield warning(Hazard, position, "correlation", message, "Name the driver that it shares with others, or clear it.")


def shocks_are_on(case: Case) -> Iterator[Doubt]:
    """A shock is on within the plan, and what it delays comes within it."""
    calendar = case.calendar
    end = calendar.last_day(calendar.periods)
    length = (end - calendar.start).days + 1
    for position, row in enumerate(case.shocks):
        name, begins = row.scenario, calendar.period_of(row.from_date or calendar.start)
        if begins > calendar.periods or (row.periods is not None and begins + row.periods <= 1):
            message = (
                f"shock of {name} is on before or after the plan, which runs from {calendar.start} to {end}: it has no effect"
            )
            yield warning(Shock, position, "from_date", message, "Correct the day or the periods, or delete the row.")
        if row.delay_days >= length:
            message = (
                f"shock of {name} delays by {figure(row.delay_days)} days, and the plan has {length}: nothing it hits arrives"
            )
            yield warning(
                Shock, position, "delay_days", message, "Write an availability of 0 if that is meant; what is late is paid."
            )


def what_happens_has_effect(case: Case) -> Iterator[Doubt]:
    """An event changes something that is there, and all that it says has its use."""
    for event in _events(case):
        record, position, what, row, availability = event
        if not event.lessens and row.price_factor == 1.0 and row.demand_factor == 1.0 and not row.delay_days:
            message = f"{what} changes neither availability nor price, demand or delay: it has no effect"
            yield warning(record, position, availability, message, "Say what it changes, or delete the row.")
        if row.demand_factor != 1.0 and row.hits is not Hits.MATERIAL:
            message = f"{what} hits {_a(row.hits)}: its demand factor counts for nothing"
            yield warning(record, position, "demand_factor", message, "Clear it, or let a row hit the material.")
        if row.stage is not None and row.hits is not Hits.COUNTRY:
            message = f"{what} hits {_a(row.hits)}: its stage counts for nothing"
            yield warning(record, position, "stage", message, "Clear it.")
        if row.hits is Hits.INDEX and isinstance(row, Shock) and (row.availability < 1.0 or row.delay_days):
            message = f"{what} hits an index, which delivers nothing: only its price factor counts"
            yield warning(record, position, availability, message, "Clear availability and delay, or name what is hit.")
        if row.hits is not Hits.INDEX and not _touches(case, row):
            message = f"{what}: no offer and no open order of its scope is hit: it has no effect"
            yield warning(record, position, "scope_", message, "Correct the name, stage or scope, or delete the row.")


def offers_may_come(case: Case) -> Iterator[Doubt]:
    """Of what is ordered something is delivered in some future: else an order is not paid for, and is as good as any other."""
    for position, offer in enumerate(case.offers):
        slots = slots_of(case)[offer.offer]
        if slots and all(never_comes(case, offer, slot) for slot in slots):
            message = f"nothing of {offer.offer} is delivered in any scenario: orders on it cost nothing and bring nothing"
            yield warning(Offer, position, "offer", message, "Delete it, or lower the probability of what keeps it away.")


def _a(hits: Hits) -> str:
    return f"{'an' if hits.value[0] in 'aeio' else 'a'} {hits.value}"


def _touches(case: Case, row: Shock | Hazard) -> bool:
    """Whether an event is about an offer or an open order, or the material itself."""
    materials = set(case.in_scope(row.scope_))
    if row.hits is Hits.MATERIAL:
        return bool(materials & set(case.in_scope(row.name)))
    exposures = [Exposure(one.offer, one.supplier, "") for one in case.offers if one.material in materials]
    exposures += [exposure_of_order(case, one) for one in case.open_orders if one.material in materials]
    return any(hit(case, row, exposure) for exposure in exposures)


def _known(case: Case) -> dict[Hits, Collection[str]]:
    """The names of everything that can be hit, by kind."""
    ports = {port for row in case.offers for port in row.route}
    stages = {row.refine_country for row in case.offers} | {row.owner_country for row in case.suppliers}
    countries = {row.iso3 for row in case.countries} | {name for row in case.offers for name, _ in row.mine_country} | ports
    countries = (countries | {str(name) for name in stages if name}) - {SECONDARY}
    suppliers = {*case.supplier, *(row.supplier for row in case.offers), *(row.supplier or "" for row in case.open_orders)}
    return {
        Hits.COUNTRY: countries, Hits.ROUTE: countries, Hits.SUPPLIER: suppliers - {""}, Hits.OFFER: case.offer.keys(),
        Hits.PLANT: {row.plant for row in case.offers} - {""}, Hits.INDEX: {row.index for row in case.prices},
    }  # fmt: skip

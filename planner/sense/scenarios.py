"""Whether scenarios add up, and their shocks hit something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import timedelta
from math import prod

from models.case import Case
from models.effects import effects_of, hit
from models.futures import JOINT, NORMAL, futures_of, joined, tail_counts
from models.ledgers import Exposure
from models.origins import exposure_of_order
from models.records import MOST_DELAY, MOST_FACTOR, SECONDARY, Hazard, Hits, Partner, Record, Scenario, Settings, Shock
from models.wording import figure, percent
from planner.sense.doubt import Doubt, fault, warning
from planner.sense.policy import groups
from planner.validate.names import did_you_mean, listed

TOO_MUCH = 1e-9
"""By how much probabilities may exceed 1: thirds written to some digits."""


def probabilities_add_up(case: Case) -> Iterator[Doubt]:
    """The states of one group exclude each other: together they are at most certain, and each is possible."""
    sums: dict[str, float] = defaultdict(float)
    for position, row in enumerate(case.scenarios):
        group = row.group.strip().casefold()
        before, sums[group] = sums[group], sums[group] + row.probability
        if group and before <= 1.0 + TOO_MUCH < sums[group]:
            total, name = percent(sums[group]), row.group.strip()
            message = f"the states of group {name} exclude each other, and their probabilities add up to {total}"
            remedy = "Lower them to 100 % in all, or give what does not exclude the others a group of its own."
            yield fault(Scenario, position, "probability", message, remedy)
        if not row.probability:
            message = f"scenario {row.scenario} has a probability of 0: it counts for nothing"
            yield warning(Scenario, position, "probability", message, "Give it a probability, or delete it.")


def names_are_clear(case: Case) -> Iterator[Doubt]:
    """No scenario's name can be taken for the normal state's, or for several together."""
    for position, row in enumerate(case.scenarios):
        if row.scenario.strip().casefold() == NORMAL or JOINT in row.scenario:
            what = "is that of the state in which nothing happens"
            if JOINT in row.scenario:
                what = f"holds '{JOINT}': with it scenarios that hold together are written"
            message = f"the name of scenario '{row.scenario}' {what}"
            yield fault(Scenario, position, "scenario", message, "Give it another name.")


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


def scenarios_count(case: Case) -> Iterator[Doubt]:
    """Scenarios have shocks; not too many combine; and what weighs or caps risk has something to weigh."""
    if case.scenarios and not case.shocks:
        message = "no scenario has a shock in the sheet Shocks: they count for nothing"
        yield warning(Scenario, 0, "scenario", message, "Say in Shocks what they do, or delete them.")
    futures = futures_of(case)
    if futures.dropped:
        message = (
            f"the scenarios combine in more ways than {len(futures.kept)}: the most probable ones are planned with, and the "
            f"others, {percent(futures.dropped)} in all, count with these in proportion"
        )
        yield warning(Settings, None, "max_scenarios", message, "Raise `max scenarios`, or put states into fewer groups.")
    settings = case.settings
    if not tail_counts(case.whole) and (settings.risk_weight or settings.cvar_cap is not None):
        for name in ("risk_weight", "cvar_cap"):
            if getattr(settings, name):
                message = f"there are no scenarios with shocks: '{name.replace('_', ' ')}' counts for nothing"
                yield warning(Settings, None, name, message, "Fill the sheets Scenarios and Shocks, or clear it.")


def partners_are_called(case: Case) -> Iterator[Doubt]:
    """Partners' stock can be called, and is there in some scenario within the plan."""
    if case.partners and not case.scenarios:
        message = "there are no scenarios: what partners hold is never called"
        yield warning(Partner, 0, "partner", message, "Fill the sheets Scenarios and Shocks, or delete the rows.")
    for position, row in enumerate(case.partners):
        if not row.quantity * row.share_on_call:
            message = f"nothing of what {row.partner} holds of {row.material} can be called"
            yield warning(Partner, position, "share_on_call", message, "Give a quantity and a share, or delete the row.")
            continue
        begins = [min(effect.demand) for effect in effects_of(case, row.material) if effect.demand]
        if begins and not any(_there(case, t, row) for t in begins):
            message = f"what {row.partner} sends of {row.material} is there in no scenario before the plan ends"
            yield warning(Partner, position, "delay_days", message, "Correct the delay, or plan further ahead.")


def _there(case: Case, first: int, row: Partner) -> bool:
    """Whether what is called from a period's first day on comes within the plan."""
    return case.calendar.first_day(first) + timedelta(days=row.delay_days) <= case.calendar.last_day(case.calendar.periods)


def shocks_hit_something(case: Case) -> Iterator[Doubt]:
    """What is hit is there, and so is what a shock or a hazard is about."""
    known = _known(case)
    told: list[tuple[type[Record], int, str, Shock | Hazard]] = [
        (Shock, position, f"shock of {row.scenario}", row) for position, row in enumerate(case.shocks)
    ]
    told += [(Hazard, position, f"hazard {row.hazard}", row) for position, row in enumerate(case.hazards)]
    for record, position, what, row in told:
        if row.hits is Hits.MATERIAL:
            found, accepted = bool(case.in_scope(row.name)), (*case.material, *groups(case), "all")
        else:
            found, accepted = row.name in known[row.hits], tuple(sorted(known[row.hits]))
        if not found:
            message = f"{what}: '{row.name}' is no {row.hits.value} of this workbook{did_you_mean(row.name, accepted)}"
            yield fault(record, position, "name", message, f"Accepted are: {listed(accepted, 12) or 'none'}.")
        if not case.in_scope(row.scope_):
            guess = did_you_mean(row.scope_, (*case.material, *groups(case), "all"))
            message = f"{what}: scope '{row.scope_}' is no material and no group{guess}"
            remedy = f"Name a material, a group ({listed(groups(case)) or 'there are none'}) or 'all'."
            yield fault(record, position, "scope_", message, remedy)


def hazards_make_sense(case: Case) -> Iterator[Doubt]:
    """Depths rise from the least to the most, and what is correlated says with what."""
    for position, row in enumerate(case.hazards):
        likely = row.least_availability if row.likely_availability is None else row.likely_availability
        most = likely if row.most_availability is None else row.most_availability
        if not row.least_availability <= likely <= most:
            message = (
                f"hazard {row.hazard}: availabilities of {percent(row.least_availability)}, {percent(likely)} and "
                f"{percent(most)} do not rise from the least to the most"
            )
            yield fault(Hazard, position, "likely_availability", message, "Put them in order.")
        if row.correlation and not row.driver.strip():
            message = f"hazard {row.hazard} has no driver: its correlation counts for nothing"
            yield warning(Hazard, position, "correlation", message, "Name the driver that it shares with others, or clear it.")


def shocks_are_felt(case: Case) -> Iterator[Doubt]:
    """A shock is on within the plan, changes something, and what it says has its use."""
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
        if row.availability == 1.0 and row.price_factor == 1.0 and row.demand_factor == 1.0 and not row.delay_days:
            message = f"shock of {name} changes neither availability nor price, demand or delay: it has no effect"
            yield warning(Shock, position, "availability", message, "Say what it changes, or delete the row.")
        if row.demand_factor != 1.0 and row.hits is not Hits.MATERIAL:
            message = f"shock of {name} hits {_a(row.hits)}: its demand factor counts for nothing"
            yield warning(Shock, position, "demand_factor", message, "Clear it, or let a row hit the material.")
        if row.stage is not None and row.hits is not Hits.COUNTRY:
            message = f"shock of {name} hits {_a(row.hits)}: its stage counts for nothing"
            yield warning(Shock, position, "stage", message, "Clear it.")
        if row.hits is Hits.INDEX and (row.availability < 1.0 or row.delay_days):
            message = f"shock of {name} hits an index, which delivers nothing: only its price factor counts"
            yield warning(Shock, position, "availability", message, "Clear availability and delay, or name what is hit.")
        if row.hits is not Hits.INDEX and not _touches(case, row):
            message = f"shock of {name}: no offer and no open order of its scope is hit: it has no effect"
            yield warning(Shock, position, "scope_", message, "Correct the name, stage or scope, or delete the row.")


def _a(hits: Hits) -> str:
    return f"{'an' if hits.value[0] in 'aeio' else 'a'} {hits.value}"


def _touches(case: Case, row: Shock) -> bool:
    """Whether a shock is about an offer or an open order, or the material itself."""
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

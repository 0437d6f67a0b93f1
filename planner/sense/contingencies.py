"""Whether contingencies name what there is, and can be survived at all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from models import needs
from models.case import Case
from models.ledgers import Exposure
from models.plan import quantity_tolerance
from models.records import Contingency, ContingencyKind, Hardness
from models.rules.n1_cover.losses import lost_together, names_of
from models.wording import figure
from planner.sense.doubt import Doubt, fault, money, warning
from planner.sense.scopes import unknown_scope
from planner.sense.supply import sources_of
from planner.validate.names import did_you_mean, listed


def names_are_known(case: Case) -> Iterator[Doubt]:
    """What is lost, or never lost, is there."""
    for position, row in enumerate(case.contingencies):
        for column, names, known in (("names", row.names, _known(case)), ("exempt", row.exempt, _known(case) | _blocs(case))):
            for name in names:
                if name not in known:
                    message = (
                        f"contingency {row.contingency}: '{name}' is no country, supplier or plant of this workbook"
                        f"{did_you_mean(name, known)}"
                    )
                    yield fault(Contingency, position, column, message, "Correct it, or delete it.")


def names_fit_kind(case: Case) -> Iterator[Doubt]:
    """Names stand with the kind that they are for."""
    for position, row in enumerate(case.contingencies):
        if row.kind is ContingencyKind.NAMED and not row.names:
            message = f"contingency {row.contingency} is of the kind 'named', and names nothing that is lost"
            yield fault(Contingency, position, "names", message, "Name countries, suppliers or plants, or change the kind.")
        if row.kind is not ContingencyKind.NAMED and row.names:
            message = f"contingency {row.contingency} is about {row.kind.value}: its names count for nothing"
            yield warning(Contingency, position, "names", message, "Write 'named' as its kind, or clear the names.")
        if row.kind is ContingencyKind.NAMED and row.exempt:
            message = f"contingency {row.contingency} names what is lost: what it exempts counts for nothing"
            yield warning(Contingency, position, "exempt", message, "Clear it, or change the kind.")


def scopes_are_known(case: Case) -> Iterator[Doubt]:
    """A contingency is about materials that there are."""
    for position, row in enumerate(case.contingencies):
        yield from unknown_scope(case, Contingency, position, f"contingency {row.contingency}", row.scope_)


def terms_have_effect(case: Case) -> Iterator[Doubt]:
    """The days fit into the plan, the first day comes before its end, something is asked for, and a penalty has its use."""
    calendar = case.calendar
    length = (calendar.first_day(calendar.periods + 1) - calendar.start).days
    last = calendar.first_day(calendar.periods)
    for position, row in enumerate(case.contingencies):
        name, materials = row.contingency, case.in_scope(row.scope_)
        if row.days_to_survive > length:
            message = (
                f"contingency {name} asks for {figure(row.days_to_survive)} days, and the plan has {length}: it has no effect"
            )
            yield warning(Contingency, position, "days_to_survive", message, "Ask for fewer days, or plan for more periods.")
        if row.from_date is not None and row.from_date > last:
            message = f"contingency {name} holds from {row.from_date}, after the plan's last period has begun: it has no effect"
            yield warning(Contingency, position, "from_date", message, f"Write {last} or an earlier day.")
        if row.essential_share == 0 or (materials and not any(needs.essential(case, row, i) for i in materials)):
            message = f"contingency {name}: nothing of the demand is essential, so that it asks for nothing"
            yield warning(Contingency, position, "essential_share", message, "Give the share of demand that must be met.")
        if row.hardness is Hardness.HARD and row.penalty:
            message = f"contingency {name} is hard: its penalty of {money(row.penalty)} counts for nothing"
            yield warning(Contingency, position, "penalty", message, "Clear the penalty, or make it soft.")


def something_survives(case: Case) -> Iterator[Doubt]:
    """What must be there on the first day is in stock; and some offer is left after each loss."""
    for position, row in enumerate(case.contingencies):
        yield from _too_little_at_first(case, position, row)
        alone = [f"{i} ({name})" for i in case.in_scope(row.scope_) for name in _leaves_nothing(case, row, i)]
        if alone:
            message = (
                f"contingency {row.contingency}: some losses leave no offer, so that stock alone must last: {listed(alone, 6)}"
            )
            yield warning(
                Contingency, position, "kind", message, "Add offers from elsewhere, or accept that stock is built for it."
            )


def _too_little_at_first(case: Case, position: int, row: Contingency) -> Iterator[Doubt]:
    """Where the days end before the first period does, no arrival helps: opening stock must do."""
    begins = row.from_date is None or row.from_date <= case.calendar.start
    if row.hardness is Hardness.SOFT or not begins:
        return
    for material in case.in_scope(row.scope_):
        asked = needs.stretch(case, material, row.days_to_survive).get(1, {}).get(0, 0.0) * needs.essential(case, row, material)
        stock, unit = needs.opening_stock(case, material), case.material[material].unit
        if asked > stock + quantity_tolerance(asked):
            message = (
                f"contingency {row.contingency} asks for {figure(asked)} {unit} of {material} on the plan's first day, and "
                f"{figure(stock)} {unit} are in stock: no plan can exist"
            )
            remedy = "Let it hold from a later day, make it soft, or correct the opening stock."
            yield warning(Contingency, position, "from_date", message, remedy)


def _leaves_nothing(case: Case, row: Contingency, material: str) -> list[str]:
    """The losses that take every offer of a material."""
    offers = [source.offer for source in sources_of(case)[material]]
    tied = [names_of(case, row, Exposure(offer.offer, offer.supplier, "")) for offer in offers]
    return [name for name, lost in lost_together(case, row, tied) if tied and all(names & lost for names in tied)]


@lru_cache(maxsize=4)
def _known(case: Case) -> frozenset[str]:
    """Every country, supplier and plant that something can be lost with."""
    found = {row.plant for row in case.offers} | {row.supplier for row in case.offers} | {*case.supplier, *case.country}
    for row in case.offers:
        found |= {name for name, _ in row.mine_country} | {row.refine_country or "", *row.route}
    found |= {row.owner_country or "" for row in case.suppliers} | {row.country or "" for row in case.depots}
    found |= {row.supplier or "" for row in case.open_orders}
    return frozenset(found - {""})


def _blocs(case: Case) -> frozenset[str]:
    return frozenset(bloc for row in case.countries for bloc in row.blocs)

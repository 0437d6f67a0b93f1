"""The building side of contingencies: what of a material's supply each loss takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from models.case import Case
from models.ledgers import Exposure
from models.origins import countries
from models.records import SECONDARY, UNKNOWN, Contingency, ContingencyKind, UnknownOrigin
from models.skeleton import Skeleton


class Loss(NamedTuple):
    """One loss, and what it takes of a material's supply.

    Attributes:
        name: what is lost: a country, supplier or plant, or the contingency's own name.
        exposures: of goods on the way.
        places: whose stock is out of reach.
    """

    name: str
    exposures: frozenset[Exposure]
    places: frozenset[str]


NOTHING = Loss("", frozenset(), frozenset())


def losses_of(m: Skeleton, row: Contingency, material: str) -> list[Loss]:
    """The losses of a contingency, but for those that another includes; where nothing can be lost, that of nothing."""
    case = m.case.whole
    exposed = {exposure: names_of(case, row, exposure) for exposure in sorted(m.flows.exposures("arrival", material))}
    housed = {w: _country_of(row, depot.country if depot is not None else None) for w, depot in m.places[material].items()}
    found = {(frozenset[Exposure](), frozenset[str]()): NOTHING}
    for name, lost in lost_together(case, row, [*exposed.values(), *housed.values()]):
        exposures = frozenset(exposure for exposure, names in exposed.items() if names & lost)
        places = frozenset(w for w, names in housed.items() if names & lost)
        found.setdefault((exposures, places), Loss(name, exposures, places))
    return [one for one in found.values() if not any(_includes(other, one) for other in found.values())]


def _includes(more: Loss, less: Loss) -> bool:
    return more is not less and more.exposures >= less.exposures and more.places >= less.places


def lost_together(case: Case, row: Contingency, known: Iterable[frozenset[str]]) -> list[tuple[str, frozenset[str]]]:
    """What is lost together, by name: all that is named, or each of what there is and is not exempt."""
    if row.kind is ContingencyKind.NAMED:
        restricted = case.settings.unknown_origin is UnknownOrigin.RESTRICTED
        covered = any(case.country[name].covered for name in row.names if name in case.country)
        return [(row.contingency, frozenset(row.names) | ({UNKNOWN} if restricted and covered else set()))]
    exempt = set(row.exempt)
    spared = {name for name, country in case.country.items() if exempt.intersection(country.blocs)} | exempt
    return [(name, frozenset((name,))) for name in sorted(frozenset().union(*known) - spared)]


def names_of(case: Case, row: Contingency, exposure: Exposure) -> frozenset[str]:
    """With the loss of what an exposure is lost, as the contingency's kind looks at it."""
    offer = case.offer.get(exposure.offer)
    plant = {offer.plant} if offer is not None and offer.plant else set()
    supplier = {exposure.supplier} if exposure.supplier else set()
    passed = {name for stage in ("mine", "refine", *(["owner"] if row.owner_counts else []))
              for name, _ in countries(case, exposure, stage)}  # fmt: skip
    passed |= set(offer.route) if offer is not None else set()
    found = {
        ContingencyKind.EACH_COUNTRY: passed, ContingencyKind.EACH_SUPPLIER: supplier, ContingencyKind.EACH_PLANT: plant,
        ContingencyKind.NAMED: passed | supplier | plant,
    }  # fmt: skip
    return frozenset(found[row.kind] - {SECONDARY})


def _country_of(row: Contingency, country: str | None) -> frozenset[str]:
    """With whose loss a depot's stock is out of reach."""
    by_country = row.kind in (ContingencyKind.EACH_COUNTRY, ContingencyKind.NAMED)
    return frozenset((country,)) if by_country and country else frozenset()

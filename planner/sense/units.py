"""Whether quantities can be added up wherever something limits several materials together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.case import Case
from models.places import place
from models.records import MASS_IN_TONNES, Depot, Offer, Price, PriceUnit, Supplier
from planner.sense.doubt import Doubt, fault
from planner.sense.supply import addable, spaces
from planner.validate.names import listed

REMEDY = f"Give these materials one unit, or units of mass ({', '.join(MASS_IN_TONNES)})"


def units_add_up(case: Case) -> Iterator[Doubt]:
    """What a supplier delivers, and what a depot holds, has one unit or units of mass."""
    for row, supplier in enumerate(case.suppliers):
        materials = case.materials_of.get(supplier.supplier, frozenset())
        if not addable(case, materials):
            message = f"{supplier.supplier} delivers {_quantities(case, materials)}, which cannot be added up"
            yield fault(Supplier, row, "supplier", message, f"{REMEDY}, or give the supplier one row per unit.")
    for row, depot in enumerate(case.depots):
        held = spaces(case)[place(depot)]
        if not addable(case, held):
            message = f"{depot.depot} may hold {_quantities(case, held)}, which cannot be added up"
            yield fault(Depot, row, "storage_class", message, f"{REMEDY}, or storage classes that keep them apart.")


def _quantities(case: Case, materials: Iterable[str]) -> str:
    return listed((f"{name} in {case.material[name].unit}" for name in sorted(materials)), 4)


def prices_convert(case: Case) -> Iterator[Doubt]:
    """Prices per a unit of mass are for materials that are measured in one, and an index has one unit."""
    first: dict[str, Price] = {}
    for row, quotation in enumerate(case.prices):
        leader = first.setdefault(quotation.index, quotation)
        if quotation.unit is not leader.unit:
            message = (
                f"index {quotation.index} is per {_per(quotation.unit)} here, and per {_per(leader.unit)} on {leader.date}"
            )
            yield fault(Price, row, "unit", message, "Convert the prices to one unit.")
    for row, offer in enumerate(case.offers):
        unit = case.material[offer.material].unit
        quoted = first[offer.index].unit if offer.index in first else None
        for said, what in ((offer.quoted_per, f"the price of offer {offer.offer}"), (quoted, f"index {offer.index}")):
            if said is not None and unit not in MASS_IN_TONNES:
                message = f"{what} is per {said.value}, and {offer.material} is measured in {unit}, which is no unit of mass"
                remedy = f"Give the price per {unit} and leave its unit blank, or measure it in {listed(MASS_IN_TONNES)}."
                yield fault(Offer, row, "quoted_per" if said is offer.quoted_per else "index", message, remedy)
                break


def _per(unit: PriceUnit | None) -> str:
    return "the material's unit" if unit is None else unit.value

"""Whether quantities can be added up wherever something limits several materials together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.case import MASS_IN_TONNES, Case
from models.records import Depot, Supplier
from models.skeleton import place
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

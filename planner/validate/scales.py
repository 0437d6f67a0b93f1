"""In which unit a limit on several materials together is read: it hangs on all of them, so on rows that were left out too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.case import Case
from models.records import MASS_IN_TONNES, Material, Supplier

Groups = Mapping[Any, set[str | None]]
"""The materials that each limit is about; None for one that could not be read."""
UNREAD = "unread"


def rescaled(whole: Case, part: Case) -> frozenset[str]:
    """The materials of a part that share a limit which is, or may be, in another unit than in the whole.

    Args:
        whole: all rows; fields that could not be read are missing.
        part: some of them.
    """
    units = {row.material: vars(row).get("unit") for row in whole.materials if "material" in vars(row)}
    found: set[str | None] = set()
    for groups in (_delivered, _held):
        everything = groups(whole)
        for name, materials in groups(part).items():
            others = everything.get(name, materials)
            if materials != others and _unit(others, units) != _unit(materials, units):
                found |= materials
    return frozenset(name for name in found if name is not None)


def _unit(materials: Iterable[str | None], units: Mapping[str, str | None]) -> str | None:
    """The unit of what some materials add up to; nothing where they do not, or where it is not known."""
    found = {None if name is None else units.get(name) for name in materials}
    if len(found) == 1:
        return next(iter(found))
    return "t" if found <= MASS_IN_TONNES.keys() else None


def _delivered(case: Case) -> Groups:
    """By supplier with a capacity; an offer whose supplier could not be read may be anyone's."""
    found: dict[Any, set[str | None]] = {vars(row).get("supplier"): set() for row in case.suppliers if _is_limited(row)}
    for offer in case.offers:
        supplier, material = (vars(offer).get(name) for name in ("supplier", "material"))
        for name in found if supplier is None else found.keys() & {supplier}:
            found[name].add(material)
    return found


def _held(case: Case) -> Groups:
    """By depot and storage class; what has a class that could not be read may lie anywhere."""
    found: dict[Any, set[str | None]] = {}
    for depot in case.depots:
        own = vars(depot).get("storage_class")
        held = (row for row in case.materials if _may_hold(own, row))
        found[vars(depot).get("depot"), own] = {vars(row).get("material") for row in held}
    return found


def _is_limited(supplier: Supplier) -> bool:
    return any(vars(supplier).get(name, UNREAD) is not None for name in ("capacity_per_period", "capacity_per_year"))


def _may_hold(own: str | None, material: Material) -> bool:
    wanted = vars(material).get("storage_class")
    return not own or not wanted or own == wanted

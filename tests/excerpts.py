"""An excerpt of the large example: some of its materials with all that is about them, and money to their measure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.case import Case, table_of
from models.records import Hits, Record
from planner.validate import read

VAULT = Path(__file__).parents[1] / "inputs" / "vault.xlsx"
EIGHT = (
    "Titanium sponge 99.6 %", "Cobalt cathode 99.8 %", "Nd-Pr oxide 99 %", "Gallium metal 99.99 %", "Antimony metal 99.65 %",
    "Rhenium metal 99.99 %", "Dysprosium oxide 99.5 %", "Germanium metal 99.999 %",
)  # fmt: skip
"""Materials with call-offs, commitments and open orders."""


def excerpt(names: Collection[str] = EIGHT, periods: int = 12) -> Case:
    """The example with some of its materials and a shorter horizon, in which members draw what they call off."""
    case = read(VAULT).case
    assert case is not None
    offers = {row.offer for row in case.offers if row.material in names}
    suppliers = {row.supplier for row in case.offers if row.offer in offers}
    groups = {row.group for row in case.materials if row.material in names}

    def stays(row: Record) -> bool:
        material, offer, scope = (getattr(row, field, None) for field in ("material", "offer", "scope_"))
        if material is not None and material not in names:
            return False
        if offer is not None and offer not in offers:
            return False
        named = scope is None or scope.casefold() in ("", "all", "each material") or scope in names or scope in groups
        hits, name = getattr(row, "hits", None), getattr(row, "name", "")
        known = {Hits.MATERIAL: set(names), Hits.OFFER: offers, Hits.SUPPLIER: suppliers}
        return named and (hits not in known or name in known[hits])

    tables: dict[str, Any] = {
        table_of(record): tuple(row for row in rows if stays(row)) for record, rows in case.tables().items()
    }  # fmt: skip
    tables["call_offs"] = tuple(
        row.model_copy(update={"date": row.date.replace(year=case.settings.start_date.year)}) for row in tables["call_offs"]
    )
    tables["advances"] = tuple(row for row in case.advances if row.group is None or row.group in groups)
    tables["budgets"] = ()
    tables["suppliers"] = tuple(row for row in case.suppliers if row.supplier in suppliers)
    return replace(case, **tables).with_settings(periods=periods)

"""Where goods come from, stage by stage. Building side only."""

from __future__ import annotations

from models.case import Case
from models.ledgers import Exposure
from models.records import UNKNOWN


def countries(case: Case, exposure: Exposure, stage: str) -> list[tuple[str, float]]:
    """The countries of an exposure at a stage (mine, refine, owner), with their shares; an unknown one is `unknown`.

    The owner's country is known from the Suppliers sheet; without the sheet there is no such stage.
    """
    offer = case.offer.get(exposure.offer)
    if stage == "owner":
        if not case.suppliers:
            return []
        supplier = case.supplier.get(exposure.supplier)
        return [((supplier.owner_country if supplier else None) or UNKNOWN, 1.0)]
    if offer is None:
        return [(UNKNOWN, 1.0)]
    if stage == "mine":
        return list(offer.mine_country) or [(UNKNOWN, 1.0)]
    return [(offer.refine_country or UNKNOWN, 1.0)]

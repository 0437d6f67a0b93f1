"""Sheet PriceImpact: one row is a step of market share."""

from __future__ import annotations

from typing import ClassVar

from models.records.schema import Record, Scope, column


class PriceImpact(Record):
    """What buying much of a market at once adds to its price: a surcharge on what is beyond a share of the supply."""

    sheet: ClassVar[str] = "PriceImpact"
    scope: ClassVar[Scope] = "material"
    key: ClassVar[tuple[str, ...]] = ("material", "from_share")

    material: str = column("The material.", refers="Materials.material")
    from_share: float = column(
        "Share of a period's accessible supply from which on the surcharge is paid, all traders together.",
        unit="share", at_least=0, at_most=1,
    )  # fmt: skip
    uplift: float = column(
        "Surcharge per unit as a share of the benchmark price; it may not fall from step to step.", unit="share", at_least=0
    )

"""Sheet Mandates: one row is a trader and a material."""

from __future__ import annotations

from typing import ClassVar

from models.records.schema import Record, Scope, column


class Mandate(Record):
    """What a trader may buy. Once the sheet has a row, a pair without a row is not allowed."""

    sheet: ClassVar[str] = "Mandates"
    scope: ClassVar[Scope] = "material"
    key: ClassVar[tuple[str, ...]] = ("trader", "material")

    trader: str = column("The firm.", refers="Traders.trader")
    material: str = column("The material.", refers="Materials.material")
    allowed: bool = column("Whether the firm may buy the material.", True)
    fee: float | None = column(
        "The firm's fee for this material, as a share of landed cost.",
        None,
        unit="share",
        at_least=0,
        at_most=1,
        blank="the trader's fee",
    )

"""Sheet Partners: one row is what an allied stockpile holds of a material, and lends or sells in a scenario."""

from __future__ import annotations

from typing import ClassVar

from models.records.schema import Record, Scope, column


class Partner(Record):
    """An allied stockpile's stock of a material. In a scenario a share of it can be called, once, at the benchmark price."""

    sheet: ClassVar[str] = "Partners"
    scope: ClassVar[Scope] = "material"
    key: ClassVar[tuple[str, ...]] = ("partner", "material")

    partner: str = column("The allied stockpile.")
    material: str = column("The material.", refers="Materials.material")
    quantity: float = column("What it holds.", unit="{unit}", at_least=0)
    share_on_call: float = column("Share of it that can be called in a scenario.", unit="share", at_least=0, at_most=1)
    delay_days: float = column(
        "Days from the first day of the scenario's first shock until it is there.", 0.0, unit="days", at_least=0, at_most=3660
    )
    source: str = column("Where the figures come from; kept, not planned with.", "")

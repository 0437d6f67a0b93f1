"""Sheet Demand: one row is a material's demand in one period."""

from __future__ import annotations

from datetime import date as day
from typing import ClassVar

from models.records.schema import Record, Scope, column


class Demand(Record):
    """Demand of the period that contains the date; once a material has a row here, periods without one have none."""

    sheet: ClassVar[str] = "Demand"
    scope: ClassVar[Scope] = "material"
    key: ClassVar[tuple[str, ...]] = ("material", "date")

    material: str = column("The material.", refers="Materials.material")
    date: day = column("A day of the period.")
    quantity: float = column("Demand of that period.", unit="{unit}", at_least=0)

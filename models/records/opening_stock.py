"""Sheet OpeningStock: one row is a lot in a depot."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.schema import Choice, Record, Scope, column


class OriginClass(Choice):
    OPEN = "open"
    RESTRICTED = "restricted"


class OpeningStock(Record):
    """What is in a depot when the plan starts; several rows for one material and depot are added up."""

    sheet: ClassVar[str] = "OpeningStock"
    scope: ClassVar[Scope] = "material"
    key: ClassVar[tuple[str, ...]] = ()

    material: str = column("The material.", refers="Materials.material")
    depot: str | None = column("The depot.", None, refers="Depots.depot", blank="the first depot that takes it")
    quantity: float = column("Quantity in stock.", unit="{unit}", at_least=0)
    unit_cost: float | None = column(
        "What one unit cost: lenders count the stock at no more.",
        None,
        unit="USD/{unit}",
        at_least=0,
        blank="the benchmark price",
    )
    received: date | None = column(
        "Day on which it came into stock, from which its shelf life counts.", None, blank="the plan's first day"
    )
    origin_class: OriginClass | None = column(
        "Class of its origin: restricted if any stage lies in a covered country, else open.",
        None,
        blank="as Settings say of unknown origin",
    )
    owner: str = column("Whose it is; kept for information, not planned with.", "")

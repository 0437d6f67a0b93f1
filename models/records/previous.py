"""Sheet Previous: one row is an order that the last plan means to place."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.schema import Record, Scope, column


class Previous(Record):
    """An order of the last plan, which the plan keeps to: in the frozen periods exactly, later unless a change pays.

    What it names need not be there any more: an offer that is gone cannot be ordered on, and the plan's sheet Changes says so.
    """

    sheet: ClassVar[str] = "Previous"
    scope: ClassVar[Scope] = "material"
    key: ClassVar[tuple[str, ...]] = ("offer", "trader", "period")

    material: str = column("The material.")
    offer: str = column("The offer.")
    trader: str = column("The firm that orders.")
    period: date = column("A day of the period in which it is ordered.")
    quantity: float = column("Quantity ordered.", unit="{unit}", above=0)
    supplier: str = column("Company that makes the offer; kept for information, not planned with.", "")
    landed_cost: float | None = column(
        "What it came to per unit in that plan; kept for information, not planned with.",
        None,
        unit="USD/{unit}",
        at_least=0,
        blank="not told",
    )

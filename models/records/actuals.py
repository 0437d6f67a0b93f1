"""Sheet Actuals: one row is something that really happened since the last plan."""

from __future__ import annotations

from datetime import date as day
from typing import ClassVar

from models.records.schema import Choice, Record, Scope, column


class ActualKind(Choice):
    RECEIVED = "received"
    CANCELLED = "cancelled"
    PAID = "paid"
    COUNTED = "stock count"


class Actual(Record):
    """What really happened, where that is not what the last plan said: taken into account as the plan is carried over."""

    sheet: ClassVar[str] = "Actuals"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ()

    date: day = column("Day on which it happened, no later than the one that is planned on; a count holds for its evening.")
    kind: ActualKind = column(
        "received: goods of an order arrived; cancelled: an order, or a part of it, will not come; paid: an order was paid; "
        "stock count: what lies in a depot was counted."
    )
    order: str | None = column(
        "Number of the order, as Purchases and Open orders have it; all kinds but a stock count need it.",
        None,
        blank="a stock count",
    )
    material: str | None = column(
        "Material that was counted.",
        None,
        refers="Materials.material",
        blank="that of the order",
        aliases=("order or material",),
    )
    depot: str | None = column("Depot that was counted.", None, refers="Depots.depot", blank="all depots together")
    quantity: float | None = column(
        "Quantity received, cancelled or counted.", None, unit="{unit}", at_least=0, blank="all that was still to come"
    )
    amount: float | None = column("What was paid.", None, unit="USD", at_least=0, blank="all that was owed")
    done: bool = column("Whether it has been taken into account, as the planner writes; it then counts no more.", False)

"""Sheet Advances: one row is what lenders advance on a group of materials."""

from __future__ import annotations

from typing import ClassVar

from models.records.schema import Record, Scope, column


class Advance(Record):
    """What stock of a group of materials is worth as collateral; with this sheet loans are no larger than the base."""

    sheet: ClassVar[str] = "Advances"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("group",)

    group: str | None = column(
        "Group of materials, or one material; the narrowest row holds.", None, blank="all that no other row names"
    )
    in_depot: float = column(
        "Share of the value of stock in depots that is lent.", unit="share", at_least=0, at_most=1,
        heading="advance rate in depot",
    )  # fmt: skip
    in_transit: float = column(
        "Share of the value of goods on the way, once they are paid for, that is lent.", 0.0, unit="share", at_least=0,
        at_most=1, heading="advance rate in transit",
    )  # fmt: skip
    haircut: float = column("What is taken off the value first.", 0.0, unit="share", at_least=0, at_most=1)
    source: str = column("Where the figures come from; kept, not planned with.", "")

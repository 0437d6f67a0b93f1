"""Sheet PriceBreaks: one row is a step."""

from __future__ import annotations

from typing import ClassVar

from models.records.schema import Choice, Record, Scope, column


class BreakKind(Choice):
    INCREMENTAL = "incremental"
    ALL_UNITS = "all units"


class BreakBasis(Choice):
    ORDER = "order"
    CONTRACT = "contract"


class PriceBreak(Record):
    """A step of an offer's price: from a quantity on, another price or a discount on the offer's price."""

    sheet: ClassVar[str] = "PriceBreaks"
    scope: ClassVar[Scope] = "offer"
    key: ClassVar[tuple[str, ...]] = ("offer", "from_quantity")

    offer: str = column("Offer whose price changes.", refers="Offers.offer")
    from_quantity: float = column("Quantity from which the step holds.", unit="{unit}", at_least=0)
    price: float | None = column("Price per unit from there on.", None, unit="USD/{unit}", at_least=0, blank="the discount")
    discount: float | None = column(
        "Share taken off the offer's price; negative for a surcharge.",
        None,
        unit="share",
        at_least=-10,
        at_most=1,
        blank="the price",
    )
    kind: BreakKind = column("Whether the step holds for the units beyond it or for all units.", BreakKind.INCREMENTAL)
    basis_: BreakBasis = column(
        "Whether steps count within one order or over a trader's whole contract.", BreakBasis.ORDER, heading="basis"
    )

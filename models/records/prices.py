"""Sheet Prices: one row is an index on a date."""

from __future__ import annotations

from datetime import date as day
from typing import ClassVar

from models.records.schema import Currency, Record, Scope, column
from models.records.units import PriceUnit


class Price(Record):
    """The price of an index from a date on, until its next row."""

    sheet: ClassVar[str] = "Prices"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("index", "date")
    needed_where_named: ClassVar[bool] = True

    index: str = column("Name of the index.")
    date: day = column("Day from which the price holds.")
    value: float = column("Price per unit of the materials that follow the index.", unit="USD/{unit}", at_least=0)
    low: float | None = column(
        "Low end of the quotation; `price case` in Settings can plan with it.",
        None,
        unit="USD/{unit}",
        at_least=0,
        blank="the value",
    )
    high: float | None = column(
        "High end of the quotation; `price case` in Settings can plan with it.",
        None,
        unit="USD/{unit}",
        at_least=0,
        blank="the value",
    )
    liquidity: str = column("How much is traded at the price; kept for information, not planned with.", "")
    unit: PriceUnit | None = column(
        "Unit that the price is per, one for all rows of an index.", None, blank="the material's own"
    )
    currency: Currency = column("Currency of its money: only USD is planned with; convert other amounts to USD.", Currency.USD)

"""Sheet Prices: one row is an index on a date."""

from __future__ import annotations

from datetime import date as day
from typing import ClassVar

from models.records.schema import Record, Scope, column


class Price(Record):
    """The price of an index from a date on, until its next row."""

    sheet: ClassVar[str] = "Prices"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("index", "date")
    needed_where_named: ClassVar[bool] = True

    index: str = column("Name of the index.")
    date: day = column("Day from which the price holds.")
    value: float = column("Price per unit of the materials that follow the index.", unit="USD/{unit}", at_least=0)

"""Sheet PastPurchases: one row is what was ordered on an offer before the plan."""

from __future__ import annotations

from datetime import date as day
from typing import ClassVar

from models.records.schema import Record, Scope, column


class PastPurchase(Record):
    """An order of a signed contract that is over: it counts in the contract's year and towards its price breaks.

    It is bought and paid; what has not arrived or is not paid yet stands in OpenOrders and Payables, too. Contract years of a
    trader's contract count from its first row, and signing it has been paid; that it stands is said in Decisions. An offer or
    a firm that is gone keeps its rows: it may come back.
    """

    sheet: ClassVar[str] = "PastPurchases"
    scope: ClassVar[Scope] = "offer"
    key: ClassVar[tuple[str, ...]] = ("offer", "trader", "date")

    offer: str = column("The offer.")
    trader: str = column("The firm that ordered.")
    date: day = column("Day of the order, before the plan; the first one begins the first contract year.")
    quantity: float = column("Quantity ordered; 0 tells when the contract was signed.", unit="{unit}", at_least=0)

"""Sheet PastPurchases: one row is what was ordered on an offer before the plan."""

from __future__ import annotations

from datetime import date as day
from typing import ClassVar

from models.records.schema import Record, Scope, column


class PastPurchase(Record):
    """An order of a signed contract that is over: it counts in the contract's year and towards its price breaks.

    It is bought and paid; what has not arrived or is not paid yet stands in OpenOrders and Payables, too. Contract years of a
    trader's contract count from its first row; that it stands is said in Decisions.
    """

    sheet: ClassVar[str] = "PastPurchases"
    scope: ClassVar[Scope] = "offer"
    key: ClassVar[tuple[str, ...]] = ("offer", "trader", "date")

    offer: str = column("The offer.", refers="Offers.offer")
    trader: str = column("The firm that ordered.", refers="Traders.trader")
    date: day = column("Day of the order, before the plan; the first one begins the first contract year.")
    quantity: float = column("Quantity ordered; 0 tells when the contract was signed.", unit="{unit}", at_least=0)

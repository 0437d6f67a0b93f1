"""Sheet Payables: one row is an amount owed for goods that have arrived."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.schema import Currency, Record, Scope, column


class Payable(Record):
    """What is still owed for goods that are in the stock, or for the way of goods that are paid."""

    sheet: ClassVar[str] = "Payables"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("order", "due")

    order: str = column("Number of the order.")
    trader: str | None = column("Firm that ordered.", None, refers="Traders.trader", blank="no trader's account")
    due: date = column("Day on which it is due.")
    amount: float = column("What is owed.", unit="USD", at_least=0)
    currency: Currency = column("Currency of its money: only USD is planned with; convert other amounts to USD.", Currency.USD)

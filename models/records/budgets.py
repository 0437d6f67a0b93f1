"""Sheet Budgets: one row is a ceiling."""

from __future__ import annotations

from typing import ClassVar

from models.records.schema import Record, Scope, column


class Budget(Record):
    """A ceiling on commitments, counted by the period in which the order is placed."""

    sheet: ClassVar[str] = "Budgets"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("year", "trader")

    year: int | None = column(
        "Calendar year of the orders that count.",
        None,
        at_least=1900,
        at_most=2200,
        unit="year",
        blank="the whole plan",
        aliases=("year or tranche",),
    )
    trader: str | None = column("Trader whose orders count.", None, refers="Traders.trader", blank="all traders")
    amount: float = column("Most that may be committed, undiscounted.", unit="USD", at_least=0)

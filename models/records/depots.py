"""Sheet Depots: one row is a warehouse and a storage class."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.schema import Country, Record, Scope, column


class Depot(Record):
    """A warehouse's space of one storage class. Quantities are in its materials' unit, tonnes where they differ."""

    sheet: ClassVar[str] = "Depots"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("depot", "storage_class")

    depot: str = column("Name of the warehouse.")
    country: Country | None = column("Where it stands.", None, refers="Countries.iso3")
    bloc: str = column("Bloc it stands in; kept for information, not planned with.", "")
    storage_class: str = column("Kind of storage.", "", blank="takes any class")
    capacity: float | None = column("Most stock at a period's end.", None, unit="unit", at_least=0, blank="no limit")
    handling_in: float = column("Cost of taking one unit in.", 0.0, unit="USD/unit", at_least=0)
    handling_out: float = column("Cost of giving one unit out.", 0.0, unit="USD/unit", at_least=0)
    rent: float = column("Rent of one unit for a year.", 0.0, unit="USD/unit/yr", at_least=0)
    throughput: float | None = column(
        "Most taken in and given out together in a period.", None, unit="unit/period", at_least=0, blank="no limit"
    )
    related_trader: str | None = column(
        "Trader that it belongs to, whose own purchases it may not take in.", None, refers="Traders.trader", blank="none"
    )
    from_date: date | None = column("First day on which it takes goods.", None, heading="from", blank="always")
    to_date: date | None = column("Last day on which it takes goods.", None, heading="to", blank="always")

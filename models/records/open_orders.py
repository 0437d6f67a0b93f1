"""Sheet OpenOrders: one row is a commitment already made."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.schema import Currency, Record, Scope, column


class OpenOrder(Record):
    """An order placed before the plan starts, which arrives on a known day."""

    sheet: ClassVar[str] = "OpenOrders"
    scope: ClassVar[Scope] = "material"
    key: ClassVar[tuple[str, ...]] = ("order",)

    order: str = column("Number of the order.")
    material: str = column("The material.", refers="Materials.material")
    offer: str | None = column(
        "Offer it was placed on, which tells its origin.",
        None,
        refers="Offers.offer",
        blank="unknown origin, unless the supplier is named",
    )
    supplier: str | None = column(
        "Company that delivers, where no offer is named.",
        None,
        refers="Suppliers.supplier",
        aliases=("offer or supplier",),
    )
    trader: str | None = column("Firm that ordered.", None, refers="Traders.trader", blank="no trader's account")
    quantity: float = column("Quantity still to arrive.", unit="{unit}", above=0)
    arrival: date = column("Day of arrival.")
    price: float = column("Price per unit that is due for it.", 0.0, unit="USD/{unit}", at_least=0)
    due: date | None = column("Day on which the price is due.", None, blank="the day of arrival")
    currency: Currency = column("Currency of its money: only USD is planned with; convert other amounts to USD.", Currency.USD)
    paid: bool = column("Whether it has been paid; what has been paid is not paid back.", False)
    cancellable: bool = column("Whether it can be cancelled before the plan starts; nothing then arrives or is due.", False)
    cancel_fee: float = column("What the supplier charges for that, due in the first period.", 0.0, unit="USD", at_least=0)
    deferrable: int = column(
        "Periods by which its arrival, and what is due then, can be put off at most.", 0, unit="periods", at_least=0
    )
    defer_fee: float = column("What the supplier charges for that, due in the first period.", 0.0, unit="USD", at_least=0)

    @property
    def pays_on(self) -> date:
        """Day on which what is unpaid is due."""
        return self.due or self.arrival

    @property
    def is_open(self) -> bool:
        """Whether the plan decides what becomes of it."""
        return self.cancellable or self.deferrable > 0

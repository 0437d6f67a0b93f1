"""Sheet Suppliers: one row is a company."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.schema import Country, Record, Scope, column


class Supplier(Record):
    """A company, with what it takes to buy from it and how much it can deliver over all its offers."""

    sheet: ClassVar[str] = "Suppliers"
    scope: ClassVar[Scope] = "supplier"
    key: ClassVar[tuple[str, ...]] = ("supplier",)
    keeps_attributes: ClassVar[bool] = True

    supplier: str = column("Name of the company.")
    parent: str = column("Company that controls it.", "")
    owner_country: Country | None = column("Country of the owner in control.", None, refers="Countries.iso3", blank="unknown")
    approved: bool = column("Whether it may be bought from at all.", True)
    kyc_expiry: date | None = column(
        "Last day on which an order may be placed (know-your-customer check).",
        None,
        blank="no expiry",
        aliases=("KYC expiry",),
    )
    sanctioned: bool = column("Whether it is under sanctions: nothing is bought.", False)
    risk_score: float | None = column("Risk from 0 (none) to 1.", None, unit="score", at_least=0, at_most=1)
    onboarding_cost: float = column(
        "Cost of becoming its customer, paid once with the first contract.", 0.0, unit="USD", at_least=0
    )
    capacity_per_period: float | None = column(
        "Most it delivers per period over all its offers, in its materials' unit (tonnes where they differ).",
        None,
        unit="unit/period",
        at_least=0,
        blank="no limit",
    )
    capacity_per_year: float | None = column(
        "Most it delivers in twelve months of the plan over all its offers, in its materials' unit (tonnes where they differ).",
        None,
        unit="unit/yr",
        at_least=0,
        blank="no limit",
    )
    related_trader: str | None = column(
        "Trader that it belongs to; that trader may not buy from it.", None, refers="Traders.trader", blank="none"
    )

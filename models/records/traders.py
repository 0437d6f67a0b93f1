"""Sheet Traders: one row is a buying firm."""

from __future__ import annotations

from typing import ClassVar

from models.records.schema import Record, Scope, column


class Trader(Record):
    """A firm that buys for the stockpile."""

    sheet: ClassVar[str] = "Traders"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("trader",)
    required: ClassVar[bool] = True

    trader: str = column("Name of the firm.")
    fee: float = column("The firm's fee as a share of landed cost.", 0.0, unit="share", at_least=0, at_most=1)
    credit_days: float = column(
        "Days after the supplier's due date by which it lets the stockpile pay price and fee.", 0.0, unit="days", at_least=0,
        at_most=3660,
    )  # fmt: skip
    credit_rate: float = column(
        "Interest for those days, on landed cost; it is part of the fee.", 0.0, unit="per year", at_least=0, at_most=1
    )
    maximum_spend: float | None = column(
        "Most that the firm may commit over the plan.", None, unit="USD", at_least=0, blank="no limit"
    )
    minimum_share: float | None = column(
        "Least share of all commitments.", None, unit="share", at_least=0, at_most=1, blank="none"
    )
    maximum_share: float | None = column(
        "Largest share of all commitments.", None, unit="share", at_least=0, at_most=1, blank="none"
    )
    working_capital: float | None = column(
        "Most that it has committed and not paid at the end of any period.", None, unit="USD", at_least=0, blank="no limit"
    )
    month_share: float | None = column(
        "Largest share of its commitments of a calendar year that fall into one period.", None, unit="share", above=0,
        at_most=1, blank="no limit",
    )  # fmt: skip

    @property
    def credit(self) -> float:
        """What its credit adds to its fee, as a share of landed cost: interest for so many days of a year of 365."""
        return self.credit_rate * self.credit_days / 365

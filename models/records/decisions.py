"""Sheet Decisions: one row is a buyer's order to the planner."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.schema import Choice, Record, Scope, column


class DecisionKind(Choice):
    FORCE = "force"
    FORBID = "forbid"
    FIX = "fix"


class Decision(Record):
    """What the buyer has decided: the planner must (force), must not (forbid) or must exactly (fix) buy."""

    sheet: ClassVar[str] = "Decisions"
    scope: ClassVar[Scope] = "offer"
    key: ClassVar[tuple[str, ...]] = ()

    offer: str = column("The offer.", refers="Offers.offer")
    trader: str | None = column("The trader.", None, refers="Traders.trader", blank="all traders together")
    period: date | None = column("A day of the period in which the order is placed.", None, blank="the whole plan")
    kind: DecisionKind = column("force: buy at least the quantity; forbid: buy nothing; fix: buy exactly the quantity.")
    quantity: float | None = column(
        "The quantity.",
        None,
        unit="{unit}",
        at_least=0,
        blank="force: sign the offer, and place an order where a period is named",
    )
    reason: str = column("Why; shown in the plan.", "")

"""Sheet Commitments: one row is how much of a material a member is entitled to."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.schema import Record, Scope, column


class Commitment(Record):
    """What a member is entitled to have in the depots, and its share of what is asked for in a scenario."""

    sheet: ClassVar[str] = "Commitments"
    scope: ClassVar[Scope] = "material"
    key: ClassVar[tuple[str, ...]] = ("member", "material", "from_date")

    member: str = column("The member.", refers="Members.member")
    material: str = column("The material.", refers="Materials.material")
    quantity: float = column("What it is entitled to at every period's end.", unit="{unit}", at_least=0)
    from_date: date | None = column("First day of the commitment.", None, heading="from", blank="always")
    to_date: date | None = column("Last day of the commitment.", None, heading="to", blank="always")
    demand_share: float | None = column(
        "Its share of the material's demand, which is what it asks for in a scenario.",
        None,
        unit="share",
        at_least=0,
        at_most=1,
        heading="share of demand",
        blank="of what the other rows leave, in proportion to the commitments",
    )
    gap_penalty: float | None = column(
        "Cost of one unit of it that is missing for a year.",
        None,
        unit="USD/{unit}/yr",
        at_least=0,
        blank="a quarter of the benchmark price, divided by the member's priority",
    )
    strike_price: float | None = column(
        "Price at which it draws and buys back.",
        None,
        unit="USD/{unit}",
        at_least=0,
        blank="the benchmark price on the first day",
    )
    replenish_periods: int = column(
        "Periods within which what it has drawn is in the depots again (an assumption).",
        3,
        unit="periods",
        at_least=0,
        at_most=600,
    )
    source: str = column("Where the figures come from; kept, not planned with.", "")

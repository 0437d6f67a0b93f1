"""Sheet CallOffs: one row is what a member takes out of the stockpile."""

from __future__ import annotations

from datetime import date as day
from typing import ClassVar

from models.records.schema import Record, Scope, column


class CallOff(Record):
    """A quantity that a member draws of what it is entitled to, at its strike price, and that is replenished."""

    sheet: ClassVar[str] = "CallOffs"
    scope: ClassVar[Scope] = "material"
    key: ClassVar[tuple[str, ...]] = ("member", "material", "date")

    member: str = column("The member.", refers="Members.member")
    material: str = column("The material.", refers="Materials.material")
    date: day = column("Day on which it draws; the period that contains it counts. Before the plan: it has drawn it.")
    quantity: float = column(
        "What it draws; where the material has no value of shortage, it must be served.", unit="{unit}", at_least=0
    )
    source: str = column("Where the figures come from; kept, not planned with.", "")

"""Sheet Members: one row is a manufacturer whom the stockpile serves."""

from __future__ import annotations

from typing import ClassVar

from models.records.schema import Record, Scope, column


class Member(Record):
    """A member of the stockpile: what it is entitled to stands in Commitments."""

    sheet: ClassVar[str] = "Members"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("member",)
    needed_where_named: ClassVar[bool] = True

    member: str = column("Name of the member.")
    priority: int = column("Who is served first when something is short: 1 before 2.", 1, unit="rank", at_least=1, at_most=99)
    clean_origin_only: bool = column(
        "Whether what it holds must be of open origin (no stage in a covered country); in a scenario it takes what there is.",
        False,
    )
    entry_fee: float = column(
        "What it pays once, in the first period in which one of its commitments holds.", 0.0, unit="USD", at_least=0
    )
    source: str = column("Where the row comes from; kept, not planned with.", "")

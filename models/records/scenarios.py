"""Sheet Scenarios: one row is a state that the world may be in."""

from __future__ import annotations

from typing import ClassVar

from models.records.schema import Record, Scope, column


class Scenario(Record):
    """A state of the world that Shocks give effects to; states of one group exclude each other, groups are independent."""

    sheet: ClassVar[str] = "Scenarios"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("scenario",)
    needed_where_named: ClassVar[bool] = True

    scenario: str = column("Name of the scenario, as Shocks and the plan call it.")
    probability: float = column("How likely it is.", unit="share", at_least=0, at_most=1)
    description: str = column("What happens, in a sentence; kept, not planned with.", "")
    group: str = column(
        "States of one actor, of which one holds at a time; what their probabilities leave of 1 is its normal state.",
        "",
        blank="it holds or not, whatever else does",
    )
    source: str = column("Where it comes from; kept, not planned with.", "")

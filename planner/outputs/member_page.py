"""A member's own page: what it is entitled to, what it draws, what is still to be replenished and what it pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from planner.outputs.fact import Fact, counted, usd
from planner.outputs.members import AccountRow, EntitlementRow, MemberRow
from planner.outputs.schema import Row, Shown, in_usd


@dataclass(frozen=True)
class HeldRow(Row):
    """A member over all materials at the end of one period, at its strike prices."""

    sheet: ClassVar[str] = "Entitled and held"

    period: Annotated[str, Shown("The period.")]
    entitled: Annotated[float, in_usd("What it is entitled to at the period's end.")]
    held: Annotated[float, in_usd("What is held for it then.")]


@dataclass(frozen=True)
class MemberPage:
    """What there is to say to one member.

    Attributes:
        account: the member over all materials.
        commitments: its rows by material; `periods` those by material and period.
        end: the plan's last period.
    """

    account: AccountRow
    commitments: Sequence[MemberRow]
    periods: Sequence[EntitlementRow]
    end: str

    def facts(self) -> tuple[Fact, ...]:
        """The answer in ten lines."""
        one, sheet, by_material = self.account, AccountRow.sheet, MemberRow.sheet
        entitled = f"at the end of {self.end}: {counted(one.commitments, 'material')}, less what is still to replenish"
        back = "what it would cost you to buy back all that is held at the end; not in the sum above"
        return (
            Fact("Entitled", one.entitled, "money", "USD", entitled, sheet),
            Fact("Held for you", one.held, "money", "USD", "at the end", sheet),
            Fact("Missing", one.missing, "money", "USD", self._missing(), sheet),
            Fact("Drawn", one.drawn, "money", "USD", self._drawn(), sheet),
            Fact("Still to replenish", one.to_replenish, "money", "USD", self._to_replenish(), sheet),
            Fact("Entry fee", one.entry_fee, "money", "USD", "what you pay once, to join", sheet),
            Fact("Carry", one.carry, "money", "USD", "on what is held for you: interest, holding and rent", by_material),
            Fact("Call-offs", one.paid, "money", "USD", "what you pay for what you draw", by_material),
            Fact("You pay in all", one.total, "money", "USD", "sum of the three lines above, over the plan", sheet),
            Fact("Buy-back", one.held, "money", "USD", back, sheet),
        )

    def held(self) -> tuple[HeldRow, ...]:
        """What is held against what the member is entitled to, period by period."""
        found = []
        for period in sorted({row.period for row in self.periods}):
            rows = [row for row in self.periods if row.period == period]
            entitled, held = (sum(getattr(row, name) * row.strike for row in rows) for name in ("entitled", "held"))
            found.append(HeldRow(period, entitled, held))
        return tuple(found)

    def _missing(self) -> str:
        lacking = sum(row.missing > 0.0 and row.last_period == self.end for row in self.commitments)
        return f"at the end, of {counted(lacking, 'material')}" if lacking else "nothing is missing at the end"

    def _drawn(self) -> str:
        called = sum(row.called_off * row.strike for row in self.periods)
        return f"of {usd(called)} that you call off" if called else "you call off nothing"

    def _to_replenish(self) -> str:
        if self.account.to_replenish:
            return f"what you draw by the end of {self.end}, and will be replenished after it"
        ended = [row.material for row in self.commitments if row.to_replenish]
        if ended:
            return (
                f"nothing at the end of {self.end}; what you drew of {', '.join(ended)} was not, as your commitment ended first"
            )
        return "all that you draw is replenished by the end" if self.account.drawn else "you draw nothing"

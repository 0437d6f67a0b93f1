"""Sheet Charts: the figures behind the charts of the Summary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Annotated, ClassVar

from models.plan import Plan
from models.records import UNKNOWN
from planner.outputs import Tables
from planner.outputs.commitments import cumulative_budget, cumulative_commitments
from planner.outputs.diversification import DiversificationRow
from planner.outputs.schema import Row, Shown
from planner.outputs.stock import CoverRow
from planner.outputs.traders import NOBODY

if TYPE_CHECKING:
    from planner.result import Result

MOST_BARS = 12
"""Rules or countries in the chart of origins: more cannot be read."""


@dataclass(frozen=True)
class SpendRow(Row):
    """A trader's spend."""

    sheet: ClassVar[str] = "Spend by trader"

    trader: Annotated[str, Shown("The firm.")]
    spend: Annotated[float, Shown("Committed in its name over the plan, fee included, undiscounted.", "money", unit="USD")]
    maximum_spend: Annotated[float | None, Shown("The most that it may commit; blank: no limit.", "money", unit="USD")]


@dataclass(frozen=True)
class FinalCoverRow(Row):
    """A material's stock and cover at the plan's end, the shortest cover first."""

    sheet: ClassVar[str] = "Stock and cover at the end"

    label: Annotated[str, Shown("The material with its stock, which cannot be drawn: each has its own unit.", "sentence")]
    days_of_cover: Annotated[float, Shown("Stock at the end ÷ mean daily demand.", "days", unit="days")]
    target: Annotated[float | None, Shown("Days that the stock should cover; blank: no target.", "days", unit="days")]
    stock: Annotated[float, Shown("Stock at the end.", "quantity", unit="unit")]
    unit: Annotated[str, Shown("Unit of the material.")]


@dataclass(frozen=True)
class OriginRow(Row):
    """The tightest policy limit of each rule on shares; without such rules a refining country's share of landed cost."""

    sheet: ClassVar[str] = "Origin shares"

    origin: Annotated[str, Shown("The rule, with the value and material of its tightest limit, or the country.", "sentence")]
    achieved: Annotated[float, Shown("Share of what counts.", "share")]
    limit: Annotated[float | None, Shown("The limit; blank: there is none.", "share")]


@dataclass(frozen=True)
class CommitmentRow(Row):
    """Commitments by the end of one period."""

    sheet: ClassVar[str] = "Cumulative commitments"

    period: Annotated[str, Shown("The period.")]
    committed: Annotated[
        float, Shown("Committed since the plan's beginning, by order period, undiscounted.", "money", unit="USD")
    ]
    budget: Annotated[float | None, Shown("What may be committed by then; blank: no ceiling.", "money", unit="USD")]


@dataclass(frozen=True)
class BalanceRow(Row):
    """Cash and loans at the end of one period."""

    sheet: ClassVar[str] = "Cash and loans"

    period: Annotated[str, Shown("The period.")]
    cash: Annotated[float, Shown("Cash at its end.", "money", unit="USD")]
    owed: Annotated[float, Shown("What is owed on all loans.", "money", unit="USD", heading="loan balance")]
    most: Annotated[
        float, Shown("What may be owed, by terms and borrowing base.", "money", unit="USD", heading="most that may be owed")
    ]


@dataclass(frozen=True)
class Pictures:
    """The rows behind each chart."""

    spend: tuple[SpendRow, ...]
    cover: tuple[FinalCoverRow, ...]
    origins: tuple[OriginRow, ...]
    commitments: tuple[CommitmentRow, ...]
    balances: tuple[BalanceRow, ...]

    def blocks(self) -> tuple[tuple[type[Row], Sequence[Row]], ...]:
        """Each block's record with its rows."""
        return (
            (SpendRow, self.spend),
            (FinalCoverRow, self.cover),
            (OriginRow, self.origins),
            (CommitmentRow, self.commitments),
            (BalanceRow, self.balances),
        )


def pictures(result: Result, found: Tables) -> Pictures:
    """Everything that the charts show."""
    case = result.plan.case
    committed = cumulative_commitments(case, result.charges)
    return Pictures(
        spend=tuple(SpendRow(row.trader, row.spend, row.maximum_spend) for row in found.traders if row.trader != NOBODY),
        cover=_final_cover(result.plan, found.cover),
        origins=_limits(found.diversification) or _countries(found),
        commitments=tuple(
            CommitmentRow(case.calendar.name(period), amount, budget)
            for period, amount, budget in zip(case.calendar.horizon, committed, cumulative_budget(case), strict=True)
        ),
        balances=tuple(BalanceRow(row.period, row.closing, row.owed, row.most_owed) for row in found.cash),
    )


def _final_cover(plan: Plan, rows: Sequence[CoverRow]) -> tuple[FinalCoverRow, ...]:
    """The materials with a target, or where none has one, all with demand; those with the least of their days first."""
    last = plan.case.calendar.name(plan.case.calendar.periods)
    final = [row for row in rows if row.period == last and row.days_of_cover is not None]
    shown = [row for row in final if row.target_days] or final
    found = [
        FinalCoverRow(_named(row), row.days_of_cover or 0.0, row.target_days or None, row.stock, row.unit)
        for row in shown
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda row: (row.days_of_cover / (row.target or 1.0), row.label)))


def _named(row: CoverRow) -> str:
    """`Tin ingot: 12,300 t`; three digits are enough beside a bar."""
    digits = 2 - floor(log10(row.stock)) if row.stock > 0 else 0
    return f"{row.material}: {round(row.stock, digits):,.{max(0, digits)}f} {row.unit}"


def _limits(rows: Sequence[DiversificationRow]) -> tuple[OriginRow, ...]:
    """Each rule's tightest `at most` limit on a share, the tightest rules first.

    A limit of nothing that is kept has neither a bar nor a mark, and is left out.
    """
    shares = [row for row in rows if row.limit_share is not None and row.sense == "at most"]
    drawn = [row for row in shares if row.limit_share or row.achieved_share]
    tightest = {row.rule: row for row in sorted(drawn, key=_room, reverse=True)}
    chosen = sorted(tightest.values(), key=_room)[:MOST_BARS]
    return tuple(OriginRow(_label(row), row.achieved_share or 0.0, row.limit_share) for row in chosen)


def _room(row: DiversificationRow) -> float:
    return row.headroom_points or 0.0


def _label(row: DiversificationRow) -> str:
    """`One country at most 65 %: COD, Tantalite concentrate`."""
    place = ", ".join(filter(None, (row.value, row.scope if row.scope not in row.rule else "")))
    return f"{row.rule}: {place}" if place else row.rule


def _countries(found: Tables) -> tuple[OriginRow, ...]:
    """The refining countries with the largest shares of landed cost."""
    total = sum(row.landed_cost for row in found.purchases)
    shares: dict[str, float] = defaultdict(float)
    for row in found.purchases:
        shares[row.refine] += row.landed_cost / total if total else 0.0
    largest = sorted(shares, key=lambda country: (-shares[country], country))[:MOST_BARS]
    names = {country: "not known" if country == UNKNOWN else f"refined in {country}" for country in largest}
    return tuple(OriginRow(names[country], shares[country], None) for country in largest)

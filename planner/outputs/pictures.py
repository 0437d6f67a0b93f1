"""Sheet Charts: the figures behind the charts of the Summary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from models.plan import Plan
from planner.outputs import Tables
from planner.outputs.commitments import cumulative_budget, cumulative_commitments, spend_by_trader
from planner.outputs.diversification import DiversificationRow
from planner.outputs.schema import Row, Shown
from planner.outputs.stock import CoverRow

if TYPE_CHECKING:
    from planner.result import Result

MOST_BARS = 12
"""Origin limits or countries in the chart: more cannot be read."""


@dataclass(frozen=True)
class SpendRow(Row):
    """A trader's spend."""

    sheet: ClassVar[str] = "Spend by trader"

    trader: Annotated[str, Shown("The firm.")]
    spend: Annotated[float, Shown("Committed in its name over the plan, fee included, undiscounted.", "money", unit="USD")]
    maximum_spend: Annotated[float | None, Shown("The most that it may commit; blank: no limit.", "money", unit="USD")]


@dataclass(frozen=True)
class FinalCoverRow(Row):
    """A material's cover at the plan's end."""

    sheet: ClassVar[str] = "Days of cover at the end"

    material: Annotated[str, Shown("The material.")]
    days_of_cover: Annotated[float, Shown("Stock at the end ÷ mean daily demand.", "days", unit="days")]
    target: Annotated[float, Shown("Days that the stock should cover.", "days", unit="days")]


@dataclass(frozen=True)
class OriginRow(Row):
    """A policy limit on a share, the tightest ones first; without such rules a refining country's share of landed cost."""

    sheet: ClassVar[str] = "Origin shares"

    origin: Annotated[str, Shown("The limit, or the country.", "sentence")]
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
class Pictures:
    """The rows behind each chart."""

    spend: tuple[SpendRow, ...]
    cover: tuple[FinalCoverRow, ...]
    origins: tuple[OriginRow, ...]
    commitments: tuple[CommitmentRow, ...]

    def blocks(self) -> tuple[tuple[type[Row], Sequence[Row]], ...]:
        """Each block's record with its rows."""
        return (
            (SpendRow, self.spend),
            (FinalCoverRow, self.cover),
            (OriginRow, self.origins),
            (CommitmentRow, self.commitments),
        )


def pictures(result: Result, found: Tables) -> Pictures:
    """Everything that the charts show."""
    case = result.plan.case
    spent = spend_by_trader(result.charges)
    committed = cumulative_commitments(case, result.charges)
    return Pictures(
        spend=tuple(SpendRow(row.trader, spent.get(row.trader, 0.0), row.maximum_spend) for row in case.traders),
        cover=_final_cover(result.plan, found.cover),
        origins=_limits(found.diversification) or _countries(found),
        commitments=tuple(
            CommitmentRow(case.calendar.name(period), amount, budget)
            for period, amount, budget in zip(case.calendar.horizon, committed, cumulative_budget(case), strict=True)
        ),
    )


def _final_cover(plan: Plan, rows: Sequence[CoverRow]) -> tuple[FinalCoverRow, ...]:
    """The materials with a target, or where none has one, all with demand."""
    last = plan.case.calendar.name(plan.case.calendar.periods)
    final = [row for row in rows if row.period == last and row.days_of_cover is not None]
    aimed = [row for row in final if row.target_days]
    return tuple(FinalCoverRow(row.material, row.days_of_cover or 0.0, row.target_days) for row in aimed or final)


def _limits(rows: Sequence[DiversificationRow]) -> tuple[OriginRow, ...]:
    """The tightest limit of each rule on shares, then the next tightest of all; `at most` limits only."""
    shares = [row for row in rows if row.limit_share is not None and row.sense == "at most"]
    tightest = list({row.rule: row for row in reversed(shares)}.values())
    others = sorted((row for row in shares if row not in tightest), key=lambda row: row.headroom_points or 0.0)
    chosen = sorted((*tightest, *others)[:MOST_BARS], key=lambda row: row.headroom_points or 0.0)
    return tuple(OriginRow(f"{row.rule}: {row.where}", row.achieved_share or 0.0, row.limit_share) for row in chosen)


def _countries(found: Tables) -> tuple[OriginRow, ...]:
    """The refining countries with the largest shares of landed cost."""
    total = sum(row.landed_cost for row in found.purchases)
    shares: dict[str, float] = defaultdict(float)
    for row in found.purchases:
        shares[row.refine] += row.landed_cost / total if total else 0.0
    largest = sorted(shares, key=lambda country: (-shares[country], country))[:MOST_BARS]
    return tuple(OriginRow(f"refined in {country}", shares[country], None) for country in largest)

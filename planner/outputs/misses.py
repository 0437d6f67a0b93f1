"""What the plan leaves undone, in sentences: demand that is not met, soft policy rules missed, and what members lack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from models.records import RuleKind
from models.wording import figure, percent
from planner.outputs.diversification import MISSED, DiversificationRow
from planner.outputs.members import MemberRow
from planner.outputs.stock import CoverRow


def unmet_demand(rows: Sequence[CoverRow]) -> Iterator[str]:
    """For each material whose demand is not met: how much, when, and what the shortage is valued at."""
    short = [row for row in rows if row.unmet]
    for material, group in groupby(short, key=lambda row: row.material):
        periods = list(group)
        drawn = sum(row.demand or 0.0 for row in rows if row.material == material)
        unmet, value = (sum(getattr(row, name) for row in periods) for name in ("unmet", "unmet_value"))
        unit = periods[0].unit
        yield (
            f"{material}: {_rounded(unmet)} {unit} of the {_rounded(drawn)} {unit} demanded are not met, "
            f"{_when([row.period for row in periods])}; the shortage is valued at {value:,.0f} USD."
        )


def missed_rules(rows: Sequence[DiversificationRow]) -> Iterator[str]:
    """For each soft policy rule that is missed: by how much, where most, and what that costs."""
    missed = [row for row in rows if row.result == MISSED]
    for rule, group in groupby(missed, key=lambda row: row.rule):
        limits = sorted(group, key=lambda row: -row.penalty)
        worst = limits[0]
        place = ", ".join(filter(None, (worst.value, worst.scope, worst.window)))
        others = f", most of it for {place}," if len(limits) > 1 else f" for {place}"
        number = f"{len(limits)} limits" if len(limits) > 1 else "its limit"
        yield (
            f"The soft rule “{rule}” misses {number}{others} with {_achieved(worst)}; "
            f"it costs {sum(row.penalty for row in limits):,.0f} USD in all."
        )


def missed_commitments(rows: Sequence[MemberRow]) -> Iterator[str]:
    """For each member and material of which it lacks some: how much at worst, when, and what that costs."""
    for row in rows:
        if row.periods_missed:
            times = "once" if row.periods_missed == 1 else f"in {row.periods_missed} periods"
            yield (
                f"{row.member} lacks up to {_rounded(row.most_missing)} {row.unit} of the {row.material} that it is entitled "
                f"to, most at the end of {row.worst_period}, {times} in all; it costs {row.penalty:,.0f} USD."
            )


def _achieved(row: DiversificationRow) -> str:
    """`43.2 % where at most 40 % is asked for`."""
    if row.achieved_share is not None and row.limit_share is not None:
        shares = row.achieved_share, row.limit_share
        digits = 4 if round(shares[0], 4) != round(shares[1], 4) else 9
        achieved, limit = (percent(round(share, digits)) for share in shares)
        return f"{achieved} where {row.sense} {limit} is asked for"
    unit = "" if row.kind == RuleKind.COUNT else f" {row.unit}"
    return f"{_rounded(row.achieved)}{unit} where {row.sense} {_rounded(row.limit)}{unit} is asked for"


def _when(periods: Sequence[str]) -> str:
    """`in 2027-01`, `in 3 periods between 2027-01 and 2027-06`."""
    if len(periods) == 1:
        return f"in {periods[0]}"
    return f"in {len(periods)} periods between {periods[0]} and {periods[-1]}"


def _rounded(quantity: float) -> str:
    """A quantity as it is read, not as it is stored."""
    return figure(round(quantity, 3))

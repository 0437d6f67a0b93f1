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
    """For each member that lacks anything: of how many materials, of which it costs most, how much and when."""
    for member, group in groupby(rows, key=lambda row: row.member):
        own = list(group)
        missed = [row for row in own if row.periods_missed]
        if missed:
            worst = max(missed, key=lambda row: row.penalty)
            times = "one period end" if worst.periods_missed == 1 else f"{worst.periods_missed} period ends"
            yield (
                f"{member} lacks some of {len(missed)} of its {len(own)} commitments; most costly is {worst.material}: "
                f"up to {_rounded(worst.most_missing)} {worst.unit}, at {times}, most at that of {worst.worst_period}; "
                f"it costs {sum(row.penalty for row in missed):,.0f} USD in all."
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

"""What the plan leaves undone, in sentences: demand that is not met, soft policy rules missed, and what members lack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from models.plan import quantity_tolerance
from models.records import RuleKind
from models.wording import figure, percent
from planner.outputs.diversification import MISSED, DiversificationRow
from planner.outputs.members import EntitlementRow, MemberRow
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
            yield (
                f"{member} lacks some of {len(missed)} of its {len(own)} commitments; most costly is {worst.material}: "
                f"up to {_rounded(worst.most_missing)} {worst.unit}, {_at_ends(worst)}; "
                f"it costs {sum(row.penalty for row in missed):,.0f} USD in all."
            )


def missed_by_one(commitments: Sequence[MemberRow], periods: Sequence[EntitlementRow]) -> Iterator[str]:
    """For one member, in its own book: what of each commitment is missing, and what of each call-off is not served."""
    for row in commitments:
        if row.periods_missed:
            most = "up to " if row.periods_missed > 1 else ""
            yield f"{row.material}: {most}{_rounded(row.most_missing)} {row.unit} are missing {_at_ends(row)}."
    for one in periods:
        refused = one.called_off - one.drawn
        if refused > quantity_tolerance(one.called_off):
            called = f"of the {_rounded(one.called_off)} {one.unit} called off in {one.period}"
            yield f"{one.material}: {called}, {_rounded(refused)} {one.unit} are not served."


def _at_ends(row: MemberRow) -> str:
    """`at 3 period ends, most at that of 2027-01`."""
    if row.periods_missed == 1:
        return f"at the end of {row.worst_period}"
    return f"at {row.periods_missed} period ends, most at that of {row.worst_period}"


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

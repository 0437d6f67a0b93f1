"""The checking side of members: what each holds of the stock, and who goes short where something is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from math import inf
from typing import NamedTuple

from models.audit import benchmark_on, called_in, places
from models.case import Case
from models.course import Course
from models.decisions import Allotment
from models.plan import Plan, quantity_tolerance
from models.records import Commitment, Material, Rationing

NO_MEMBER = "(no member)"
"""What stands in place of a name for those who have committed to nothing."""
LEAST = 1e-9
"""A share of the demand below this is none: shares that add up to all of it, but for their digits."""


class Holding(NamedTuple):
    """What a member is entitled to of a material, and holds, at a period's end, in the material's unit.

    Attributes:
        entitled: its commitment, less what it has drawn and is not yet replenished.
        drawn: what it draws in the period; `lately` what it has drawn that is not yet replenished.
        yearly, billed: what a unit that is missing for a year costs, and what it pays for one held for a year, in USD.
        strike: what it pays for a unit that it draws, or buys back, in USD.
    """

    member: str
    material: str
    period: int
    committed: float
    entitled: float
    held: float
    drawn: float
    lately: float
    yearly: float
    billed: float
    strike: float

    @property
    def missing(self) -> float:
        """What it lacks, in the material's unit."""
        return max(0.0, self.entitled - self.held)


class Ration(NamedTuple):
    """What a member asks for and does not get, in the material's unit; without name what no member has committed to."""

    member: str
    asked: float
    unmet: float


@lru_cache(maxsize=4)
def in_force(case: Case) -> Mapping[tuple[str, int], list[Commitment]]:
    """The commitments about each material that hold on each period's last day."""
    found: dict[tuple[str, int], list[Commitment]] = defaultdict(list)
    for t in case.calendar.horizon:
        end = case.calendar.last_day(t)
        for row in case.commitments:
            if not (row.from_date and end < row.from_date) and not (row.to_date and row.to_date < end):
                found[row.material, t].append(row)
    return found


def holdings(plan: Plan) -> Iterator[Holding]:
    """What each member is entitled to, holds and draws, by material and period of its commitment."""
    case, decided = plan.case, {(row.member, row.material, row.period): row for row in plan.allotments}
    for material in dict.fromkeys(row.material for row in case.commitments):
        keeping = _keeping(case, case.material[material])
        for t in case.calendar.horizon:
            for row in in_force(case).get((material, t), ()):
                name = row.member
                found = decided.get((name, material, t), Allotment(name, material, t, 0.0))
                span = range(t - row.replenish_periods + 1, t + 1)
                lately = sum(decided[name, material, s].drawn for s in span if (name, material, s) in decided)
                lately += sum(called_in(case, material, s, name) for s in span if s < 1)
                strike = strike_of(case, row)
                yield Holding(
                    name, material, t, row.quantity, max(0.0, row.quantity - lately), found.held, found.drawn, lately,
                    _yearly(case, row), case.settings.carry_rate * strike + keeping, strike,
                )  # fmt: skip


def _keeping(case: Case, material: Material) -> float:
    """What a unit in the depots costs in a year, apart from the money in it: holding, and the mean rent (USD)."""
    rents = []
    for row in case.depots:
        name = f"{row.depot} / {row.storage_class}" if row.storage_class else row.depot
        if name in places(case, material.material):
            unit = case.common_unit(other.material for other in case.materials if name in places(case, other.material))
            rents.append(row.rent * case.in_unit(material.material, unit))
    return material.holding_cost + (sum(rents) / len(rents) if rents else 0.0)


def joining(case: Case) -> dict[str, int]:
    """The first period in which a commitment to each member holds."""
    found: dict[str, int] = {}
    for (_, t), rows in in_force(case).items():
        for row in rows:
            found[row.member] = min(t, found.get(row.member, t))
    return found


def strike_of(case: Case, row: Commitment) -> float:
    """Price at which a member draws and buys back, in USD per unit: its own, or the benchmark on the plan's first day."""
    if row.strike_price is not None:
        return row.strike_price
    return benchmark_on(case, case.material[row.material], case.settings.start_date)


def paid_for(case: Case, row: Allotment) -> float:
    """What a member pays for a unit that it draws (USD): the strike price of its commitment, or the benchmark without one."""
    own = [found for found in in_force(case).get((row.material, row.period), ()) if found.member == row.member]
    return strike_of(case, own[0]) if own else benchmark_on(case, case.material[row.material], case.settings.start_date)


def _yearly(case: Case, row: Commitment) -> float:
    """What a unit missing from a commitment costs in a year, in USD."""
    if row.gap_penalty is not None:
        return row.gap_penalty
    benchmark = benchmark_on(case, case.material[row.material], case.settings.start_date)
    return benchmark / (4 * case.member[row.member].priority)


def rations(case: Case, course: Course) -> list[Ration]:
    """Who asks for what over a course, and who goes short, the last ones first; nothing where nothing is short.

    By priority whoever comes last goes short first, those of one priority alike, and before all of them those who have
    committed to nothing: what later periods ask for those who come first is kept for them, since it is known what comes.
    What a rank lacks is what is short of all up to it, less what is short of those before it. Pro rata all are alike in
    every period.
    """
    if not any(step.unmet > quantity_tolerance(step.asked, 2) for step in course.steps):
        return []
    shares = [dict(_shares(case, course.material, step.period)) for step in course.steps]
    asked = {
        name: sum(share.get(name, 0.0) * step.asked for share, step in zip(shares, course.steps, strict=True))
        for name in dict.fromkeys(name for share in shares for name in share)
    }
    if case.settings.rationing is Rationing.PRO_RATA:
        pairs = list(zip(shares, course.steps, strict=True))
        return [
            Ration(name, total, sum(share.get(name, 0.0) * step.unmet for share, step in pairs))
            for name, total in asked.items()
        ]
    ranks = {"": inf} | {name: row.priority for name, row in case.member.items()}
    found: list[Ration] = []
    served: set[str] = set()
    before = 0.0
    for _, group in groupby(sorted(asked, key=ranks.__getitem__), key=ranks.__getitem__):
        members = list(group)
        served |= set(members)
        lacking = _unmet(case, course, [sum(share.get(name, 0.0) for name in served) for share in shares])
        theirs = sum(asked[name] for name in members)
        found += [Ration(name, asked[name], (lacking - before) * asked[name] / theirs if theirs else 0.0) for name in members]
        before = lacking
    return found[::-1]


def _unmet(case: Case, course: Course, shares: Sequence[float]) -> float:
    """What is short over a course of which only shares are asked for, in the material's unit."""
    material, first = case.material[course.material], course.steps[0]
    keeps = (1 - material.loss_rate) ** (case.calendar.months / 12)
    level = first.left + first.asked - first.unmet  # what there is in the first period
    short = 0.0
    for number, (step, share) in enumerate(zip(course.steps, shares, strict=True)):
        if number:
            level = keeps * level + step.arriving + step.emergency + step.called
        short += max(0.0, share * step.asked - level)
        level = max(0.0, level - share * step.asked)
    return short


def _shares(case: Case, material: str, period: int) -> Iterator[tuple[str, float]]:
    """Each member's share of the demand, where it has any; what is left is that of no member."""
    rows = in_force(case).get((material, period), ())
    left = max(0.0, 1.0 - sum(row.demand_share or 0.0 for row in rows))
    open_ended = sum(row.quantity for row in rows if row.demand_share is None)
    for row in rows:
        share = left * row.quantity / open_ended if row.demand_share is None and open_ended else row.demand_share
        if share:
            yield row.member, share
    if left > LEAST and not open_ended:
        yield "", left

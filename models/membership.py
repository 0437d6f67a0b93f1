"""The checking side of members: what each holds of the stock, and who goes short where something is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from math import inf
from typing import NamedTuple

from models.audit import benchmark_on
from models.case import Case
from models.classes import restricted_stock
from models.course import Course
from models.plan import Plan, quantity_tolerance
from models.records import Commitment, Rationing

LEAST = 1e-9
"""A share of the demand below this is none: shares that add up to all of it, but for their digits."""


class Holding(NamedTuple):
    """What a member is entitled to of a material, and holds, at a period's end, in the material's unit.

    Attributes:
        yearly: what a unit that is missing for a year costs, in USD.
    """

    member: str
    material: str
    period: int
    entitled: float
    held: float
    yearly: float

    @property
    def missing(self) -> float:
        """What it lacks, in the material's unit."""
        return self.entitled - self.held


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
    """What each member holds, by material and period: those whose gap costs most come first.

    Nobody holds more than it is entitled to, all together no more than is in stock, and those who take clean origin only no
    more than what is open of it. Serving the dearest first leaves the least cost, since the two limits are nested.
    """
    case = plan.case
    for material in dict.fromkeys(row.material for row in case.commitments):
        restricted = restricted_stock(plan, material)
        for t in case.calendar.horizon:
            left = max(0.0, plan.closing_stock[material, t])
            open_left = max(0.0, left - restricted[t])
            rows = [(_yearly(case, row), row) for row in in_force(case).get((material, t), ())]
            for yearly, row in sorted(rows, key=lambda pair: (-pair[0], case.member[pair[1].member].priority)):
                clean = case.member[row.member].clean_origin_only
                held = min(row.quantity, left, open_left) if clean else min(row.quantity, left)
                left -= held
                open_left -= held if clean else 0.0
                yield Holding(row.member, material, t, row.quantity, held, yearly)


def _yearly(case: Case, row: Commitment) -> float:
    """What a unit missing from a commitment costs in a year, in USD."""
    if row.gap_penalty is not None:
        return row.gap_penalty
    benchmark = benchmark_on(case, case.material[row.material], case.settings.start_date)
    return benchmark / (4 * case.member[row.member].priority)


def rationed(case: Case, material: str, period: int, asked: float, unmet: float) -> list[Ration]:
    """Who asks for what of a material in a period, and who goes short, in the material's unit.

    By priority whoever comes last goes short first, those of one priority alike, and before all of them those who have
    committed to nothing; pro rata all are alike.
    """
    alike = case.settings.rationing is Rationing.PRO_RATA
    ranks = {"": inf} | {name: row.priority for name, row in case.member.items()}
    shares = sorted(_shares(case, material, period), key=lambda pair: -ranks[pair[0]])
    found = []
    for _, group in groupby(shares, key=lambda pair: 0 if alike else ranks[pair[0]]):
        members = list(group)
        theirs = asked * sum(share for _, share in members)
        short = min(unmet, theirs)
        unmet -= short
        found += [Ration(name, asked * share, short * (asked * share / theirs if theirs else 0.0)) for name, share in members]
    return found


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


def rations(case: Case, course: Course) -> list[Ration]:
    """Who asks for what over a course, and who goes short; nothing where nothing is short."""
    if not any(step.unmet > quantity_tolerance(step.asked, 2) for step in course.steps):
        return []
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for step in course.steps:
        for one in rationed(case, course.material, step.period, step.asked, step.unmet):
            sums[one.member][0] += one.asked
            sums[one.member][1] += one.unmet
    return [Ration(member, asked, unmet) for member, (asked, unmet) in sums.items()]

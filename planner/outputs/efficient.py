"""Plans that are cheap and safe: which of them no other is as cheap and as safe as, and what safety costs between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.case import Case
from planner.engine import Options
from planner.engine.outcome import relative_gap
from planner.measures import MEASURES, Second
from planner.outputs.fact import Fact
from planner.proving import Known

LEAST_FOR_KNEE = 3
"""Points from which on a line has a knee."""


@dataclass(frozen=True, eq=False)
class Point:
    """A plan.

    Attributes:
        level: the limit on the second measure that it was asked to keep; nothing for the cheapest.
        reached: what it comes to.
        cost, bound: its own, and of every plan that keeps the level, in discounted USD.
        worth: landed cost of what it buys, in USD.
        signed: offers and traders of its contracts.
        headline: the lines of its summary.
    """

    level: float | None
    reached: float
    cost: float
    bound: float
    is_proven: bool
    worth: float
    signed: frozenset[tuple[str, str]]
    headline: tuple[Fact, ...]
    known: Known

    @property
    def gap(self) -> float:
        """Proven, as a share of its cost."""
        return relative_gap(self.cost, self.bound)


@dataclass(frozen=True, eq=False)
class Frontier:
    """The efficient plans, the cheapest first.

    Attributes:
        against: name of the second measure.
        left_out: how many others were found that another is as cheap and as safe as.
    """

    case: Case
    against: str
    options: Options
    points: tuple[Point, ...]
    left_out: int

    @property
    def second(self) -> Second:
        """The second measure."""
        return MEASURES[self.against]

    @property
    def is_proven(self) -> bool:
        """Whether every plan is proven to be within the gap."""
        return all(point.is_proven for point in self.points)


def efficient(points: Sequence[Point], second: Second) -> list[Point]:
    """The plans that no other is as cheap and as safe as, the cheapest first."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda point: (point.cost, -point.reached if second.more_is_safer else point.reached)):
        if not kept or second.is_safer(point.reached, kept[-1].reached):
            kept.append(point)
    return kept


def prices(before: Point, point: Point, step: float) -> tuple[float, float, float]:
    """What a step more of safety costs between two plans, in USD: as found, at least and at most.

    The plans' true costs lie between their bounds and their costs, and a tighter limit never costs less.
    """
    steps = abs(point.reached - before.reached) / step
    apart = point.cost - before.cost, max(0.0, point.bound - before.cost), max(0.0, point.cost - before.bound)
    found, least, most = (difference / steps for difference in apart)
    return found, least, most


def knee_of(points: Sequence[Point]) -> int | None:
    """The plan that lies farthest below the line from the cheapest to the safest; none where none lies below it."""
    if len(points) < LEAST_FOR_KNEE:
        return None
    first, last = points[0], points[-1]
    rise, run = last.cost - first.cost, last.reached - first.reached
    below = [(point.reached - first.reached) / run - (point.cost - first.cost) / rise for point in points]
    best = max(range(len(points)), key=lambda number: below[number])
    return best if below[best] > 1e-6 else None

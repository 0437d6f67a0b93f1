"""How a plan's losses are distributed over its futures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from models.case import Case
from models.course import Course
from models.futures import Future, futures_of
from models.membership import Ration, rations
from models.outcomes import courses_of, cvar, planned_shortage
from models.plan import Plan


class Struck(NamedTuple):
    """What some scenarios do to a material.

    Attributes:
        unmet: in the material's unit.
        days: until it is short; nothing where it never is.
        loss: beyond the plan, in discounted USD.
        rations: who asks for what of it and goes short; nothing where nothing is short, or there are no members.
    """

    material: str
    scenarios: tuple[str, ...]
    unmet: float
    days: float | None
    loss: float
    rations: tuple[Ration, ...] = ()


def struck_by(case: Case, course: Course) -> Struck:
    """What a course comes to."""
    shared = tuple(rations(case, course)) if case.members else ()
    return Struck(course.material, course.scenarios, course.unmet, course.days(case), course.loss(case), shared)


class Lived(NamedTuple):
    """A future, and what it does to the materials that it has shocks about."""

    future: Future
    struck: tuple[Struck, ...]
    planned: float = 0.0
    """What the plan is short of anyway, in discounted USD."""

    @property
    def loss(self) -> float:
        """Over all materials, in discounted USD."""
        return self.planned + sum(one.loss for one in self.struck)


def as_planned(plan: Plan) -> list[Lived]:
    """The futures that a plan was made with, the most costly first."""
    struck: dict[str, list[Struck]] = defaultdict(list)
    for course in courses_of(plan):
        for future in course.futures:
            struck[future.name].append(struck_by(plan.case, course))
    futures = futures_of(plan.case).kept
    return ordered(Lived(future, tuple(struck[future.name]), planned_shortage(plan)) for future in futures)


def ordered(lived: Iterable[Lived]) -> list[Lived]:
    """The most costly first."""
    return sorted(lived, key=lambda one: (-one.loss, one.future.name))


@dataclass(frozen=True)
class Stress:
    """A plan in all of its futures.

    Attributes:
        lived: the futures, the most costly first.
        planned: in the plan's own scenarios its expected loss, CVaR at the same level and worst loss, in discounted USD;
            nothing where it was planned without scenarios.
        same_input: whether the scenarios' workbook is the one that the plan was made from.
    """

    case: Case
    lived: tuple[Lived, ...]
    dropped: float
    planned: tuple[float, float, float] | None
    same_input: bool

    @property
    def losses(self) -> list[tuple[Future, float]]:
        """Each future and its loss."""
        return [(one.future, one.loss) for one in self.lived]

    @property
    def expected(self) -> float:
        """Expected loss, in discounted USD."""
        return sum(one.future.probability * one.loss for one in self.lived)

    @property
    def cvar(self) -> float:
        """Mean of the worst 1 − α, in discounted USD."""
        return cvar(self.losses, self.case.settings.cvar_alpha)

    def quantile(self, share: float) -> float:
        """The least loss that is not exceeded with this probability, in discounted USD."""
        total = 0.0
        for one in reversed(self.lived):
            total += one.future.probability
            if total >= share - 1e-12:
                return one.loss
        return self.lived[0].loss


class Cost(NamedTuple):
    """Of a plan, and what no plan costs less than, in discounted USD."""

    cost: float
    bound: float


class Interval(NamedTuple):
    """Where a figure lies."""

    least: float
    most: float


@dataclass(frozen=True, eq=False)
class Worth:
    """What scenarios are worth.

    Attributes:
        together: of the plan made for all futures.
        mean: of the orders of the plan made for their mean, in all of them.
        each: of the plan made for each future, if it were known to come.
    """

    together: Cost
    mean: Cost
    each: tuple[tuple[Future, Cost], ...]

    @property
    def planning(self) -> Interval:
        """VSS: what planning with scenarios saves beside planning for their mean; it is never negative."""
        return _between(self.mean.bound - self.together.cost, self.mean.cost - self.together.bound)

    @property
    def knowing(self) -> Interval:
        """EVPI: what knowing the future would save; it is never negative."""
        cost = sum(future.probability * known.cost for future, known in self.each)
        bound = sum(future.probability * known.bound for future, known in self.each)
        return _between(self.together.bound - cost, self.together.cost - bound)


def _between(least: float, most: float) -> Interval:
    """Two ends of what cannot be negative: held orders have room for their rounding, and may cost a little less."""
    return Interval(max(0.0, least), max(0.0, most))

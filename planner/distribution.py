"""How a plan's losses are distributed over its futures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from models.case import Case
from models.course import Course
from models.futures import Future, futures_of
from models.membership import Ration, rations
from models.outcomes import courses_of, cvar, planned_courses, shortage_of
from models.plan import Plan


class Struck(NamedTuple):
    """What some scenarios do to a material.

    Attributes:
        scenarios: none where it is only short as planned.
        unmet: in the material's unit, what is short as planned included; `asked` is what is asked for in these periods.
        days: until it is short; nothing where it never is.
        loss: in discounted USD, of what is short as planned included.
        rations: who asks for what of it and goes short; nothing where nothing is short, or there are no members.
    """

    material: str
    scenarios: tuple[str, ...]
    asked: float
    unmet: float
    days: float | None
    loss: float
    rations: tuple[Ration, ...] = ()


def struck_by(plan: Plan, course: Course) -> Struck:
    """What a course comes to, with what is short as planned before it begins, or throughout where it changes no quantity."""
    case, planned = plan.case, planned_courses(plan).get(course.material)
    if planned is None:
        return Struck(course.material, course.scenarios, course.asked, course.unmet, course.days(case), course.loss(case),
                      _rations(case, course))  # fmt: skip
    begins = min((step.period for step in course.steps), default=case.calendar.periods + 1)
    before = replace(planned, steps=tuple(step for step in planned.steps if step.period < begins))
    days = course.days(case) if before.days(case) is None else 0.0 if course.steps else before.days(case)
    loss = course.loss(case) + shortage_of(plan, planned)
    asked, unmet = before.asked + course.asked, before.unmet + course.unmet
    return Struck(course.material, course.scenarios, asked, unmet, days, loss, _rations(case, before, course))


def _rations(case: Case, *courses: Course) -> tuple[Ration, ...]:
    """Who goes short over courses that follow on each other."""
    sums: dict[str, Ration] = {}
    for found in (found for course in courses if case.members for found in rations(case, course)):
        so_far = sums.get(found.member, Ration(found.member, 0.0, 0.0))
        sums[found.member] = Ration(found.member, so_far.asked + found.asked, so_far.unmet + found.unmet)
    return tuple(sums.values())


class Lived(NamedTuple):
    """A future, and what becomes of the materials that it has shocks about, or that are short as planned."""

    future: Future
    struck: tuple[Struck, ...]

    @property
    def loss(self) -> float:
        """Over all materials, in discounted USD."""
        return sum(one.loss for one in self.struck)

    @property
    def days(self) -> float | None:
        """Until something is short; nothing where nothing ever is."""
        return min((one.days for one in self.struck if one.days is not None), default=None)


def as_planned(plan: Plan) -> list[Lived]:
    """The futures that a plan was made with, the most costly first."""
    struck: dict[str, list[Struck]] = defaultdict(list)
    for course in courses_of(plan):
        for future in course.futures:
            struck[future.name].append(struck_by(plan, course))
    return ordered(plan, ((future, struck[future.name]) for future in futures_of(plan.case).kept))


def ordered(plan: Plan, struck: Iterable[tuple[Future, Sequence[Struck]]]) -> list[Lived]:
    """The futures, with what is short as planned of materials that they do not strike; the most costly first."""
    short = [struck_by(plan, replace(planned, steps=())) for planned in planned_courses(plan).values()]
    lived = []
    for future, found in struck:
        materials = {one.material for one in found}
        lived.append(Lived(future, (*found, *(one for one in short if one.material not in materials))))
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

    def survives(self, days: float) -> float:
        """How likely it is that nothing is short within so many days."""
        return sum(one.future.probability for one in self.lived if one.days is None or one.days >= days)

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

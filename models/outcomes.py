"""The checking side of scenarios: what becomes of a plan in each of them, and what that comes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from models.audit import drawn_in
from models.course import Course, Step
from models.courses import State
from models.decisions import Emergency
from models.futures import Future, futures_of, joined, touching
from models.plan import Charge, Plan, discounted


@lru_cache(maxsize=4)
def courses_of(plan: Plan) -> tuple[Course, ...]:
    """What the futures make of each material that they have shocks about; those that do the same are one."""
    case, found = plan.case, []
    for material in case.materials:
        states: dict[tuple[str, ...], list[Future]] = defaultdict(list)
        for future in futures_of(case).kept:
            states[touching(case, material.material, future)].append(future)
        found += [State(plan, material, names).course(tuple(futures)) for names, futures in states.items() if names]
    return tuple(found)


@lru_cache(maxsize=4)
def losses_of(plan: Plan) -> tuple[tuple[Future, float], ...]:
    """Each future and what it costs, in discounted USD: what the plan is short of anyway, and all beyond it."""
    sums: dict[str, float] = defaultdict(lambda: planned_shortage(plan))
    for course in courses_of(plan):
        for future in course.futures:
            sums[future.name] += course.loss(plan.case)
    return tuple((future, sums[future.name]) for future in futures_of(plan.case).kept)


@lru_cache(maxsize=4)
def planned_shortage(plan: Plan) -> float:
    """What demand costs that the plan itself leaves unmet, in discounted USD."""
    return sum(shortage_of(plan, planned) for planned in planned_courses(plan).values())


def shortage_of(plan: Plan, planned: Course) -> float:
    """What the plan itself leaves unmet of a material costs, in discounted USD."""
    value = plan.case.material[planned.material].value_of_shortage or 0.0
    return sum(
        discounted(plan.case, Charge("", "", "", step.period, step.period, value * step.unmet)) for step in planned.steps
    )


@lru_cache(maxsize=4)
def planned_courses(plan: Plan) -> Mapping[str, Course]:
    """The course, as planned, of each material of which the plan itself leaves something unmet."""
    case, found = plan.case, {}
    for material in case.materials:
        asked = {t: drawn_in(case, material, t) for t in case.calendar.horizon}
        served = {t: min(asked[t], plan.used[material.material, t]) for t in asked}
        if material.value_of_shortage and served != asked:
            steps = (Step(t, asked[t], served[t], 0.0, 0.0, asked[t] - served[t], asked[t] - served[t], 0.0) for t in asked)
            found[material.material] = Course(material.material, (), (), tuple(steps), 0.0, ())
    return found


def cvar(losses: Sequence[tuple[Future, float]], alpha: float) -> float:
    """The mean of the worst 1 − α of the losses, in their unit; the one across the edge counts in part."""
    room, total = 1 - alpha, 0.0
    for future, loss in sorted(losses, key=lambda pair: -pair[1]):
        weight = min(future.probability, room)
        total += weight * loss
        room -= weight
    return total / (1 - alpha)


def charges_of(plan: Plan) -> Iterator[Charge]:
    """The bills of all courses, by their probability."""
    for course in courses_of(plan):
        for charge in course.bill:
            yield charge._replace(amount=course.probability * charge.amount)


def emergencies_allowed(plan: Plan) -> Iterator[tuple[Emergency, float]]:
    """What is bought at once, and what there is to be had of it, in the material's unit."""
    for bought, state in _states(plan):
        yield bought, state.at_once(bought.period)


def calls_allowed(plan: Plan) -> Iterator[tuple[str, str, int, float, float]]:
    """Material, scenarios, period, what is called from partners by its end, and what can be (the material's unit)."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for row, state in _states(plan):
        sums[row.material, row.scenarios] += row.called
        if row.called:
            yield row.material, row.scenarios, row.period, sums[row.material, row.scenarios], state.on_call(row.period)


def _states(plan: Plan) -> Iterator[tuple[Emergency, State]]:
    """What is had at once, in the order of its periods, with the state that it is had in."""
    names = {(course.material, joined(course.scenarios)): course.scenarios for course in courses_of(plan)}
    for row in sorted(plan.emergencies):
        yield row, State(plan, plan.case.material[row.material], names.get((row.material, row.scenarios), ()))

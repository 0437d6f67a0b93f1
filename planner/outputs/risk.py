"""Sheets Risk, Losses and Recourse: what each scenario costs, which materials it strikes, and what is done in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from models.audit import places
from models.course import Course, Step
from models.courses import State
from models.futures import joined
from models.outcomes import courses_of
from models.plan import Plan, discounted, quantity_tolerance
from planner.distribution import Lived
from planner.outputs.schema import Row, Shown

NOTICED = 1.0
"""Dollars from which a material's loss is told: less is a step of rounding."""


@dataclass(frozen=True)
class RiskRow(Row):
    """One combination of scenarios that may come, the most costly first."""

    sheet: ClassVar[str] = "Risk"

    scenarios: Annotated[str, Shown("Scenarios that hold together; normal: none that has an effect.")]
    probability: Annotated[float, Shown("How likely it is.", "share")]
    loss: Annotated[
        float,
        Shown(
            "What it costs: shortages, those planned anyway included, premiums, price moves; discounted.", "money", unit="USD"
        ),
    ]
    in_the_tail: Annotated[
        float, Shown("Share of its probability that is among the worst, of which CVaR is the mean.", "share", mark="positive")
    ]
    materials_short: Annotated[
        int, Shown("Materials of which some is unmet, as planned or beyond it.", "count", mark="positive")
    ]
    first_short: Annotated[str, Shown("Material that is short first.")]
    days_survived: Annotated[
        float | None,
        Shown(
            "Days from its first shock, or from the plan's first day, until something is short; blank: nothing ever is.",
            "days",
            unit="days",
        ),
    ]
    hit_hardest: Annotated[str, Shown("Material that costs most.")]
    its_loss: Annotated[float, Shown("What that costs, what is short of it as planned included.", "money", unit="USD")]


@dataclass(frozen=True)
class LossRow(Row):
    """One material in the scenarios that are about it; those of other materials make no difference to it."""

    sheet: ClassVar[str] = "Losses"
    keys: ClassVar[int] = 2

    material: Annotated[str, Shown("The material.")]
    scenarios: Annotated[str, Shown("Scenarios about it that hold together.")]
    probability: Annotated[float, Shown("How likely it is that these and no others about it hold.", "share")]
    unit: Annotated[str, Shown("Unit of the material.")]
    asked: Annotated[float, Shown("What is asked of the stock from its first shock on.", "quantity", unit="unit")]
    stock_before: Annotated[float, Shown("Stock as its first shock comes.", "quantity", unit="unit")]
    arriving: Annotated[float, Shown("What arrives all the same, as long as it is asked for.", "quantity", unit="unit")]
    emergency: Annotated[float, Shown("What is bought at once.", "quantity", unit="unit")]
    called: Annotated[float, Shown("What is called from partners' stock.", "quantity", unit="unit")]
    unmet: Annotated[float, Shown("What is short.", "quantity", unit="unit", mark="positive")]
    left: Annotated[
        float,
        Shown(
            "Stock in the end: before + arriving + emergency + called + unmet − asked, less what is lost.",
            "quantity",
            unit="unit",
        ),
    ]
    days_survived: Annotated[
        float | None, Shown("Days from its first shock until it is short; blank: it never is.", "days", unit="days")
    ]
    shortage: Annotated[
        float,
        Shown("Cost of what is short beyond the plan, and premium of what is bought at once, discounted.", "money", unit="USD"),
    ]
    price_moves: Annotated[float, Shown("What index-priced orders cost more, or less, discounted.", "money", unit="USD")]
    loss: Annotated[float, Shown("What it costs beyond the plan: both.", "money", unit="USD")]


@dataclass(frozen=True)
class RecourseRow(Row):
    """One period of a material in scenarios in which it is short, bought at once, or called."""

    sheet: ClassVar[str] = "Recourse"
    keys: ClassVar[int] = 3

    material: Annotated[str, Shown("The material.")]
    scenarios: Annotated[str, Shown("Scenarios about it that hold together.")]
    period: Annotated[str, Shown("The period.")]
    unit: Annotated[str, Shown("Unit of the material.")]
    asked: Annotated[float, Shown("What is asked of the stock.", "quantity", unit="unit")]
    arriving: Annotated[float, Shown("What arrives all the same.", "quantity", unit="unit")]
    emergency: Annotated[float, Shown("What is bought at once.", "quantity", unit="unit")]
    called: Annotated[float, Shown("What is called from partners' stock.", "quantity", unit="unit")]
    unmet: Annotated[float, Shown("What is short.", "quantity", unit="unit", mark="positive")]
    left: Annotated[float, Shown("Stock at the period's end.", "quantity", unit="unit")]


def risk_rows(lived: Sequence[Lived], alpha: float) -> tuple[RiskRow, ...]:
    """Every combination of scenarios, in the order in which they come: the most costly first."""
    room, rows = 1.0 - alpha, []
    for one in lived:
        within = min(one.future.probability, room)
        room -= within
        short = min(((struck.days, struck.material) for struck in one.struck if struck.days is not None), default=None)
        hardest = max((struck for struck in one.struck if struck.loss >= NOTICED), key=lambda struck: struck.loss, default=None)
        rows.append(RiskRow(
            scenarios=one.future.name, probability=one.future.probability, loss=one.loss,
            in_the_tail=round(within / one.future.probability, 9),  # 1 − 0.9 is a little less than 0.1
            materials_short=sum(struck.days is not None for struck in one.struck), first_short=short[1] if short else "",
            days_survived=short[0] if short else None, hit_hardest=hardest.material if hardest else "",
            its_loss=hardest.loss if hardest else 0.0,
        ))  # fmt: skip
    return tuple(rows)


def loss_rows(plan: Plan) -> tuple[LossRow, ...]:
    """Every material in the scenarios about it; within a material the most costly first."""
    case = plan.case
    rows = [
        LossRow(
            material=course.material, scenarios=joined(course.scenarios), probability=course.probability,
            unit=case.material[course.material].unit, asked=sum(step.asked for step in course.steps),
            arriving=sum(step.arriving for step in course.steps), emergency=sum(step.emergency for step in course.steps),
            called=sum(step.called for step in course.steps),
            unmet=sum(step.unmet for step in course.steps if _is_short(step)), days_survived=course.days(case),
            stock_before=sum(plan.stock[course.material, place, course.steps[0].period].opening
                             for place in places(case, course.material)),
            left=course.steps[-1].left, shortage=course.loss(case) - _moved(plan, course), price_moves=_moved(plan, course),
            loss=course.loss(case),
        )
        for course in courses_of(plan) if course.steps
    ]  # fmt: skip
    order = {name: position for position, name in enumerate(case.material)}
    return tuple(sorted(rows, key=lambda row: (order[row.material], -row.loss)))


def _moved(plan: Plan, course: Course) -> float:
    """What index-priced orders cost more in a course, in discounted USD."""
    moves = State(plan, plan.case.material[course.material], course.scenarios).price_moves
    return sum(discounted(plan.case, charge) for charge in moves)


def recourse_rows(plan: Plan) -> tuple[RecourseRow, ...]:
    """The periods in which something is short, bought at once or called."""
    return tuple(
        RecourseRow(
            material=course.material, scenarios=joined(course.scenarios), period=plan.case.calendar.name(step.period),
            unit=plan.case.material[course.material].unit, asked=step.asked, arriving=step.arriving,
            emergency=step.emergency, called=step.called, unmet=step.unmet if _is_short(step) else 0.0, left=step.left,
        )
        for course in courses_of(plan) for step in course.steps
        if step.emergency or step.called or _is_short(step)
    )  # fmt: skip


def _is_short(step: Step) -> bool:
    return step.unmet > quantity_tolerance(step.asked, 2)

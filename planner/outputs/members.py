"""Sheets Members and Rationing: what each member holds of what it is entitled to, and who goes short in scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, ClassVar

from models.case import Case
from models.futures import joined
from models.membership import NO_MEMBER, Holding, holdings, rations
from models.outcomes import courses_of
from models.plan import Plan, quantity_tolerance
from planner.outputs.schema import Row, Shown


@dataclass(frozen=True)
class MemberRow(Row):
    """A member and a material over the plan."""

    sheet: ClassVar[str] = "Members"
    keys: ClassVar[int] = 2

    member: Annotated[str, Shown("The member.")]
    material: Annotated[str, Shown("The material.")]
    priority: Annotated[int, Shown("Who is served first when something is short: 1 before 2.", "count")]
    origin: Annotated[str, Shown("open: it takes clean origin only; any.", mark="words")]
    unit: Annotated[str, Shown("Unit of the material.")]
    last_period: Annotated[str, Shown("Last period in which its commitment holds.")]
    entitled: Annotated[float, Shown("What it is entitled to at the end of that period.", "quantity", unit="unit")]
    held: Annotated[float, Shown("What it holds of that.", "quantity", unit="unit")]
    missing: Annotated[float, Shown("What it lacks then.", "quantity", unit="unit", mark="positive")]
    periods_missed: Annotated[int, Shown("Period ends at which something is missing.", "count", mark="positive")]
    most_missing: Annotated[float, Shown("What is missing at worst.", "quantity", unit="unit", mark="positive")]
    worst_period: Annotated[str, Shown("Period at whose end most is missing.")]
    penalty: Annotated[float, Shown("Cost of what is missing, over all periods.", "money", unit="USD")]


@dataclass(frozen=True)
class RationRow(Row):
    """A member in scenarios in which some of a material is short: all who ask for it, whoever goes short first above."""

    sheet: ClassVar[str] = "Rationing"
    keys: ClassVar[int] = 3

    material: Annotated[str, Shown("The material.")]
    scenarios: Annotated[str, Shown("Scenarios about it that hold together.")]
    member: Annotated[str, Shown(f"The member; {NO_MEMBER}: demand of those who have committed to nothing.")]
    priority: Annotated[int | None, Shown("Who is served first: 1 before 2.", "count")]
    probability: Annotated[
        float, Shown("How likely it is that these scenarios and no others about the material hold.", "share")
    ]
    unit: Annotated[str, Shown("Unit of the material.")]
    asked: Annotated[float, Shown("What it asks for over all periods: its share of the demand.", "quantity", unit="unit")]
    unmet: Annotated[
        float,
        Shown(
            "What it does not get over all of them; what those before it will ask for is kept for them.",
            "quantity",
            unit="unit",
            mark="positive",
        ),
    ]
    share_unmet: Annotated[float, Shown("What it does not get, of what it asks for.", "share")]


def member_rows(plan: Plan) -> tuple[MemberRow, ...]:
    """Every member with every material that it has a commitment on, in the order of the sheets."""
    members, materials = (
        {name: position for position, name in enumerate(names)} for names in (plan.case.member, plan.case.material)
    )
    found = sorted(holdings(plan), key=lambda one: (members[one.member], materials[one.material], one.period))
    return tuple(_row(plan, list(group)) for _, group in groupby(found, key=lambda one: (one.member, one.material)))


def _row(plan: Plan, periods: list[Holding]) -> MemberRow:
    case, last, worst = plan.case, periods[-1], max(periods, key=lambda one: one.missing)
    member, decisions = case.member[last.member], plan.decisions_on[last.material]

    def missing(one: Holding) -> float:
        return one.missing if one.missing > quantity_tolerance(one.entitled, decisions) else 0.0

    return MemberRow(
        member=last.member, material=last.material, priority=member.priority,
        origin="open" if member.clean_origin_only else "any", unit=case.material[last.material].unit,
        last_period=case.calendar.name(last.period), entitled=last.entitled, held=last.held, missing=missing(last),
        periods_missed=sum(missing(one) > 0.0 for one in periods), most_missing=missing(worst),
        worst_period=case.calendar.name(worst.period) if missing(worst) else "",
        penalty=sum(one.missing * one.yearly for one in periods) * case.calendar.months / 12,
    )  # fmt: skip


def ration_rows(plan: Plan) -> tuple[RationRow, ...]:
    """Everyone who asks for a material in scenarios in which it is short; nothing without members."""
    case = plan.case
    return tuple(
        RationRow(
            material=course.material, scenarios=joined(course.scenarios), member=one.member or NO_MEMBER,
            priority=priority_of(case, one.member), probability=course.probability, unit=case.material[course.material].unit,
            asked=one.asked, unmet=one.unmet, share_unmet=one.unmet / one.asked if one.asked else 0.0,
        )
        for course in (courses_of(plan) if case.members else ()) for one in rations(case, course)
    )  # fmt: skip


def priority_of(case: Case, member: str) -> int | None:
    """A member's priority; nothing where it is no member."""
    return case.member[member].priority if member else None

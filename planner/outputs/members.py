"""Sheets Members, Member accounts, Entitlements and Rationing: what each holds, draws and pays, and who goes short."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, ClassVar

from models.audit import called_in
from models.case import Case
from models.futures import joined
from models.membership import NO_MEMBER, Holding, holdings, joining, rations
from models.outcomes import courses_of
from models.plan import Plan, quantity_tolerance
from planner.outputs.schema import Row, Shown, in_unit, in_usd


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
    penalty: Annotated[float, Shown("Cost of what is missing, over all periods.", "money", unit="USD", internal=True)]
    drawn: Annotated[float, in_unit("What it draws over the plan.")]
    to_replenish: Annotated[float, in_unit("What of that need not be in the depots again by the end.", "to replenish")]
    carry: Annotated[float, in_usd("What it is billed for what is held for it, over the plan.", "carry billed")]
    paid: Annotated[float, in_usd("What it pays for what it draws, at its strike price.", "call-offs paid")]
    buy_back: Annotated[float, in_usd("What it would pay to buy back what it holds then.", "buy-back")]


@dataclass(frozen=True)
class AccountRow(Row):
    """A member over all materials: what is held for it, what it has drawn, what it pays, and what it would have to."""

    sheet: ClassVar[str] = "Member accounts"

    member: Annotated[str, Shown("The member.")]
    commitments: Annotated[int, Shown("Materials that it has a commitment on.", "count")]
    entitled: Annotated[float, in_usd("What it is entitled to at the plan's end, at its strike prices.")]
    held: Annotated[float, in_usd("What is held for it then, at its strike prices: what it would pay to buy it back.")]
    missing: Annotated[float, in_usd("What it lacks then, at its strike prices.", mark="positive")]
    drawn: Annotated[float, in_usd("What it draws over the plan, at its strike prices.")]
    to_replenish: Annotated[float, in_usd("What of that is still to be replenished after the plan's end.", "to replenish")]
    entry_fee: Annotated[float, in_usd("What it pays to join within the plan.")]
    carry: Annotated[float, in_usd("What it is billed for what is held for it.", "carry billed")]
    paid: Annotated[float, in_usd("What it pays for what it draws.", "call-offs paid")]
    total: Annotated[float, in_usd("All that it pays over the plan.", "pays in all")]
    penalty: Annotated[
        float,
        Shown("What the plan counts for what is missing; nobody pays it.", "money", unit="USD", internal=True),
    ]


@dataclass(frozen=True)
class EntitlementRow(Row):
    """A member and a material over one period: what is decided about it, and what follows."""

    sheet: ClassVar[str] = "Entitlements"
    keys: ClassVar[int] = 3

    member: Annotated[str, Shown("The member.")]
    material: Annotated[str, Shown("The material.")]
    period: Annotated[str, Shown("The period.")]
    unit: Annotated[str, Shown("Unit of the material.")]
    committed: Annotated[float, in_unit("Its commitment.")]
    lately: Annotated[float, in_unit("What it has drawn that need not be replenished yet.", "to replenish")]
    entitled: Annotated[float, in_unit("What it is entitled to at the period's end: the one less the other.")]
    held: Annotated[float, in_unit("What is held for it then.")]
    missing: Annotated[float, in_unit("What is missing then.", mark="positive")]
    called_off: Annotated[float, in_unit("What it calls off in the period.")]
    drawn: Annotated[float, in_unit("What it draws of that.")]
    strike: Annotated[float, Shown("What it pays for a unit that it draws or buys back.", "price", unit="USD/unit")]
    paid: Annotated[float, in_usd("What it pays for what it draws.", "call-offs paid")]
    carry: Annotated[float, in_usd("Interest on the strike price of what is held, its holding and rent.", "carry billed")]


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
    groups = groupby(_in_order(plan), key=lambda one: (one.member, one.material))
    return tuple(_row(plan, list(group)) for _, group in groups)


def _in_order(plan: Plan) -> list[Holding]:
    """What members hold, in the order of the sheets."""
    members, materials = (
        {name: position for position, name in enumerate(names)} for names in (plan.case.member, plan.case.material)
    )
    return sorted(holdings(plan), key=lambda one: (members[one.member], materials[one.material], one.period))


def _row(plan: Plan, periods: list[Holding]) -> MemberRow:
    case, last, worst = plan.case, periods[-1], max(periods, key=lambda one: one.missing)
    member = case.member[last.member]
    return MemberRow(
        member=last.member, material=last.material, priority=member.priority,
        origin="open" if member.clean_origin_only else "any", unit=case.material[last.material].unit,
        last_period=case.calendar.name(last.period), entitled=last.entitled, held=last.held, missing=_missing(plan, last),
        periods_missed=sum(_missing(plan, one) > 0.0 for one in periods), most_missing=_missing(plan, worst),
        worst_period=case.calendar.name(worst.period) if _missing(plan, worst) else "",
        penalty=sum(one.missing * one.yearly for one in periods) * case.calendar.months / 12,
        drawn=sum(one.drawn for one in periods), to_replenish=last.lately,
        carry=sum(one.held * one.billed for one in periods) * case.calendar.months / 12,
        paid=sum(one.drawn * one.strike for one in periods), buy_back=last.held * last.strike,
    )  # fmt: skip


def _missing(plan: Plan, one: Holding) -> float:
    """What a member lacks, but for what rounding may take."""
    return one.missing if one.missing > quantity_tolerance(one.entitled, plan.decisions_on[one.material]) else 0.0


def account_rows(plan: Plan) -> tuple[AccountRow, ...]:
    """Every member with a commitment, in the order of the sheet."""
    groups = groupby(_in_order(plan), key=lambda one: one.member)
    return tuple(_account(plan, member, list(group)) for member, group in groups)


def _account(plan: Plan, member: str, periods: list[Holding]) -> AccountRow:
    case, part = plan.case, plan.case.calendar.months / 12
    last = [one for one in periods if one.period == case.calendar.periods]
    fee = case.member[member].entry_fee if member in joining(case) else 0.0
    carry, paid = sum(one.held * one.billed for one in periods) * part, sum(one.drawn * one.strike for one in periods)
    return AccountRow(
        member=member, commitments=len({one.material for one in periods}),
        entitled=sum(one.entitled * one.strike for one in last), held=sum(one.held * one.strike for one in last),
        missing=sum(_missing(plan, one) * one.strike for one in last), drawn=paid,
        to_replenish=sum(one.lately * one.strike for one in last), entry_fee=fee, carry=carry, paid=paid,
        total=fee + carry + paid, penalty=sum(one.missing * one.yearly for one in periods) * part,
    )  # fmt: skip


def entitlement_rows(plan: Plan) -> tuple[EntitlementRow, ...]:
    """Every member, material and period in which a commitment holds, in the order of the sheets."""
    calendar, materials = plan.case.calendar, plan.case.material
    return tuple(
        EntitlementRow(
            member=one.member, material=one.material, period=calendar.name(one.period), unit=materials[one.material].unit,
            committed=one.committed, lately=one.lately, entitled=one.entitled, held=one.held, missing=one.missing,
            called_off=called_in(plan.case, one.material, one.period, one.member), drawn=one.drawn, strike=one.strike,
            paid=one.drawn * one.strike, carry=one.held * one.billed * calendar.months / 12,
        )
        for one in _in_order(plan)
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

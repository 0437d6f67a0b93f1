"""What a stress test says: its lines, each future, each material and member, and the distribution of losses."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Annotated, ClassVar

from models.futures import joined
from models.membership import NO_MEMBER, Ration
from models.plan import quantity_tolerance
from planner.distribution import Stress, Struck
from planner.outputs.fact import Fact, counted, percent, usd
from planner.outputs.members import priority_of
from planner.outputs.schema import Row, Shown

STEPS = 100
"""Points of the distribution."""


@dataclass(frozen=True)
class UnmetRow(Row):
    """A material over all scenarios, the most costly first."""

    sheet: ClassVar[str] = "Unmet"

    material: Annotated[str, Shown("The material.")]
    unit: Annotated[str, Shown("Unit of the material.")]
    probability_short: Annotated[float, Shown("How likely it is that some is unmet.", "share", mark="positive")]
    expected_unmet: Annotated[float, Shown("What is short on average.", "quantity", unit="unit")]
    unmet_share: Annotated[float, Shown("What is short, of what is asked for where shocks are about it, on average.", "share")]
    worst_unmet: Annotated[float, Shown("What is short at worst.", "quantity", unit="unit", mark="positive")]
    worst_scenarios: Annotated[str, Shown("Scenarios in which most is short.")]
    shortest_days: Annotated[
        float | None,
        Shown(
            "Fewest days from a first shock, or from the plan's first day, until it is short; blank: it never is.",
            "days",
            unit="days",
        ),
    ]
    expected_loss: Annotated[float, Shown("What it costs on average, discounted.", "money", unit="USD")]


@dataclass(frozen=True)
class ShortRow(Row):
    """A member and a material that it is short of in some scenario, whoever is short of most of what it asks for first."""

    sheet: ClassVar[str] = "Unmet by member"
    keys: ClassVar[int] = 2

    member: Annotated[str, Shown(f"The member; {NO_MEMBER}: demand of those who have committed to nothing.")]
    material: Annotated[str, Shown("The material.")]
    priority: Annotated[int | None, Shown("Who is served first when something is short: 1 before 2.", "count")]
    unit: Annotated[str, Shown("Unit of the material.")]
    probability_short: Annotated[float, Shown("How likely it is that it does not get all.", "share", mark="positive")]
    expected_unmet: Annotated[float, Shown("What it does not get on average.", "quantity", unit="unit")]
    worst_unmet: Annotated[float, Shown("What it does not get at worst.", "quantity", unit="unit", mark="positive")]
    worst_share: Annotated[float, Shown("That, of what it asks for then.", "share")]
    worst_scenarios: Annotated[str, Shown("Scenarios in which it is short of most.")]


@dataclass(frozen=True)
class DistributionRow(Row):
    """A point of the distribution of losses."""

    sheet: ClassVar[str] = "Distribution"

    probability: Annotated[float, Shown("How likely it is that the loss is no larger.", "share")]
    loss: Annotated[float, Shown("The loss, discounted.", "money", unit="USD")]


@dataclass(frozen=True)
class SurvivalCurveRow(Row):
    """How long nothing is short."""

    sheet: ClassVar[str] = "Days survived"

    days: Annotated[float, Shown("Days from a first shock, or from the plan's first day.", "days", unit="days")]
    probability: Annotated[float, Shown("How likely it is that nothing is short before.", "share")]


def facts(found: Stress) -> tuple[Fact, ...]:
    """The test in a few lines."""
    alpha = found.case.settings.cvar_alpha
    worst = found.lived[0]
    short = {one.material for lived in found.lived for one in lived.struck if one.days is not None}
    met = (one for one in found.lived if all(struck.days is None for struck in one.struck))
    safe = sum(one.future.probability for one in met)
    left = f"; {percent(found.dropped)} of probability is left out" if found.dropped else ""
    lived = f"{counted(len(found.lived), 'combination')} of scenarios lived through, purchases held{left}"
    tail = f"mean of the worst {percent(1.0 - alpha)}, discounted; {_beside(found)}"
    return (
        Fact("Expected loss", found.expected, "dollars", "USD", lived, "Risk"),
        Fact("CVaR, out of sample", found.cvar, "dollars", "USD", tail, "Risk"),
        Fact("Median loss", found.quantile(0.5), "dollars", "USD", "half of the time it is no larger", "Distribution"),
        Fact("Loss at 95 %", found.quantile(0.95), "dollars", "USD", "19 times in 20 it is no larger", "Distribution"),
        Fact("Worst loss", worst.loss, "dollars", "USD", worst.future.name, "Risk"),
        Fact("Nothing is short", safe, "share", "", "probability that every demand of every material is met", "Risk"),
        Fact("Materials ever short", len(short), "count", "", "in some scenario", "Unmet"),
    )  # fmt: skip


def _beside(found: Stress) -> str:
    """The same measure in the scenarios that the plan was made with."""
    if found.planned is None:
        return "the plan was made without scenarios"
    expected, tail, _ = found.planned
    words = f"in the scenarios that the plan was made with {usd(tail)}, of an expected loss of {usd(expected)}"
    if not found.same_input and found.cvar > tail * (1.0 + 1e-6):
        words += ": the plan was made with an optimistic set"
    return words


def unmet_rows(found: Stress) -> tuple[UnmetRow, ...]:
    """Every material that some scenario is about, or that is short as planned."""
    of_material: dict[str, list[tuple[float, Struck]]] = defaultdict(list)
    for lived in found.lived:
        for one in lived.struck:
            of_material[one.material].append((lived.future.probability, one))
    rows = []
    for material, struck in of_material.items():
        worst = max((one for _, one in struck), key=lambda one: one.unmet)
        asked, unmet = sum(p * one.asked for p, one in struck), sum(p * one.unmet for p, one in struck)
        rows.append(UnmetRow(
            material=material, unit=found.case.material[material].unit,
            probability_short=sum(p for p, one in struck if one.days is not None),
            expected_unmet=unmet, unmet_share=unmet / asked if asked else 0.0, worst_unmet=worst.unmet,
            worst_scenarios=joined(worst.scenarios) if worst.unmet else "",
            shortest_days=min((one.days for _, one in struck if one.days is not None), default=None),
            expected_loss=sum(p * one.loss for p, one in struck),
        ))  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.expected_loss, row.material)))


def short_rows(found: Stress) -> tuple[ShortRow, ...]:
    """Every member that is short of something in some scenario."""
    short: dict[tuple[str, str], list[tuple[float, Struck, Ration]]] = defaultdict(list)
    for lived in found.lived:
        for one in lived.struck:
            for ration in one.rations:
                if ration.unmet > quantity_tolerance(ration.asked):
                    short[ration.member, one.material].append((lived.future.probability, one, ration))
    rows = []
    for (member, material), times in short.items():
        _, one, ration = max(times, key=lambda time: time[2].unmet)
        rows.append(ShortRow(
            member=member or NO_MEMBER, material=material, priority=priority_of(found.case, member),
            unit=found.case.material[material].unit, probability_short=sum(p for p, _, _ in times),
            expected_unmet=sum(p * share.unmet for p, _, share in times), worst_unmet=ration.unmet,
            worst_share=ration.unmet / ration.asked, worst_scenarios=joined(one.scenarios),
        ))  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.worst_share * row.probability_short, row.member, row.material)))


def distribution_rows(found: Stress) -> tuple[DistributionRow, ...]:
    """The losses that are not exceeded with 1 %, 2 %, …, 100 %."""
    return tuple(DistributionRow(k / STEPS, found.quantile(k / STEPS)) for k in range(1, STEPS + 1))


def survival_curve_rows(found: Stress) -> tuple[SurvivalCurveRow, ...]:
    """How likely it is that nothing is short within 1 %, 2 %, …, 100 % of the plan's days."""
    calendar = found.case.calendar
    longest = sum(calendar.days(t) for t in calendar.horizon)
    return tuple(SurvivalCurveRow(days, found.survives(days)) for days in (longest * k / STEPS for k in range(1, STEPS + 1)))

"""Sheet Survival: what each contingency leaves of each material, in the worst of its losses and its tightest month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, ClassVar

from models.plan import Plan, quantity_tolerance, rounded
from models.records import Hardness
from models.rules.n1_cover.survival import Survival, every_survival, penalty_of, survivals
from planner.outputs.schema import Row, Shown

SURVIVED, MISSED, FAILED = "survived", "missed", "failed"


@dataclass(frozen=True)
class SurvivalRow(Row):
    """One material in one contingency, from the period in which the worst loss leaves it the fewest days."""

    sheet: ClassVar[str] = "Survival"
    keys: ClassVar[int] = 2

    contingency: Annotated[str, Shown("Name of the contingency.")]
    material: Annotated[str, Shown("The material.")]
    unit: Annotated[str, Shown("Its unit.")]
    worst_loss: Annotated[
        str,
        Shown(
            "Without what it lasts the shortest: a country, supplier, plant, or the contingency's name; blank: none touches it."
        ),
    ]
    tightest_period: Annotated[str, Shown("Period from whose first day it lasts the shortest.")]
    days_to_survive: Annotated[float, Shown("Days that stock and what still arrives must last.", "days", unit="days")]
    days_survived: Annotated[float, Shown("Days of these that they last.", "days", unit="days")]
    needed: Annotated[
        float, Shown("Essential demand of these days, or of those by whose end least is left.", "quantity", unit="unit")
    ]
    available: Annotated[float, Shown("Stock within reach, and what arrives by then all the same.", "quantity", unit="unit")]
    missing: Annotated[
        float, Shown("What is short of that; other periods may lack more.", "quantity", unit="unit", mark="positive")
    ]
    still_arriving: Annotated[
        float | None,
        Shown("Share of what arrives in these days that comes all the same; blank: nothing arrives.", "share"),
    ]
    periods_missed: Annotated[int, Shown("Periods from which it is not survived.", "count", mark="positive")]
    penalty: Annotated[float, Shown("Cost of what is short in a soft contingency, over all periods.", "money", unit="USD")]
    hardness: Annotated[str, Shown("hard: always survived; soft: at a price.", heading="hard or soft")]
    result: Annotated[str, Shown(f"{SURVIVED}; {MISSED}: a soft one; {FAILED}: a hard one.", mark="words")]


def survival_rows(plan: Plan) -> tuple[SurvivalRow, ...]:
    """Every contingency and material in its scope; within a contingency those that last the shortest come first."""
    tightest = {key: list(group) for key, group in groupby(survivals(plan), key=_key)}
    rows = [_row(plan, list(group), tightest[key]) for key, group in groupby(every_survival(plan), key=_key)]
    return tuple(row for _, group in groupby(rows, key=lambda row: row.contingency) for row in sorted(group, key=_room))


def _key(one: Survival) -> tuple[str, str]:
    return one.row.contingency, one.material


def _row(plan: Plan, losses: Sequence[Survival], periods: Sequence[Survival]) -> SurvivalRow:
    """A row of every loss in every period, and of that which leaves most missing in each."""
    case = plan.case
    worst = min(losses, key=lambda one: (rounded(one.days), one.room, one.period, one.loss))
    row, material = worst.row, case.material[worst.material]

    def is_missed(one: Survival) -> bool:
        return one.missing > quantity_tolerance(one.asked, plan.decisions_on[one.material])

    missed = [one for one in periods if is_missed(one)]
    soft = row.hardness is Hardness.SOFT
    return SurvivalRow(
        contingency=row.contingency, material=worst.material, unit=material.unit, worst_loss=worst.loss,
        tightest_period=case.calendar.name(worst.period), days_to_survive=row.days_to_survive, days_survived=worst.days,
        needed=worst.asked, available=worst.available, missing=worst.missing if is_missed(worst) else 0.0,
        still_arriving=worst.arriving, periods_missed=len(missed),
        penalty=sum(penalty_of(case, one) for one in periods) if soft else 0.0,
        hardness=row.hardness.value, result=(MISSED if soft else FAILED) if missed else SURVIVED,
    )  # fmt: skip


def _room(row: SurvivalRow) -> tuple[float, float, str]:
    """Fewest days first, then the least room as a share of what is needed."""
    return row.days_survived, (row.available - row.needed) / (row.needed or 1.0), row.material

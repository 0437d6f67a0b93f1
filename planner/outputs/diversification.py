"""Sheet Diversification: every policy limit, what the plan makes of it, and how much room is left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Annotated, ClassVar

from models.case import Case
from models.plan import Assessment, Plan
from models.records import Policy, RuleKind
from models.rules.policy.assess import Assessed, assessments
from planner.outputs.schema import Row, Shown

KEPT, BINDING, MISSED, FAILED = "kept", "binding", "missed", "failed"


@dataclass(frozen=True)
class DiversificationRow(Row):
    """One limit of one policy rule: a scope, a window, and where the rule is repeated for each value, a value."""

    sheet: ClassVar[str] = "Diversification"

    rule: Annotated[str, Shown("Name of the rule.")]
    scope: Annotated[str, Shown("Material or group that the limit is about; blank: all.")]
    window: Annotated[str, Shown("Periods that count together.")]
    value: Annotated[str, Shown("The one value that the limit is about, where the rule is repeated for each.")]
    kind: Annotated[str, Shown("share, average, amount or count.")]
    attribute: Annotated[str, Shown("What the rule looks at, and which values count.", "sentence")]
    sense: Annotated[str, Shown("at most or at least.")]
    hardness: Annotated[str, Shown("hard: never exceeded; soft: exceeded at a price.", heading="hard or soft")]
    limit_share: Annotated[
        float | None,
        Shown("Shares: the limit as a share of all that counts (its mean over a window in which it changes).", "share"),
    ]
    achieved_share: Annotated[
        float | None, Shown("Shares: what the plan comes to, as a share of all that counts; rounding aside, as below.", "share")
    ]
    headroom_points: Annotated[
        float | None, Shown("Shares: the room that is left, in percentage points.", "days", unit="points")
    ]
    limit: Annotated[
        float,
        Shown(
            "The limit in the rule's measure: a share's is that share of what was bought, an average's the average itself.",
            "quantity",
            unit="measure",
        ),
    ]
    achieved: Annotated[
        float,
        Shown(
            "What the plan comes to. A limit that is exceeded by no more than the rounding of quantities and cents is kept, "
            "and shown as reached.",
            "quantity",
            unit="measure",
        ),
    ]
    headroom: Annotated[float, Shown("Room that is left; negative where the limit is missed.", "quantity", unit="measure")]
    unit: Annotated[str, Shown("Unit of the measure.")]
    result: Annotated[
        str, Shown(f"{KEPT}; {BINDING}: no room left; {MISSED}: a soft limit; {FAILED}: a hard one.", mark="words")
    ]
    penalty: Annotated[float, Shown("Cost of missing a soft limit, undiscounted.", "money", unit="USD")]


def diversification_rows(plan: Plan, found: Sequence[Assessment]) -> tuple[DiversificationRow, ...]:
    """Every policy limit in whose window anything is bought; within a rule those with the least room come first.

    Args:
        found: the plan's assessments, those of other rules included.
    """
    policy = [row for row in found if row.rule == "policy"]
    place = _place(plan.case)
    rows = [row for item in zip(_with_totals(plan), policy, strict=True) for row in _row(place, *item)]
    return tuple(row for _, group in groupby(rows, key=lambda row: row.rule) for row in sorted(group, key=_room))


def _with_totals(plan: Plan) -> Iterator[Assessed]:
    """Every policy limit as it would be if shares and averages were limited to one: then the limit is all that counts."""
    if not plan.case.policy:
        return
    whole = [
        row.model_copy(update={"limit": 1.0}) if row.kind in (RuleKind.SHARE, RuleKind.AVERAGE) else row
        for row in plan.case.policy
    ]  # fmt: skip
    yield from assessments(replace(plan, case=replace(plan.case, policy=tuple(whole))))


def _row(place: re.Pattern[str], item: Assessed, found: Assessment) -> Iterator[DiversificationRow]:
    """The row of a limit, unless nothing is bought in its window."""
    rule, is_share, is_average = item.rule, item.rule.kind is RuleKind.SHARE, item.rule.kind is RuleKind.AVERAGE
    total = item.assessment.limit
    if not (total if is_share or is_average else found.limit or found.achieved):
        return
    measure = total if is_average else 1.0
    within_rounding = found.holds and found.excess > 0
    achieved = found.limit if within_rounding else found.achieved
    headroom = 0.0 if within_rounding else -found.excess
    missed = 0.0 if found.holds else found.excess
    where = found.where.removeprefix(rule.rule)
    parts = place.fullmatch(where)
    scope, window, value = parts.groups("") if parts else (where, "", "")
    yield DiversificationRow(
        rule=rule.rule, scope=scope, window=window, value=value,
        kind=rule.kind.value,
        attribute=_attribute(rule),
        sense=found.sense,
        hardness=rule.hardness.value,
        limit_share=_tidy(found.limit / total) if is_share else None,
        achieved_share=_tidy(achieved / total) if is_share else None,
        headroom_points=_tidy(100 * headroom / total) if is_share else None,
        limit=found.limit / measure, achieved=achieved / measure, headroom=headroom / measure,
        unit=rule.attribute if is_average else found.unit,
        result=_result(found),
        penalty=0.0 if found.hard else missed * rule.penalty,
    )  # fmt: skip


def _place(case: Case) -> re.Pattern[str]:
    """Takes apart the words, after the rule's name, in which an assessment says where it holds: `: scope, window: value`."""
    name = "|".join(re.escape(case.calendar.name(period)) for period in case.calendar.horizon)
    return re.compile(rf"(?:: )?(?P<scope>.*?), (?P<window>(?:{name})(?: to (?:{name}))?)(?:: (?P<value>.*))?", re.DOTALL)


def _tidy(share: float) -> float:
    """Without the last digits of the division, in which a limit of 65 % would be 0.6499999999999999."""
    return round(share, 9)


def _attribute(rule: Policy) -> str:
    """`any stage: covered`, `bloc (refine): EU except CHN`."""
    stage = f" ({rule.stage.value})" if rule.stage else ""
    exempt = f" except {', '.join(rule.exempt)}" if rule.exempt else ""
    if rule.kind is RuleKind.AVERAGE:
        return f"{rule.attribute}{stage}, weighted by {rule.measure.value}"
    return f"{rule.attribute}{stage}: {', '.join(rule.within) or 'every value'}{exempt}"


def _result(found: Assessment) -> str:
    if not found.holds:
        return FAILED if found.hard else MISSED
    return BINDING if found.binding else KEPT


def _room(row: DiversificationRow) -> tuple[float, str, str, str]:
    """Least room first, as a share of the limit."""
    return row.headroom / (max(abs(row.limit), abs(row.achieved)) or 1.0), row.scope, row.window, row.value

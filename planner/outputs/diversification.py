"""Sheet Diversification: every policy limit, what the plan makes of it, and how much room is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Annotated, ClassVar

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
    where: Annotated[str, Shown("Material or group, window, and the value that the limit is about.", "sentence")]
    kind: Annotated[str, Shown("share, amount or count.")]
    attribute: Annotated[str, Shown("What the rule looks at, and which values count.", "sentence")]
    sense: Annotated[str, Shown("at most or at least.")]
    hardness: Annotated[str, Shown("hard: never exceeded; soft: exceeded at a price.", heading="hard or soft")]
    limit: Annotated[
        float,
        Shown("The limit in the rule's measure; a share's limit is that share of what was bought.", "quantity", unit="measure"),
    ]
    achieved: Annotated[float, Shown("What the plan comes to.", "quantity", unit="measure")]
    headroom: Annotated[float, Shown("Room that is left; negative where the limit is missed.", "quantity", unit="measure")]
    unit: Annotated[str, Shown("Unit of the measure.")]
    limit_share: Annotated[
        float | None,
        Shown("Shares: the limit as a share of all that counts (its mean over a window in which it changes).", "share"),
    ]
    achieved_share: Annotated[float | None, Shown("Shares: what the plan comes to, as a share of all that counts.", "share")]
    headroom_points: Annotated[
        float | None, Shown("Shares: the room that is left, in percentage points.", "days", unit="points")
    ]
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
    rows = [row for item in zip(_with_totals(plan), policy, strict=True) for row in _row(*item)]
    return tuple(row for _, group in groupby(rows, key=lambda row: row.rule) for row in sorted(group, key=_room))


def _with_totals(plan: Plan) -> Iterator[Assessed]:
    """Every policy limit as it would be if shares were limited to the whole: then a share's limit is all that counts."""
    if not plan.case.policy:
        return
    whole = [
        row.model_copy(update={"limit": 1.0}) if row.kind is RuleKind.SHARE else row
        for row in plan.case.policy
    ]  # fmt: skip
    yield from assessments(replace(plan, case=replace(plan.case, policy=tuple(whole))))


def _row(item: Assessed, found: Assessment) -> Iterator[DiversificationRow]:
    """The row of a limit, unless nothing is bought in its window."""
    rule, is_share = item.rule, item.rule.kind is RuleKind.SHARE
    total = item.assessment.limit
    if not (total if is_share else found.limit or found.achieved):
        return
    headroom = -found.excess
    missed = 0.0 if found.holds else found.excess
    yield DiversificationRow(
        rule=rule.rule,
        where=found.where.removeprefix(rule.rule).lstrip(":, "),
        kind=rule.kind.value,
        attribute=_attribute(rule),
        sense=found.sense,
        hardness=rule.hardness.value,
        limit=found.limit, achieved=found.achieved, headroom=headroom, unit=found.unit,
        limit_share=found.limit / total if is_share else None,
        achieved_share=found.achieved / total if is_share else None,
        headroom_points=100 * headroom / total if is_share else None,
        result=_result(found),
        penalty=0.0 if found.hard else missed * rule.penalty,
    )  # fmt: skip


def _attribute(rule: Policy) -> str:
    """`any stage: covered`, `bloc (refine): EU except CHN`."""
    stage = f" ({rule.stage.value})" if rule.stage else ""
    exempt = f" except {', '.join(rule.exempt)}" if rule.exempt else ""
    return f"{rule.attribute}{stage}: {', '.join(rule.within) or 'every value'}{exempt}"


def _result(found: Assessment) -> str:
    if not found.holds:
        return FAILED if found.hard else MISSED
    return BINDING if found.binding else KEPT


def _room(row: DiversificationRow) -> tuple[float, str]:
    """Least room first, as a share of the limit."""
    return row.headroom / (max(abs(row.limit), abs(row.achieved)) or 1.0), row.where

"""Sheet Checks: the second computation, rule by rule and cost line by cost line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from models.invoice import LINES
from models.plan import Assessment, Plan, weighed
from models.rules import RULES
from models.rules.base import Rule
from planner.outputs.schema import Row, Shown

if TYPE_CHECKING:
    from planner.result import Result

COST_LINES = "cost lines"
"""Name under which the bill's comparison stands beside the rules."""
TOTAL_LINE = "total, discounted"
PASSED, FAILED, NOTHING, BILLED = "passed", "failed", "nothing to check", "in the bill only"


@dataclass(frozen=True)
class CheckRow(Row):
    """One rule with all its limits, or one line of the bill."""

    sheet: ClassVar[str] = "Checks"

    rule: Annotated[str, Shown(f"Name of the rule; {COST_LINES} for the bill.")]
    what: Annotated[str, Shown("Line of the bill; for a rule, where it comes closest to failing.", "sentence")]
    checked: Annotated[int, Shown("Number of hard limits recomputed.", "count", heading="limits checked")]
    failed: Annotated[int, Shown("Number of hard limits that do not hold.", "count", mark="positive")]
    soft_missed: Annotated[int, Shown("Number of soft limits missed, at their price.", "count", heading="soft limits missed")]
    largest_excess: Annotated[float, Shown("By how much that limit is exceeded; 0: there is room.", "small", unit="unit")]
    tolerance: Annotated[float, Shown("By how much it may be.", "small", unit="unit")]
    unit: Annotated[str, Shown("Unit of excess and tolerance.")]
    result: Annotated[str, Shown(f"{PASSED}, {FAILED}, {NOTHING}, or {BILLED}: no limits, but costs.", mark="words")]
    claimed: Annotated[float | None, Shown("What the model says the line comes to.", "money", unit="USD")]
    recomputed: Annotated[float | None, Shown("What plain arithmetic on the decisions comes to.", "money", unit="USD")]


def check_rows(result: Result) -> tuple[CheckRow, ...]:
    """Every rule that applies, in the order of the rules, then every line of the bill."""
    by_rule: dict[str, list[Assessment]] = defaultdict(list)
    for row in result.assessments:
        by_rule[row.rule].append(row)
    rules = [rule.name for rule in RULES if rule.applies(result.plan.case)]
    others = [name for name in by_rule if name not in rules and name != COST_LINES]
    bill = {row.where: row for row in by_rule[COST_LINES]}
    billed = {rule.name: _lines(rule, result.plan) for rule in RULES if not by_rule[rule.name]}
    checked = (_rule(name, by_rule[name], billed.get(name, [])) for name in (*rules, *others))
    return (*checked, *_bill(result, bill))


def rule_name(name: str) -> str:
    """A rule's name as people write it: `price breaks`."""
    return name.replace("_", " ")


def failed(assessments: Sequence[Assessment]) -> int:
    """Number of hard limits that do not hold."""
    return sum(row.hard and not row.holds for row in assessments)


def _lines(rule: Rule, plan: Plan) -> list[str]:
    """The lines of the bill to which a rule adds."""
    return list(dict.fromkeys(charge.line for charge in rule.charges(plan)))


def _rule(name: str, rows: Sequence[Assessment], billed: Sequence[str]) -> CheckRow:
    """A rule; `billed` are its lines of the bill where it has no limits."""
    hard = [row for row in rows if row.hard]
    worst = max(hard, key=lambda row: (not row.holds, row.excess - row.tolerance), default=None)
    nothing = f"no limits; see the cost lines: {', '.join(billed)}" if billed else ""
    return CheckRow(
        rule=rule_name(name),
        what=worst.where if worst else nothing,
        checked=len(hard),
        failed=failed(hard),
        soft_missed=sum(not row.hard and not row.holds for row in rows),
        largest_excess=max(0.0, worst.excess) if worst else 0.0,
        tolerance=worst.tolerance if worst else 0.0,
        unit=worst.unit if worst else "",
        result=(FAILED if failed(hard) else PASSED) if rows else BILLED if billed else NOTHING,
        claimed=None,
        recomputed=None,
    )


def _bill(result: Result, assessed: Mapping[str, Assessment]) -> Iterator[CheckRow]:
    """Each line that the model or the recomputation knows, and the discounted total."""
    sums: dict[str, float] = defaultdict(float)
    for charge in result.charges:
        sums[charge.line] += charge.amount
    for line in LINES:
        if line in sums or result.claimed.get(line):
            yield _cost_line(line, result.claimed.get(line, 0.0), sums[line], assessed.get(line))
    total = weighed(result.plan.case, result.charges)
    yield _cost_line(TOTAL_LINE, result.outcome.objective or 0.0, total, assessed.get(TOTAL_LINE))


def _cost_line(line: str, claimed: float, recomputed: float, assessed: Assessment | None) -> CheckRow:
    return CheckRow(
        rule=COST_LINES,
        what=line,
        checked=1 if assessed else 0,
        failed=failed([assessed]) if assessed else 0,
        soft_missed=0,
        largest_excess=abs(claimed - recomputed),
        tolerance=assessed.tolerance if assessed else 0.0,
        unit="USD",
        result=(PASSED if assessed.holds else FAILED) if assessed else NOTHING,
        claimed=claimed,
        recomputed=recomputed,
    )

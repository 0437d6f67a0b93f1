"""The second computation: a written plan, re-read and recomputed in plain arithmetic, without a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from pathlib import Path

from models.assess import assess, charges_of
from models.case import Case
from models.futures import futures_of
from models.invoice import LINES
from models.plan import CENT, Assessment, Charge, Plan, weighed
from models.wording import figure
from planner.findings import NotVerified
from planner.plan_reader import read_plan
from planner.workbook import Book
from planner.written import figures

COSTS = "cost lines"
"""The name under which the comparison of the bill stands in the Checks sheet, beside the rules' names."""

ADDING_UP = 1e-13
"""Share of a line's turnover that adding it up in another order may move, in double precision."""


@dataclass(frozen=True, eq=False)
class Verification:
    """What the second computation found.

    Attributes:
        plan: the decisions, as the written workbook has them.
        charges, assessments: recomputed from them.
    """

    plan: Plan
    charges: tuple[Charge, ...]
    assessments: tuple[Assessment, ...]

    @property
    def failures(self) -> tuple[Assessment, ...]:
        """Hard limits that do not hold, the worst of each rule first."""
        return failures_of(self.assessments)


def verify(path: Path, case: Case) -> Verification:
    """Re-read a written plan and recompute from its decisions and the input's records every rule, every cost line, and the
    figures that people act on.

    Raises:
        NotVerified: a hard limit does not hold, or a cost line differs; the message names rule, place and amount.
    """
    book = Book(path)
    plan, claimed, claimed_total = read_plan(book, case)
    found = recompute(plan, claimed, claimed_total)
    found = replace(found, assessments=(*found.assessments, *figures(book, plan, found.charges, found.assessments)))
    refuse_failures(found.assessments)
    return found


def failures_of(assessments: Sequence[Assessment]) -> tuple[Assessment, ...]:
    """Hard limits that do not hold, the worst of each rule first."""
    broken = [row for row in assessments if row.hard and not row.holds]
    return tuple(sorted(broken, key=lambda row: (row.rule, -row.excess)))


def refuse_failures(assessments: Sequence[Assessment]) -> None:
    """Refuse a plan with hard limits that do not hold.

    Raises:
        NotVerified: there are some; the message names rule, place and amount.
    """
    failures = failures_of(assessments)
    if failures:
        raise NotVerified("\n".join(("The plan does not pass its check.", *_sentences(failures))))


def recompute(plan: Plan, claimed: Mapping[str, float], claimed_total: float) -> Verification:
    """Every assessment of a plan, with its bill compared against what is claimed (USD; lines undiscounted)."""
    charges = charges_of(plan)
    costs = compare_costs(plan, charges, claimed, claimed_total)
    return Verification(plan, charges, (*assess(plan, charges), *costs))


def compare_costs(
    plan: Plan, charges: Sequence[Charge], claimed: Mapping[str, float], claimed_total: float
) -> Iterator[Assessment]:
    """Each invoice line, and the discounted total, against what is claimed: to a cent per line, as the model's are.

    Both are worked out from the same rounded decisions, so that nothing but the last digits of adding up may differ.
    """
    sums: dict[str, list[float]] = defaultdict(list)
    for charge in charges:
        sums[charge.line].append(charge.amount)
    allowed = {line: CENT + ADDING_UP * sum(map(abs, sums[line])) for line in LINES}
    allowed["CVaR"] += CENT * len(futures_of(plan.case).kept)  # which adds up so many losses
    for line in LINES:
        if sums[line] or claimed.get(line):
            yield Assessment(COSTS, line, "equal", fsum(sums[line]), claimed.get(line, 0.0), "USD", allowed[line])
    total = weighed(plan.case, charges)
    yield Assessment(COSTS, "total, discounted", "equal", total, claimed_total, "USD", sum(allowed.values()))


def _sentences(failures: Sequence[Assessment], most: int = 10) -> Iterator[str]:
    """One sentence for each failure, the first few of them."""
    for row in failures[:most]:
        asked = "should be" if row.sense == "equal" else f"may be {row.sense}"
        yield (
            f"{row.rule.replace('_', ' ')}: {row.where}: is {figure(row.achieved)} {row.unit}, {asked} {figure(row.limit)}"
            f" (off by {figure(row.excess)})"
        )
    if len(failures) > most:
        yield f"and {len(failures) - most} more"

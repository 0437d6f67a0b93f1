"""What a finished run knows: the plan, its bill, how it was found and what there is to say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.plan import Assessment, Charge, Plan
from planner.engine import Options, Outcome
from planner.findings import Finding
from planner.searched import NEVER, Searches


@dataclass(frozen=True)
class Missed:
    """A cover target that the plan misses, and why.

    Attributes:
        material: the material.
        sentence: by how much and when, and which rule keeps it from being met, in the workbook's words.
        rule: the name of that rule.
    """

    material: str
    sentence: str
    rule: str


@dataclass(frozen=True)
class MarginalValue:
    """What one more unit of a binding limit is worth, from the plan's LP with integers fixed.

    Attributes:
        rule: the rule that sets the limit.
        where: what the limit is about, e.g. `ceiling[plan, all traders]`.
        value: USD of discounted cost saved per unit by which the limit is loosened; local, for small changes only.
    """

    rule: str
    where: str
    value: float


@dataclass(frozen=True, eq=False)
class Result:
    """A finished run.

    Attributes:
        book: the input workbook; `sha256` is the digest of its bytes.
        charges: the plan's bill, recomputed in plain arithmetic.
        assessments: every limit of every rule, recomputed in plain arithmetic.
        outcome: what the solver left.
        claimed: what the model believes each invoice line comes to, in undiscounted USD.
        protection: the first solve of the objective `protection`; None where the objective is cost.
        started_from, cluster: the earlier plan, and the address of the cluster, if they were named.
        without_policy: the same solve without the Policy sheet; None where there is no such sheet.
        last_cost: what the orders of the sheet Previous would cost today, in discounted USD; None where there are none, or
            where they can no longer be carried out.
        searches: what the searches in parts leave for the next ones.
        missed: one entry for each material with a missed target.
        findings: warnings and notes on the workbook.
        seconds: wall clock by stage.
    """

    book: Path
    sha256: str
    started: datetime
    plan: Plan
    charges: tuple[Charge, ...]
    assessments: tuple[Assessment, ...]
    options: Options
    outcome: Outcome
    claimed: Mapping[str, float]
    without_policy: Outcome | None
    marginal_values: tuple[MarginalValue, ...]
    missed: tuple[Missed, ...]
    findings: tuple[Finding, ...]
    seconds: Mapping[str, float]
    protection: Outcome | None = None
    started_from: Path | None = None
    cluster: str | None = None
    last_cost: float | None = None
    searches: Searches = NEVER

"""Sheet Costs: the bill, line by line; every column adds up to its own total to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from models.case import Case
from models.invoice import COMMITMENTS, LINES, WEIGHED
from models.plan import Charge, cents, discounted
from planner.outputs.schema import Row, Shown

BOUGHT, COMMITMENT, TOTAL = "bought", "commitments", "total"
"""The rows below the table: the landed cost of what is bought, what is owed to others, and everything."""
LANDED = ("purchase", "freight", "insurance", "handling", "assay", "inspection", "duty")
"""The lines that make up landed cost."""


@dataclass(frozen=True)
class CostRow(Row):
    """One line of the bill."""

    sheet: ClassVar[str] = "Costs"

    line: Annotated[str, Shown("Line of the bill.")]
    meaning: Annotated[str, Shown("What is paid for.", "sentence")]
    owed: Annotated[
        str,
        Shown(
            "yes: a commitment to others, which budgets and traders' limits count; no: a term of the plan's objective.",
            heading="commitment",
        ),
    ]
    undiscounted: Annotated[float, Shown("Sum of its amounts, in whole cents.", "money", unit="USD")]
    discounted: Annotated[
        float,
        Shown("Sum of its amounts, each discounted from the period in which it is due, in whole cents.", "money", unit="USD"),
    ]


def cost_rows(case: Case, charges: Sequence[Charge]) -> tuple[CostRow, ...]:
    """The lines of the bill that come to anything, in the order of the bill; what members pay stands in Cash."""
    plain: dict[str, float] = defaultdict(float)
    present: dict[str, float] = defaultdict(float)
    for charge in charges:
        plain[charge.line] += charge.amount
        present[charge.line] += discounted(case, charge)
    return tuple(
        CostRow(line, meaning, "yes" if line in COMMITMENTS else "no", cents(plain[line]), cents(present[line]))
        for line, meaning in LINES.items() if line in plain and line in WEIGHED
    )  # fmt: skip


def bought(charges: Sequence[Charge]) -> float:
    """Landed cost of everything that is bought: all price breaks off, traders' fees apart (USD, undiscounted)."""
    return sum(charge.amount for charge in charges if charge.line in LANDED)


def totals(rows: Sequence[CostRow]) -> tuple[CostRow, CostRow, CostRow]:
    """What is bought, commitments and everything: sums of the printed lines."""
    owed = [row for row in rows if row.owed == "yes"]
    landed = [row for row in rows if row.line in LANDED]
    return (
        _sum(BOUGHT, "landed cost, all price breaks off, traders' fees apart: the first lines, and Purchases", "", landed),
        _sum(COMMITMENT, "what is owed to others; budgets count it undiscounted", "yes", owed),
        _sum(TOTAL, "everything that the plan weighs; it makes the discounted total as small as possible", "", rows),
    )


def _sum(name: str, meaning: str, owed: str, rows: Sequence[CostRow]) -> CostRow:
    plain, present = cents(sum(row.undiscounted for row in rows)), cents(sum(row.discounted for row in rows))
    return CostRow(name, meaning, owed, plain, present)

"""The workbook of a stress test."""

from __future__ import annotations

from pathlib import Path

from planner import charts
from planner.distribution import Stress
from planner.outputs.risk import RiskRow, risk_rows
from planner.outputs.stress import DistributionRow, ShortRow, UnmetRow, distribution_rows, facts, short_rows, unmet_rows
from planner.report.answer_book import new_book, put_in_place
from planner.report.sheets import add_sheet

SHEETS = frozenset({"Risk", "Unmet", "Distribution"})
"""Sheets by which the workbook of a stress test is known."""
MOST_BARS = 12
"""Materials in the chart: more cannot be read."""


def write_stress(found: Stress, plan: Path, book: Path, target: Path) -> Path:
    """Write the workbook of a stress test: the answer with its charts, every scenario, every material and the distribution.

    Raises:
        CannotWrite: if it cannot be written; what was there before stays.
    """
    footer = f"Plan {plan.name}, scenarios of {book.name}"
    workbook, summary = new_book("Stress test", f"{footer}; money in USD", facts(found), footer)
    unmet, curve = unmet_rows(found), distribution_rows(found)
    add_sheet(workbook, RiskRow, risk_rows(found.lived, found.case.settings.cvar_alpha), footer)
    materials = add_sheet(workbook, UnmetRow, unmet, footer)
    if found.case.members:
        add_sheet(workbook, ShortRow, short_rows(found), footer)
    distribution = add_sheet(workbook, DistributionRow, curve, footer)
    costly = sum(row.expected_loss > 0 for row in unmet)
    charts.add_stress(summary, distribution, materials, len(curve), min(costly, MOST_BARS), summary.max_row + 2)
    return put_in_place(workbook, target, plan, book)

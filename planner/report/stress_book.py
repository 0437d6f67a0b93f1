"""The workbook of a stress test."""

from __future__ import annotations

from pathlib import Path

from planner import charts
from planner.distribution import Stress
from planner.outputs.risk import RiskRow, risk_rows
from planner.outputs.stress import (
    STEPS,
    DistributionRow,
    ShortRow,
    SurvivalCurveRow,
    UnmetRow,
    distribution_rows,
    facts,
    short_rows,
    survival_curve_rows,
    unmet_rows,
)
from planner.report.answer_book import new_book, put_in_place
from planner.report.sheets import add_sheet

SHEETS = frozenset({"Risk", "Unmet", "Distribution"})
"""Sheets by which the workbook of a stress test is known."""
MOST_BARS = 12
"""Materials in the chart: more cannot be read."""


def write_stress(found: Stress, plan: Path, book: Path, target: Path) -> Path:
    """Write the workbook of a stress test: the answer with its charts, every scenario, every material and the curves.

    Raises:
        CannotWrite: if it cannot be written; what was there before stays.
    """
    footer = f"Plan {plan.name}, scenarios of {book.name}"
    workbook, summary = new_book("Stress test", f"{footer}; money in USD", facts(found), footer)
    unmet = unmet_rows(found)
    add_sheet(workbook, RiskRow, risk_rows(found.lived, found.case.settings.cvar_alpha), footer)
    materials = add_sheet(workbook, UnmetRow, unmet, footer)
    if found.case.members:
        add_sheet(workbook, ShortRow, short_rows(found), footer)
    losses = add_sheet(workbook, DistributionRow, distribution_rows(found), footer)
    days = add_sheet(workbook, SurvivalCurveRow, survival_curve_rows(found), footer)
    costly = sum(row.expected_loss > 0 for row in unmet)
    charts.add_stress(summary, losses, days, materials, STEPS, min(costly, MOST_BARS), summary.max_row + 2)
    return put_in_place(workbook, target, plan, book)

"""The workbook of a stress test."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties

from planner import charts
from planner.distribution import Stress
from planner.outputs.risk import RiskRow, risk_rows
from planner.outputs.stress import DistributionRow, UnmetRow, distribution_rows, facts, unmet_rows
from planner.report.books import AUTHOR
from planner.report.place import place
from planner.report.sheets import add_sheet
from planner.report.staging import Staged
from planner.report.summary_sheet import add_summary

SHEETS = frozenset({"Risk", "Unmet", "Distribution"})
"""Sheets by which the workbook of a stress test is known."""
MOST_BARS = 12
"""Materials in the chart: more cannot be read."""


def write_stress(found: Stress, plan: Path, book: Path, output: Path) -> Path:
    """Write the workbook of a stress test; where it is.

    Raises:
        Misused, CannotWrite: as `place` says, or if it cannot be written; what was there before stays.
    """
    for read in (plan, book):
        target = place(output, SHEETS, read)
    with Staged(target, {target: _book(found, plan, book)}) as staged:
        return staged.publish()[0]


def _book(found: Stress, plan: Path, book: Path) -> bytes:
    """The answer with its charts, then every scenario, every material and the distribution."""
    workbook, now = Workbook(), datetime.now(UTC).replace(tzinfo=None)
    workbook.properties = DocumentProperties(creator=AUTHOR, created=now, modified=now)
    summary = workbook.active
    assert summary is not None
    footer = f"Plan {plan.name}, scenarios of {book.name}"
    add_summary(summary, "Stress test", f"{footer}; money in USD", facts(found), footer)
    unmet, curve = unmet_rows(found), distribution_rows(found)
    add_sheet(workbook, RiskRow, risk_rows(found.lived, found.case.settings.cvar_alpha), footer)
    materials = add_sheet(workbook, UnmetRow, unmet, footer)
    distribution = add_sheet(workbook, DistributionRow, curve, footer)
    costly = sum(row.expected_loss > 0 for row in unmet)
    charts.add_stress(summary, distribution, materials, len(curve), min(costly, MOST_BARS), summary.max_row + 2)
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()

"""Whether the plan looks ahead into years that dates can name."""

from __future__ import annotations

from collections.abc import Iterator

from models.case import Case
from models.records import Settings
from planner.sense.doubt import Doubt, fault

LAST_YEAR = 2200
"""The last year of a plan, as for the years of Budgets."""


def plan_ends_in_time(case: Case) -> Iterator[Doubt]:
    """The plan ends in a year that a budget can name; dates end in 9999."""
    ends = case.settings.start_date.year + case.settings.periods * case.calendar.months // 12
    if ends > LAST_YEAR:
        message = f"the plan from {case.settings.start_date} looks ahead to {ends}; no year after {LAST_YEAR} is accepted"
        yield fault(Settings, None, "start_date", message, "Correct the start date or the number of periods.")

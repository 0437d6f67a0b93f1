"""What members have drawn: a call-off of a period that has passed counts for as much as was given out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from models.case import Case
from models.records import CallOff

if TYPE_CHECKING:
    from planner.carrying.carry import Last


def with_call_offs(case: Case, last: Last, periods: int) -> Case:
    """A case whose call-offs in the last plan's first periods, and before them, are what members were given.

    What has been replenished since is left out.
    """
    calendar = last.case.calendar
    known = {(row.member, row.material, row.date): row.quantity for row in last.case.call_offs}
    given = {(row.member, row.material, row.period): row.drawn for row in last.plan.allotments}

    def drawn(row: CallOff) -> CallOff:
        period = calendar.period_of(row.date)
        if period > periods:
            return row
        if period < 1:
            return row.model_copy(update={"quantity": known.get((row.member, row.material, row.date), row.quantity)})
        key = row.member, row.material, period
        quantity = min(row.quantity, given.get(key, 0.0))
        given[key] = given.get(key, 0.0) - quantity
        return row.model_copy(update={"quantity": quantity})

    def is_open(row: CallOff) -> bool:
        period = case.calendar.period_of(row.date)
        own = [one for one in case.commitments if (one.member, one.material) == (row.member, row.material)]
        return period >= 1 or any(period > 1 - one.replenish_periods for one in own)

    return replace(case, call_offs=tuple(drawn(row) for row in case.call_offs if is_open(row)))

"""What was counted in the depots, and what it says of the stock on a plan's first day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from models.plan import rounded
from models.records import Actual, ActualKind, OpeningStock, OpenOrder
from planner.carrying.standing import Standing

FAR = 10.0
"""A count that differs from what was known by more than this factor is remarked upon: it may be in another unit."""


def count(standing: Standing, row: Actual, done: Iterable[Actual]) -> bool:
    """What was counted is what there was at the end of that day; whether the row counts, or need not.

    What came and went between it and the plan's first day is added and taken off, or the other way round where it was counted
    after that day.

    Args:
        done: rows that have counted before. A later count of the same holds.
    """
    assert row.material is not None and row.quantity is not None
    told = f"Actuals: {row.quantity:,.6g} of {row.material} counted on {row.date}"
    if row.date + timedelta(days=1) < standing.known_from:
        standing.notes.append(
            f"{told}: what came and went from then to {standing.known_from} is not known any more; the row counts for nothing. "
            "Count again, or delete it"
        )
        return False
    if any(_holds_beside(one, row) for one in done):
        standing.notes.append(f"{told}: a later count has been taken into account")
        return True
    there = rounded(row.quantity + _between(standing, row))
    if there < 0.0:
        standing.notes.append(
            f"{told} are {-there:,.6g} less than what is known to have come and gone allows: nothing is taken to be there on "
            f"{standing.start}"
        )
        there = 0.0
    counted = [one for one in standing.stock if one.material == row.material and row.depot in (None, one.depot)]
    before = sum(one.quantity for one in counted)
    if before and not before / FAR <= there <= before * FAR:
        standing.notes.append(f"{told}: {there:,.6g} on {standing.start} in place of {before:,.6g}. See that the unit is right")
    others = [one for one in standing.stock if one not in counted]
    if before:
        counted = [one.model_copy(update={"quantity": rounded(one.quantity * there / before)}) for one in counted]
    else:
        counted = [OpeningStock(material=row.material, depot=row.depot, quantity=there)] if there else []
    standing.stock = others + counted
    return True


def _holds_beside(one: Actual, row: Actual) -> bool:
    """Whether a row is a later count of what another one is of, at least."""
    same = one.kind is ActualKind.COUNTED and one.material == row.material and one.depot in (None, row.depot)
    return same and one.date > row.date


def _between(standing: Standing, row: Actual) -> float:
    """What comes and goes from the day after a count to the plan's first day; less than nothing the other way round."""
    assert row.material is not None
    start, after = standing.start, row.date + timedelta(days=1)
    if row.date >= start:
        orders = (*standing.orders.values(), *standing.running.values())
        coming = (one for one in orders if start <= one.arrival <= row.date)
        return standing.given_out(row.material, row.depot, start, after) - _taken_in(standing, coming, row)
    came = (one for one in standing.arrived.values() if row.date < one.arrival < start)
    received = (one for one in standing.came if one.received is not None and row.date < one.received < start)
    gone = standing.given_out(row.material, row.depot, after, start)
    return _taken_in(standing, came, row) + _received(standing, received, row) - gone


def _taken_in(standing: Standing, orders: Iterable[OpenOrder], row: Actual) -> float:
    """What of some orders comes into the depot that was counted."""
    own = (one for one in orders if one.material == row.material)
    return sum(one.quantity * standing.share(one.material, row.depot, one.arrival) for one in own)


def _received(standing: Standing, stock: Iterable[OpeningStock], row: Actual) -> float:
    """What of some goods that were received lies in the depot that was counted."""
    total = 0.0
    for one in (one for one in stock if one.material == row.material):
        lies_anywhere = one.depot is None
        share = standing.share(one.material, row.depot, row.date) if lies_anywhere else float(row.depot in (None, one.depot))
        total += one.quantity * share
    return total

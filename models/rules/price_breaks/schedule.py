"""The building side of price breaks: steps, what they span, and what they save."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from models.bounds import STEPS
from models.lots import lots_of
from models.plan import QUANTITY_STEP, RELATIVE_TOLERANCE, quantity_tolerance
from models.records import BreakBasis, BreakKind
from models.skeleton import Skeleton
from models.surplus import rewards_spending


class Group(NamedTuple):
    """The purchases whose quantities count together: one order, or all orders of a contract (period 0)."""

    offer: str
    trader: str
    period: int


class Step(NamedTuple):
    """From a quantity on, what each unit saves against the offer's own price (USD per unit; negative for a surcharge)."""

    begins: float
    saving: float


def groups(m: Skeleton, offer: str) -> Iterator[Group]:
    """The groups of an offer."""
    for trader in m.traders_of(offer):
        if m.case.breaks_of[offer][0].basis_ is BreakBasis.CONTRACT:
            if m.slots[offer]:
                yield Group(offer, trader, 0)
        else:
            for slot in m.slots[offer]:
                yield Group(offer, trader, slot.period)


def periods(m: Skeleton, group: Group) -> list[int]:
    """The order periods of a group."""
    return [group.period] if group.period else [slot.period for slot in m.slots[group.offer]]


def steps(m: Skeleton, group: Group, period: int) -> list[Step]:
    """The steps of a group's orders in a period that can be reached, beginning with the price that holds for the first unit.

    What a contract ordered before the plan counts: steps begin by so much earlier, and it stands on the last that it has
    reached. Of a step out of reach the relaxation would take a part: at a tenth of its quantity a tenth of its saving.
    """
    price = m.landed[group.offer, period].purchase
    found = [Step(0.0, 0.0)]
    before = 0.0 if group.period else sum(row.quantity for row in m.case.bought_before.get((group.offer, group.trader), ()))
    most = sum(m.largest[group.offer, t] for t in periods(m, group))
    for row in m.case.breaks_of[group.offer]:
        begins = row.from_quantity - before
        if begins > most * (1.0 + RELATIVE_TOLERANCE):
            break
        saving = price - row.price if row.price is not None else price * (row.discount or 0.0)
        if begins <= quantity_tolerance(row.from_quantity):
            found, begins = [], 0.0
        found.append(Step(begins, saving))
    return found


def for_all_units(m: Skeleton, offer: str) -> bool:
    """Whether the price of the step reached holds for all units, and not only for those beyond it."""
    return m.case.breaks_of[offer][0].kind is BreakKind.ALL_UNITS


def span(m: Skeleton, group: Group, k: int) -> tuple[float, float]:
    """The quantities at which a step begins and ends.

    The last one ends at the most that the group can buy. Of all units the next price holds from its beginning on, so that a
    step ends a lot below it, or by what a solver can tell: a plan that stood at the edge of both, at the dearer price, would
    have a trader spend more than is due, which its share may reward.
    """
    found = steps(m, group, periods(m, group)[0])
    if k == len(found) - 1:
        largest = sum(m.largest[group.offer, period] for period in periods(m, group))
        return found[k].begins, max(largest, found[k].begins)
    ends = found[k + 1].begins
    if for_all_units(m, group.offer):
        lots = lots_of(m.case, m.case.offer[group.offer])
        told = max(STEPS * QUANTITY_STEP, 2.0 * RELATIVE_TOLERANCE * ends)
        ends = ends - told if lots is None or lots.tolerance else lots.below(ends)
    return found[k].begins, max(ends, 0.0)


def ordered_at(m: Skeleton, group: Group) -> list[int]:
    """The periods up to whose end a binary keeps the segments of an incremental schedule in order.

    None where a plan climbs them by itself: prices rise, and no trader's share rewards spending more than is due. Else the
    last one; and all of them where it matters which units are cheap, since they count as they are ordered: where a
    contract's savings change over time, later money is worth less and prices fall, a year has a ceiling of its own, or money
    must be there when it is due.
    """
    schedules = [[step.saving for step in steps(m, group, period)] for period in periods(m, group)]
    steady = all(savings == schedules[0] for savings in schedules)
    rising = all(later <= earlier for earlier, later in pairwise(schedules[0]))
    tied = any(row.working_capital is not None or row.month_share is not None for row in m.case.traders)
    dated = tied or bool(m.case.funding) or any(row.year is not None for row in m.case.budgets)
    if steady and rising and not dated and not rewards_spending(m.case.whole):
        return []
    timed = dated or not steady or m.case.settings.discount_rate > 0
    return periods(m, group) if timed else periods(m, group)[-1:]

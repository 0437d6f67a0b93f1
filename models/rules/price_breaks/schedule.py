"""The building side of price breaks: tiers, what they span, and what they save."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from models.case import Case
from models.plan import QUANTITY_STEP
from models.records import BreakBasis, BreakKind
from models.skeleton import Skeleton


class Group(NamedTuple):
    """The purchases whose quantities count together: one order, or all orders of a contract (period 0)."""

    offer: str
    trader: str
    period: int


class Tier(NamedTuple):
    """From a quantity on, what each unit saves against the offer's own price (USD per unit; negative for a surcharge)."""

    begins: float
    saving: float


def groups(m: Skeleton, offer: str) -> Iterator[Group]:
    """The groups of an offer."""
    for trader in m.traders_of(offer):
        if m.case.breaks_of[offer][0].basis_ is BreakBasis.CONTRACT:
            yield Group(offer, trader, 0)
        else:
            for slot in m.slots[offer]:
                yield Group(offer, trader, slot.period)


def periods(m: Skeleton, group: Group) -> list[int]:
    """The order periods of a group."""
    return [group.period] if group.period else [slot.period for slot in m.slots[group.offer]]


def settled(m: Skeleton, group: Group, period: int) -> int:
    """When a saving is booked: with the order, or for a contract in the last period in which the offer can be ordered."""
    return period if group.period else m.slots[group.offer][-1].period


def tiers(m: Skeleton, offer: str, period: int) -> list[Tier]:
    """The tiers of an offer ordered in a period, beginning with the offer's own price."""
    price = m.landed[offer, period].purchase
    found = [Tier(0.0, 0.0)]
    for row in m.case.breaks_of[offer]:
        saving = price - row.price if row.price is not None else price * (row.discount or 0.0)
        if row.from_quantity == 0:
            found.pop()
        found.append(Tier(row.from_quantity, saving))
    return found


def not_saved(m: Skeleton, group: Group, period: int, tier: int) -> float:
    """What the units below an incremental step do not save, in USD: Σ_j≤k (saving_j − saving_j−1)·begins_j."""
    if m.case.breaks_of[group.offer][0].kind is BreakKind.ALL_UNITS:
        return 0.0
    found = tiers(m, group.offer, period)
    return sum((found[j].saving - found[j - 1].saving) * found[j].begins for j in range(1, tier + 1))


def span(m: Skeleton, group: Group, tier: int) -> tuple[float, float]:
    """The quantities at which a tier begins and ends.

    The last one ends at the most that the group can buy. Where all units become dearer at the next step, the tier ends one
    step of quantity below it, since the next price holds from there on.
    """
    found = tiers(m, group.offer, periods(m, group)[0])
    if tier == len(found) - 1:
        largest = sum(m.largest[group.offer, period] for period in periods(m, group))
        return found[tier].begins, max(largest, found[tier].begins)
    all_units = m.case.breaks_of[group.offer][0].kind is BreakKind.ALL_UNITS
    dearer = all_units and found[tier + 1].saving < found[tier].saving
    return found[tier].begins, found[tier + 1].begins - (QUANTITY_STEP if dearer else 0.0)


def needs_binaries(m: Skeleton, offer: str) -> bool:
    """Whether a binary must choose the tier: not for incremental prices that rise, which a plan climbs by itself.

    A trader's minimum share could reward climbing the dear tiers first; then binaries keep the order.
    """
    case: Case = m.case
    if case.breaks_of[offer][0].kind is BreakKind.ALL_UNITS:
        return True
    if any(trader.minimum_share for trader in case.traders):
        return True
    return any(
        later.saving > earlier.saving
        for slot in m.slots[offer]
        for found in [tiers(m, offer, slot.period)]
        for earlier, later in pairwise(found)
    )

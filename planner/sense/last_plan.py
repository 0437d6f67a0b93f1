"""Whether what is said of the last plan, and of what has happened since, counts."""

from __future__ import annotations

from collections.abc import Iterator

from models.case import Case
from models.fence import frozen_until, order_of
from models.records import Actual, ActualKind, PastPurchase, Previous
from planner.sense.doubt import Doubt, fault, warning
from planner.sense.supply import sources


def actuals_are_carried(case: Case) -> Iterator[Doubt]:
    """Rows of Actuals count as a plan is carried over, which marks them as done."""
    if any(not row.done for row in case.actuals):
        message = "the sheet is filled in, and its rows count only where a plan is carried over"
        yield warning(Actual, 0, "kind", message, "Plan from what `planner carry` writes, or leave it to `planner nightly`.")


def actuals_are_clear(case: Case) -> Iterator[Doubt]:
    """A stock count names a material and a quantity, everything else an order."""
    for row, actual in enumerate(case.actuals):
        if actual.kind is ActualKind.COUNTED:
            for column in ("material", "quantity"):
                if getattr(actual, column) is None:
                    yield fault(Actual, row, "kind", f"a stock count has no {column}", "Say what was counted, and how much.")
        elif actual.order is None:
            message = f"what was {actual.kind.value} names no order"
            yield fault(Actual, row, "kind", message, "Give the number of the order, as Purchases and Open orders have it.")


def past_purchases_count(case: Case) -> Iterator[Doubt]:
    """What was ordered before the plan was ordered before its first day, on an offer and by a firm that are there."""
    for row, past in enumerate(case.past_purchases):
        told = f"what {past.trader} ordered on {past.offer} on {past.date}"
        if past.date >= case.settings.start_date:
            message = f"{told} is not before the plan: it counts for nothing"
            remedy = "Correct the day. What is on its way belongs into OpenOrders, what is to be ordered into Decisions."
            yield warning(PastPurchase, row, "date", message, remedy)
        for column, there in (("offer", past.offer in case.offer), ("trader", past.trader in case.trader)):
            if not there:
                message = f"{told} counts for nothing: there is no such {column}"
                yield warning(PastPurchase, row, column, message, "Correct the name, if the contract still matters.")


def frozen_orders_can_be_kept(case: Case) -> Iterator[Doubt]:
    """What is frozen can still be ordered; what cannot is let go."""
    for row, last in enumerate(case.previous):
        offer, trader, period = order_of(case, last)
        source = sources(case).get(offer)
        lost = source is None or trader not in source.traders or all(slot.period != period for slot in source.slots)
        if lost and 1 <= period <= frozen_until(case):
            when = case.calendar.name(period)
            message = f"the frozen order of {trader} on {offer} in {when} cannot be placed any more: it is let go"
            yield warning(Previous, row, "offer", message, "See what has become of the offer, its supplier and its trader.")

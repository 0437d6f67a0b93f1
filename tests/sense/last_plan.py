"""What is said of the last plan, and of what happened since."""

from datetime import date

from models.records import Actual, PastPurchase, Previous, Settings
from tests.sense.example import FAULT, WARNING, Example, add, both, put

DAY = date(2027, 1, 20)
KEPT = {"material": "Gallium 4N", "trader": "North", "period": date(2027, 1, 1), "quantity": 10.0}

# fmt: off
LAST_PLAN = [
    Example("actuals that nobody carries over", add(Actual, date=DAY, kind="paid", order="PO-1"), WARNING, Actual, 0, "kind",
            "its rows count only where a plan is carried over"),
    Example("count of nothing", add(Actual, date=DAY, kind="stock count", quantity=1.0), FAULT, Actual, 0, "kind",
            "a stock count has no material", more=1),
    Example("receipt of no order", add(Actual, date=DAY, kind="received"), FAULT, Actual, 0, "kind",
            "what was received names no order", more=1),
    Example("past purchase within the plan", add(PastPurchase, offer="Ga-1", trader="North", date=DAY, quantity=1.0), WARNING,
            PastPurchase, 0, "date", "is not before the plan: it counts for nothing"),
    Example("past purchase on no offer", add(PastPurchase, offer="Ga-9", trader="North", date=date(2026, 5, 1), quantity=1.0),
            WARNING, PastPurchase, 0, "offer", "counts for nothing: there is no such offer"),
    Example("past purchase by nobody", add(PastPurchase, offer="Ga-1", trader="Nobody", date=date(2026, 5, 1), quantity=1.0),
            WARNING, PastPurchase, 0, "trader", "counts for nothing: there is no such trader"),
    Example("frozen order that is lost", both(put(Settings, 0, frozen_periods=1), add(Previous, offer="Ga-9", **KEPT)), WARNING,
            Previous, 0, "offer", "the frozen order of North on Ga-9 in 2027-01 cannot be placed any more"),
]
# fmt: on

"""Sheet Open orders: what was ordered before the plan, and what is still to be paid for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from models.case import Case
from models.plan import Plan
from models.records import UNKNOWN, OpenOrder
from models.wording import figure
from planner.outputs.deliveries import deliveries
from planner.outputs.schema import Row, Shown

KEPT, DEFERRED, CANCELLED = "kept", "deferred", "cancelled"


@dataclass(frozen=True)
class OpenOrderRow(Row):
    """One order placed before the plan."""

    sheet: ClassVar[str] = "Open orders"
    keys: ClassVar[int] = 2

    trader: Annotated[str, Shown("Firm that ordered; blank: no trader's account.")]
    order: Annotated[str, Shown("Number of the order.")]
    supplier: Annotated[str, Shown("Company that delivers.")]
    offer: Annotated[str, Shown("Offer that it was placed on; blank where the input names none.")]
    material: Annotated[str, Shown("The material.")]
    decided: Annotated[str, Shown("kept, deferred or cancelled: what the supplier is to be told.", mark="words")]
    arrives_in: Annotated[str, Shown("Period of its arrival; budgets count what is unpaid in it.", heading="period arriving")]
    arrival_date: Annotated[date, Shown("Day of its arrival: the one agreed, unless it is deferred.", "date")]
    deliver_to: Annotated[str, Shown("Depot that takes it in; blank where the input has no depots.", "sentence")]
    quantity: Annotated[float, Shown("Quantity still to arrive; nothing of a cancelled order does.", "quantity", unit="unit")]
    unit: Annotated[str, Shown("Unit of the material.")]
    price: Annotated[float, Shown("Price that is due for it.", "price", unit="USD/unit")]
    payment_due: Annotated[date, Shown("Day on which what is unpaid is due.", "date")]
    amount: Annotated[float, Shown("Quantity × price.", "money", unit="USD")]
    paid: Annotated[str, Shown("yes: paid before the plan, and in no sum of it; no: still due.")]
    unpaid: Annotated[float, Shown("What is still to be paid; it counts as the trader's spend.", "money", unit="USD")]
    fee: Annotated[float, Shown("What the supplier charges for deferring or cancelling it.", "money", unit="USD")]


def open_order_rows(plan: Plan) -> tuple[OpenOrderRow, ...]:
    """The open orders, by trader and arrival."""
    places = deliveries(plan)
    changed = {change.order: change.arrival for change in plan.changes}
    ordered = sorted(plan.case.open_orders, key=lambda row: (row.trader or "", row.arrival, row.order))
    return tuple(_row(plan.case, row, places.get(row.order, ""), changed.get(row.order, row.arrival)) for row in ordered)


def _row(case: Case, order: OpenOrder, place: str, arrival: date | None) -> OpenOrderRow:
    offer = case.offer[order.offer] if order.offer else None
    amount = order.quantity * order.price
    decided = CANCELLED if arrival is None else KEPT if arrival == order.arrival else DEFERRED
    day = arrival or order.arrival
    return OpenOrderRow(
        trader=order.trader or "",
        order=order.order,
        supplier=(offer.supplier if offer else order.supplier) or UNKNOWN,
        offer=order.offer or "",
        decided=decided,
        material=order.material,
        arrives_in=case.calendar.name(case.calendar.period_of(day)),
        arrival_date=day,
        deliver_to=place,
        quantity=order.quantity,
        unit=case.material[order.material].unit,
        price=order.price,
        payment_due=order.due or day,
        amount=amount,
        paid="yes" if order.paid else "no",
        unpaid=0.0 if order.paid or arrival is None else amount,
        fee={CANCELLED: order.cancel_fee, DEFERRED: order.defer_fee, KEPT: 0.0}[decided],
    )


def changed_orders(rows: Sequence[OpenOrderRow]) -> Iterator[str]:
    """For each order that the plan changes: what is to be told to the supplier, and what that costs."""
    for row in rows:
        if row.decided != KEPT:
            until = f" to {row.arrival_date}" if row.decided == DEFERRED else ""
            goods = f"{figure(row.quantity)} {row.unit} of {row.material} from {row.supplier}"
            yield f"Order {row.order} ({goods}) is {row.decided}{until} for a fee of {row.fee:,.0f} USD."

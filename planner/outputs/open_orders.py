"""Sheet Open orders: what was ordered before the plan, and what is still to be paid for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from models.case import Case
from models.plan import Plan
from models.records import UNKNOWN, OpenOrder
from planner.outputs.deliveries import deliveries
from planner.outputs.schema import Row, Shown


@dataclass(frozen=True)
class OpenOrderRow(Row):
    """One order placed before the plan."""

    sheet: ClassVar[str] = "Open orders"

    trader: Annotated[str, Shown("Firm that ordered; blank: no trader's account.")]
    order: Annotated[str, Shown("Number of the order.")]
    supplier: Annotated[str, Shown("Company that delivers.")]
    offer: Annotated[str, Shown("Offer that it was placed on; blank where the input names none.")]
    material: Annotated[str, Shown("The material.")]
    arrives_in: Annotated[str, Shown("Period of its arrival; budgets count what is unpaid in it.", heading="period arriving")]
    arrival_date: Annotated[date, Shown("Day of its arrival.", "date")]
    deliver_to: Annotated[str, Shown("Depot that takes it in; blank where the input has no depots.", "sentence")]
    quantity: Annotated[float, Shown("Quantity still to arrive.", "quantity", unit="unit")]
    unit: Annotated[str, Shown("Unit of the material.")]
    price: Annotated[float, Shown("Price that is due on arrival.", "price", unit="USD/unit")]
    amount: Annotated[float, Shown("Quantity × price.", "money", unit="USD")]
    paid: Annotated[str, Shown("yes: paid before the plan, and in no sum of it; no: due on arrival.")]
    unpaid: Annotated[float, Shown("What is still to be paid; it counts as the trader's spend.", "money", unit="USD")]


def open_order_rows(plan: Plan) -> tuple[OpenOrderRow, ...]:
    """The open orders, by trader and arrival."""
    places = deliveries(plan)
    ordered = sorted(plan.case.open_orders, key=lambda row: (row.trader or "", row.arrival, row.order))
    return tuple(_row(plan.case, row, places.get(row.order, "")) for row in ordered)


def _row(case: Case, order: OpenOrder, place: str) -> OpenOrderRow:
    offer = case.offer[order.offer] if order.offer else None
    amount = order.quantity * order.price
    return OpenOrderRow(
        trader=order.trader or "",
        order=order.order,
        supplier=(offer.supplier if offer else order.supplier) or UNKNOWN,
        offer=order.offer or "",
        material=order.material,
        arrives_in=case.calendar.name(case.calendar.period_of(order.arrival)),
        arrival_date=order.arrival,
        deliver_to=place,
        quantity=order.quantity,
        unit=case.material[order.material].unit,
        price=order.price,
        amount=amount,
        paid="yes" if order.paid else "no",
        unpaid=0.0 if order.paid else amount,
    )

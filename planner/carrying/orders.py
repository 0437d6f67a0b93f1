"""What is on its way and what is owed after some periods of a plan: open orders and payables of the next one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from models.plan import CENT, Plan, cents
from models.records import OpenOrder, Payable
from planner.outputs.purchases import PurchaseRow, purchase_rows


class Pipeline(NamedTuple):
    """Orders that were placed.

    Attributes:
        coming: those that arrive on the new plan's first day or later.
        arrived: those that were to arrive before it.
        owed: what is still to be paid of goods that arrived, or for the way of goods that are paid.
        running: those of the period that the new plan begins in, about which it decides itself.
    """

    coming: tuple[OpenOrder, ...]
    arrived: tuple[OpenOrder, ...]
    owed: tuple[Payable, ...]
    running: tuple[OpenOrder, ...] = ()


def pipeline(plan: Plan, periods: int) -> Pipeline:
    """What has been ordered before and in the first periods of a plan, as it stands when they are over."""
    start = plan.case.calendar.first_day(periods + 1)
    running = tuple(order for order, _ in _placed(plan, [periods + 1]))
    if not periods:
        return Pipeline(plan.case.open_orders, (), plan.case.payables, running)
    orders = [*_of_before(plan), *_placed(plan, range(1, periods + 1))]
    coming, arrived, owed = [], [], [row for row in plan.case.payables if row.due >= start]
    for order, way in orders:
        is_settled = order.paid or order.pays_on < start
        if order.arrival < start:
            arrived.append(order)
            owed += [] if is_settled else _payable(order, order.pays_on, order.quantity * order.price - way)
        else:
            coming.append(order.model_copy(update={"paid": is_settled}))
            owed += _payable(order, order.arrival, way) if is_settled and not order.paid else []
    return Pipeline(tuple(coming), tuple(arrived), tuple(owed), running)


def _of_before(plan: Plan) -> Iterator[tuple[OpenOrder, float]]:
    """The open orders as the plan has decided about them; what it has decided is done. Nothing more is due for their way."""
    agreed = {order.order: order for order in plan.case.open_orders}
    for order in plan.open_orders:
        moved = order.arrival != agreed[order.order].arrival
        settled = {"cancellable": False, "deferrable": 0} if moved else {}
        yield order.model_copy(update=settled), 0.0


def _placed(plan: Plan, periods: Iterable[int]) -> Iterator[tuple[OpenOrder, float]]:
    """The orders of some periods, each with what is due on its arrival beside its price (USD)."""
    names = {plan.case.calendar.name(t) for t in periods}
    for row in purchase_rows(plan):
        if row.ordered_in in names:
            yield _open_order(row), row.quantity * (row.landed_unit_cost - row.unit_price)


def _open_order(row: PurchaseRow) -> OpenOrder:
    """A placed order; its price is all that it comes to, the trader's fee included, and due when the price proper is."""
    return OpenOrder(
        order=row.order, material=row.material, offer=row.offer, trader=row.trader, quantity=row.quantity,
        arrival=row.arrival_date, price=max(0.0, (row.landed_cost + row.trader_fee) / row.quantity), due=row.payment_due,
    )  # fmt: skip


def _payable(order: OpenOrder, due: date, amount: float) -> list[Payable]:
    """What is owed of an order, if it is anything."""
    owed = cents(amount)
    return [Payable(order=order.order, trader=order.trader, due=due, amount=owed)] if owed >= CENT else []

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.case import Case
from models.decisions import Change
from models.ledgers import Account, Flow, linear
from models.plan import Assessment, Charge, Plan
from models.records import OpenOrder
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.ways import ways


class OpenOrders(Rule):
    """Orders placed before the plan arrive as agreed and are then paid, or are deferred or cancelled at a fee.

    arrivals[i,t] += Σ quantity · keeps[order,k] over i's open orders that arrive in t in their kth way   ∀ i, t   [unit]
    one_way: Σ_k keeps[order,k] = 1, or ≤ 1 if it can be cancelled         ∀ orders that can be cancelled or deferred
    cost: Σ quantity · price · keeps[order,k] over unpaid open orders, incurred when they arrive           [USD]
    fees: cancel fee · (1 − Σ_k keeps[order,k]) + defer fee · Σ_{k>0} keeps[order,k], in the first period  [USD]

    keeps ∈ {0,1}, and 1 for orders that are decided already. What is unpaid counts in the ceilings of the period of its
    arrival, also past the horizon, and is due then unless another day is agreed, which stays where the order is deferred.
    What has been paid stays so, whatever becomes of the order.
    """

    def applies(self, case: Case) -> bool:
        return bool(case.whole.open_orders)

    def contribute(self, block: Any, m: Skeleton) -> None:
        for order, chosen in m.on_order:
            period = m.case.calendar.period_of(order.arrival)
            exposure = m.exposure_of_order(order)
            m.flows.add("arrival", order.material, Flow(exposure, period, order.quantity, chosen, order.arrival))
            m.flows.add("open", order.material, Flow(exposure, period, order.quantity, chosen))
            m.flows.add("open spend", order.material, Flow(exposure, period, order.quantity * order.price, chosen))
            if not order.paid:
                due = max(1, m.case.calendar.period_of(order.pays_on))
                account = Account("open orders", order.trader or "", order.material, period, due)
                m.money.add(account, order.quantity * order.price, chosen)
        for order in (row for row in m.case.open_orders if row.is_open):
            fees = Account("order changes", order.trader or "", order.material, 1, 1)
            cancel = order.cancel_fee if order.cancellable else 0.0
            m.money.add(fees, cancel, None)
            for k in range(len(ways(m.case)[order.order])):
                m.money.add(fees, (order.defer_fee if k else 0.0) - cancel, m.keeps[order.order, k])

    def constrain(self, block: Any, m: Skeleton) -> None:
        bodies = {}
        for order in (row for row in m.case.open_orders if row.is_open):
            kept = linear(*((1.0, m.keeps[order.order, k]) for k in range(len(ways(m.case)[order.order]))))
            bodies[order.order] = None if order.cancellable else 1.0, kept, 1.0
        m.rows(block, "one_way", bodies)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for order in plan.open_orders:
            if not order.paid:
                calendar, day = plan.case.calendar, order.arrival if order.due is None else order.due
                t, due = calendar.period_of(order.arrival), max(1, calendar.period_of(day))
                yield Charge("open orders", order.trader or "", order.material, t, due, order.quantity * order.price)
        for order, change in _changed(plan):
            fee = order.cancel_fee if change.arrival is None else order.defer_fee
            yield Charge("order changes", order.trader or "", order.material, 1, 1, fee)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        due = sum(order.quantity * order.price for order in plan.open_orders if not order.paid)
        booked = sum(charge.amount for charge in charges if charge.line == "open orders")
        if due or booked:
            yield Assessment(self.name, "unpaid open orders", "equal", due, booked, "USD", 0.005)
        for order, change in _changed(plan):
            if change.arrival is None:
                yield Assessment(
                    self.name, f"order {order.order} cancelled", "at most", float(order.cancellable), 1, "order", 0
                )
            else:
                agreed, found = map(plan.case.calendar.period_of, (order.arrival, change.arrival))
                where = f"order {order.order} deferred"
                yield Assessment(self.name, where, "at most", order.deferrable, found - agreed, "periods", 0)


def _changed(plan: Plan) -> Iterator[tuple[OpenOrder, Change]]:
    """The open orders of which the plan makes something else, each with what."""
    orders = {order.order: order for order in plan.case.open_orders}
    for change in plan.changes:
        yield orders[change.order], change


RULE = OpenOrders()

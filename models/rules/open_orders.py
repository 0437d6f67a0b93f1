from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.case import Case
from models.ledgers import Account, Flow
from models.plan import Assessment, Charge, Plan
from models.rules.base import Rule
from models.skeleton import Skeleton


class OpenOrders(Rule):
    """Orders placed before the plan arrive as agreed, and what is unpaid falls due on arrival.

    arrivals[i,t] += Σ quantity of i's open orders arriving in t      ∀ i, t      [unit]
    cost: Σ quantity · price over unpaid open orders                  ∀ orders    [USD]

    They are decided, so there is nothing to constrain: the quantities enter the ledgers as constants. What is unpaid counts
    in the ceilings of the period of its arrival, also past the horizon.
    """

    def applies(self, case: Case) -> bool:
        return bool(case.whole.open_orders)

    def contribute(self, block: Any, m: Skeleton) -> None:
        for order in m.case.open_orders:
            period = m.case.calendar.period_of(order.arrival)
            exposure = m.exposure_of_order(order)
            m.flows.add("arrival", order.material, Flow(exposure, period, order.quantity, None, order.arrival))
            m.flows.add("open", order.material, Flow(exposure, period, order.quantity, None))
            m.flows.add("open spend", order.material, Flow(exposure, period, order.quantity * order.price, None))
            if not order.paid:
                account = Account("open orders", order.trader or "", order.material, period, period)
                m.money.fix(account, order.quantity * order.price)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for order in plan.case.open_orders:
            if not order.paid:
                t = plan.case.calendar.period_of(order.arrival)
                yield Charge("open orders", order.trader or "", order.material, t, t, order.quantity * order.price)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        due = sum(order.quantity * order.price for order in plan.case.open_orders if not order.paid)
        booked = sum(charge.amount for charge in charges if charge.line == "open orders")
        if due or booked:
            yield Assessment(self.name, "unpaid open orders", "equal", due, booked, "USD", 0.005)


RULE = OpenOrders()

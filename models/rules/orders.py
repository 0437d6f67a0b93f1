from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pyomo.environ as pyo

from models.bounds import comes_in_lots, counts_orders, smallest_order, smallest_purchase
from models.case import Case
from models.ledgers import Account, linear
from models.lots import Lots, lots_of
from models.plan import QUANTITY_STEP, Assessment, Charge, Plan, quantity_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.surplus import rewards_spending


class Orders(Rule):
    """Each order costs its fixed cost, has at least the minimum quantity, and comes in whole lots.

    within_award: starts[o,f,t] ≤ awards[o,f]                           ∀ o, f, t                     [orders]
    at_most:      buy[o,f,t] ≤ largest[o,t] · starts[o,f,t]             ∀ o, f, t                     [unit]
    at_least:     buy[o,f,t] ≥ smallest[o] · starts[o,f,t]              ∀ o, f, t                     [unit]
    one_order:    Σ_f starts[o,f,t] = orders[o,t]                       ∀ exclusive o of several f, t [orders]
    whole_lots:   buy[o,f,t] ≥ (1 − tolerance[o]) · lot[o] · lots[o,f,t] ∀ o, f, t                    [unit]
    no_more:      buy[o,f,t] ≤ (1 + tolerance[o]) · lot[o] · lots[o,f,t] ∀ o, f, t                    [unit]
                  (both summed over f where the offer is exclusive, and one equation where there is no tolerance)
    starts, orders ∈ {0,1}, lots ∈ {0, 1, 2, …}; `smallest` is the minimum order in whole lots. Where a trader's share would
    reward a fixed cost spent on an order of nothing, it is next to nothing at least (models.bounds.smallest_purchase).

    They exist only where they matter: no `starts` where there is neither a fixed cost nor a minimum order above one lot.
    One trader holds an exclusive offer's award, so `orders` decides and `starts` follows without being integer; traders
    that share an offer each place orders of their own. Neither ever meets a minimum or splits a lot together.
    """

    def applies(self, case: Case) -> bool:
        return any(
            counts_orders(case, offer) or case.lot(offer) or offer.maximum_order is not None for offer in case.whole.offers
        )

    def declare(self, block: Any, m: Skeleton) -> None:
        counted = [(o, f, slot.period) for o, f, slot in m.purchases if counts_orders(m.case, m.case.offer[o])]
        together = {o for o in m.case.offer if _decided_together(m, o)}
        m.variables(block, "starts", counted, m.cluster_of_offer, pyo.UnitInterval)
        for (o, _, _), start in block.starts.items():
            if o not in together:
                start.domain = pyo.Binary
        decided = dict.fromkeys((o, t) for o, _, t in counted if o in together)
        m.variables(block, "orders", decided, m.cluster_of_offer, pyo.Binary)
        in_lots = dict.fromkeys(
            (o, "" if o in together else f, slot.period) for o, f, slot in m.purchases if comes_in_lots(m.case, m.case.offer[o])
        )
        m.variables(block, "lots", in_lots, m.cluster_of_offer, pyo.NonNegativeIntegers)
        for o, f, t in in_lots:
            block.lots[o, f, t].setub(math.floor(m.largest[o, t] / _lots(m, o).least + 1e-9))

    def contribute(self, block: Any, m: Skeleton) -> None:
        for (o, f, t), start in block.starts.items():
            offer = m.case.offer[o]
            account = Account("fixed order cost", f, offer.material, t, m.slot[o, f, t].arrival)
            m.money.add(account, offer.fixed_order_cost, start)

    def constrain(self, block: Any, m: Skeleton) -> None:
        within, most, least = {}, {}, {}
        least_of = smallest_purchase if rewards_spending(m.case.whole) else smallest_order
        minimum = {offer.offer: least_of(m.case, offer) for offer in m.case.offers}
        for index, start in block.starts.items():
            o, f, t = index
            buy = m.buy[index]
            within[index] = None, linear((1.0, start), (-1.0, m.awards[o, f])), 0.0
            most[index] = None, linear((1.0, buy), (-m.largest[o, t], start)), 0.0
            if minimum[o]:
                least[index] = 0.0, linear((1.0, buy), (-minimum[o], start)), None
        m.rows(block, "within_award", within)
        m.rows(block, "at_most", most)
        m.rows(block, "at_least", least)
        m.rows(block, "one_order", {
            (o, t): (0.0, linear((-1.0, block.orders[o, t]), *((1.0, block.starts[o, f, t]) for f in m.traders_of(o))), 0.0)
            for o, t in block.orders
        })  # fmt: skip
        whole, no_more = {}, {}
        for (o, f, t), number in block.lots.items():
            lots, bought = _lots(m, o), [(1.0, m.buy[o, g, t]) for g in ([f] if f else m.traders_of(o))]
            whole[o, f, t] = 0.0, linear((-lots.least, number), *bought), None if lots.tolerance else 0.0
            if lots.tolerance:
                no_more[o, f, t] = None, linear((-lots.most, number), *bought), 0.0
        m.rows(block, "whole_lots", whole)
        m.rows(block, "no_more", no_more)

    def idle(self, block: Any, plan: Plan) -> Iterator[tuple[str, Any]]:
        placed = {(row.offer, row.trader, row.period) for row in plan.purchases}
        ordered = {(o, t) for o, _, t in placed}
        yield from (("orders.starts", index) for index in block.starts if index not in placed)
        yield from (("orders.orders", index) for index in block.orders if index not in ordered)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for line in plan.lines:
            cost = plan.case.offer[line.purchase.offer].fixed_order_cost
            if cost:
                yield Charge("fixed order cost", line.purchase.trader, line.material, line.purchase.period, line.arrival,
                             cost)  # fmt: skip

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        for line in plan.lines:
            row = line.purchase
            offer = plan.case.offer[row.offer]
            where = f"order of {row.trader} on {row.offer} in {plan.case.calendar.name(row.period)}"
            if offer.minimum_order:
                yield Assessment(self.name, where, "at least", offer.minimum_order, row.quantity, "unit",
                                 quantity_tolerance(offer.minimum_order))  # fmt: skip
            if offer.maximum_order is not None:
                yield Assessment(self.name, where, "at most", offer.maximum_order, row.quantity, "unit",
                                 quantity_tolerance(offer.maximum_order))  # fmt: skip
            lot = offer.lot if offer.lot is not None else plan.case.material[offer.material].lot
            if lot:
                number = math.ceil((row.quantity - QUANTITY_STEP) / (lot * (1 + offer.lot_tolerance)))
                yield Assessment(self.name, f"{where}: whole lots of {lot:g}", "at least",
                                 number * lot * (1 - offer.lot_tolerance), row.quantity, "unit", QUANTITY_STEP)  # fmt: skip


def _decided_together(m: Skeleton, offer: str) -> bool:
    """Whether one binary decides for all traders: an exclusive offer that several may sign."""
    return m.case.offer[offer].exclusive and len(m.traders_of(offer)) > 1


def _lots(m: Skeleton, offer: str) -> Lots:
    """The lots of an offer that has them."""
    lots = lots_of(m.case, m.case.offer[offer])
    assert lots is not None
    return lots


RULE = Orders()

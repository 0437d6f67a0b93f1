"""Largest sensible quantities: every big-M of the model, with the reason why it suffices."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from models.case import Case
from models.effects import effects_of, least_delivered, undelivered
from models.futures import NOTHING
from models.landed_cost import discount_factor, landed_costs
from models.ledgers import Exposure
from models.lots import lots_of
from models.needs import committed, drawn, floor, target
from models.plan import QUANTITY_STEP
from models.records import Offer
from models.slots import Slot, longest_credit, slots_of
from models.surplus import needs_of, rewarded, surplus_pays

NOTICEABLE = 1e-7
"""Share of all that is useful that counts as a purchase where an offer names no smallest order."""
SMALL = 1e-3
"""Share of what an offer can deliver that such a purchase has at most."""
STEPS = 10
"""Steps of quantity that such a purchase has at least: rounding must not take it away."""
LOOSEST = 1e12
"""Largest factor on estimates where nothing else bounds an order."""
LOOSE = 1e6
"""A bound this many times the smallest need is so large that a solver takes an order for none."""
MOST_LOTS = 1e7
"""Where the smallest need is more lots, orders are planned as any quantity and rounded: a lot is then within tolerance."""


@dataclass(frozen=True)
class Assumed:
    """What bounds of orders may rest on.

    Attributes:
        agreed: whether limits of agreed rules bound orders too; to explain why there is no plan they must not, or they
            would stand against each other unseen.
        most_spent: no order costs more than this, in discounted USD: the cost of a known plan, and the credit for stock
            left at the end. A dearer order makes a dearer plan, since nothing else in a plan's cost is negative.
        looser: factor on bounds that are estimates (`rewarded`); infinite: no estimates.
    """

    agreed: bool = True
    most_spent: float = math.inf
    looser: float = 1.0


USUAL = Assumed()


@lru_cache(maxsize=4)
def largest_orders(case: Case, assumed: Assumed = USUAL) -> Mapping[tuple[str, int], float]:
    """The most that one order of offer o in period t can sensibly be, in the material's unit.

    It is the least of what the offer, its supplier, the participation cap and a known plan's cost allow. Where
    no Policy rule and no trader's share can reward a surplus, it is also at most what is useful: everything that the
    material can still need once the order has arrived (`useful`), also where only a share of it comes, in whole lots, raised
    to the smallest order, price-break step or decision that may ask for more. A larger order can be cut back to that: the
    stock still covers every later need on its own, capacities, budgets and depots only gain, and no cost rises, since what
    is left over is worth nothing (the terminal value is capped at the final target). Where a surplus may pay, `rewarded`
    estimates what is useful: a first plan found within that gives `most_spent`, and with it bounds that need no estimate
    (`planner.proving`). Rounded down to whole lots; an order that cannot reach its minimum is zero. Asked of the whole case,
    whose coupling rows need all of them.
    """
    pays = surplus_pays(case)
    needed, costs, result = needs_of(case), landed_costs(case), {}
    for offer in case.offers:
        for slot in slots_of(case)[offer.offer]:
            cost = costs[offer.offer, slot.period].total
            limits = [limit.quantity for limit in limits_of_order(case, offer) if assumed.agreed or not limit.agreed]
            unit = cheapest_unit(case, offer, slot)
            if unit > 0.0 and math.isfinite(assumed.most_spent):
                limits.append(assumed.most_spent / unit)
            useful = needed[offer.material][slot.arrival] / least_delivered(case, offer, slot)
            wanted = max(useful, *_asked(case, offer))
            if pays and not never_comes(case, offer, slot):
                estimate = rewarded(case, offer, cost)
                looser = assumed.looser if limits else min(assumed.looser, LOOSEST)
                wanted = max(wanted, looser * estimate)
            result[offer.offer, slot.period] = _orderable(case, offer, min([*limits, wanted + (case.lot(offer) or 0.0)]))
    return result


def never_comes(case: Case, offer: Offer, slot: Slot) -> bool:
    """Whether nothing of an order arrives in any future: nothing is paid for it then, and only what is needed bounds it."""
    return undelivered(case, offer.material, Exposure(offer.offer, offer.supplier, ""), slot.arrival) >= 1.0 - NOTHING


def are_estimated(case: Case, assumed: Assumed) -> bool:
    """Whether some bound is an estimate only: then neither a plan nor its absence is proven by the model."""
    if not surplus_pays(case):
        return False
    without = largest_orders(case, replace(assumed, looser=math.inf))
    return any(quantity > largest_orders(case, assumed)[key] * (1.0 + 1e-9) for key, quantity in without.items())


def are_loose(case: Case, largest: Mapping[tuple[str, int], float]) -> bool:
    """Whether the bound of an order that a decision opens is so far above the need that a solver may overlook it."""
    least = {name: smallest_need(case, name) for name in case.material}
    return any(
        quantity > LOOSE * least[case.offer[name].material]
        for (name, _), quantity in largest.items()
        if counts_orders(case, case.offer[name]) or signing_matters(case, case.offer[name])
    )


def cheapest_unit(case: Case, offer: Offer, slot: Slot) -> float:
    """The least that one unit can cost, in discounted USD: at its best price-break step, without fee, due at the end.

    What is not delivered is not paid for. Where its price falls in scenarios, it is cheaper by that on average, and lowers
    CVaR by the largest fall at most: CVaR of losses that are each lower by no more than that is no lower than by that.
    """
    cost = landed_costs(case)[offer.offer, slot.period]
    prices = [cost.purchase] + [
        row.price if row.price is not None else cost.purchase * (1.0 - (row.discount or 0.0))
        for row in case.breaks_of.get(offer.offer, ())
    ]
    unit = cost.total - (cost.purchase - min(prices)) * (1.0 + cost.duty_rate)
    late = discount_factor(case, max(slot.on_credit(case, longest_credit(case)).due, slot.arrival))
    falls = [(effect.probability, min(0.0, effect.dearer(offer, slot))) for effect in effects_of(case, offer.material)]
    fallen = sum(p * fall for p, fall in falls) + case.settings.risk_weight * min((fall for _, fall in falls), default=0.0)
    lost = undelivered(case, offer.material, Exposure(offer.offer, offer.supplier, ""), slot.arrival)
    least = max(unit, 0.0) * (1.0 - lost) * late + fallen * discount_factor(case, slot.due)
    return max(least, 0.0)


class OrderLimit(NamedTuple):
    """What the workbook allows one order to be.

    Attributes:
        quantity: in the material's unit.
        row: the rule's limit that says so, with its index, as `Rule.limit_in_words` takes them.
        agreed: whether it is a limit that people have agreed on.
    """

    quantity: float
    row: tuple[str, tuple[str, ...]]
    agreed: bool = False


def limits_of_order(case: Case, offer: Offer) -> Iterator[OrderLimit]:
    """Everything that limits a single order. A limit that is missing here would leave bounds looser, never wrong."""
    material = case.material[offer.material]
    for limit in (offer.capacity_per_period, offer.maximum_order, offer.maximum_total):
        if limit is not None:
            yield OrderLimit(limit, ("purchases.order", (offer.offer,)))
    supplier = case.supplier.get(offer.supplier)
    if supplier is not None:
        share = case.in_unit(offer.material, supplier_unit(case, offer.supplier))
        for limit, span in ((supplier.capacity_per_period, "per_period"), (supplier.capacity_per_year, "per_year")):
            if limit is not None:
                yield OrderLimit(limit / share, (f"suppliers.{span}", (offer.supplier,)))
    if material.participation_cap is not None and material.accessible_world_supply is not None:
        cap = material.participation_cap * material.accessible_world_supply * case.calendar.year_fraction
        yield OrderLimit(cap, ("participation.cap", (offer.material,)), agreed=True)


def _asked(case: Case, offer: Offer) -> Iterator[float]:
    """Quantities that a single order may have to reach although they are not needed."""
    yield offer.minimum_order
    yield offer.take_or_pay * (1 + offer.make_up_years)  # what is paid for anyway may as well be taken
    yield from (step.from_quantity for step in case.breaks_of.get(offer.offer, ()))
    yield from (row.quantity for row in case.decisions if row.offer == offer.offer and row.quantity is not None)


def _orderable(case: Case, offer: Offer, allowed: float) -> float:
    """The largest whole number of lots within a limit; zero where the minimum order is out of reach."""
    lots = lots_of(case, offer)
    if lots is not None:
        allowed = lots.at_most(allowed)
    return 0.0 if allowed < smallest_order(case, offer) else allowed


def smallest_order(case: Case, offer: Offer) -> float:
    """The least that can be ordered at all: the minimum order in whole lots, a lot, or nothing in particular (0)."""
    lots = lots_of(case, offer)
    return offer.minimum_order if lots is None else lots.at_least(offer.minimum_order)


def smallest_purchase(case: Case, offer: Offer) -> float:
    """The least that counts as buying on an offer: its smallest order, else next to nothing.

    That is what a solver can just tell from nothing beside all that is useful, but no more than a thousandth of what the
    offer can deliver, so that it stands in nobody's way; and some steps, so that it survives rounding.
    """
    limits = (limit.quantity for limit in limits_of_order(case.whole, offer))
    useful_at_all = max(needs_of(case.whole)[offer.material].values())
    little = min(NOTICEABLE * useful_at_all, SMALL * min(limits, default=math.inf))
    return smallest_order(case, offer) or max(little, STEPS * QUANTITY_STEP)


@lru_cache(maxsize=512)
def smallest_need(case: Case, material: str) -> float:
    """The smallest demand, target, floor, minimum stock or commitment of a period, in the material's unit; 1 without any."""
    draws, record = drawn(case, material), case.material[material]
    found = [record.minimum_stock, *(row.quantity for row in committed(case, material).values())]
    for t in case.calendar.horizon:
        found += [draws[t], target(case, material, t), floor(case, material, t)]
    return min((need for need in found if need > 0.0), default=1.0)


def signing_matters(case: Case, offer: Offer) -> bool:
    """Whether it matters who signs an offer: it costs something, or binds, one trader alone may, or a decision asks for it."""
    supplier = case.whole.supplier.get(offer.supplier)
    return (
        offer.contract_cost > 0
        or offer.take_or_pay > 0
        or (offer.exclusive and len(case.whole.traders) > 1)
        or (supplier is not None and supplier.onboarding_cost > 0)
        or any(row.offer == offer.offer for row in case.whole.decisions)
    )


def comes_in_lots(case: Case, offer: Offer) -> bool:
    """Whether an offer's orders are planned in whole lots; see `MOST_LOTS`."""
    lot = case.lot(offer)
    return lot is not None and lot * MOST_LOTS >= smallest_need(case.whole, offer.material)


def counts_orders(case: Case, offer: Offer) -> bool:
    """Whether it matters how many orders are placed: a fixed cost, or a minimum that one lot does not meet."""
    lots = lots_of(case, offer)
    return offer.fixed_order_cost > 0 or offer.minimum_order > (lots.least if lots is not None else 0.0)


def supplier_unit(case: Case, supplier: str) -> str:
    """The unit in which a supplier's capacity is measured: its materials', tonnes where they differ."""
    return case.common_unit(case.whole.materials_of.get(supplier, ()))

"""Largest sensible quantities: every big-M of the model, with the reason why it suffices."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache

from models.case import Case
from models.landed_cost import landed_costs
from models.needs import drawn, floor, kept, target
from models.records import Measure, Offer, RuleKind, Sense
from models.slots import slots_of

AGREED = frozenset({"participation", "budget"})
"""Agreed rules that bound an order."""


@lru_cache(maxsize=4)
def largest_orders(case: Case, agreed: bool = True) -> Mapping[tuple[str, int], float]:
    """The most that one order of offer o in period t can sensibly be, in the material's unit.

    It is the least of what the offer, its supplier, the participation cap and the budget allow. Where no Policy rule and
    no trader's share can reward a surplus, or where nothing else bounds the order, it is also at most what is useful:
    everything that the material can still need once the order has arrived (`useful`), in whole lots, raised to the smallest
    order, price-break step, decision or `at least` amount that may ask for more. A larger order can be cut back to that:
    the stock still covers every later need on its own, capacities, budgets and depots only gain, and no cost rises,
    since what is left over is worth nothing (the terminal value is capped at the final target). Rounded down to whole
    lots; an order that cannot reach its minimum is zero. Asked of the whole case, whose coupling rows need all of them.

    Args:
        agreed: whether limits of agreed rules bound orders too; to explain why there is no plan they must not, or they
            would stand against each other unseen.
    """
    surplus_pays = bool(case.whole.policy) or any(
        trader.minimum_share is not None or trader.maximum_share is not None for trader in case.traders
    )
    needed = {material: useful(case, material) for material in case.material}
    costs, result = landed_costs(case), {}
    for offer in case.offers:
        for slot in slots_of(case)[offer.offer]:
            cost = costs[offer.offer, slot.period].total
            limits = (limit for limit, rule in limits_of_order(case, offer, cost) if agreed or rule not in AGREED)
            allowed = min(limits, default=math.inf)
            if not surplus_pays or math.isinf(allowed):
                wanted = max(needed[offer.material][slot.arrival], *_asked(case, offer, cost))
                allowed = min(allowed, wanted + (case.lot(offer) or 0.0))
            result[offer.offer, slot.period] = _orderable(case, offer, allowed)
    return result


def useful(case: Case, material: str) -> dict[int, float]:
    """All that a material can still need from each period's arrivals on, in its unit.

    Later draws and the highest later target, floor or minimum stock, grossed up by the losses of the whole horizon.
    """
    draws = drawn(case, material)
    record = case.material[material]
    gross = kept(case, material) ** -case.calendar.periods
    total, stock, result = 0.0, 0.0, {}
    for t in reversed(case.calendar.horizon):
        total += draws[t]
        stock = max(stock, target(case, material, t), floor(case, material, t), record.minimum_stock)
        result[t] = gross * (total + stock)
    return result


def limits_of_order(case: Case, offer: Offer, unit_cost: float) -> Iterator[tuple[float, str]]:
    """What the workbook allows one order to be (material's unit), each with the name of the rule that says so."""
    material = case.material[offer.material]
    for limit in (offer.capacity_per_period, offer.maximum_order, offer.maximum_total):
        if limit is not None:
            yield limit, "purchases"
    supplier = case.supplier.get(offer.supplier)
    if supplier is not None:
        share = case.in_unit(offer.material, supplier_unit(case, offer.supplier))
        for limit in (supplier.capacity_per_period, supplier.capacity_per_year):
            if limit is not None:
                yield limit / share, "suppliers"
    if material.participation_cap is not None and material.accessible_world_supply is not None:
        cap = material.participation_cap * material.accessible_world_supply * case.calendar.year_fraction
        yield cap, "participation"
    if case.settings.budget is not None and unit_cost > 0 and offer.offer not in case.breaks_of:
        yield case.settings.budget / unit_cost, "budget"


def _asked(case: Case, offer: Offer, unit_cost: float) -> Iterator[float]:
    """Quantities that a single order may have to reach although they are not needed."""
    yield offer.minimum_order
    yield from (step.from_quantity for step in case.breaks_of.get(offer.offer, ()))
    yield from (row.quantity for row in case.decisions if row.offer == offer.offer and row.quantity is not None)
    for rule in case.whole.policy:
        if rule.kind is RuleKind.AMOUNT and rule.sense is Sense.AT_LEAST:
            yield rule.limit if rule.measure is Measure.QUANTITY else rule.limit / max(unit_cost, 1e-9)


def _orderable(case: Case, offer: Offer, allowed: float) -> float:
    """The largest whole number of lots within a limit; zero where the minimum order is out of reach."""
    lot = case.lot(offer)
    if lot is not None:
        allowed = math.floor(allowed / lot + 1e-9) * lot
    return 0.0 if allowed < smallest_order(case, offer) else allowed


def smallest_order(case: Case, offer: Offer) -> float:
    """The least that can be ordered at all: the minimum order in whole lots, a lot, or nothing in particular (0)."""
    lot = case.lot(offer)
    if lot is None:
        return offer.minimum_order
    return max(1, math.ceil(offer.minimum_order / lot - 1e-9)) * lot


def supplier_unit(case: Case, supplier: str) -> str:
    """The unit in which a supplier's capacity is measured: its materials', tonnes where they differ."""
    return case.common_unit(case.whole.materials_of.get(supplier, ()))

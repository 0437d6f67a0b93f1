"""What a material can need, and what rules on shares may make a plan buy beyond that. Building side only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from models.case import EACH_MATERIAL, Case
from models.effects import most_asked
from models.futures import tail_counts
from models.landed_cost import landed_costs
from models.ledgers import Exposure
from models.needs import common_floor, drawn, entitled, floor, kept, most_to_survive, target
from models.origins import value_of
from models.records import MASS_IN_TONNES, Measure, Offer, Policy, RuleKind, Sense, Trader
from models.slots import longest_credit, slots_of

MOST_REWARDED = 1e4
"""Largest factor of `rewarded`."""


@lru_cache(maxsize=4)
def needs_of(case: Case) -> Mapping[str, Mapping[int, float]]:
    """What is useful of each material, by period of arrival."""
    return {material: useful(case, material) for material in case.material}


def useful(case: Case, material: str) -> dict[int, float]:
    """All that a material can still need from each period's arrivals on, in its unit.

    Later draws, in whichever future asks for most, and the highest later target, floor or minimum stock, all that members
    are entitled to, or the most that must survive a contingency, grossed up by the losses of the whole horizon.
    """
    draws, asked, common = drawn(case, material), most_asked(case, material), common_floor(case, material)
    record, members = case.material[material], entitled(case, material)
    gross = kept(case, material) ** -case.calendar.periods
    total, stock, result = 0.0, most_to_survive(case, material), {}
    for t in reversed(case.calendar.horizon):
        total += max(draws[t], asked.get(t, 0.0))
        held = target(case, material, t), floor(case, material, t), common.get(t, 0.0), record.minimum_stock, members[t]
        stock = max(stock, *held)
        result[t] = gross * (total + stock)
    return result


def rewards_spending(case: Case) -> bool:
    """Whether a trader's share of what all spend, or a month's of a year, may reward a cost that serves nothing."""
    return any(share is not None for row in case.traders for share in _shares_of(row))


def _shares_of(row: Trader) -> tuple[float | None, ...]:
    return row.minimum_share, row.maximum_share, row.month_share


def surplus_pays(case: Case) -> bool:
    """Whether more may be bought than is needed, to meet a share or an amount, or to borrow on."""
    return bool(case.policy) or rewards_spending(case) or _hedges(case) or _secures(case)


def _secures(case: Case) -> bool:
    """Whether goods that are paid for once they lie in the depot may secure loans before they cost anything."""
    if not (case.funding and case.advances):
        return False
    longest = longest_credit(case)
    return any(slot.on_credit(case, longest).due > slot.arrival for slots in slots_of(case).values() for slot in slots)


def _hedges(case: Case) -> bool:
    """Whether prices that fall in the worst scenarios may reward orders that serve nothing."""
    return tail_counts(case) and any(shock.price_factor < 1.0 for shock in case.shocks)


def rewarded(case: Case, offer: Offer, unit_cost: float) -> float:
    """About the most that shares can make a plan buy of an offer that nothing bounds, in its material's unit.

    A share of λ asks of what counts, or of what does not, for so much that the total grows at most 1 / min(λ, 1 − λ)-fold;
    an amount asks for itself. So everything that is needed, on order or asked for, in money and in units, is multiplied
    once for each rule. That is an estimate, no proof: rules that feed on each other in a circle could ask for more.
    `MOST_REWARDED` keeps it within what a solver can tell from an open end.
    """
    everything = _everything(case)
    own = case.material[offer.material].unit
    units = sum(quantity * case.in_unit(name, own) for name, quantity in everything.quantities.items()
                if case.material[name].unit == own or {case.material[name].unit, own} <= MASS_IN_TONNES.keys())  # fmt: skip
    return everything.factor * max(units, everything.money / unit_cost if unit_cost > 0 else 0.0)


class _Everything(NamedTuple):
    """What a case may ask for before shares multiply it: quantity by material (its unit), money (USD), and how often."""

    quantities: Mapping[str, float]
    money: float
    factor: float


@lru_cache(maxsize=4)
def _everything(case: Case) -> _Everything:
    quantities = {name: max(found.values()) for name, found in needs_of(case).items()}
    for order in case.open_orders:
        quantities[order.material] += order.quantity
    money = sum(row.contract_cost + row.fixed_order_cost * case.calendar.periods for row in case.offers)
    for rule in case.policy:
        if rule.kind is RuleKind.AMOUNT and rule.sense is Sense.AT_LEAST:
            money += rule.limit if rule.measure is Measure.SPEND else 0.0
            for name, share in _in_scope(case, rule) if rule.measure is Measure.QUANTITY else ():
                quantities[name] += rule.limit / share
    dearest = dict.fromkeys(case.material, 0.0)
    for (name, _), cost in landed_costs(case).items():
        dearest[case.offer[name].material] = max(cost.total, dearest[case.offer[name].material])
    fees = 1.0 + max([row.fee for row in case.traders] + [row.fee or 0.0 for row in case.mandates], default=0.0)
    fees += max((row.credit for row in case.traders), default=0.0)
    money += fees * sum(quantity * dearest[name] for name, quantity in quantities.items())
    factor = math.prod(1.0 / share for share in _tightest_shares(case).values())
    return _Everything(quantities, money, min(factor, MOST_REWARDED))


def _in_scope(case: Case, rule: Policy) -> Iterator[tuple[str, float]]:
    """The materials that a rule is about, each with how many of the rule's unit one of its own is."""
    names = case.in_scope(rule.scope_)
    unit = case.common_unit(names)
    alone = rule.scope_.strip().casefold() == EACH_MATERIAL
    yield from ((name, 1.0 if alone else case.in_unit(name, unit)) for name in names)


def _tightest_shares(case: Case) -> Mapping[str, float]:
    """min(λ, 1 − λ) of each rule's and trader's tightest share; shares of nothing or all ask for no surplus."""
    found: dict[str, float] = {}
    shares = [(f"rule {row.rule}", _share_of(case, row)) for row in case.policy if row.kind is not RuleKind.AMOUNT]
    shares += [(f"trader {row.trader}", share) for row in case.traders
               for share in _shares_of(row) if share is not None]  # fmt: skip
    for name, share in shares:
        if 0.0 < share < 1.0:
            found[name] = min(share, 1.0 - share, found.get(name, 1.0))
    return found


def _share_of(case: Case, rule: Policy) -> float:
    """The share that a rule asks for; an average, that of the highest figure which mixed with the lowest comes to it."""
    if rule.kind is RuleKind.COUNT:
        return rule.minimum_share
    if rule.kind is RuleKind.SHARE:
        return rule.limit
    names = {name for name, _ in _in_scope(case, rule)}
    exposures = (Exposure(row.offer, row.supplier, "") for row in case.offers if row.material in names)
    figures = [figure for exposure in exposures if (figure := value_of(case, exposure, rule)) is not None]
    lowest, highest = min(figures, default=0.0), max(figures, default=0.0)
    return (rule.limit - lowest) / (highest - lowest) if highest > lowest else 0.0

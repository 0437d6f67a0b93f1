from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyomo.environ as pyo

from models.case import Case
from models.decisions import Emergency
from models.effect import Effect
from models.effects import effects_of, undelivered
from models.futures import joined, tail_counts
from models.invoice import EXPECTED_LOSS
from models.landed_cost import discount_factor, shortage_value
from models.ledgers import Account, Linear, Row, bound, linear
from models.needs import drawn, kept, wanted_at_end
from models.outcomes import calls_allowed, charges_of, emergencies_allowed
from models.plan import Assessment, Charge, Plan, quantity_tolerance, rounded
from models.rules.base import Rule
from models.skeleton import Skeleton


class Scenarios(Rule):
    """When a scenario comes about, stock is released, and the rest is bought at once or left unmet.

    released: left[i,e,t] = kept[i] · left[i,e,t−1] + delivered[i,e,t] + emergency[i,e,t] + called[i,e,t] − demand[i,e,t]
                            + unmet[i,e,t]       ∀ i, states e of i's supply, t from e's first period on    [unit]
    on_call:  Σ_τ≤t called[i,e,τ] ≤ Σ_p share on call[p] · quantity[p], over partners p whose delay is over by t     [unit]
    lost:     loss[i,e] = Σ_t factor[t] · (shortage[i] · (unmet[i,e,t] − short[i,t]) + premium[i,e,t] · emergency[i,e,t] + …)
                        + Σ_o,f,t factor[due] · dearer[o,e,t] · delivered[o,e,t] · buy[o,f,t]    ∀ i, e    [USD]
    expected: Σ_i,e probability[e] · (loss[i,e] + benchmark[i] · (emergency + called)[i,e,t] − landed · undelivered)   [USD]
              (landed before price breaks: what they save is not credited, and booked where it is, in Price breaks)

    Orders, contracts and stock are decided before it is known which scenario comes; what is done in one rests on all of its
    course. A state e of a material's supply is what the scenarios about it do together; futures that do the same share it.
    Before e's first period left is the planned stock, in all depots. Of what was to arrive in a shock's periods the available
    share comes, late by its delay; what does not come is not paid for, fees and freight included. demand is that of stock
    that is drawn, times its factor; of a material whose demand only measures cover it is the essential share of what the
    members' own supply leaves open, which is hit as the offers are (`Effect.elsewhere`). emergency is at most what offers
    that are not hit have at once, and costs the benchmark price, and over it the premium:
    (price factor · (1 + stress premium) − 1) · benchmark. Partners' stock is paid for, or given back, at the market price, so
    that only its rise is a loss. A unit unmet costs the value of shortage, or the shortage multiple
    of the benchmark price; short is what the plan leaves short anyway, in place of which it stands. What is planned for the
    depots (room, handling, holding) stays.
    """

    def applies(self, case: Case) -> bool:
        return bool(case.scenarios and case.shocks)

    def declare(self, block: Any, m: Skeleton) -> None:
        felt = [(i, state, t) for i, state, effect in _felt(m) for t in effect.demand]
        at_once = {i for i in m.case.material if any(row.emergency_per_period for row in m.case.offers_of[i])}
        valued = [(i, state) for i, state, _ in _felt(m)] if tail_counts(m.case) else []
        m.variables(block, "left", felt, _material)
        m.variables(block, "unmet", felt, _material)
        m.variables(block, "emergency", [key for key in felt if key[0] in at_once], _material)
        partners = {row.material for row in m.case.partners}
        on_call = [
            (i, state, t) for i, state, effect in _felt(m) if i in partners for t, there in effect.on_call.items() if there
        ]
        m.variables(block, "called", on_call, _material)
        m.variables(block, "loss", valued, _material, pyo.Reals)

    def contribute(self, block: Any, m: Skeleton) -> None:
        for i, state, effect in _felt(m):
            for account, terms in _losses(block, m, state, effect).items():
                m.money.book(account, terms, effect.probability)
            for t in effect.demand:
                for at_once in (block.emergency, block.called):
                    if (i, state, t) in at_once:
                        account = Account("emergency goods", "", i, t, t)
                        m.money.add(account, effect.probability * m.benchmark(i, t), at_once[i, state, t])
        for o, f, slot in m.purchases:
            offer = m.case.offer[o]
            unit = m.landed[o, slot.period].total * (1.0 + m.fee(f, offer.material))
            account = Account("undelivered", "", offer.material, slot.period, slot.due)
            lost = undelivered(m.case.whole, offer.material, m.exposure(o, f), slot.arrival)
            m.money.add(account, -unit * lost, m.buy[o, f, slot.period])
        for order, chosen in m.on_order:
            if not order.paid:
                t = m.case.calendar.period_of(order.arrival)
                lost = undelivered(m.case.whole, order.material, m.exposure_of_order(order), t)
                due = max(1, m.case.calendar.period_of(order.pays_on))
                m.money.add(Account("undelivered", "", order.material, due, due), -lost * order.quantity * order.price, chosen)

    def constrain(self, block: Any, m: Skeleton) -> None:
        arriving = {(i, state): _arriving(m, effect) for i, state, effect in _felt(m)}
        m.rows(block, "released", dict(_released(block, m, arriving)))
        m.rows(block, "lost", dict(_lost(block, m)))
        m.rows(block, "on_call", dict(_on_call(block, m)))
        for i in m.case.material:
            for effect in effects_of(m.case.whole, i) if wanted_at_end(m.case, i) else ():
                if effect.reaches_end:
                    at = i, joined(effect.scenarios)
                    m.ends.left[at] = _left_at_end(block, m, effect, arriving.get(at) or _arriving(m, effect))

    def taken(self, block: Any, value: Callable[[Any], float]) -> Iterator[Emergency]:
        for i, state, t in dict.fromkeys((*block.emergency, *block.called)):
            both = block.emergency, block.called
            bought, called = (rounded(value(of[i, state, t])) if (i, state, t) in of else 0.0 for of in both)
            if bought > 0 or called > 0:
                yield Emergency(i, state, t, bought, called)

    def decided(self, block: Any, plan: Plan) -> Iterator[tuple[tuple[str, Any], float]]:
        at_once = {(row.material, row.scenarios, row.period): row for row in plan.emergencies}
        for index in block.emergency:
            yield (block.emergency.name, index), at_once[index].quantity if index in at_once else 0.0
        for index in block.called:
            yield (block.called.name, index), at_once[index].called if index in at_once else 0.0

    def charges(self, plan: Plan) -> Iterator[Charge]:
        yield from charges_of(plan)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        for bought, allowed in emergencies_allowed(plan):
            material = plan.case.material[bought.material]
            where = f"{bought.material} bought at once in {plan.case.calendar.name(bought.period)} of {bought.scenarios}"
            yield Assessment(self.name, where, "at most", allowed, bought.quantity, material.unit, quantity_tolerance(allowed))
        for name, state, t, called, allowed in calls_allowed(plan):
            where = f"{name} called from partners by {plan.case.calendar.name(t)} of {state}"
            unit, tolerance = plan.case.material[name].unit, quantity_tolerance(allowed, plan.case.calendar.periods)
            yield Assessment(self.name, where, "at most", allowed, called, unit, tolerance)


def _material(index: tuple[Any, ...]) -> str:
    return str(index[0])


def _felt(m: Skeleton) -> Iterator[tuple[str, str, Effect]]:
    """Material, state and effect of those that are felt."""
    for i in m.case.material:
        for effect in effects_of(m.case.whole, i):
            if effect.is_felt:
                yield i, joined(effect.scenarios), effect


def _released(block: Any, m: Skeleton, arriving: Mapping[tuple[str, str], Mapping[int, Linear]]) -> Iterator[tuple[Any, Row]]:
    """What is left of the stock in each period of a state."""
    for i, state, effect in _felt(m):
        keeps = kept(m.case, i)
        for t, asked in effect.demand.items():
            key = i, state, t
            body = Linear().plus(_left_before(block, m, key), keeps).plus(arriving[i, state].get(t, Linear()))
            body.add(1.0, block.unmet[key]).add(-1.0, block.left[key])
            block.unmet[key].setub(asked)
            if key in block.emergency:
                body.add(1.0, block.emergency[key])
                block.emergency[key].setub(effect.at_once(t))
            if key in block.called:
                body.add(1.0, block.called[key])
                block.called[key].setub(effect.on_call[t])
            yield key, (asked, body, asked)


def _lost(block: Any, m: Skeleton) -> Iterator[tuple[Any, Row]]:
    """What each state loses, of which the rows of the tail are made."""
    for i, state, effect in _felt(m) if len(block.loss) else ():
        loss = Linear()
        for account, terms in _losses(block, m, state, effect).items():
            loss.plus(terms, discount_factor(m.case, account.due))
        loss = loss.gathered()
        bound(block.loss[i, state], *loss.range())
        for future in effect.futures:
            m.losses.add(future.name, i, linear((1.0, block.loss[i, state])))
        yield (i, state), (0.0, loss.add(-1.0, block.loss[i, state]), 0.0)


def _on_call(block: Any, m: Skeleton) -> Iterator[tuple[Any, Row]]:
    """What partners can have given by each period after which they can give another sum."""
    for i, state, effect in _felt(m):
        for t in effect.demand:
            if (i, state, t) in block.called and effect.on_call.get(t + 1) != effect.on_call[t]:
                calls = (block.called[i, state, s] for s in effect.demand if s <= t and (i, state, s) in block.called)
                yield (i, state, t), (None, linear(*((1.0, called) for called in calls)), effect.on_call[t])


def _left_before(block: Any, m: Skeleton, key: tuple[str, str, int]) -> Linear:
    """What is left as a period begins: of the state, or the planned stock in all depots where it has only begun."""
    i, state, t = key
    if (i, state, t - 1) in block.left:
        return linear((1.0, block.left[i, state, t - 1]))
    if t > 1:
        return linear(*((1.0, m.stock[i, w, t - 1]) for w in m.places[i]))
    opening = Linear()
    opening.constant = sum(m.opening_by_place(i).values())
    return opening


def _arriving(m: Skeleton, effect: Effect) -> Mapping[int, Linear]:
    """What arrives all the same, by period."""
    sums: dict[int, Linear] = defaultdict(Linear)
    for flow in m.flows.of("arrival", effect.material):
        sums[effect.arrival(flow)].flowing(flow, effect.delivered(flow.exposure, flow.period))
    return sums


def _left_at_end(block: Any, m: Skeleton, effect: Effect, arrivals: Mapping[int, Linear]) -> Linear:
    """What is left at the plan's end: of the last period that asks for something, or of the planned stock, what keeps."""
    i, end, state = effect.material, m.case.calendar.periods, joined(effect.scenarios)
    keeps, last = kept(m.case, i), max(effect.demand, default=0) if effect.is_felt else 0
    left = Linear()
    if last:
        left.add(keeps ** (end - last), block.left[i, state, last])
    else:
        left.plus(linear(*((1.0, m.stock[i, w, end]) for w in m.places[i])))
        for t, planned in m.flows.by_period("arrival", i).items():
            left.plus(planned, -(keeps ** (end - t)))
        for t in m.case.calendar.horizon:
            if (i, t) in m.rotated and effect.keeps_stock(t):
                left.add(keeps ** (end - t), m.rotated[i, t])
    for t, arriving in arrivals.items():
        if last < t <= end:
            left.plus(arriving, keeps ** (end - t))
    return left.gathered()


def _losses(block: Any, m: Skeleton, state: str, effect: Effect) -> Mapping[Account, Linear]:
    """What a state costs beyond the plan, in undiscounted USD by account."""
    i, found = effect.material, defaultdict[Account, Linear](Linear)
    usual = drawn(m.case, i)
    shortage = shortage_value(m.case, i)
    stress = 1.0 + m.case.settings.stress_premium
    for t in effect.demand:
        loss = found[Account(EXPECTED_LOSS, "", i, t, t)].add(shortage, block.unmet[i, state, t])
        loss.plus(m.used(i, t), shortage)
        loss.constant -= shortage * usual[t]
        if (i, state, t) in block.emergency:
            premium = (effect.price_factor(t) * stress - 1.0) * m.benchmark(i, t)
            loss.add(premium, block.emergency[i, state, t])
        if (i, state, t) in block.called:
            loss.add((effect.price_factor(t) - 1.0) * m.benchmark(i, t), block.called[i, state, t])
    for o, f, slot in m.purchases:
        offer = m.case.offer[o]
        if offer.material == i and offer.index is not None:
            moved = effect.dearer(offer, slot) * effect.delivered(m.exposure(o, f), slot.arrival)
            if moved:
                found[Account(EXPECTED_LOSS, "", i, slot.period, slot.due)].add(moved, m.buy[o, f, slot.period])
    return found


RULE = Scenarios()

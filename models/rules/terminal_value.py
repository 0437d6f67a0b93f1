from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from models.audit import benchmark_on, required_cover, short_unit
from models.case import Case
from models.effects import effects_of
from models.futures import joined
from models.landed_cost import shortage_value
from models.ledgers import Account, linear
from models.membership import in_force, strike_of
from models.needs import committed, wanted_at_end
from models.outcomes import courses_of
from models.plan import Assessment, Charge, Plan
from models.quotes import usual_cost
from models.records import Material
from models.rules.base import Rule
from models.skeleton import Skeleton


class TerminalValue(Rule):
    """Stock left at the end is worth something, up to what is asked for then, so that the last months buy on.

    held:   valued[i] ≤ Σ_w stock[i,w,T]                     ∀ i      [unit]
    left:   valued_in[i,e] ≤ left[i,e,T]                     ∀ i, states e of i's supply that may leave another stock  [unit]
    capped: valued[i], valued_in[i,e] ≤ wanted[i]            ∀ i, e   [unit]   (the variables' bounds)
    credit: −Σ_i value[i] · ((1 − Σ_e probability[e]) · valued[i] + Σ_e probability[e] · valued_in[i,e])   ∀ i   [USD]

    wanted[i] is the last target, or what members are entitled to at the end if that is more. value[i] is the lower of the
    mean landed cost of i's offers, so that no plan speculates, and of what wanted[i] brings on average: members buy back at
    their strike price, and the rest is worth benchmark[T] · (1 − haircut). Each offer counts once, at
    its mean over the periods in which it can be ordered; those of suppliers that nobody may buy from do not count. What a
    scenario keeps from arriving is not paid for, and is not there at the end: it is worth nothing then. In a state a unit is
    worth no more than one that is short costs, so that nothing is kept from those who ask for it.
    """

    def applies(self, case: Case) -> bool:
        return bool(case.whole.commitments) or any(row.target_cover_days for row in case.whole.materials)

    def declare(self, block: Any, m: Skeleton) -> None:
        wanted = [i for i in m.case.material if wanted_at_end(m.case, i)]
        m.variables(block, "valued", wanted, str)
        m.variables(block, "valued_in", [(i, e) for i in wanted for e in _states(m.case, i)], lambda index: str(index[0]))

    def contribute(self, block: Any, m: Skeleton) -> None:
        end = m.case.calendar.periods
        for i in block.valued:
            value = _asked_for(m, i)
            cost = m.mean_landed(i)
            value = value if cost is None else min(value, cost)
            account, states = Account("terminal value", "", i, end, end), _states(m.case, i)
            m.money.add(account, -value * max(0.0, 1.0 - sum(states.values())), block.valued[i])
            for e, probability in states.items():
                m.money.add(account, -min(value, shortage_value(m.case, i)) * probability, block.valued_in[i, e])

    def constrain(self, block: Any, m: Skeleton) -> None:
        end = m.case.calendar.periods
        held, left = {}, {}
        for i in block.valued:
            block.valued[i].setub(wanted_at_end(m.case, i))
            held[i] = None, linear((1.0, block.valued[i]), *((-1.0, m.stock[i, w, end]) for w in m.places[i])), 0.0
        for i, e in block.valued_in:
            block.valued_in[i, e].setub(wanted_at_end(m.case, i))
            if (i, e) in m.ends.left:
                left[i, e] = None, linear((1.0, block.valued_in[i, e])).plus(m.ends.left[i, e], -1.0), 0.0
        m.rows(block, "held", held)
        m.rows(block, "left", left)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        end = plan.case.calendar.periods
        for material, wanted in _wanted(plan.case):
            *states, planned = _stocks(plan, material.material)
            worth = _value(plan.case, material, wanted)
            parts = [(*planned, worth), *((*state, min(worth, short_unit(plan.case, material))) for state in states)]
            credit = sum(probability * max(0.0, min(stock, wanted)) * value for probability, stock, value in parts)
            yield Charge("terminal value", "", material.material, end, end, -credit)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        credit: dict[str, float] = defaultdict(float)
        for charge in charges:
            if charge.line == "terminal value":
                credit[charge.material] -= charge.amount
        for material, wanted in _wanted(plan.case):
            where = f"{material.material}: credit for stock at the end"
            most = max(stock for _, stock in _stocks(plan, material.material))
            limit = max(0.0, min(most, wanted)) * _value(plan.case, material, wanted)
            yield Assessment(self.name, where, "at most", limit, credit[material.material], "USD", 0.01)


def _asked_for(m: Skeleton, material: str) -> float:
    """Building side: what a unit of what is asked for at the end brings, on average, in USD."""
    end, case = m.case.calendar.periods, m.case
    plain = m.benchmark(material, end) * (1.0 - case.settings.terminal_haircut)
    back = {c: row.quantity for (c, t), row in committed(case, material).items() if t == end}
    brought = sum(quantity * (m.strike(material, c, end) - plain) for c, quantity in back.items())
    return plain + brought / wanted_at_end(case, material)


def _states(case: Case, material: str) -> dict[str, float]:
    """Building side: the states of a material's supply that may leave another stock at the end, and how likely each is."""
    return {joined(effect.scenarios): effect.probability for effect in effects_of(case.whole, material) if effect.reaches_end}


def _stocks(plan: Plan, material: str) -> list[tuple[float, float]]:
    """Checking side: how likely each stock at the end is (unit): those of the scenarios about the material, and the planned."""
    found = [(course.probability, course.left) for course in courses_of(plan) if course.material == material]
    return [*found, (1 - sum(p for p, _ in found), plan.closing_stock[material, plan.case.calendar.periods])]


def _wanted(case: Case) -> Iterator[tuple[Material, float]]:
    """Checking side: what the last target or the members ask for at the end, whichever is more, where that is anything."""
    end = case.calendar.periods
    targets = {material.material: target for material, t, target, _ in required_cover(case) if t == end}
    for material in case.materials:
        members = sum(row.quantity for row in in_force(case).get((material.material, end), ()))
        wanted = max(targets.get(material.material, 0.0), members)
        if wanted:
            yield material, wanted


def _value(case: Case, material: Material, wanted: float) -> float:
    """Checking side: what a unit left at the end is worth, in USD, where so much is asked for then."""
    last_month = case.calendar.first_day(case.calendar.periods)
    worth = benchmark_on(case, material, last_month) * (1 - case.settings.terminal_haircut)
    rows = in_force(case).get((material.material, case.calendar.periods), ())
    bought_back = sum(row.quantity * strike_of(case, row) for row in rows)
    worth = (bought_back + (wanted - sum(row.quantity for row in rows)) * worth) / wanted
    cost = usual_cost(case, material.material)
    return worth if cost is None else min(worth, cost)


RULE = TerminalValue()

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from statistics import mean
from typing import Any, ClassVar, Literal

from models.case import Case
from models.classes import restricted_stock
from models.decisions import Allotment
from models.ledgers import Account, Linear, linear
from models.membership import holdings, joining
from models.needs import called_off, committed, drawn_before
from models.places import place, space_unit
from models.plan import Assessment, Charge, Plan, quantity_tolerance, rounded
from models.rules.base import Rule
from models.skeleton import Skeleton


class Entitlements(Rule):
    """Members hold what they are entitled to of what lies in the depots; what is missing costs its penalty.

    owed:  held[i,c,t] + missing[i,c,t] ≥ committed[i,c,t] − Σ_τ drawn[i,c,τ]
                                      ∀ i, c with a commitment in force, t, over the last periods τ to replenish       [unit]
    due:   held[i,c,t] ≤ committed[i,c,t] − Σ_τ drawn[i,c,τ]         ∀ i, c, t; 0 if less is committed than called off [unit]
    there: Σ_c held[i,c,t] ≤ Σ_w stock[i,w,t]                        ∀ i, t                                            [unit]
    clean: Σ_c held[i,c,t] + restricted[i,t] ≤ Σ_w stock[i,w,t]      ∀ i, t, over c that take clean origin only        [unit]

    What a call-off dated before the plan tells has been drawn then. A commitment is in force in the periods on whose last day
    it holds. A missing unit costs the commitment's gap penalty (USD per unit and year, by default a quarter of the benchmark
    price on the first day, divided by the member's priority) · part of a year. What nobody holds is the pool's, and nobody
    holds more than it is entitled to. For what is held a member is billed, each part of a year, the carry rate on its strike
    price, the material's holding cost and the mean rent of the depots that may hold it; and its entry fee once.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "wishes"

    def applies(self, case: Case) -> bool:
        return bool(case.whole.commitments or case.whole.call_offs)

    def declare(self, block: Any, m: Skeleton) -> None:
        entitled = [(i, c, t) for i in m.case.material for c, t in committed(m.case, i)]
        m.variables(block, "held", entitled, lambda index: str(index[0]))
        m.variables(block, "missing", entitled, lambda index: str(index[0]))

    def contribute(self, block: Any, m: Skeleton) -> None:
        for i in m.case.material:
            for (c, t), row in committed(m.case, i).items():
                yearly = row.gap_penalty
                if yearly is None:
                    yearly = m.benchmark(i, 1) / 4 / m.case.member[c].priority
                account = Account("entitlement penalty", "", i, t, t)
                m.money.add(account, yearly * m.case.calendar.year_fraction, block.missing[i, c, t])
                billed = m.strike(i, c, t) * m.case.settings.carry_rate + _kept_at(m, i)
                m.money.add(Account("carry billed", "", i, t, t), -billed * m.case.calendar.year_fraction, block.held[i, c, t])
        whole = m.case.whole
        for name, member in m.case.member.items():
            joins = min((t for i in whole.material for c, t in committed(whole, i) if c == name), default=None)
            if joins is not None and member.entry_fee:
                m.money.add(Account("entry fees", "", "", joins, joins), -member.entry_fee, None)

    def constrain(self, block: Any, m: Skeleton) -> None:
        owed, due, there, clean = {}, {}, {}, {}
        for i in m.case.material:
            called, before = called_off(m.case, i), drawn_before(m.case, i)
            everyone, strict = defaultdict[int, Linear](Linear), defaultdict[int, Linear](Linear)
            for (c, t), row in committed(m.case, i).items():
                held, missing = block.held[i, c, t], block.missing[i, c, t]
                missing.setub(row.quantity)
                lately = range(t - row.replenish_periods + 1, t + 1)
                drawn_lately = [(1.0, m.drawn[i, c, s]) for s in lately if (i, c, s) in m.drawn]
                left = row.quantity - sum(before.get((c, s), 0.0) for s in lately)
                owed[i, c, t] = left, linear((1.0, held), (1.0, missing), *drawn_lately), None
                if sum(called.get((c, s), 0.0) for s in lately) > left:  # it has less committed than before
                    held.setub(0.0)
                else:
                    held.setub(left)
                    if drawn_lately:
                        due[i, c, t] = None, linear((1.0, held), *drawn_lately), left
                everyone[t].add(1.0, held)
                if m.case.member[c].clean_origin_only:
                    strict[t].add(1.0, held)
            for t, body in everyone.items():
                there[i, t] = None, body.plus(_stock(m, i, t), -1.0), 0.0
            for t, body in strict.items():
                clean[i, t] = None, body.add(1.0, m.restricted[i, t]).plus(_stock(m, i, t), -1.0), 0.0
        for name, rows in (("owed", owed), ("due", due), ("there", there), ("clean", clean)):
            m.rows(block, name, rows)

    def taken(self, block: Any, value: Callable[[Any], float]) -> Iterator[Allotment]:
        drawn = block.model().drawn
        for i, c, t in dict.fromkeys((*block.held, *drawn)):
            held, out = (rounded(value(of[i, c, t])) if (i, c, t) in of else 0.0 for of in (block.held, drawn))
            if held > 0 or out > 0:
                yield Allotment(c, i, t, held, out)

    def decided(self, block: Any, plan: Plan) -> Iterator[tuple[tuple[str, Any], float]]:
        known = {(row.material, row.member, row.period): row for row in plan.allotments}
        for container, name in ((block.held, "held"), (block.model().drawn, "drawn")):
            for index in container:
                yield (container.name, index), getattr(known[index], name) if index in known else 0.0

    def charges(self, plan: Plan) -> Iterator[Charge]:
        part = plan.case.calendar.months / 12
        for one in holdings(plan):
            if one.missing > 0.0:
                penalty = one.missing * one.yearly * part
                yield Charge("entitlement penalty", "", one.material, one.period, one.period, penalty)
            if one.held:
                yield Charge("carry billed", "", one.material, one.period, one.period, -one.held * one.billed * part)
        for member, period in joining(plan.case).items():
            if plan.case.member[member].entry_fee:
                yield Charge("entry fees", "", "", period, period, -plan.case.member[member].entry_fee)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        yield from self._room(plan)
        for one in holdings(plan):
            where = f"{one.member}: {one.material}, end of {plan.case.calendar.name(one.period)}"
            tolerance = quantity_tolerance(one.entitled, plan.decisions_on[one.material])
            unit = plan.case.material[one.material].unit
            yield Assessment(self.name, where, "at least", one.entitled, one.held, unit, tolerance, hard=False)
            yield Assessment(self.name, f"{where}: held", "at most", one.entitled, one.held, unit, tolerance)

    def _room(self, plan: Plan) -> Iterator[Assessment]:
        """What members hold is in the depots, and clean where they take no other."""
        case, held = plan.case, defaultdict[tuple[str, int, bool], float](float)
        for row in plan.allotments:
            held[row.material, row.period, case.member[row.member].clean_origin_only] += row.held
        for material in dict.fromkeys(row.material for row in case.commitments):
            restricted, unit = restricted_stock(plan, material), case.material[material].unit
            for t in case.calendar.horizon:
                stock, clean = plan.closing_stock[material, t], held[material, t, True]
                where, steps = f"{material} held by members, end of {case.calendar.name(t)}", plan.decisions_on[material]
                tolerance = quantity_tolerance(stock, steps + len(case.members))
                yield Assessment(self.name, where, "at most", stock, clean + held[material, t, False], unit, tolerance)
                if clean:
                    limit = stock - restricted[t]
                    yield Assessment(self.name, f"{where}: clean", "at most", limit, clean, unit, tolerance)


def _kept_at(m: Skeleton, material: str) -> float:
    """What keeping a unit for a year costs: holding, and the mean rent of the depots that may hold it (USD)."""
    depots = [row for row in m.places[material].values() if row is not None]
    rents = [row.rent * m.case.in_unit(material, space_unit(m.case, place(row))) for row in depots]
    return m.case.material[material].holding_cost + (mean(rents) if rents else 0.0)


def _stock(m: Skeleton, material: str, period: int) -> Linear:
    return linear(*((1.0, m.stock[material, w, period]) for w in m.places[material]))


RULE = Entitlements()

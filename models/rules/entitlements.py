from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from models.case import Case
from models.ledgers import Account, Linear, linear
from models.membership import holdings
from models.needs import committed
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton


class Entitlements(Rule):
    """Members hold what they are entitled to of what lies in the depots; what is missing costs its penalty.

    owed:  held[i,c,t] + missing[i,c,t] ≥ committed[i,c,t]           ∀ i, members c with a commitment in force, t      [unit]
    there: Σ_c held[i,c,t] ≤ Σ_w stock[i,w,t]                        ∀ i, t                                            [unit]
    clean: Σ_c held[i,c,t] + restricted[i,t] ≤ Σ_w stock[i,w,t]      ∀ i, t, over c that take clean origin only        [unit]

    A commitment is in force in the periods on whose last day it holds. A missing unit costs the commitment's gap penalty
    (USD per unit and year, by default a quarter of the benchmark price on the first day, divided by the member's priority)
    · part of a year. What nobody holds is the pool's.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "wishes"

    def applies(self, case: Case) -> bool:
        return bool(case.whole.commitments)

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

    def constrain(self, block: Any, m: Skeleton) -> None:
        owed, there, clean = {}, {}, {}
        for i in m.case.material:
            everyone, strict = defaultdict[int, Linear](Linear), defaultdict[int, Linear](Linear)
            for (c, t), row in committed(m.case, i).items():
                held, missing = block.held[i, c, t], block.missing[i, c, t]
                held.setub(row.quantity)
                missing.setub(row.quantity)
                owed[i, c, t] = row.quantity, linear((1.0, held), (1.0, missing)), None
                everyone[t].add(1.0, held)
                if m.case.member[c].clean_origin_only:
                    strict[t].add(1.0, held)
            for t, body in everyone.items():
                there[i, t] = None, body.plus(_stock(m, i, t), -1.0), 0.0
            for t, body in strict.items():
                clean[i, t] = None, body.add(1.0, m.restricted[i, t]).plus(_stock(m, i, t), -1.0), 0.0
        for name, rows in (("owed", owed), ("there", there), ("clean", clean)):
            m.rows(block, name, rows)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for one in holdings(plan):
            amount = one.missing * one.yearly * plan.case.calendar.months / 12
            if amount > 0.0:
                yield Charge("entitlement penalty", "", one.material, one.period, one.period, amount)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        for one in holdings(plan):
            where = f"{one.member}: {one.material}, end of {plan.case.calendar.name(one.period)}"
            tolerance = quantity_tolerance(one.entitled, plan.decisions_on[one.material])
            unit = plan.case.material[one.material].unit
            yield Assessment(self.name, where, "at least", one.entitled, one.held, unit, tolerance, hard=False)


def _stock(m: Skeleton, material: str, period: int) -> Linear:
    return linear(*((1.0, m.stock[material, w, period]) for w in m.places[material]))


RULE = Entitlements()

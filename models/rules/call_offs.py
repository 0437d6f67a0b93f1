from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from models.audit import called_in, places
from models.case import Case
from models.ledgers import Account, Linear, linear
from models.membership import paid_for
from models.needs import called_off
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class CallOffs(Rule):
    """Members draw what they call off of the depots, or it is short at its price.

    served:   drawn[i,c,t] + refused[i,c,t] = call_off[i,c,t]         ∀ i, members c that call off, t      [unit]
    released: Σ_w given_out[i,w,t] − rotated[i,t] = Σ_c drawn[i,c,t]  ∀ i, t                               [unit]

    `refused` exists only where the material has a value of shortage, and costs it (USD per unit). What members who take clean
    origin only draw is of open origin (`origin_classes`). What is drawn is paid for at its strike price, which helps cash and
    does not make the plan cheaper.
    """

    limits: ClassVar[Literal["goods", "money", "wishes"]] = "goods"

    def applies(self, case: Case) -> bool:
        return bool(case.whole.call_offs)

    def declare(self, block: Any, m: Skeleton) -> None:
        refusable = [key for key in m.drawn if m.case.material[key[0]].value_of_shortage is not None]
        m.variables(block, "refused", refusable, lambda index: str(index[0]))

    def contribute(self, block: Any, m: Skeleton) -> None:
        for i, c, t in m.drawn:
            m.money.add(Account("call-offs paid", "", i, t, t), -m.strike(i, c, t), m.drawn[i, c, t])
            if (i, c, t) in block.refused:
                account = Account("shortage", "", i, t, t)
                m.money.add(account, m.case.material[i].value_of_shortage or 0.0, block.refused[i, c, t])

    def constrain(self, block: Any, m: Skeleton) -> None:
        served, sums = {}, defaultdict[tuple[str, int], Linear](Linear)
        for i in m.case.material:
            for (c, t), quantity in called_off(m.case, i).items():
                drawn = m.drawn[i, c, t]
                drawn.setub(quantity)
                body = linear((1.0, drawn))
                if (i, c, t) in block.refused:
                    body.add(1.0, block.refused[i, c, t])
                served[i, c, t] = quantity, body, quantity
                sums[i, t].add(-1.0, drawn)
        called = {i for i, _, _ in m.drawn}
        released = {
            (i, t): (0.0, sums[i, t].plus(m.used(i, t)), 0.0)
            for i in m.case.material if i in called for t in m.case.calendar.horizon
        }  # fmt: skip
        m.rows(block, "served", served)
        m.rows(block, "released", released)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for row in plan.allotments:
            if row.drawn:
                paid = row.drawn * paid_for(plan.case, row)
                yield Charge("call-offs paid", "", row.material, row.period, row.period, -paid)
        for material, _, t, asked, drawn in _called(plan):
            value = plan.case.material[material].value_of_shortage
            if value and asked > drawn:
                yield Charge("shortage", "", material, t, t, (asked - drawn) * value)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        if row == "released" or case.material[index[0]].value_of_shortage is not None:
            return None
        unit, quantity = case.material[index[0]].unit, called_off(case, index[0])[index[1], index[2]]
        return f"what {index[1]} calls off of {index[0]} ({figure(quantity)} {unit}), since no value of shortage is given"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        case, drawn = plan.case, defaultdict[tuple[str, int], float](float)
        for material, member, t, asked, taken in _called(plan):
            unit, where = case.material[material].unit, f"{material} drawn by {member} in {case.calendar.name(t)}"
            drawn[material, t] += taken
            yield Assessment(self.name, where, "at most", asked, taken, unit, quantity_tolerance(asked))
            if case.material[material].value_of_shortage is None:
                yield Assessment(self.name, where, "at least", asked, taken, unit, quantity_tolerance(asked))
        for material in dict.fromkeys(row.material for row in case.call_offs):
            for t in case.calendar.horizon:
                given = plan.used[material, t]
                where = f"{material} given out to members in {case.calendar.name(t)}"
                tolerance = quantity_tolerance(given, len(places(case, material)) + len(case.members))
                yield Assessment(self.name, where, "equal", drawn[material, t], given, case.material[material].unit, tolerance)


def _called(plan: Plan) -> Iterator[tuple[str, str, int, float, float]]:
    """Checking side: material, member, period, what it calls off and what it draws (material's unit)."""
    drawn = {(row.material, row.member, row.period): row.drawn for row in plan.allotments}
    for material in dict.fromkeys(row.material for row in plan.case.call_offs):
        for member in dict.fromkeys(row.member for row in plan.case.call_offs if row.material == material):
            for t in plan.case.calendar.horizon:
                asked = called_in(plan.case, material, t, member)
                if asked:
                    yield material, member, t, asked, drawn.get((material, member, t), 0.0)


RULE = CallOffs()

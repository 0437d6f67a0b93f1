from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.audit import places
from models.case import Case
from models.ledgers import Account, Linear, linear
from models.needs import kept
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class StockBalance(Rule):
    """What lies in a depot is what lay there before, less its loss, plus what came in, less what went out.

    balance: stock[i,w,t] = kept[i] · stock[i,w,t−1] + taken_in[i,w,t] − given_out[i,w,t]        ∀ i, w, t    [unit]
    placed:  Σ_w taken_in[i,w,t] = arrivals[i,t]                                                 ∀ i, t       [unit]
    minimum: Σ_w stock[i,w,t] ≥ minimum_stock[i]                                                 ∀ i, t       [unit]
    maximum: Σ_w stock[i,w,t] ≤ maximum_stock[i]                                                 ∀ i, t       [unit]

    kept = (1 − yearly loss)^(part of a year). Arrivals are all flows of that kind in the ledger. Without depots they go
    straight into the balance. Holding costs Σ_i,t holding_cost[i] · part of a year · stock at the period's end, in USD.
    """

    def applies(self, case: Case) -> bool:
        return True

    def contribute(self, block: Any, m: Skeleton) -> None:
        for i, w, t in m.stock:
            per_period = m.case.material[i].holding_cost * m.case.calendar.year_fraction
            m.money.add(Account("holding", "", i, t, t), per_period, m.stock[i, w, t])

    def constrain(self, block: Any, m: Skeleton) -> None:
        balance, placed, minimum, maximum = {}, {}, {}, {}
        for i, record in m.case.material.items():
            arrivals = m.flows.by_period("arrival", i)
            opening = m.opening_by_place(i)
            keeps = kept(m.case, i)
            for t in m.case.calendar.horizon:
                for w in m.places[i]:
                    body = linear((1.0, m.stock[i, w, t]))
                    if t > 1:
                        body.add(-keeps, m.stock[i, w, t - 1])
                    else:
                        body.constant -= keeps * opening[w]
                    if (i, w, t) in m.taken_in:
                        body.add(-1.0, m.taken_in[i, w, t])
                    elif not m.case.depots and t in arrivals:
                        body.plus(arrivals[t], -1.0)
                    if (i, w, t) in m.given_out:
                        body.add(1.0, m.given_out[i, w, t])
                    balance[i, w, t] = 0.0, body, 0.0
                if m.case.depots:
                    body = linear(*((1.0, m.taken_in[i, w, t]) for w in m.places[i] if (i, w, t) in m.taken_in))
                    placed[i, t] = 0.0, body.plus(arrivals.get(t, Linear()), -1.0), 0.0
                everywhere = [(1.0, m.stock[i, w, t]) for w in m.places[i]]
                if record.minimum_stock:
                    minimum[i, t] = record.minimum_stock, linear(*everywhere), None
                if record.maximum_stock is not None:
                    maximum[i, t] = None, linear(*everywhere), record.maximum_stock
        for name, bodies in (("balance", balance), ("placed", placed), ("minimum", minimum), ("maximum", maximum)):
            m.rows(block, name, bodies)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for (i, _, t), line in plan.stock.items():
            yearly = plan.case.material[i].holding_cost
            if yearly:
                yield Charge("holding", "", i, t, t, line.closing * yearly * plan.case.calendar.months / 12)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        material = case.material[index[0]]
        if row == "minimum":
            return f"the minimum stock of {index[0]} ({figure(material.minimum_stock)} {material.unit})"
        if row == "maximum":
            return f"the maximum stock of {index[0]} ({figure(material.maximum_stock or 0.0)} {material.unit})"
        return None

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        case = plan.case
        for (i, w, t), line in plan.stock.items():
            moved = line.taken_in + line.given_out + line.opening
            where = f"{i}{' in ' + w if w else ''}, end of {case.calendar.name(t)}"
            yield Assessment(self.name, where, "at least", 0.0, line.closing, "unit",
                             quantity_tolerance(moved, plan.decisions_on[i]))  # fmt: skip
        for material in case.materials:
            i = material.material
            for t in case.calendar.horizon:
                where = f"{i}, end of {case.calendar.name(t)}"
                closing, decisions = plan.closing_stock[i, t], plan.decisions_on[i]
                if material.minimum_stock:
                    limit = material.minimum_stock
                    yield Assessment(self.name, where, "at least", limit, closing, material.unit,
                                     quantity_tolerance(limit, decisions))  # fmt: skip
                if material.maximum_stock is not None:
                    limit = material.maximum_stock
                    yield Assessment(self.name, where, "at most", limit, closing, material.unit,
                                     quantity_tolerance(limit, decisions))  # fmt: skip
                if case.depots:
                    arrived = plan.arrivals.get((i, t), 0.0)
                    stored = sum(plan.stock[i, w, t].taken_in for w in places(case, i))
                    yield Assessment(self.name, f"{i} stored of what arrives in {case.calendar.name(t)}", "equal",
                                     arrived, stored, material.unit, quantity_tolerance(arrived, decisions))  # fmt: skip


RULE = StockBalance()

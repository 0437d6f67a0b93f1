from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import mean
from typing import Any

from models import needs
from models.audit import benchmark_on, order_periods, quoted, required_cover
from models.case import Case
from models.ledgers import Account, linear
from models.plan import Assessment, Charge, Plan
from models.records import Material, Offer
from models.rules.base import Rule
from models.skeleton import Skeleton


class TerminalValue(Rule):
    """Stock left at the end is worth something, up to what the last target asks for, so that the last months buy on.

    held:   valued[i] ≤ Σ_w stock[i,w,T]                     ∀ i      [unit]
    capped: valued[i] ≤ target[i,T]                          ∀ i      [unit]   (the variable's bound)
    credit: −Σ_i value[i] · valued[i], due at the end        ∀ i      [USD]

    value[i] is the lower of benchmark[T] · (1 − haircut) and the mean landed cost of i's offers, so that no plan speculates.
    Each offer counts once, at its mean over the periods in which it can be ordered; those of suppliers that nobody may buy
    from do not count.
    """

    def applies(self, case: Case) -> bool:
        return any(row.target_cover_days for row in case.whole.materials)

    def declare(self, block: Any, m: Skeleton) -> None:
        m.variables(block, "valued", [i for i, row in m.case.material.items() if row.target_cover_days], str)

    def contribute(self, block: Any, m: Skeleton) -> None:
        end = m.case.calendar.periods
        for i in block.valued:
            value = m.benchmark(i, end) * (1.0 - m.case.settings.terminal_haircut)
            costs = [mean(m.landed[o.offer, slot.period].total for slot in m.slots[o.offer])
                     for o in m.case.offers_of[i] if m.slots[o.offer] and _is_open(m.case, o)]  # fmt: skip
            if costs:
                value = min(value, mean(costs))
            m.money.add(Account("terminal value", "", i, end, end), -value, block.valued[i])

    def constrain(self, block: Any, m: Skeleton) -> None:
        end = m.case.calendar.periods
        held = {}
        for i in block.valued:
            block.valued[i].setub(needs.target(m.case, i, end))
            held[i] = None, linear((1.0, block.valued[i]), *((-1.0, m.stock[i, w, end]) for w in m.places[i])), 0.0
        m.rows(block, "held", held)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        end = plan.case.calendar.periods
        for material, t, target, _ in required_cover(plan.case):
            if t == end:
                counted = min(plan.closing_stock[material.material, end], target)
                amount = max(0.0, counted) * _value(plan.case, material)
                yield Charge("terminal value", "", material.material, end, end, -amount)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        credit: dict[str, float] = defaultdict(float)
        for charge in charges:
            if charge.line == "terminal value":
                credit[charge.material] -= charge.amount
        for i, amount in credit.items():
            stock = plan.closing_stock[i, plan.case.calendar.periods]
            limit = max(0.0, stock) * _value(plan.case, plan.case.material[i])
            yield Assessment(self.name, f"{i}: credit for stock at the end", "at most", limit, amount, "USD", 0.01)


def _is_open(case: Case, offer: Offer) -> bool:
    """Building side: whether the offer's supplier may be bought from at all."""
    supplier = case.supplier.get(offer.supplier)
    return supplier is None or (supplier.approved and not supplier.sanctioned)


def _value(case: Case, material: Material) -> float:
    """Checking side: what a unit left at the end is worth, in USD."""
    last_month = case.calendar.first_day(case.calendar.periods)
    worth = benchmark_on(case, material, last_month) * (1 - case.settings.terminal_haircut)
    means = []
    for row in case.offers:
        supplier = case.supplier.get(row.supplier)
        closed = supplier is not None and (supplier.sanctioned or not supplier.approved)
        prices = [quoted(case, row, day) for _, day in order_periods(case, row)]
        if row.material == material.material and prices and not closed:
            along = row.freight + row.insurance + row.handling + row.assay_cost
            means.append(sum(prices) / len(prices) * (1 + row.duty_rate) + along)
    return min(worth, sum(means) / len(means)) if means else worth


RULE = TerminalValue()

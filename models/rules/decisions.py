from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from models.bounds import smallest_purchase
from models.case import Case
from models.ledgers import Linear, linear
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.records import Decision, DecisionKind
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class Decisions(Rule):
    """What the buyer has decided is done.

    signed: Σ_f awards[o,f] ≥ 1                        ∀ decisions to force an offer without a quantity       [contracts]
    bought: Σ_f,t buy[o,f,t] ≥ quantity (force), = quantity (fix), ≤ 0 (forbid)     ∀ decisions        [unit]

    The sums run over the decision's trader and period, or over all where it names none. Forcing a period without a
    quantity asks for the smallest order (`models.bounds.smallest_purchase`). A decision that forbids a pair for good
    leaves it without variables.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"

    def applies(self, case: Case) -> bool:
        return bool(case.whole.decisions)

    def constrain(self, block: Any, m: Skeleton) -> None:
        signed, bought = {}, {}
        for row in m.case.decisions:
            number = m.case.whole.decisions.index(row)
            traders = [f for f in m.traders_of(row.offer) if row.trader in (None, f)]
            periods = [slot.period for slot in m.slots[row.offer] if _meant(m.case, row, slot.period)]
            body = linear(*((1.0, m.buy[row.offer, f, t]) for f in traders for t in periods))
            least, most = _range(m.case, row)
            if least is not None or most is not None:
                bought[row.offer, number] = least, body, most
            if row.kind is DecisionKind.FORCE and row.quantity is None:
                awards: Linear = linear(*((1.0, m.awards[row.offer, f]) for f in traders))
                signed[row.offer, number] = 1.0, awards, None
        m.rows(block, "signed", signed)
        m.rows(block, "bought", bought)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        decision = case.whole.decisions[index[1]]
        parts = [
            f"the decision to {decision.kind.value} offer {decision.offer}",
            f"for {decision.trader}" if decision.trader else "",
            f"in {case.calendar.name(case.calendar.period_of(decision.period))}" if decision.period else "",
            f"({figure(decision.quantity)})" if decision.quantity is not None else "",
        ]
        return " ".join(part for part in parts if part)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        for row in plan.case.decisions:
            orders = [
                line for line in plan.purchases
                if line.offer == row.offer and row.trader in (None, line.trader)
                and (row.period is None or plan.case.calendar.period_of(row.period) == line.period)
            ]  # fmt: skip
            quantity = sum(line.quantity for line in orders)
            where = f"{row.kind.value} {row.offer}{' for ' + row.trader if row.trader else ''}"
            if row.kind is DecisionKind.FORBID:
                yield Assessment(self.name, where, "at most", 0.0, quantity, "unit", 0.0)
            elif row.quantity is not None:
                sense: Literal["equal", "at least"] = "equal" if row.kind is DecisionKind.FIX else "at least"
                yield Assessment(self.name, where, sense, row.quantity, quantity, "unit",
                                 quantity_tolerance(row.quantity, len(orders)))  # fmt: skip
            else:
                signed = [c for c in plan.contracts if c.offer == row.offer and row.trader in (None, c.trader)]
                yield Assessment(self.name, f"{where}: signed", "at least", 1, len(signed), "contracts", 0)
                if row.period is not None:
                    yield Assessment(self.name, f"{where}: ordered", "at least", 1, len(orders), "orders", 0)


def _meant(case: Case, row: Decision, period: int) -> bool:
    """Whether a decision is about a period."""
    return row.period is None or case.calendar.period_of(row.period) == period


def _range(case: Case, row: Decision) -> tuple[float | None, float | None]:
    """The least and the most that a decision wants bought."""
    if row.kind is DecisionKind.FORBID:
        return None, 0.0
    if row.kind is DecisionKind.FIX:
        return row.quantity, row.quantity
    if row.quantity is not None:
        return row.quantity, None
    return smallest_purchase(case, case.offer[row.offer]) if row.period is not None else None, None


RULE = Decisions()

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar, Literal

from models.audit import order_periods
from models.case import Case
from models.fence import frozen_until, last_orders, order_of
from models.ledgers import linear
from models.permits import obstacles
from models.plan import QUANTITY_STEP, Assessment, Charge, Plan, quantity_tolerance
from models.records import Previous
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class Frozen(Rule):
    """In the frozen periods exactly what the last plan orders is ordered.

    held: |buy[o,f,t] − last[o,f,t]| ≤ step[o,f,t]      ∀ o, f, frozen periods t that the last plan knows          [unit]

    `last` is what the sheet Previous orders, and 0 where it orders nothing. What was ordered was rounded to a `step`
    (`models.plan.QUANTITY_STEP`), maybe up: held to the last digit, an order that fills a limit would break it. Of nothing
    nothing is rounded. What cannot be ordered any more, on an offer that is gone or has expired or by a trader that may not,
    has no variable, and is let go; then something else may be ordered of its material.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"

    def applies(self, case: Case) -> bool:
        return frozen_until(case) > 0

    def constrain(self, block: Any, m: Skeleton) -> None:
        last, until = last_orders(m.case), frozen_until(m.case)
        orders = [(row.material, order_of(m.case, row)) for row in m.case.previous]
        let_go = {material for material, key in orders if key[2] <= until and key not in m.buy}
        held = {}
        for key in ((o, f, slot.period) for o, f, slot in m.purchases if slot.period <= until):
            if key in last or m.case.offer[key[0]].material not in let_go:
                quantity, step = last.get(key, 0.0), QUANTITY_STEP if key in last else 0.0
                held[key] = quantity - step, linear((1.0, m.buy[key])), quantity + step
        m.rows(block, "held", held)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        offer, trader, period = index
        quantity = last_orders(case).get((offer, trader, period), 0.0)
        when = case.calendar.name(period)
        if not quantity:
            return f"the frozen period {when}, in which the last plan orders nothing on {offer} for {trader}"
        unit = case.material[case.offer[offer].material].unit
        return f"the frozen order of {trader} on {offer} in {when} ({figure(quantity)} {unit})"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        case = plan.case
        ordered = {(row.offer, row.trader, row.period): row.quantity for row in plan.purchases}
        until = case.last_plan_until or date.min
        frozen = [t for t in case.calendar.horizon[: case.settings.frozen_periods] if case.calendar.first_day(t) <= until]
        last: dict[tuple[str, str, int], float] = defaultdict(float)
        let_go = set()
        for row in case.previous:
            t = case.calendar.period_of(row.period)
            if t in frozen and _can_be_ordered(case, row, t):
                last[row.offer, row.trader, t] += row.quantity
            elif t in frozen:
                let_go.add(row.material)
        for offer, trader, t in sorted({**ordered, **last}):
            limit, quantity = last.get((offer, trader, t), 0.0), ordered.get((offer, trader, t), 0.0)
            if t in frozen and (limit or case.offer[offer].material not in let_go):
                where = f"{trader} orders on {offer} in {case.calendar.name(t)}"
                yield Assessment(self.name, where, "equal", limit, quantity, "unit", quantity_tolerance(limit))


def _can_be_ordered(case: Case, row: Previous, period: int) -> bool:
    """Whether an order of the last plan can still be placed in its period."""
    offer = case.offer.get(row.offer)
    return (
        offer is not None and row.trader in case.trader and not any(obstacles(case, row.offer, row.trader))
        and any(t == period for t, _ in order_periods(case, offer))
    )  # fmt: skip


RULE = Frozen()

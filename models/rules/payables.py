from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.case import Case
from models.ledgers import Account
from models.plan import Assessment, Charge, Plan
from models.rules.base import Rule
from models.skeleton import Skeleton


class Payables(Rule):
    """What is owed for goods that arrived before the plan is paid when it is due.

    cost: Σ amount over the payables that are due in t, in the first period what was due before                 ∀ t    [USD]

    It is a commitment of the period in which it is due, and counts in the ceilings of that period's year.
    """

    def applies(self, case: Case) -> bool:
        return bool(case.payables)

    def contribute(self, block: Any, m: Skeleton) -> None:
        for row in m.case.payables:
            t = max(1, m.case.calendar.period_of(row.due))
            m.money.add(Account("payables", row.trader or "", "", t, t), row.amount, None)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for row in plan.case.payables:
            late = row.due < plan.case.settings.start_date
            t = 1 if late else plan.case.calendar.period_of(row.due)
            yield Charge("payables", row.trader or "", "", t, t, row.amount)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        owed = sum(row.amount for row in plan.case.payables)
        booked = sum(charge.amount for charge in charges if charge.line == "payables")
        if owed or booked:
            yield Assessment(self.name, "everything that is owed", "equal", owed, booked, "USD", 0.005)


RULE = Payables()

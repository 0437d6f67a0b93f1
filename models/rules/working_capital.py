from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from models.case import Case
from models.invoice import COMMITMENTS
from models.ledgers import Account, Linear
from models.plan import Assessment, Charge, Plan, money_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class WorkingCapital(Rule):
    """What a trader has committed and not yet paid ties its capital.

    unpaid: Σ_i owing[i,f,t] ≤ working_capital[f]        ∀ f, t    [USD]  couples

    owing_is: owing[i,f,t] = Σ amounts with incurred ≤ t < due                 ∀ i, f, t [USD]

    owing[i,f,t] is what trader f has committed for material i by period t that is due later, past the plan included.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "money"

    def applies(self, case: Case) -> bool:
        return any(row.working_capital is not None for row in case.traders)

    def constrain(self, block: Any, m: Skeleton) -> None:
        limited = {row.trader: row.working_capital for row in m.case.traders if row.working_capital is not None}
        horizon = m.case.calendar.horizon

        def unpaid_in(account: Account) -> range:
            return range(max(1, account.incurred), min(account.due, horizon.stop))

        owing = m.commitments_by_period(block, "owing", limited, unpaid_in)
        unpaid = {(f, t): (None, owing.get((f, t), Linear()), limit) for f, limit in limited.items() for t in horizon}
        m.rows(block, "unpaid", unpaid, coupling=True)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        if row != "unpaid":
            return None
        return f"the working capital of {index[0]} ({figure(case.trader[index[0]].working_capital or 0.0)} USD)"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        for row in plan.case.traders:
            if row.working_capital is None:
                continue
            own = [charge for charge in charges if charge.line in COMMITMENTS and charge.trader == row.trader]
            for t in plan.case.calendar.horizon:
                owing = [charge.amount for charge in own if charge.incurred <= t < charge.due]
                where = f"{row.trader}: committed and not paid at the end of {plan.case.calendar.name(t)}"
                tolerance = money_tolerance(len(owing), plan.lines)
                yield Assessment(self.name, where, "at most", row.working_capital, sum(owing), "USD", tolerance)


RULE = WorkingCapital()

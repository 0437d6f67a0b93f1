from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from models.case import Case
from models.invoice import COMMITMENTS
from models.ledgers import Account, Linear
from models.plan import Assessment, Charge, Plan, money_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import percent


class SpendBalance(Rule):
    """A trader's commitments are spread over the year, so that no period has more than its share of them.

    spread: Σ_i spent[i,f,t] ≤ month_share[f] · Σ_i,τ spent[i,f,τ]   ∀ f, t, over the periods τ of t's year  [USD]  couples

    spent_is: spent[i,f,t] = Σ amounts incurred in t                              ∀ i, f, t [USD]

    spent[i,f,t] is what trader f commits for material i in period t of the plan.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "money"

    def applies(self, case: Case) -> bool:
        return any(row.month_share is not None for row in case.traders)

    def constrain(self, block: Any, m: Skeleton) -> None:
        limited = {row.trader: row.month_share for row in m.case.traders if row.month_share is not None}
        horizon = m.case.calendar.horizon

        def ordered_in(account: Account) -> tuple[int, ...]:
            return (account.incurred,) if account.incurred in horizon else ()

        spent, spread = m.commitments_by_period(block, "spent", limited, ordered_in), {}
        years = {t: m.case.calendar.first_day(t).year for t in horizon}
        for f, share in limited.items():
            for t in horizon:
                body = Linear()
                for s in (s for s in horizon if years[s] == years[t]):
                    body.plus(spent.get((f, s), Linear()), (1.0 if s == t else 0.0) - share)
                spread[f, t] = None, body, 0.0
        m.rows(block, "spread", spread, coupling=True)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        if row != "spread":
            return None
        share = percent(case.trader[index[0]].month_share or 0.0)
        return f"the largest share of a year's commitments of {index[0]} in one period ({share})"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        calendar = plan.case.calendar
        for row in plan.case.traders:
            if row.month_share is None:
                continue
            own = [charge for charge in charges if charge.line in COMMITMENTS and charge.trader == row.trader]
            for t in calendar.horizon:
                year = [charge for charge in own if charge.incurred in calendar.horizon
                        and calendar.first_day(charge.incurred).year == calendar.first_day(t).year]  # fmt: skip
                limit = row.month_share * sum(charge.amount for charge in year)
                achieved = sum(charge.amount for charge in year if charge.incurred == t)
                where = f"{row.trader}: committed in {calendar.name(t)}, of its year"
                yield Assessment(self.name, where, "at most", limit, achieved, "USD", money_tolerance(len(year), plan.lines))


RULE = SpendBalance()

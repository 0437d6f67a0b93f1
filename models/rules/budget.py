from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal, NamedTuple

from models.case import Case
from models.invoice import COMMITMENTS
from models.ledgers import Linear
from models.plan import Assessment, Charge, Plan, money_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class Ceiling(NamedTuple):
    """A ceiling on commitments: of one calendar year or the whole plan, of one trader or all, in USD."""

    year: int | None
    trader: str | None
    amount: float


class Budget(Rule):
    """Commitments stay below every ceiling, counted undiscounted by the period in which the order is placed.

    ceiling: Σ committed[i,f,y] ≤ amount[y,f]      ∀ ceilings (year y or all, trader f or all)     [USD]    couples

    Commitments are landed cost with the trader's fee, order and contract costs, onboarding, and unpaid open orders.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "money"

    def applies(self, case: Case) -> bool:
        return bool(_ceilings(case))

    def constrain(self, block: Any, m: Skeleton) -> None:
        bodies = {_key(ceiling): (None, Linear(), ceiling.amount) for ceiling in _ceilings(m.case)}
        for (_, trader, year), variable in m.committed.items():
            for ceiling in _ceilings(m.case):
                if ceiling.year in (None, year) and ceiling.trader in (None, trader):
                    bodies[_key(ceiling)][1].add(1.0, variable)
        m.rows(block, "ceiling", bodies, coupling=True)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        year, trader, amount = index
        whose = "" if trader == "all traders" else f" of {trader}"
        when = "" if year == "plan" else f" for {year}"
        return f"the budget{whose}{when} of {figure(amount)} USD"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        limits: list[tuple[int | None, str | None, float | None]] = [(None, None, plan.case.settings.budget)]
        limits += [(row.year, row.trader, row.amount) for row in plan.case.budgets]
        for year, trader, amount in dict.fromkeys(limits):
            counted = [
                charge.amount for charge in charges
                if charge.line in COMMITMENTS
                and (year is None or plan.case.calendar.name(charge.incurred).startswith(str(year)))
                and (trader is None or charge.trader == trader)
            ]  # fmt: skip
            if amount is not None:
                lines = [line for line in plan.lines if trader in (None, line.purchase.trader)]
                where = f"{trader or 'all traders'}, {year or 'whole plan'}"
                yield Assessment(self.name, where, "at most", amount, sum(counted), "USD",
                                 money_tolerance(len(counted), lines))  # fmt: skip


def _ceilings(case: Case) -> list[Ceiling]:
    """Building side: the ceiling of Settings and those of Budgets, each once."""
    rows = [Ceiling(row.year, row.trader, row.amount) for row in case.budgets]
    if case.settings.budget is not None:
        rows.insert(0, Ceiling(None, None, case.settings.budget))
    return list(dict.fromkeys(rows))


def _key(ceiling: Ceiling) -> tuple[str, str, float]:
    """What a ceiling's row is indexed by; the amount tells the Settings' from the Budgets' ceiling on everything."""
    return str(ceiling.year or "plan"), ceiling.trader or "all traders", ceiling.amount


RULE = Budget()

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from models.case import Case
from models.invoice import COMMITMENTS
from models.ledgers import Linear
from models.plan import Assessment, Charge, Direction, Plan, money_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure, percent


class Traders(Rule):
    """No trader spends too much, and each gets its share of what the traders spend together.

    spend:  spent[f] ≤ maximum_spend[f]                          ∀ f with a maximum     [USD]    couples
    least:  spent[f] − minimum_share[f] · Σ_g spent[g] ≥ 0       ∀ f with a minimum     [USD]    couples
    most:   spent[f] − maximum_share[f] · Σ_g spent[g] ≤ 0       ∀ f with a maximum     [USD]    couples

    spent is what is committed in the trader's name: its purchases with its fee, its order and contract costs, and its
    unpaid open orders. Onboarding serves all traders and counts for none.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "money"

    def applies(self, case: Case) -> bool:
        return any(
            limit is not None for row in case.traders for limit in (row.maximum_spend, row.minimum_share, row.maximum_share)
        )

    def constrain(self, block: Any, m: Skeleton) -> None:
        spent: Mapping[str, Linear] = defaultdict(Linear)
        for (_, trader, _), variable in m.committed.items():
            if trader:
                spent[trader].add(1.0, variable)
        spend, least, most = {}, {}, {}
        for f, row in m.case.trader.items():
            if row.maximum_spend is not None:
                spend[f] = None, Linear().plus(spent[f]), row.maximum_spend
            if row.minimum_share is not None:
                least[f] = 0.0, _share(spent, f, row.minimum_share), None
            if row.maximum_share is not None:
                most[f] = None, _share(spent, f, row.maximum_share), 0.0
        for name, bodies in (("spend", spend), ("least", least), ("most", most)):
            m.rows(block, name, bodies, coupling=True)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        record = case.trader[index[0]]
        if row == "spend":
            return f"the maximum spend of {index[0]} ({figure(record.maximum_spend or 0.0)} USD)"
        if row == "least":
            return f"the minimum share of {index[0]} ({percent(record.minimum_share or 0.0)})"
        return f"the maximum share of {index[0]} ({percent(record.maximum_share or 0.0)})"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        spent: dict[str, float] = dict.fromkeys(plan.case.trader, 0.0)
        amounts = 0
        for charge in charges:
            if charge.line in COMMITMENTS and charge.trader:
                spent[charge.trader] += charge.amount
                amounts += 1
        everything = sum(spent.values())
        for row in plan.case.traders:
            limits: list[tuple[str, Direction, float | None]] = [
                ("maximum spend", "at most", row.maximum_spend),
                ("minimum share", "at least", _part(row.minimum_share, everything)),
                ("maximum share", "at most", _part(row.maximum_share, everything)),
            ]
            for what, sense, limit in limits:
                if limit is not None:
                    yield Assessment(self.name, f"{row.trader}: {what}", sense, limit, spent[row.trader], "USD",
                                     money_tolerance(amounts, plan.lines))  # fmt: skip


def _share(spent: Mapping[str, Linear], trader: str, share: float) -> Linear:
    """spent[f] − share · Σ_g spent[g], each account once: (1 − share) for the trader's own, −share for the others'."""
    body = Linear()
    for other, terms in spent.items():
        body.plus(terms, (1.0 - share) if other == trader else -share)
    return body


def _part(share: float | None, total: float) -> float | None:
    return None if share is None else share * total


RULE = Traders()

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyomo.environ as pyo

from models.case import Case
from models.futures import futures_of, tail_counts
from models.invoice import SHORTAGE
from models.landed_cost import discount_factor
from models.ledgers import Account, Linear, bound, linear
from models.outcomes import cvar, losses_of
from models.plan import Assessment, Charge, Plan, money_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure, percent


class CVaR(Rule):
    """The mean loss of the worst scenarios weighs beside the cost, or has a ceiling.

    beyond: threshold + excess[ω] ≥ Σ_i loss[i,ω]                                                ∀ ω      [USD]
    cap:    planned + threshold + Σ_ω probability[ω] · excess[ω] / (1 − α) ≤ cap                          [USD]
    weight: λ · (planned + threshold + Σ_ω probability[ω] · excess[ω] / (1 − α)), due at once             [USD]

    Rockafellar and Uryasev, Optimization of conditional value-at-risk, Journal of Risk 2 (2000): with the best threshold this
    is the mean of the worst 1 − α of the losses, and an atom that lies across the edge counts in part. loss[i,ω] is what a
    future costs beyond the plan, and planned what the plan's own shortages cost, both discounted: a future loses both, and
    the normal one the second alone. Without it a plan would do well to be short before scenarios come.
    """

    nature = "agreed"
    limits = "money"

    def applies(self, case: Case) -> bool:
        return tail_counts(case)

    def declare(self, block: Any, m: Skeleton) -> None:
        m.variables(block, "threshold", ["all"], lambda _: None, pyo.Reals)
        m.variables(block, "excess", [future.name for future in futures_of(m.case.whole).kept], lambda _: None)

    def contribute(self, block: Any, m: Skeleton) -> None:
        weight = m.case.settings.risk_weight
        if weight:
            m.money.book(Account("CVaR", "", "", 1, 1), _tail(block, m), weight)

    def constrain(self, block: Any, m: Skeleton) -> None:
        least, most = m.losses.range()
        bound(block.threshold["all"], least, most)  # the best one is the loss of some future
        beyond = {}
        for name in block.excess:
            bound(block.excess[name], 0.0, most - least)
            body = linear((1.0, block.threshold["all"]), (1.0, block.excess[name])).plus(m.losses.of(name), -1.0)
            beyond[name] = 0.0, body, None
        m.rows(block, "beyond", beyond, coupling=True)
        cap = m.case.settings.cvar_cap
        m.rows(block, "cap", {} if cap is None else {"all": (None, _tail(block, m), cap)}, coupling=True)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        weight = plan.case.settings.risk_weight
        if weight and tail_counts(plan.case):
            yield Charge("CVaR", "", "", 1, 1, weight * cvar(losses_of(plan), plan.case.settings.cvar_alpha))

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        if row != "cap":
            return None
        worst = percent(1.0 - case.settings.cvar_alpha)
        return f"the cap on the mean loss of the worst {worst} of the scenarios of {figure(case.settings.cvar_cap or 0.0)} USD"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        cap, alpha = plan.case.settings.cvar_cap, plan.case.settings.cvar_alpha
        if cap is not None and tail_counts(plan.case):
            losses = losses_of(plan)
            where = f"mean loss of the worst {percent(1.0 - alpha)} of the scenarios"
            tolerance = money_tolerance(len(losses), plan.lines)
            yield Assessment(self.name, where, "at most", cap, cvar(losses, alpha), "USD", tolerance)


def _tail(block: Any, m: Skeleton) -> Linear:
    """planned + threshold + Σ probability · excess / (1 − α)."""
    futures, alpha = futures_of(m.case.whole).kept, m.case.settings.cvar_alpha
    worst = ((future.probability / (1.0 - alpha), block.excess[future.name]) for future in futures)
    tail = linear((1.0, block.threshold["all"]), *worst)
    for account, terms in m.money.accounts.items():
        if account.line == SHORTAGE:
            tail.plus(terms, discount_factor(m.case, account.due))
    return tail


RULE = CVaR()

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.case import Case
from models.ledgers import Linear, linear
from models.needs import classed, kept
from models.origins import is_restricted
from models.plan import Assessment, Charge, Plan
from models.records import OriginClass, UnknownOrigin
from models.rules.base import Rule
from models.skeleton import Skeleton


class OriginClasses(Rule):
    """Where a rule or a member asks for it, what is of restricted origin in the stock is told from what is open.

    balance: restricted[i,t] = kept[i] · restricted[i,t−1] + restricted arrivals[i,t] − restricted_out[i,t]   ∀ i, t   [unit]
    within:  restricted[i,t] ≤ Σ_w stock[i,w,t]                                                               ∀ i, t   [unit]
    gone:    restricted_out[i,t] ≤ Σ_w given_out[i,w,t] − Σ_c drawn[i,c,t], c that take clean origin only      ∀ i, t   [unit]

    A lot is restricted where any of its stages lies in a covered country, or is not known where Settings count that as
    restricted. What leaves may be of either origin, but for those who take clean origin only: whoever wants little of it in
    stock gives it out first. Losses take of both alike.
    """

    def applies(self, case: Case) -> bool:
        return bool(classed(case.whole))

    def declare(self, block: Any, m: Skeleton) -> None:
        m.variables(block, "restricted_out", m.restricted, lambda index: str(index[0]))

    def constrain(self, block: Any, m: Skeleton) -> None:
        balance, within, gone = {}, {}, {}
        for i in classed(m.case):
            named = {e for e in m.flows.exposures("arrival", i) if is_restricted(m.case.whole, e)}
            arrivals, keeps = m.flows.by_period("arrival", i, named), kept(m.case, i)
            for t in m.case.calendar.horizon:
                stock, out = m.restricted[i, t], block.restricted_out[i, t]
                body = linear((1.0, stock), (1.0, out)).plus(arrivals.get(t, Linear()), -1.0)
                if t > 1:
                    body.add(-keeps, m.restricted[i, t - 1])
                else:
                    body.constant -= keeps * _restricted_at_first(m.case, i)
                balance[i, t] = 0.0, body, 0.0
                within[i, t] = None, linear((1.0, stock), *((-1.0, m.stock[i, w, t]) for w in m.places[i])), 0.0
                releases = [(-1.0, m.given_out[i, w, t]) for w in m.places[i] if (i, w, t) in m.given_out]
                clean = [(1.0, m.drawn[i, c, t]) for c, row in m.case.member.items()
                         if row.clean_origin_only and (i, c, t) in m.drawn]  # fmt: skip
                gone[i, t] = None, linear((1.0, out), *releases, *clean), 0.0
        for name, rows in (("balance", balance), ("within", within), ("gone", gone)):
            m.rows(block, name, rows)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        """Nothing of its own: what is restricted follows from the purchases, and is limited by those who ask for it."""
        yield from ()


def _restricted_at_first(case: Case, material: str) -> float:
    """Opening stock of restricted origin; one that is not told counts as Settings say of unknown origin."""
    unknown = case.settings.unknown_origin is UnknownOrigin.RESTRICTED
    return sum(
        row.quantity for row in case.opening_stock
        if row.material == material and (row.origin_class is OriginClass.RESTRICTED or (row.origin_class is None and unknown))
    )  # fmt: skip


RULE = OriginClasses()

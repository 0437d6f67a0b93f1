from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from models import needs
from models.case import Case
from models.ledgers import Account, Linear, linear
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.records import Contingency, Hardness
from models.rules.base import Rule
from models.rules.n1_cover.losses import Loss, losses_of
from models.rules.n1_cover.survival import penalty_of, survivals
from models.skeleton import Skeleton
from models.wording import figure, percent


class N1Cover(Rule):
    """When a country, a supplier or a plant is lost, stock and what still arrives last for some days, whenever that is.

    survive: Σ_w∉k stock[i,w,t−1] + Σ_τ=t…u arrivals outside k[i,τ] + n1_gap[r,i,t] ≥ essential[r,i] · demand[i,t…u]
             ∀ contingencies r, i in its scope, losses k, t on or after r's first day, u      [unit]

    u runs over the full periods of the stretch of days that begins with t, and its end: of a last period in part only its
    days' demand counts, and no arrivals. Where the days reach past the horizon, the demand of the last stretch inside it is
    asked for (models.needs.stretch). A lot that has not arrived is lost with any country where some of it is mined, where it
    is refined or whose ports it passes, with its supplier, its plant, and where the contingency says so with the owner's
    country; an unknown country is one of its own. Stock is out of reach where the depot's country is lost. Losses that
    another includes, and ends that a later one implies, have no row. A soft contingency pays penalty (USD per unit and
    year, by default a quarter of the benchmark price on the first day) · part of a year · n1_gap, a hard one has none.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "wishes"

    def applies(self, case: Case) -> bool:
        return bool(case.contingencies)

    def declare(self, block: Any, m: Skeleton) -> None:
        soft = [(r.contingency, i, t) for r, i, t, _ in _asked(m.case) if r.hardness is Hardness.SOFT]
        m.variables(block, "n1_gap", soft, lambda index: str(index[1]))

    def contribute(self, block: Any, m: Skeleton) -> None:
        penalty = {row.contingency: row.penalty for row in m.case.contingencies}
        for r, i, t in block.n1_gap:
            own = penalty[r]
            yearly = m.benchmark(i, 1) / 4 if own is None else own
            m.money.add(Account("N-1 penalty", "", i, t, t), yearly * m.case.calendar.year_fraction, block.n1_gap[r, i, t])

    def constrain(self, block: Any, m: Skeleton) -> None:
        rows = {}
        known = {
            (r.contingency, i): [(loss, _arriving(m, i, loss)) for loss in losses_of(m, r, i)]
            for r in m.case.contingencies for i in m.case.in_scope(r.scope_)
        }  # fmt: skip
        for r, i, t, asked in _asked(m.case):
            for loss, arriving in known[r.contingency, i]:
                left = _stock_before(m, i, t, loss)
                for u in _needed_ends(asked, arriving):
                    body = Linear().plus(left)
                    for period in range(t, u + 1):
                        body.plus(arriving.get(period, Linear()))
                    if (r.contingency, i, t) in block.n1_gap:
                        body.add(1.0, block.n1_gap[r.contingency, i, t])
                    rows[r.contingency, i, loss.name, t, u] = asked[u], body, None
        m.rows(block, "survive", rows)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for found in survivals(plan):
            if found.row.hardness is Hardness.SOFT and found.missing > 0:
                yield Charge("N-1 penalty", "", found.material, found.period, found.period, penalty_of(plan.case, found))

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        name, material, loss = index[:3]
        found = next(row for row in case.contingencies if row.contingency == name)
        if found.hardness is Hardness.SOFT:
            return None
        share = needs.essential(case, found, material)
        of = "" if share == 1.0 else f" at {percent(share)}"
        without = f" without {loss}" if loss else ""
        return f"the contingency “{name}”: {figure(found.days_to_survive)} days{of} of {material}{without}"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        for found in survivals(plan):
            material = plan.case.material[found.material]
            where = (
                f"{found.row.contingency}: {found.material} from {plan.case.calendar.name(found.period)} without {found.loss}"
            )
            yield Assessment(self.name, where, "at least", found.asked, found.available, material.unit,
                             quantity_tolerance(found.asked, plan.decisions_on[found.material]),
                             found.row.hardness is Hardness.HARD)  # fmt: skip


def _asked(case: Case) -> Iterator[tuple[Contingency, str, int, Mapping[int, float]]]:
    """Contingency, material, first period, and what must be there by the end of each last period that helps (unit)."""
    for row in case.contingencies:
        for i in case.in_scope(row.scope_):
            share = needs.essential(case, row, i)
            for t, asked in needs.stretch(case, i, row.days_to_survive).items():
                begun = row.from_date is None or case.calendar.first_day(t) >= row.from_date
                if begun and any(asked.values()):
                    yield row, i, t, {u: share * quantity for u, quantity in asked.items()}


def _stock_before(m: Skeleton, material: str, t: int, loss: Loss) -> Linear:
    """Stock within reach as a period begins."""
    within = [w for w in m.places[material] if w not in loss.places]
    if t > 1:
        return linear(*((1.0, m.stock[material, w, t - 1]) for w in within))
    body, opening = Linear(), m.opening_by_place(material)
    body.constant = sum(opening[w] for w in within)
    return body


def _arriving(m: Skeleton, material: str, loss: Loss) -> Mapping[int, Linear]:
    """What arrives all the same, by period."""
    return m.flows.by_period("arrival", material, m.flows.exposures("arrival", material) - loss.exposures)


def _needed_ends(asked: Mapping[int, float], arriving: Mapping[int, Linear]) -> list[int]:
    """The last periods that no later one implies: nothing more arrives until that, which asks for no less."""
    needed: list[int] = []
    for u in sorted(asked, reverse=True):
        if not needed or asked[u] > asked[needed[-1]] or any(u < period <= needed[-1] for period in arriving):
            needed.append(u)
    return needed[::-1]


RULE = N1Cover()

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from models import needs
from models.audit import common_floor
from models.case import Case
from models.ledgers import Account, linear
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class CoverFloor(Rule):
    """One number of days that the stock of every material covers, once its ramp has ended; what the worst lacks may cost.

    common:   Σ_w stock[i,w,t] + required[i,t] / days · lacking[i] ≥ required[i,t]     ∀ i, t from the ramp's end on   [unit]
    compared: lacking[i] ≤ most_lacking                                                ∀ i                             [days]

    required[i,t] is the demand of the `cover floor` days after t. Where there is a penalty, `most_lacking` days, those of the
    material that lacks most of what is required, cost it each, due in the last period; else nothing is lacking.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "wishes"

    def applies(self, case: Case) -> bool:
        return bool(case.settings.cover_floor)

    def declare(self, block: Any, m: Skeleton) -> None:
        soft = m.case.settings.cover_floor_penalty is not None
        m.variables(block, "lacking", m.case.material if soft else (), str)
        m.variables(block, "most_lacking", ["all"] if soft else (), lambda _: None)

    def contribute(self, block: Any, m: Skeleton) -> None:
        if len(block.most_lacking):
            penalty, last = m.case.settings.cover_floor_penalty or 0.0, m.case.calendar.periods
            m.money.add(Account("cover penalty", "", "", last, last), penalty, block.most_lacking["all"])

    def constrain(self, block: Any, m: Skeleton) -> None:
        common, days = {}, m.case.settings.cover_floor or 0.0
        for i in m.case.material:
            for t, required in needs.common_floor(m.case, i).items():
                body = linear(*((1.0, m.stock[i, w, t]) for w in m.places[i]))
                if i in block.lacking:
                    body.add(required / days, block.lacking[i])
                common[i, t] = required, body, None
        for lacking in (*block.lacking.values(), *block.most_lacking.values()):
            lacking.setub(days)  # its own price alone must not draw it without end
        compared = {}
        for i in m.case.whole.material if len(block.most_lacking) else ():
            own = [(1.0, block.lacking[i])] if i in block.lacking else []
            compared[i] = None, linear(*own, (-1.0, block.most_lacking["all"])), 0.0
        m.rows(block, "common", common)
        m.rows(block, "compared", compared, coupling=True)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        settings, last = plan.case.settings, plan.case.calendar.periods
        if settings.cover_floor and settings.cover_floor_penalty:
            lacking = max(
                (1.0 - plan.closing_stock[i, t] / required for i, t, required in common_floor(plan.case)), default=0.0
            )
            if lacking > 0.0:
                amount = settings.cover_floor_penalty * settings.cover_floor * lacking
                yield Charge("cover penalty", "", "", last, last, amount)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        if row != "common" or case.settings.cover_floor_penalty is not None:
            return None
        return f"the cover floor of {figure(case.settings.cover_floor or 0.0)} days for {index[0]}"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        settings = plan.case.settings
        for i, t, required in common_floor(plan.case):
            where = f"{i}, end of {plan.case.calendar.name(t)}: cover floor of {settings.cover_floor:g} days"
            stock, tolerance = plan.closing_stock[i, t], quantity_tolerance(required, plan.decisions_on[i])
            hard = settings.cover_floor_penalty is None
            yield Assessment(self.name, where, "at least", required, stock, plan.case.material[i].unit, tolerance, hard=hard)


RULE = CoverFloor()

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from models.case import Case
from models.ledgers import Linear
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure, percent


class Participation(Rule):
    """All traders together take no more than a share of the market, so that they do not bid up what is thin.

    cap: Σ_o,f buy[o,f,t] ≤ participation_cap[i] · accessible_world_supply[i] · part of a year      ∀ i, t     [unit/period]
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"

    def applies(self, case: Case) -> bool:
        return any(
            row.participation_cap is not None and row.accessible_world_supply is not None for row in case.whole.materials
        )

    def constrain(self, block: Any, m: Skeleton) -> None:
        caps = {}
        for i, row in m.case.material.items():
            if row.participation_cap is None or row.accessible_world_supply is None:
                continue
            cap = row.participation_cap * row.accessible_world_supply * m.case.calendar.year_fraction
            bought = m.flows.by_period("order", i)
            for t in m.case.calendar.horizon:
                caps[i, t] = None, bought.get(t, Linear()), cap
        m.rows(block, "cap", caps)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        material = case.material[index[0]]
        cap, supply = material.participation_cap or 0.0, material.accessible_world_supply or 0.0
        per_period = f"{figure(cap * supply * case.calendar.year_fraction)} {material.unit} per {case.settings.period.value}"
        return f"the participation cap on {index[0]} of {per_period} ({percent(cap)} of the accessible supply)"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        bought: dict[tuple[str, int], float] = defaultdict(float)
        decisions = Counter((line.material, line.purchase.period) for line in plan.lines)
        for line in plan.lines:
            bought[line.material, line.purchase.period] += line.purchase.quantity
        for (i, t), quantity in bought.items():
            material = plan.case.material[i]
            if material.participation_cap is not None and material.accessible_world_supply is not None:
                per_period = material.accessible_world_supply * plan.case.calendar.months / 12
                cap = material.participation_cap * per_period
                yield Assessment(self.name, f"{i} in {plan.case.calendar.name(t)}", "at most", cap, quantity,
                                 material.unit, quantity_tolerance(cap, decisions[i, t]))  # fmt: skip


RULE = Participation()

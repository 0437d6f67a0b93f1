from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from models import needs
from models.audit import benchmark_on, required_cover
from models.case import Case
from models.ledgers import Account, linear
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class Cover(Rule):
    """The stock covers the days of demand to come: a floor without exception, a target at a price.

    floor:  Σ_w stock[i,w,t] ≥ floor_days[i] · mean daily demand of the floor_days[i] days after t     ∀ i, t    [unit]
    target: Σ_w stock[i,w,t] + cover_gap[i,t] ≥ target[i,t]                                            ∀ i, t    [unit]

    target[i,t] is target_cover_days · mean daily demand of the days after t, reached linearly from the opening stock at
    `ramp from` to all of it at `ramp to`; the last known demand is carried on past the horizon. A missing unit costs
    cover_penalty (USD per unit and year, by default a quarter of the benchmark price on the first day) · part of a year.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "wishes"

    def applies(self, case: Case) -> bool:
        return any(row.target_cover_days or row.floor_days for row in case.whole.materials)

    def declare(self, block: Any, m: Skeleton) -> None:
        targets = [(i, t) for i, row in m.case.material.items() if row.target_cover_days for t in m.case.calendar.horizon]
        m.variables(block, "cover_gap", targets, lambda index: str(index[0]))

    def contribute(self, block: Any, m: Skeleton) -> None:
        for i, t in block.cover_gap:
            penalty = m.case.material[i].cover_penalty
            if penalty is None:
                penalty = m.benchmark(i, 1) / 4
            m.money.add(Account("cover penalty", "", i, t, t), penalty * m.case.calendar.year_fraction, block.cover_gap[i, t])

    def constrain(self, block: Any, m: Skeleton) -> None:
        floors, targets = {}, {}
        for i, record in m.case.material.items():
            for t in m.case.calendar.horizon:
                stock = [(1.0, m.stock[i, w, t]) for w in m.places[i]]
                least = needs.floor(m.case, i, t) if record.floor_days else 0.0
                if least:
                    floors[i, t] = least, linear(*stock), None
                if record.target_cover_days:
                    wanted = needs.target(m.case, i, t)
                    targets[i, t] = wanted, linear((1.0, block.cover_gap[i, t]), *stock), None
        m.rows(block, "floor", floors)
        m.rows(block, "target", targets)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for material, t, target, _ in required_cover(plan.case):
            gap = target - plan.closing_stock[material.material, t]
            penalty = material.cover_penalty
            if penalty is None:
                penalty = benchmark_on(plan.case, material, plan.case.settings.start_date) / 4
            if gap > 0 and penalty:
                amount = gap * penalty * plan.case.calendar.months / 12
                yield Charge("cover penalty", "", material.material, t, t, amount)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        material = case.material[index[0]]
        return f"the hard floor of {figure(material.floor_days)} days of cover of {index[0]}" if row == "floor" else None

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        for material, t, target, floor in required_cover(plan.case):
            stock, decisions = plan.closing_stock[material.material, t], plan.decisions_on[material.material]
            where = f"{material.material}, end of {plan.case.calendar.name(t)}"
            if floor:
                where_floor = f"{where}: floor of {material.floor_days:g} days"
                yield Assessment(self.name, where_floor, "at least", floor, stock, material.unit,
                                 quantity_tolerance(floor, decisions))  # fmt: skip
            if target:
                where_target = f"{where}: target of {material.target_cover_days:g} days"
                yield Assessment(self.name, where_target, "at least", target, stock, material.unit,
                                 quantity_tolerance(target, decisions), hard=False)  # fmt: skip


RULE = Cover()

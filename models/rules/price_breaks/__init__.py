from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyomo.environ as pyo

from models.case import Case
from models.ledgers import Account, Linear, linear
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.rules.base import Rule
from models.rules.price_breaks.schedule import Group, groups, needs_binaries, not_saved, periods, settled, span, tiers
from models.rules.price_breaks.settlement import settlements
from models.skeleton import Skeleton


class PriceBreaks(Rule):
    """From a quantity on, an offer costs another price: for the units beyond it (incremental) or for all units.

    split:  Σ_k in_tier[o,f,g,k,t] = buy[o,f,t]                                ∀ o, f, t        [unit]
    enough: Σ_t∈g in_tier[o,f,g,k,t] ≥ begins[o,k] · tier[o,f,g,k]             ∀ o, f, g, k     [unit]
    limit:  Σ_t∈g in_tier[o,f,g,k,t] ≤ begins[o,k+1] · tier[o,f,g,k]           ∀ o, f, g, k     [unit]
    one:    Σ_k tier[o,f,g,k] ≤ awards[o,f]                                    ∀ o, f, g        [tiers]
    saving: Σ_t∈g saving[o,k,t] · in_tier[o,f,g,k,t] − not_saved[o,k] · tier[o,f,g,k]           [USD]
    tier ∈ {0,1}; g is one order (basis order) or all of a trader's orders (basis contract); not_saved is what the units
    below an incremental step did not save, zero for all units.

    This is the multiple-choice formulation, the tightest there is for steps that fall. Incremental prices that rise need
    no binaries: the plan climbs the cheap segments first, and `limit` holds for each segment's width. Beyond its need a
    plan may buy more to reach a tier, where that pays. A saving lowers price, duty and fee alike; a contract's saving is
    settled in the last period in which its offer can be ordered.
    """

    def applies(self, case: Case) -> bool:
        return bool(case.whole.price_breaks)

    def declare(self, block: Any, m: Skeleton) -> None:
        found = [group for o in m.case.breaks_of for group in groups(m, o)]
        steps = {o: range(len(tiers(m, o, m.slots[o][0].period))) for o in m.case.breaks_of if m.slots[o]}
        m.variables(
            block, "in_tier",
            [(*group, k, t) for group in found for k in steps[group.offer] for t in periods(m, group)],
            m.cluster_of_offer,
        )  # fmt: skip
        chosen = {o for o in steps if needs_binaries(m, o)}
        m.variables(
            block, "tier", [(*group, k) for group in found if group.offer in chosen for k in steps[group.offer]],
            m.cluster_of_offer, pyo.Binary,
        )  # fmt: skip

    def contribute(self, block: Any, m: Skeleton) -> None:
        for o, f, g, k, t in block.in_tier:
            self._book(m, Group(o, f, g), t, tiers(m, o, t)[k].saving, block.in_tier[o, f, g, k, t])
        for o, f, g, k in block.tier:
            group = Group(o, f, g)
            first = periods(m, group)[0]
            self._book(m, group, first, -not_saved(m, group, first, k), block.tier[o, f, g, k])

    def _book(self, m: Skeleton, group: Group, period: int, saving: float, variable: Any) -> None:
        """Book a saving per unit of the variable on price, duty and fee."""
        offer = m.case.offer[group.offer]
        slot = m.slot[group.offer, settled(m, group, period)]
        for line, factor, due in (
            ("purchase", 1.0, slot.due),
            ("duty", offer.duty_rate, slot.arrival),
            ("trader fee", (1.0 + offer.duty_rate) * m.fee(group.trader, offer.material), slot.due),
        ):
            m.money.add(Account(line, group.trader, offer.material, slot.period, due), -saving * factor, variable)

    def constrain(self, block: Any, m: Skeleton) -> None:
        split: dict[Any, Any] = {}
        sums: dict[Any, Linear] = {}
        for o, f, g, k, t in block.in_tier:
            variable = block.in_tier[o, f, g, k, t]
            split.setdefault((o, f, t), (0.0, linear((-1.0, m.buy[o, f, t])), 0.0))[1].add(1.0, variable)
            sums.setdefault((o, f, g, k), linear()).add(1.0, variable)
        enough, limit = {}, {}
        one: dict[Any, Any] = {}
        for (o, f, g, k), body in sums.items():
            begins, ends = span(m, Group(o, f, g), k)
            if (o, f, g, k) not in block.tier:
                limit[o, f, g, k] = None, body, ends - begins
                continue
            tier = block.tier[o, f, g, k]
            enough[o, f, g, k] = 0.0, linear((-begins, tier)).plus(body), None
            limit[o, f, g, k] = None, linear((-ends, tier)).plus(body), 0.0
            one.setdefault((o, f, g), (None, linear((-1.0, m.awards[o, f])), 0.0))[1].add(1.0, tier)
        for name, bodies in (("split", split), ("enough", enough), ("limit", limit), ("one", one)):
            m.rows(block, name, bodies)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for found in settlements(plan):
            line, saving = found.booked, found.saving
            trader, period = line.purchase.trader, line.purchase.period
            duty = plan.case.offer[line.purchase.offer].duty_rate
            for name, amount, due in (
                ("purchase", saving, line.due_period),
                ("duty", saving * duty, line.arrival),
                ("trader fee", saving * (1 + duty) * line.fee, line.due_period),
            ):
                yield Charge(name, trader, line.material, period, due, -amount)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        for found in settlements(plan):
            row = found.booked.purchase
            where = f"{row.offer} by {row.trader}, {plan.case.calendar.name(row.period)}: step reached"
            yield Assessment(self.name, where, "at least", found.step, found.quantity, "unit",
                             quantity_tolerance(found.step))  # fmt: skip


RULE = PriceBreaks()

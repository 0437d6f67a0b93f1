from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyomo.environ as pyo

from models.case import Case
from models.effects import undelivered
from models.ledgers import Account, linear
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.records import BreakBasis
from models.rules.base import Rule
from models.rules.price_breaks.schedule import Group, for_all_units, groups, ordered_at, periods, span, steps
from models.settlements import settlements
from models.skeleton import Skeleton


class PriceBreaks(Rule):
    """From a quantity on, an offer costs another price: for the units beyond it (incremental) or for all units.

    split:    Σ_k in_step[o,f,g,k,t] = buy[o,f,t]                                     ∀ o, f, t                      [unit]
    saving:   Σ_k,t saving[o,k,t] · in_step[o,f,g,k,t]                                ∀ o, f, g                      [USD]
    All units, in_step[k] is everything if step k is reached:
    enough:   Σ_t∈g in_step[o,f,g,k,t] ≥ begins[o,k] · step[o,f,g,k]                  ∀ o, f, g, k                   [unit]
    limit:    Σ_t∈g in_step[o,f,g,k,t] ≤ begins[o,k+1] · step[o,f,g,k]                ∀ o, f, g, k                   [unit]
    one:      Σ_k step[o,f,g,k] ≤ awards[o,f]                                         ∀ o, f, g                      [steps]
    Incremental, in_step[k] is what lies between its beginning and the next:
    width:    Σ_τ∈g, τ≤t in_step[o,f,g,k,τ] ≤ width[o,k] · beyond[o,f,g,k,t]          ∀ o, f, g, k, t ∈ ordered[g]   [unit]
    in_order: Σ_τ∈g, τ≤t in_step[o,f,g,k−1,τ] ≥ width[o,k−1] · beyond[o,f,g,k,t]      ∀ o, f, g, k > 0, t ∈ ordered[g] [unit]
    step, beyond ∈ {0,1}, beyond[k = 0] is awards[o,f]; g is one order (basis order) or all of a trader's orders (basis
    contract).

    These are the multiple-choice and the incremental formulation, the tightest there are (and equally tight). Incremental
    prices that rise need no binaries: a plan climbs the cheap segments first, and `width` holds without them. The units of
    a contract count in the order of their purchase; `ordered` is every period where it matters which of them are cheap,
    else the last. Beyond its need a plan may buy more to reach a step, where that pays. A saving lowers price, duty and fee
    of the purchase that makes it alike, in that purchase's periods, and with them what is not paid of goods that scenarios
    keep away. What PastPurchases has of a contract counts towards its steps; what was paid for it stays as it is.
    """

    def applies(self, case: Case) -> bool:
        return bool(case.whole.price_breaks)

    def declare(self, block: Any, m: Skeleton) -> None:
        found = {
            group: range(len(steps(m, group, periods(m, group)[0]))) for o in m.case.breaks_of for group in groups(m, o)
        }  # fmt: skip
        m.variables(
            block, "in_step", [(*group, k, t) for group, ks in found.items() for k in ks for t in periods(m, group)],
            m.cluster_of_offer,
        )  # fmt: skip
        chosen = [(*group, k) for group, ks in found.items() if for_all_units(m, group.offer) for k in ks]
        m.variables(block, "step", chosen, m.cluster_of_offer, pyo.Binary)
        beyond = [
            (*group, k, t) for group, ks in found.items() if not for_all_units(m, group.offer)
            for k in ks[1:] for t in ordered_at(m, group)
        ]  # fmt: skip
        m.variables(block, "beyond", beyond, m.cluster_of_offer, pyo.Binary)

    def contribute(self, block: Any, m: Skeleton) -> None:
        """Book each unit's saving on price, duty and fee, but for what scenarios keep away, which is not paid for."""
        for o, f, g, k, t in block.in_step:
            saving, bought = steps(m, Group(o, f, g), t)[k].saving, block.in_step[o, f, g, k, t]
            offer = m.case.offer[o]
            slot, duty_rate = m.slot[o, f, t], m.landed[o, t].duty_rate
            for line, factor, due in (
                ("purchase", 1.0, slot.due),
                ("duty", duty_rate, slot.arrival),
                ("trader fee", (1.0 + duty_rate) * m.fee(f, offer.material), slot.due),
            ):
                m.money.add(Account(line, f, offer.material, slot.period, due), -saving * factor, bought)
            if lost := undelivered(m.case.whole, offer.material, m.exposure(o, f), slot.arrival):
                of_all = (1.0 + duty_rate) * (1.0 + m.fee(f, offer.material))
                m.money.add(Account("undelivered", "", offer.material, slot.period, slot.due), lost * saving * of_all, bought)

    def constrain(self, block: Any, m: Skeleton) -> None:
        split: dict[Any, Any] = {}
        for o, f, g, k, t in block.in_step:
            row = split.setdefault((o, f, t), (0.0, linear((-1.0, m.buy[o, f, t])), 0.0))
            row[1].add(1.0, block.in_step[o, f, g, k, t])
        m.rows(block, "split", split)
        self._choose(block, m)
        self._fill_in_order(block, m)

    def _choose(self, block: Any, m: Skeleton) -> None:
        """All units: the rows that choose one step."""
        enough, limit = {}, {}
        one: dict[Any, Any] = {}
        for o, f, g, k in block.step:
            group, step = Group(o, f, g), block.step[o, f, g, k]
            begins, ends = span(m, group, k)
            bought = [(1.0, block.in_step[o, f, g, k, t]) for t in periods(m, group)]
            enough[o, f, g, k] = 0.0, linear((-begins, step), *bought), None
            limit[o, f, g, k] = None, linear((-ends, step), *bought), 0.0
            one.setdefault((o, f, g), (None, linear((-1.0, m.awards[o, f])), 0.0))[1].add(1.0, step)
        for name, bodies in (("enough", enough), ("limit", limit), ("one", one)):
            m.rows(block, name, bodies)

    def _fill_in_order(self, block: Any, m: Skeleton) -> None:
        """Incremental: the rows that fill one segment after the other."""
        width, in_order = {}, {}
        beyond = dict(block.beyond.items())
        for o, f, g, k in dict.fromkeys(index[:4] for index in block.in_step if not for_all_units(m, index[0])):
            group = Group(o, f, g)
            begins, ends = span(m, group, k)
            for t in ordered_at(m, group) or periods(m, group)[-1:]:
                so_far = [(1.0, block.in_step[o, f, g, k, period]) for period in periods(m, group) if period <= t]
                opened = m.awards[o, f] if k == 0 else beyond.get((o, f, g, k, t))
                if opened is None:
                    width[o, f, g, k, t] = None, linear(*so_far), ends - begins
                else:
                    width[o, f, g, k, t] = None, linear((begins - ends, opened), *so_far), 0.0
                following = beyond.get((o, f, g, k + 1, t))
                if following is not None:
                    in_order[o, f, g, k + 1, t] = 0.0, linear((begins - ends, following), *so_far), None
        m.rows(block, "width", width)
        m.rows(block, "in_order", in_order)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for line, saving in (pair for found in settlements(plan) for pair in found.savings):
            trader, period = line.purchase.trader, line.purchase.period
            duty = line.beside.duty_rate
            for name, amount, due in (
                ("purchase", saving, line.due_period),
                ("duty", saving * duty, line.arrival),
                ("trader fee", saving * (1 + duty) * line.fee, line.due_period),
            ):
                yield Charge(name, trader, line.material, period, due, -amount)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        for found in settlements(plan):
            row = found.savings[0][0].purchase
            when = "all orders" if found.basis is BreakBasis.CONTRACT else plan.case.calendar.name(row.period)
            where = f"{row.offer} by {row.trader}, {when}: step reached"
            yield Assessment(self.name, where, "at least", found.step, found.quantity, "unit",
                             quantity_tolerance(found.step))  # fmt: skip


RULE = PriceBreaks()

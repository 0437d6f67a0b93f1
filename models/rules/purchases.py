from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from models.bounds import counts_orders, signing_matters
from models.case import Case
from models.ledgers import Account, Flow, Linear, linear
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class Purchases(Rule):
    """A trader buys on an offer that it has signed, while the offer is valid, within the offer's capacity.

    awarded:    buy[o,f,t] ≤ largest[o,t] · awards[o,f]                 ∀ o, f, t      [unit]
    one_trader: Σ_f awards[o,f] ≤ 1                                     ∀ exclusive o  [contracts]
    capacity:   Σ_f buy[o,f,t] ≤ capacity[o]                            ∀ shared o, t  [unit/period]
    total:      Σ_f,t buy[o,f,t] ≤ maximum_total[o]                     ∀ o            [unit]

    `awarded` holds where it matters who signs (`models.bounds.signing_matters`); otherwise whoever buys has signed. Where
    orders are counted, `orders` ties buy to an order and the order to the award, which is tighter.
    `largest` (models.bounds) contains capacity and maximum order, so an exclusive offer needs no capacity row. Every unit
    costs its landed cost times one plus the trader's fee; price and fee are due after the payment days and the
    days of the trader's credit, the rest on arrival.
    """

    def applies(self, case: Case) -> bool:
        return True

    def contribute(self, block: Any, m: Skeleton) -> None:
        for o, f, slot in m.purchases:
            material, exposure, fee = m.case.offer[o].material, m.exposure(o, f), m.fee(f, m.case.offer[o].material)
            t, arrival, due = slot.period, slot.arrival, slot.due
            buy, cost = m.buy[o, f, t], m.landed[o, t]
            for line, value, when in (
                ("purchase", cost.purchase, due),
                ("freight", cost.freight, arrival),
                ("insurance", cost.insurance, arrival),
                ("handling", cost.handling, arrival),
                ("assay", cost.assay, arrival),
                ("inspection", cost.inspection, arrival),
                ("duty", cost.duty, arrival),
                ("trader fee", cost.total * fee, due),
            ):
                if value:
                    m.money.add(Account(line, f, material, t, when), value, buy)
            m.flows.add("order", material, Flow(exposure, t, 1.0, buy))
            m.flows.add("arrival", material, Flow(exposure, arrival, 1.0, buy, slot.arrives))

    def constrain(self, block: Any, m: Skeleton) -> None:
        awarded = {}
        for o, f, slot in m.purchases:
            buy, largest = m.buy[o, f, slot.period], m.largest[o, slot.period]
            buy.setub(largest)
            offer = m.case.offer[o]
            if signing_matters(m.case, offer) and not counts_orders(m.case, offer):
                awarded[o, f, slot.period] = None, linear((1.0, buy), (-largest, m.awards[o, f])), 0.0
        m.rows(block, "awarded", awarded)
        shared = {o for o in m.case.offer if len(m.traders_of(o)) > 1}
        m.rows(block, "one_trader", {
            o: (None, linear(*((1.0, m.awards[o, f]) for f in m.traders_of(o))), 1.0)
            for o in sorted(shared) if m.case.offer[o].exclusive
        })  # fmt: skip
        m.rows(block, "capacity", {
            (o, slot.period): (None, linear(*((1.0, m.buy[o, f, slot.period]) for f in m.traders_of(o))), capacity)
            for o in sorted(shared) if not m.case.offer[o].exclusive
            for capacity in [m.case.offer[o].capacity_per_period] if capacity is not None
            for slot in m.slots[o]
        })  # fmt: skip
        m.rows(block, "total", {
            offer.offer: (None, _everything(m, offer.offer), offer.maximum_total)
            for offer in m.case.offers if offer.maximum_total is not None
        })  # fmt: skip

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for line in plan.lines:
            quantity, trader, period = line.purchase.quantity, line.purchase.trader, line.purchase.period
            for name, per_unit, due in (
                ("purchase", line.price, line.due_period),
                ("freight", line.beside.freight, line.arrival),
                ("insurance", line.beside.insurance, line.arrival),
                ("handling", line.beside.handling, line.arrival),
                ("assay", line.beside.assay, line.arrival),
                ("inspection", line.beside.inspection, line.arrival),
                ("duty", line.beside.duty, line.arrival),
                ("trader fee", line.landed * line.fee, line.due_period),
            ):
                yield Charge(name, trader, line.material, period, due, quantity * per_unit)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        offer = case.offer[index[0]]
        unit = case.material[offer.material].unit
        if row == "order":
            return f"what offer {offer.offer} can deliver"
        if row == "total":
            return f"the maximum total of offer {offer.offer} ({figure(offer.maximum_total or 0.0)} {unit})"
        if row == "capacity":
            return f"the capacity of offer {offer.offer} ({figure(offer.capacity_per_period or 0.0)} {unit} per period)"
        return None

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        signed = {(row.offer, row.trader) for row in plan.contracts}
        traders: dict[str, set[str]] = defaultdict(set)
        ordered: dict[tuple[str, int], float] = defaultdict(float)
        total: dict[str, float] = defaultdict(float)
        decisions = Counter(row.offer for row in plan.purchases)
        for contract in plan.contracts:
            traders[contract.offer].add(contract.trader)
        for line in plan.lines:
            row = line.purchase
            ordered[row.offer, row.period] += row.quantity
            total[row.offer] += row.quantity
            yield from self._dates(plan.case, line.ordered, row.offer, row.period, line.arrival)
            if (row.offer, row.trader) not in signed:
                where = f"{row.offer} bought by {row.trader} without a contract"
                yield Assessment(self.name, where, "at most", 0.0, row.quantity, "unit", 0.0)
        for offer, signatories in traders.items():
            if plan.case.offer[offer].exclusive:
                yield Assessment(self.name, f"traders that sign {offer}", "at most", 1, len(signatories), "traders", 0)
        for (offer, period), quantity in ordered.items():
            yield from self._at_most(plan.case.offer[offer].capacity_per_period, quantity, decisions[offer],
                                     f"{offer} ordered in {plan.case.calendar.name(period)}")  # fmt: skip
        for offer, quantity in total.items():
            yield from self._at_most(plan.case.offer[offer].maximum_total, quantity, decisions[offer],
                                     f"{offer} over the plan")  # fmt: skip

    def _at_most(self, limit: float | None, achieved: float, decisions: int, where: str) -> Iterator[Assessment]:
        if limit is not None:
            yield Assessment(self.name, where, "at most", limit, achieved, "unit", quantity_tolerance(limit, decisions))

    def _dates(self, case: Case, ordered: date, offer: str, period: int, arrival: int) -> Iterator[Assessment]:
        """The order's day lies in its period and in the offer's validity, and the goods arrive within the horizon."""
        record, calendar = case.offer[offer], case.calendar
        last = min(calendar.last_day(period), record.valid_to or date.max)
        where = f"{offer} ordered on {ordered} in {calendar.name(period)}"
        yield Assessment(self.name, f"{where}: days late", "at most", 0, max(0, (ordered - last).days), "days", 0)
        yield Assessment(self.name, f"{where}: arrival", "at most", calendar.periods, arrival, "period", 0)


def _everything(m: Skeleton, offer: str) -> Linear:
    """Σ_f,t buy[o,f,t]."""
    return linear(*((1.0, m.buy[offer, f, slot.period]) for f in m.traders_of(offer) for slot in m.slots[offer]))


RULE = Purchases()

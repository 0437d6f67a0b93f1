from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Literal

import pyomo.environ as pyo

from models import treasury
from models.case import Case
from models.decisions import Drawing
from models.invoice import CASH, INTEREST
from models.ledgers import Account, Linear, linear
from models.plan import Assessment, Charge, Plan, cents, cents_up
from models.records import EquityOrder
from models.rules.base import Rule
from models.rules.funding.sources import Source, building_up, order_is_decided, sources_of
from models.skeleton import Skeleton
from models.wording import figure


class Funding(Rule):
    """What falls due is paid in money: cash, equity, and loans that are drawn and repaid.

    flow:      cash[t] = cash[t−1] + Σ_b (drawn[b,t] − repaid[b,t]) − Σ payments due in t            ∀ t      [USD]  couples
    carried:   balance[b,t] = balance[b,t−1] + drawn[b,t] − repaid[b,t] ≤ available[b,t]            ∀ b, t   [USD]  couples
    in_order:  Σ_loans drawn[b,t] ≤ commitments · opened[t]                                          ∀ t      [USD]  couples
    used_up:   Σ_equity balance[b,t] ≥ available[t] · opened[t]                                      ∀ t      [USD]  couples
    pro_rata:  Σ_equity balance[b,t] / Σ amounts = Σ_loans balance[b,t] / Σ commitments              ∀ t      [USD]  couples
    cost: Σ_b,t (rate[b] · balance[b,t−1] + commitment_fee[b] · (amount[b] − balance[b,t−1])) · part of a year + upfront fees

    Interest on what is owed at the plan's end is due after it: costed, so that nothing is drawn then to no end, but not paid.
    cash ≥ minimum_cash. Payments are the bill's lines that are owed to someone, in the period in which they are due; what is
    due later is costed, but not paid within the plan. What may be drawn of a loan is what its tranches open by the period's
    end, falling evenly from `repay_from` to nothing at `repay_by`; equity is never paid back. Equity first: while some is
    left, no loan is drawn; the cheapest plan does so by itself but where a loan costs no more than leaving it undrawn, so
    that only there `opened` is decided. Pro rata holds until the first loan begins to be repaid by its terms.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "money"

    def applies(self, case: Case) -> bool:
        return bool(case.funding)

    def declare(self, block: Any, m: Skeleton) -> None:
        found, horizon = sources_of(m.case), m.case.calendar.horizon
        block.opening = {name: source.drawn for name, source in found.items()}
        every = [(name, t) for name in found for t in horizon]
        for name in ("drawn", "balance"):
            m.variables(block, name, every, _the_masters)
        m.variables(block, "repaid", [(name, t) for name, t in every if found[name].is_loan], _the_masters)
        m.variables(block, "cash", list(horizon), _the_masters)
        if m.case.settings.equity_order is EquityOrder.EQUITY_FIRST and order_is_decided(found):
            m.variables(block, "opened", list(horizon), _the_masters, pyo.Binary)
        for t in horizon:
            m.debts.owed[t] = linear(*((1.0, block.balance[name, t]) for name in found if found[name].is_loan))

    def contribute(self, block: Any, m: Skeleton) -> None:
        part = m.case.calendar.year_fraction
        for name, source in sources_of(m.case).items():
            for t in m.case.calendar.horizon:
                fee = source.commitment_fee * part if source.is_open(t) else 0.0
                for line, rate in ((INTEREST, source.rate * part), ("commitment fee", -fee)):
                    account = Account(line, "", "", t, t)
                    if t > 1:
                        m.money.add(account, rate, block.balance[name, t - 1])
                    elif rate * source.drawn:
                        m.money.add(account, rate * source.drawn, None)
                if fee:
                    m.money.add(Account("commitment fee", "", "", t, t), fee * source.amount, None)
            last = Account(INTEREST, "", "", m.case.calendar.periods, m.case.calendar.periods + 1)
            m.money.add(last, source.rate * part, block.balance[name, m.case.calendar.periods])
            if source.upfront_fee and source.new_in is not None:
                at = Account("upfront fee", "", "", source.new_in, source.new_in)
                m.money.add(at, source.upfront_fee * source.amount, None)

    def constrain(self, block: Any, m: Skeleton) -> None:
        case, found = m.case, sources_of(m.case)
        carried = {}
        for name, t in block.balance:
            source = found[name]
            block.balance[name, t].setub(source.available[t])
            block.drawn[name, t].setub(source.available[t])
            body = linear((1.0, block.balance[name, t]), (-1.0, block.drawn[name, t]))
            if source.is_loan:
                block.repaid[name, t].setub(source.amount)
                body.add(1.0, block.repaid[name, t])
            if t > 1:
                body.add(-1.0, block.balance[name, t - 1])
            else:
                body.constant -= source.drawn
            carried[name, t] = 0.0, body, 0.0
        m.rows(block, "carried", carried, coupling=True)
        self._pay(block, m)
        if case.settings.equity_order is EquityOrder.PRO_RATA:
            self._in_proportion(block, m, found)
        elif order_is_decided(found):
            self._in_order(block, m, found)

    def _pay(self, block: Any, m: Skeleton) -> None:
        """The rows of cash."""
        paid = m.paid
        shared: dict[int, Linear] = {t: Linear() for t in m.case.calendar.horizon}
        for account, terms in m.money.accounts.items():
            if account.line in CASH and not account.material and account.due in shared:
                shared[account.due].plus(terms)
        flow = {}
        for t in m.case.calendar.horizon:
            block.cash[t].setlb(m.case.settings.minimum_cash)
            body = linear((1.0, block.cash[t])).plus(shared[t])
            for (_, due), amount in paid.items():
                if due == t:
                    body.add(1.0, amount)
            for name in sources_of(m.case):
                body.add(-1.0, block.drawn[name, t])
                if (name, t) in block.repaid:
                    body.add(1.0, block.repaid[name, t])
            if t > 1:
                body.add(-1.0, block.cash[t - 1])
            else:
                body.constant -= m.case.settings.opening_cash
            flow[t] = 0.0, body.gathered(), 0.0
        m.rows(block, "flow", flow, coupling=True)

    def _in_proportion(self, block: Any, m: Skeleton, found: dict[str, Source]) -> None:
        equity, loans = _split(found)
        put_in, lent = sum(row.amount for row in equity), sum(row.amount for row in loans)
        rows = {}
        for t in building_up(loans, m.case.calendar.horizon) if put_in and lent else ():
            shares = [(1.0 / put_in, row) for row in equity] + [(-1.0 / lent, row) for row in loans]
            rows[t] = 0.0, linear(*((put_in * share, block.balance[row.name, t]) for share, row in shares)), 0.0
        m.rows(block, "pro_rata", rows, coupling=True)

    def _in_order(self, block: Any, m: Skeleton, found: dict[str, Source]) -> None:
        equity, loans = _split(found)
        lent = sum(row.amount for row in loans)
        order, used = {}, {}
        for t in m.case.calendar.horizon:
            opened = block.opened[t]
            order[t] = None, linear(*((1.0, block.drawn[row.name, t]) for row in loans), (-lent, opened)), 0.0
            there = sum(row.available[t] for row in equity)
            used[t] = 0.0, linear(*((1.0, block.balance[row.name, t]) for row in equity), (-there, opened)), None
        m.rows(block, "in_order", order, coupling=True)
        m.rows(block, "used_up", used, coupling=True)

    def taken(self, block: Any, value: Callable[[Any], float]) -> Iterator[Drawing]:
        balance = {index: value(block.balance[index]) for index in block.balance}
        if not block.component("pro_rata"):
            _put_equity_first(block, balance)
        before = dict(block.opening)
        for name, t in block.balance:
            now = cents_up(balance[name, t])
            change, before[name] = cents(now - before[name]), now
            if change:
                yield Drawing(name, t, max(0.0, change), max(0.0, -change))

    def decided(self, block: Any, plan: Plan) -> Iterator[tuple[tuple[str, Any], float]]:
        known = {(row.source, row.period): row for row in plan.drawings}
        for container, name in ((block.drawn, "drawn"), (block.repaid, "repaid")):
            for index in container:
                yield (container.name, index), getattr(known[index], name) if index in known else 0.0

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        if row == "flow":
            least = figure(case.settings.minimum_cash)
            return f"what cash, equity and loans can pay, with a minimum cash of {least} USD"
        return "equity and loans drawn in proportion" if row == "pro_rata" else None

    def charges(self, plan: Plan) -> Iterator[Charge]:
        yield from treasury.financing(plan)

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        yield from treasury.assessed(self.name, plan, charges)


def _put_equity_first(block: Any, balance: dict[tuple[str, int], float]) -> None:
    """Have equity in place of loans as far as there is any: as much money together at every time, of which no loan is larger.

    No plan is dearer for it; one within a gap may have it otherwise.
    """
    loans, equity = ([name for name in block.opening if ((name, 1) in block.repaid) is kind] for kind in (True, False))
    put_in = {name: block.opening[name] for name in equity}
    for t in sorted({t for _, t in balance}):
        together, owed = (sum(balance[name, t] for name in names) for names in (block.opening, loans))
        for name in equity:
            others = sum(put_in[other] for other in equity if other != name)
            balance[name, t] = put_in[name] = max(put_in[name], min(block.balance[name, t].ub, together - others))
        left = max(0.0, together - sum(put_in.values()))
        for name in loans:
            balance[name, t] *= left / owed if owed > 0.0 else 0.0


def _the_masters(_: Any) -> None:
    """No material's cluster: money is everybody's."""


def _split(found: dict[str, Source]) -> tuple[list[Source], list[Source]]:
    """Equity, and loans."""
    return [row for row in found.values() if not row.is_loan], [row for row in found.values() if row.is_loan]


RULE = Funding()

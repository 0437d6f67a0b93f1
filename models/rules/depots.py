from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from models.audit import places
from models.case import Case
from models.ledgers import Account, Linear, linear
from models.places import place, space_unit
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.records import Depot
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class Depots(Rule):
    """A depot's space of a storage class holds, takes in and gives out no more than it can, and costs rent and handling.

    capacity:   Σ_i stock[i,w,t] ≤ capacity[w]                                   ∀ w, t      [unit]         couples
    throughput: Σ_i taken_in[i,w,t] + given_out[i,w,t] ≤ throughput[w]           ∀ w, t      [unit/period]  couples
    apart:      Σ_w taken_in[i,w,t] over w not related to f ≥ arrivals[i,t] of f  ∀ i, t, traders f with a depot  [unit]
    cost: Σ_i,t handling_in · taken_in + handling_out · given_out + rent · part of a year · stock            [USD]

    Quantities are in the unit of the materials that the space takes, in tonnes where their units differ. A material lies
    only in spaces of its class; a depot takes goods in periods on whose last day it is open. What a trader buys does not
    come into a depot of its own. Since a depot belongs to one trader at most, several traders' goods find room together
    where each one's does and the depots take in all that arrives.
    """

    def applies(self, case: Case) -> bool:
        return bool(case.depots)

    def contribute(self, block: Any, m: Skeleton) -> None:
        spaces = {place(row): row for row in m.case.depots}
        units = {w: space_unit(m.case, w) for w in spaces}
        part = m.case.calendar.year_fraction
        rents = {w: row.rent * part for w, row in spaces.items()}
        for line, container, rate in (
            ("handling in", m.taken_in, {w: row.handling_in for w, row in spaces.items()}),
            ("handling out", m.given_out, {w: row.handling_out for w, row in spaces.items()}),
            ("rent", m.stock, rents),
        ):
            for i, w, t in container:
                cost = rate[w] * m.case.in_unit(i, units[w])
                m.money.add(Account(line, "", i, t, t), cost, container[i, w, t])

    def constrain(self, block: Any, m: Skeleton) -> None:
        self._limit(block, m, "capacity", (m.stock,), {place(row): row.capacity for row in m.case.depots})
        throughput = {place(row): row.throughput for row in m.case.depots}
        self._limit(block, m, "throughput", (m.taken_in, m.given_out), throughput)

        m.rows(block, "apart", dict(self._apart(m)))

    def _apart(self, m: Skeleton) -> Iterator[tuple[Any, tuple[float, Linear, None]]]:
        """What related traders bring of each material, against what others' depots take in of it."""
        for f in dict.fromkeys(row.related_trader for row in m.case.depots if row.related_trader):
            own = {place(row) for row in m.case.depots if row.related_trader == f}
            for i, depots in m.places.items():
                theirs = {one for one in m.flows.exposures("arrival", i) if one.trader == f}
                arriving = m.flows.by_period("arrival", i, theirs) if own & depots.keys() else {}
                for t, arrivals in arriving.items():
                    if t in m.case.calendar.horizon:
                        others = ((1.0, m.taken_in[i, w, t]) for w in depots if w not in own and (i, w, t) in m.taken_in)
                        yield (i, f, t), (0.0, linear(*others).plus(arrivals, -1.0), None)

    def _limit(
        self, block: Any, m: Skeleton, name: str, containers: tuple[Any, ...], limits: Mapping[str, float | None]
    ) -> None:
        units = {w: space_unit(m.case, w) for w in limits}
        sums: Mapping[tuple[str, int], Linear] = defaultdict(Linear)
        for container in containers:
            for i, w, t in container:
                sums[w, t].add(m.case.in_unit(i, units[w]), container[i, w, t])
        m.rows(block, name, {
            (w, t): (None, sums[w, t], limit)
            for w, limit in limits.items() if limit is not None for t in m.case.calendar.horizon
        }, coupling=True)  # fmt: skip

    def charges(self, plan: Plan) -> Iterator[Charge]:
        case = plan.case
        spaces = {_named(row): row for row in case.depots}
        units = {w: _measured_in(case, w) for w in spaces}
        for (i, w, t), line in plan.stock.items() if spaces else ():
            depot, share = spaces[w], case.in_unit(i, units[w])
            for name, amount in (
                ("handling in", line.taken_in * depot.handling_in),
                ("handling out", line.given_out * depot.handling_out),
                ("rent", line.closing * depot.rent * case.calendar.months / 12),
            ):
                if amount:
                    yield Charge(name, "", i, t, t, amount * share)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        if row == "apart":
            return f"that depots of others take in what {index[1]} buys of {index[0]}"
        record = next(found for found in case.depots if place(found) == index[0])
        unit = space_unit(case, index[0])
        if row == "capacity":
            return f"the capacity of depot {index[0]} ({figure(record.capacity or 0.0)} {unit})"
        return f"the throughput of depot {index[0]} ({figure(record.throughput or 0.0)} {unit} per period)"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        case = plan.case
        held: dict[tuple[str, int], float] = defaultdict(float)
        moved: dict[tuple[str, int], float] = defaultdict(float)
        decisions: dict[tuple[str, int], float] = defaultdict(float)
        units = {_named(row): _measured_in(case, _named(row)) for row in case.depots}
        for (i, w, t), line in plan.stock.items() if units else ():
            share = case.in_unit(i, units[w])
            held[w, t] += line.closing * share
            moved[w, t] += (line.taken_in + line.given_out) * share
            decisions[w, t] += plan.decisions_on[i] * share
        for depot in case.depots:
            w = _named(depot)
            for t in case.calendar.horizon:
                month = case.calendar.name(t)
                for limit, achieved, what in (
                    (depot.capacity, held[w, t], f"stock, end of {month}"),
                    (depot.throughput, moved[w, t], f"goods moved in {month}"),
                ):
                    if limit is not None:
                        yield Assessment(self.name, f"{w}: {what}", "at most", limit, achieved, units[w],
                                         quantity_tolerance(limit, decisions[w, t]))  # fmt: skip
        yield from self._doors(plan)
        yield from self._kinship(plan)

    def _doors(self, plan: Plan) -> Iterator[Assessment]:
        """Depots take goods only while they are open."""
        for depot in plan.case.depots:
            if depot.from_date is None and depot.to_date is None:
                continue
            for move in plan.moves:
                day = plan.case.calendar.last_day(move.period)
                closed = day < (depot.from_date or date.min) or day > (depot.to_date or date.max)
                if move.place == _named(depot) and closed:
                    where = f"{move.place} takes {move.material} while closed, {plan.case.calendar.name(move.period)}"
                    yield Assessment(self.name, where, "at most", 0.0, move.taken_in, "unit", quantity_tolerance(0.0))

    def _kinship(self, plan: Plan) -> Iterator[Assessment]:
        """Depots of others take in all that a trader with a depot of its own brings."""
        case = plan.case
        brought: dict[tuple[str, str, int], float] = defaultdict(float)
        for line in plan.lines:
            brought[line.material, line.purchase.trader, line.arrival] += line.purchase.quantity
        for order in plan.open_orders:
            brought[order.material, order.trader or "", case.calendar.period_of(order.arrival)] += order.quantity
        for (material, trader, t), quantity in brought.items():
            own = {_named(row) for row in case.depots if row.related_trader == trader}
            if own & set(places(case, material)) and t in case.calendar.horizon:
                others = sum(plan.stock[material, w, t].taken_in for w in places(case, material) if w not in own)
                where = f"{material} that {trader} brings in {case.calendar.name(t)}, stored in depots of others"
                tolerance = quantity_tolerance(quantity, plan.decisions_on[material])
                yield Assessment(self.name, where, "at least", quantity, others, case.material[material].unit, tolerance)


def _named(depot: Depot) -> str:
    """The space's name as the plan writes it."""
    return f"{depot.depot} / {depot.storage_class}" if depot.storage_class else depot.depot


def _measured_in(case: Case, space: str) -> str:
    """The unit in which the plan's figures of a space are compared."""
    return case.common_unit(row.material for row in case.materials if space in places(case, row.material))


RULE = Depots()

"""What keeps a plan from buying more of a material: the limits without room on each way that could still arrive in time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from models.bounds import limits_of_order, smallest_order
from models.rules import RULES
from models.skeleton import Skeleton
from models.slots import Slot
from planner.engine import StandardForm
from planner.engine.standard_form import Floats, Name

MONEY = frozenset({"budget", "traders"})
"""Rules that limit money, which all materials share: they keep from a material what no other rule keeps from it."""

ROUNDING = 1e-6
"""Room below this share of a limit is none."""

BY_RULE = {rule.name: rule for rule in RULES}


class Limit(NamedTuple):
    """A limit without room: the rule that sets it, and the limit in the workbook's words."""

    rule: str
    words: str


class Way(NamedTuple):
    """A way to buy more: an offer, a trader and a period in which it can be ordered."""

    offer: str
    trader: str
    slot: Slot


def limit_in_words(m: Skeleton, name: Name) -> str | None:
    """What a row limits, in the workbook's words, without its period; None if it only says how things hang together."""
    container, index = name
    rule, _, row = container.partition(".")
    parts = index if isinstance(index, tuple) else (index,)
    return BY_RULE[rule].limit_in_words(m.case, row, parts) if rule in BY_RULE else None


@dataclass(frozen=True, eq=False)
class Room:
    """A plan's room to buy more.

    Attributes:
        values: the plan, one figure per column of the form.
    """

    m: Skeleton
    form: StandardForm
    values: Floats

    def obstacles(self, material: str, period: int, missing: float) -> tuple[Limit, ...] | None:
        """The limits that keep more of a material from being there at a period's end; none where it is not worth its price.

        A limit on money is named only where some way is closed by nothing else, since more money would open no other. Of
        the limits that close all ways the one that closes most comes first, and a second one if it alone leaves some open.

        Args:
            missing: what the target lacks, in the material's unit; a hundredth of it is a step worth taking.

        Returns:
            None where no order placed by then arrives in time.
        """
        ways = [
            Way(o, f, slot) for o, f, slot in self.m.purchases
            if self.m.case.offer[o].material == material and slot.arrival <= period
        ]  # fmt: skip
        if not ways:
            return None
        closed = [set(self._closed(way, period, missing / 100.0)) for way in ways]
        open_but_for_money = [limits for limits in closed if not {limit.rule for limit in limits} - MONEY]
        if open_but_for_money:
            return () if not all(open_but_for_money) else _most_frequent(open_but_for_money)[:1]
        return _most_frequent([{limit for limit in limits if limit.rule not in MONEY} for limits in closed])[:2]

    def _closed(self, way: Way, period: int, step: float) -> Iterator[Limit]:
        """The limits without room for one more lot, or order, or step, on a way to buy."""
        offer = self.m.case.offer[way.offer]
        column = self._column["buy", (way.offer, way.trader, way.slot.period)]
        bought = float(self.values[column])
        more = (self.m.case.lot(offer) if bought > 0 else smallest_order(self.m.case, offer)) or step
        if bought + more > float(self.form.upper[column]) * (1.0 + ROUNDING):
            yield from self._at_bound(way)
        for row, weight in self._entries.get(column, ()):
            if self._is_full(row, weight * more):
                yield from self._limit(self.form.rows[row])
        yield from self._unstorable(offer.material, way.slot.arrival, period, more)

    def _at_bound(self, way: Way) -> Iterator[Limit]:
        """The limit that sets the bound of an order; none where more would be of no use."""
        case, offer = self.m.case, self.m.case.offer[way.offer]
        landed = self.m.landed[way.offer, way.slot.period].total
        rule = min(limits_of_order(case, offer, landed), default=(0.0, ""))[1]
        if rule == "purchases":
            yield Limit(rule, f"what offer {offer.offer} can deliver")
        elif rule == "participation":
            yield from self._limit(("participation.cap", (offer.material,)))
        elif rule == "suppliers":
            row = "per_year" if case.supplier[offer.supplier].capacity_per_period is None else "per_period"
            yield from self._limit((f"suppliers.{row}", (offer.supplier,)))
        elif rule == "budget":
            yield from self._limit(("budget.ceiling", ("plan", "all traders", case.settings.budget)))

    def _limit(self, name: Name) -> Iterator[Limit]:
        words = limit_in_words(self.m, name)
        if words is not None:
            yield Limit(name[0].partition(".")[0], words)

    def _unstorable(self, material: str, arrival: int, period: int, more: float) -> Iterator[Limit]:
        """What keeps goods from lying in any depot from their arrival to a period's end."""
        full: list[list[Name]] = []
        for place in self.m.places[material]:
            names: list[Name] = [("depots.capacity", (place, t)) for t in range(arrival, period + 1)]
            names.append(("depots.throughput", (place, arrival)))
            full.append([name for name in names if self._is_full_by_name(name, more)])
            if self.m.case.depots and (material, place, arrival) not in self.m.taken_in:
                full[-1].append(("depots.open", (place,)))
        if all(full):
            for names in full:
                yield from self._limit(names[0])
        for t in range(arrival, period + 1):
            name: Name = ("stock_balance.maximum", (material, t))
            if self._is_full_by_name(name, more):
                yield from self._limit(name)

    def _is_full_by_name(self, name: Name, more: float) -> bool:
        return name in self._row and self._is_full(self._row[name], more)

    def _is_full(self, row: int, more: float) -> bool:
        """Whether a row has no room for a change of its activity."""
        activity, lower, upper = float(self._activity[row]), float(self.form.row_lower[row]), float(self.form.row_upper[row])
        noise = ROUNDING * abs(activity)
        return activity + more > upper + noise if more > 0 else activity + more < lower - noise

    # Look-ups

    @cached_property
    def _column(self) -> Mapping[Name, int]:
        return {name: column for column, name in enumerate(self.form.columns) if name[0] == "buy"}

    @cached_property
    def _row(self) -> Mapping[Name, int]:
        wanted = ("depots.", "stock_balance.maximum")
        return {name: row for row, name in enumerate(self.form.rows) if name[0].startswith(wanted)}

    @cached_property
    def _activity(self) -> Floats:
        return self.form.activity(self.values)

    @cached_property
    def _entries(self) -> Mapping[int, Sequence[tuple[int, float]]]:
        """For each purchase the limits that it uses up, and how much of each per unit; also through sums of purchases."""
        form, sums = self.form, _sums(self.form)
        told = {name: limit_in_words(self.m, form.rows[row]) is not None for row, (name, _) in enumerate(form.rows)}
        limits = np.array([told[name] for name, _ in form.rows])
        counted = limits.copy()
        counted[list(sums)] = True
        is_buy = np.array([name == "buy" for name, _ in form.columns])
        found: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for entry in np.flatnonzero(is_buy[form.column] & counted[form.row]):
            row, weight = int(form.row[entry]), float(form.value[entry])
            for limit, share in sums.get(row, [(row, 1.0)]):
                if limits[limit]:
                    found[int(form.column[entry])].append((limit, weight * share))
        return {column: _added_up(entries) for column, entries in found.items()}


def _added_up(entries: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """One entry per row: a purchase may count on its own and within a total."""
    sums: dict[int, float] = defaultdict(float)
    for row, weight in entries:
        sums[row] += weight
    return [(row, weight) for row, weight in sums.items() if weight]


def _most_frequent(closed: Sequence[set[Limit]]) -> tuple[Limit, ...]:
    """The rules that close all ways, the one that closes most first, each with its most frequent limit."""
    found: list[Limit] = []
    left = list(closed)
    while left:
        rules = Counter(rule for limits in left for rule in {limit.rule for limit in limits})
        rule = max(sorted(rules), key=lambda name: rules[name])
        words = Counter(limit.words for limits in left for limit in limits if limit.rule == rule)
        most = max(sorted(words), key=lambda text: words[text])
        found.append(Limit(rule, most + (f" and {len(words) - 1} more of its kind" if len(words) > 1 else "")))
        left = [limits for limits in left if rule not in {limit.rule for limit in limits}]
    return tuple(found)


def _sums(form: StandardForm) -> dict[int, list[tuple[int, float]]]:
    """For each row that only adds up (what is committed, a policy's total) the rows that read its sum, and how often."""
    readers: dict[int, list[tuple[int, float]]] = defaultdict(list)
    defined: dict[int, tuple[int, float]] = {}
    adds_up = np.array([name.startswith(("commitments", "policy.totals")) for name, _ in form.rows])
    is_sum = np.array([name in ("committed", "policy.total") for name, _ in form.columns])
    for entry in np.flatnonzero(is_sum[form.column]):
        row, column, value = int(form.row[entry]), int(form.column[entry]), float(form.value[entry])
        if adds_up[row]:
            defined[row] = column, -value  # the row says: what it adds up, less its sum, is zero
        else:
            readers[column].append((row, value))
    return {row: [(reader, share / scale) for reader, share in readers[column]] for row, (column, scale) in defined.items()}

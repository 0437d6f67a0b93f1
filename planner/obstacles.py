"""What keeps a cover target from being met.

For each material that misses its target two questions are asked about its worst period, of the material's own variables
alone, all other materials left as they are, and all as linear programmes solved as one. What would be bought if money were
no object? If that closes half of the gap, a limit on money keeps it open. How much could be there at any price? If that does
not close half of the gap, the limits with a price at that optimum are what keeps the stock low: they are the narrowest way
that the goods must go. If it does, more is not worth its price; but where it would be worth it without what has been
agreed, those limits make it so dear, and are named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple, cast

import numpy as np

from models.bounds import limits_of_order
from models.rules import RULES
from models.skeleton import Skeleton
from planner.engine import Polished, StandardForm, linear
from planner.engine.programme import Floats
from planner.engine.standard_form import MASTER, Name, compressed, totals

MONEY = frozenset(rule.name for rule in RULES if rule.limits == "money")
"""Rules that limit money, which all materials share."""

CLOSED = 0.5
"""Share of a gap from which on it counts as closed by what would be there without limits on money."""

SECOND = 0.1
"""Share of the whole price from which on a second rule is named."""

WORTH = 1e-7
"""Prices below this are the solver's noise."""

AGREED = frozenset(rule.name for rule in RULES if rule.nature == "agreed" and rule.limits != "wishes")
"""Limits that people have agreed on, other than what is asked for."""

BY_RULE = {rule.name: rule for rule in RULES}


class Limit(NamedTuple):
    """A limit that keeps goods away: the rule that sets it, and the limit in the workbook's words."""

    rule: str
    words: str


class Gap(NamedTuple):
    """What a material's target lacks at the end of its worst period, in the material's unit."""

    period: int
    missing: float


def limit_in_words(m: Skeleton, name: Name) -> str | None:
    """What a row limits, in the workbook's words, without its period; None if it only says how things hang together."""
    container, index = name
    rule, _, row = container.partition(".")
    parts = index if isinstance(index, tuple) else (index,)
    return BY_RULE[rule].limit_in_words(m.case, row, parts) if rule in BY_RULE else None


def rule_of(name: Name) -> str:
    """The rule that a row belongs to."""
    return name[0].partition(".")[0]


def obstacles(m: Skeleton, form: StandardForm, values: Floats, gaps: Mapping[str, Gap]) -> dict[str, tuple[Limit, ...]]:
    """For each material what keeps its gap open: one limit or two, none where only the price does.

    Args:
        gaps: of periods by which some order could arrive.
    """
    return _Reach(m, form, values).explained(gaps) if gaps else {}


def first_arrivals(m: Skeleton) -> dict[str, int]:
    """The first period in which an order placed within the plan can arrive, for materials that can be ordered at all."""
    found: dict[str, int] = {}
    for o, _, slot in m.purchases:
        i = m.case.offer[o].material
        found[i] = min(slot.arrival, found.get(i, slot.arrival))
    return found


@dataclass(frozen=True, eq=False)
class _Reach:
    """What could be there of some materials, each for itself, if money were no object."""

    m: Skeleton
    form: StandardForm
    values: Floats

    @cached_property
    def words(self) -> list[str | None]:
        """What each row limits."""
        return [limit_in_words(self.m, name) for name in self.form.rows]

    def explained(self, gaps: Mapping[str, Gap]) -> dict[str, tuple[Limit, ...]]:
        """The limits behind each gap."""
        enough = {i: self._stock_now(i, gap) + CLOSED * gap.missing for i, gap in gaps.items()}
        blocks = {i: self._block(i, MONEY) for i in gaps}
        wanted = self._solved(blocks, {i: self.form.cost[block.columns] for i, block in blocks.items()})
        found = {i: self._money(i, gaps[i]) for i in gaps if self._stock(wanted[i], blocks[i], i, gaps[i]) >= enough[i]}
        rest = {i: block for i, block in blocks.items() if i not in found}
        most = self._solved(rest, {i: -self._is_stock(block, i, gaps[i]) / gaps[i].missing for i, block in rest.items()})
        for i, block in rest.items():
            if self._stock(most[i], block, i, gaps[i]) < enough[i]:
                found[i] = _weightiest(self._prices(block, most[i]))
        loose = {i: self._block(i, MONEY | AGREED) for i in gaps if i not in found}
        at_will = self._solved(loose, {i: self.form.cost[block.columns] for i, block in loose.items()})
        for i, block in loose.items():
            priced = self._stock(at_will[i], block, i, gaps[i]) >= enough[i]
            agreed = (pair for pair in self._prices(blocks[i], wanted[i]) if pair[0].rule in AGREED)
            found[i] = _weightiest(agreed) if priced else ()
        return found

    @cached_property
    def _payable(self) -> Mapping[int, float]:
        """What could be paid in each period beside what is: cash, and what may still be drawn, the least from then on."""
        room: dict[int, float] = defaultdict(float)
        for (container, index), value, lower, upper in zip(
            self.form.columns, self.values, self.form.lower, self.form.upper, strict=True
        ):
            if container == "funding.cash":
                room[cast(int, index)] += value - lower
            elif container == "funding.balance":
                room[cast(tuple[str, int], index)[1]] += upper - value
        return {t: min(left for later, left in room.items() if later >= t) for t in room}

    def _stock(self, best: Polished, block: _Block, material: str, gap: Gap) -> float:
        return float(self._is_stock(block, material, gap) @ best.values)

    def _stock_now(self, material: str, gap: Gap) -> float:
        return sum(
            float(value) for name, value in zip(self.form.columns, self.values, strict=True) if _is_stock(name, material, gap)
        )

    def _solved(self, blocks: Mapping[str, _Block], cost: Mapping[str, Floats]) -> dict[str, Polished]:
        """Each material's programme at its optimum for some costs."""
        if not blocks:
            return {}
        best = linear(_together({i: self._programme(block, cost[i]) for i, block in blocks.items()}))
        found, row, column = {}, 0, 0
        for i, block in blocks.items():
            rows, columns = slice(row, row + len(block.rows)), slice(column, column + len(block.columns))
            row, column = rows.stop, columns.stop
            found[i] = Polished(best.values[columns], 0.0, best.row_duals[rows], best.reduced_costs[columns])
        return found

    def _block(self, material: str, without: frozenset[str]) -> _Block:
        """The columns of a material, its own rows, and the limits that it shares, but for the limits of some rules."""
        form = self.form
        mine = form.cluster == form.clusters.index(material)
        touched = np.zeros(len(form.rows), dtype=bool)
        touched[form.row[mine[form.column]]] = True
        touched &= np.array([not name.startswith("commitments") for name, _ in form.rows])  # sums of money limit no goods
        kept = np.array(
            [
                (text is not None and rule_of(name) not in without) or (text is None and not coupling)
                for name, coupling, text in zip(form.rows, form.coupling, self.words, strict=True)
            ]
        )
        return _Block(np.flatnonzero(touched & kept), np.flatnonzero(mine))

    def _programme(self, block: _Block, cost: Floats) -> StandardForm:
        """A material's own part of the form without limits on money; the plan as it is remains possible."""
        form = self.form
        row_at = np.full(len(form.rows), -1)
        column_at = np.full(len(form.columns), -1)
        row_at[block.rows], column_at[block.columns] = np.arange(len(block.rows)), np.arange(len(block.columns))
        inside = (row_at[form.row] >= 0) & (column_at[form.column] >= 0)
        outside = (row_at[form.row] >= 0) & (column_at[form.column] < 0)
        amounts = form.value * self.values[form.column]
        others, own = (totals(form.row[at], amounts[at], len(form.rows))[block.rows] for at in (outside, inside))
        lower, upper = form.row_lower[block.rows] - others, form.row_upper[block.rows] - others
        equation = lower == upper
        start, column, value = compressed(
            row_at[form.row[inside]].astype(np.int32), column_at[form.column[inside]].astype(np.int32),
            form.value[inside], len(block.rows),
        )  # fmt: skip
        names = [form.columns[c] for c in block.columns]
        return StandardForm(
            cost=cost / max(float(np.abs(cost).max()), WORTH), offset=0.0,
            lower=form.lower[block.columns], upper=form.upper[block.columns], integer=np.zeros(len(names), dtype=bool),
            start=start, column=column, value=value,
            row_lower=np.where(equation, lower, np.minimum(lower, own)),  # the plan itself is always a way
            row_upper=np.where(equation, upper, np.maximum(upper, own)),
            rows=tuple(form.rows[r] for r in block.rows), columns=tuple(names), clusters=(),
            cluster=np.full(len(names), MASTER, dtype=np.int32), coupling=np.zeros(len(block.rows), dtype=bool),
        )  # fmt: skip

    def _is_stock(self, block: _Block, material: str, gap: Gap) -> Floats:
        """1 for the columns whose sum is the stock at the end of the gap's period, else 0."""
        return np.array([float(_is_stock(self.form.columns[c], material, gap)) for c in block.columns])

    def _prices(self, block: _Block, best: Polished) -> Iterator[tuple[Limit, float]]:
        """The limits that hold the stock down, each with how much of it they account for."""
        form = self.form
        turnover = totals(form.row, np.abs(form.value * self.values[form.column]), len(form.rows))
        for r, dual in zip(block.rows, best.row_duals, strict=True):
            text, bound = self.words[r], form.row_upper[r] if np.isfinite(form.row_upper[r]) else form.row_lower[r]
            if text is not None and abs(dual) > WORTH:  # a share's limit stands inside its sum: what it weighs is the sum
                size = abs(bound) or turnover[r] / 2.0 or WORTH
                yield Limit(rule_of(form.rows[r]), text), abs(dual) * size
        for c, price in zip(block.columns, best.reduced_costs, strict=True):
            name, index = form.columns[c]
            if name == "buy" and price < -WORTH and form.upper[c] > 0.0:
                for limit in self._at_bound(cast(tuple[str, str, int], index)):
                    yield limit, -float(price) * float(form.upper[c])

    def _at_bound(self, index: tuple[str, str, int]) -> Iterator[Limit]:
        """The limit that sets the bound of an order; none where more would be of no use."""
        case, offer = self.m.case, self.m.case.offer[index[0]]
        least = min(limits_of_order(case, offer), default=None, key=attrgetter("quantity"))
        text = limit_in_words(self.m, least.row) if least else None
        if least and text is not None:
            yield Limit(rule_of(least.row), text)

    def _money(self, material: str, gap: Gap) -> tuple[Limit, ...]:
        """The limits on money that leave every trader too little to close half of the gap: one that stops all, or each's."""
        case, activity = self.m.case, self.form.activity(self.values)
        ways = [(o, f, slot) for o, f, slot in self.m.purchases
                if case.offer[o].material == material and slot.arrival <= gap.period]  # fmt: skip
        cost = CLOSED * gap.missing * min(self.m.landed[o, slot.period].total for o, _, slot in ways)
        payable = max(self._payable.get(slot.due, np.inf) for _, _, slot in ways)
        stopped: dict[str, set[Limit]] = {f: set() for _, f, _ in ways}
        for r, (name, text) in enumerate(zip(self.form.rows, self.words, strict=True)):
            rule = rule_of(name)
            is_flow = self.form.row_lower[r] == self.form.row_upper[r]  # of cash: what is there and what is paid are equal
            room = payable if is_flow else self.form.row_upper[r] - activity[r]
            if rule in MONEY and text is not None and room < cost:
                parts = name[1] if isinstance(name[1], tuple) else (name[1],)
                named = [f for f in stopped if f in parts]
                about_another = any(f in parts for f in case.trader) and not named
                for f in () if about_another else named or stopped:
                    stopped[f].add(Limit(rule, text))
        if not all(stopped.values()):
            return ()
        common = set.intersection(*stopped.values())
        return tuple(sorted(common)[:1] or sorted(set.union(*stopped.values()))[:2])


def _is_stock(name: Name, material: str, gap: Gap) -> bool:
    container, index = name
    return container == "stock" and isinstance(index, tuple) and (index[0], index[2]) == (material, gap.period)


class _Block(NamedTuple):
    """The rows and columns of a form that are about one material."""

    rows: np.ndarray
    columns: np.ndarray


def _together(programmes: Mapping[str, StandardForm]) -> StandardForm:
    """Programmes side by side, as one; each is a cluster, so that it is scaled for itself."""
    parts = list(programmes.values())
    starts = np.cumsum([0, *(len(part.value) for part in parts)])
    columns = np.cumsum([0, *(len(part.columns) for part in parts)])

    def joined(name: str) -> Floats:
        return np.concatenate([getattr(part, name) for part in parts])

    return StandardForm(
        cost=joined("cost"), offset=0.0, lower=joined("lower"), upper=joined("upper"),
        integer=joined("integer").astype(bool),
        start=np.concatenate([[0], *(part.start[1:] + at for part, at in zip(parts, starts, strict=False))]).astype(np.int32),
        column=np.concatenate([part.column + at for part, at in zip(parts, columns, strict=False)]).astype(np.int32),
        value=joined("value"), row_lower=joined("row_lower"), row_upper=joined("row_upper"),
        rows=tuple((name, (k, index)) for k, part in enumerate(parts) for name, index in part.rows),
        columns=tuple((name, (k, index)) for k, part in enumerate(parts) for name, index in part.columns),
        clusters=tuple(programmes), coupling=joined("coupling").astype(bool),
        cluster=np.repeat(np.arange(len(parts), dtype=np.int32), [len(part.columns) for part in parts]),
    )  # fmt: skip


def _weightiest(prices: Iterator[tuple[Limit, float]]) -> tuple[Limit, ...]:
    """The rules that account for most, each with its weightiest limit: one, or a second that matters too."""
    by_rule: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (rule, words), price in prices:
        by_rule[rule][words] += price
    weights = {rule: sum(found.values()) for rule, found in by_rule.items()}
    ranked = sorted(weights, key=lambda rule: (-weights[rule], rule))[:2]
    named = [rule for rule in ranked if weights[rule] >= SECOND * sum(weights.values())]
    return tuple(Limit(rule, _said(by_rule[rule])) for rule in named)


def _said(limits: Mapping[str, float]) -> str:
    """The weightiest of a rule's limits, and how many others there are."""
    most = max(sorted(limits), key=lambda words: limits[words])
    return most + (f" and {len(limits) - 1} more of its kind" if len(limits) > 1 else "")

"""What keeps a cover target from being met.

For each material that misses its target one asks how much of it could be there in its worst period if money were no object
and all other materials stayed as they are: a small linear programme over the material's own variables, all of them solved
as one. If that would not close half of the gap, the limits with a price at its optimum are what keeps the stock low: they
are the narrowest way that the goods must go. Otherwise it is money, or meeting the target is not worth its price.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np

from models.bounds import limits_of_order
from models.rules import RULES
from models.skeleton import Skeleton
from planner.engine import StandardForm, solve
from planner.engine.standard_form import MASTER, Booleans, Floats, Name, compressed

MONEY = frozenset({"budget", "traders"})
"""Rules that limit money, which all materials share."""

CLOSED = 0.5
"""Share of a gap from which on it counts as closed by what would be there without limits on money."""

SECOND = 0.25
"""Share of the whole price from which on a second rule is named."""

WORTH = 1e-7
"""Prices below this are the solver's noise."""

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


def obstacles(m: Skeleton, form: StandardForm, values: Floats, gaps: Mapping[str, Gap]) -> dict[str, tuple[Limit, ...] | None]:
    """For each material what keeps its gap open: one limit or two, none where only the price does.

    None stands for a material of which no order placed within the plan could arrive in time.
    """
    can_arrive = {
        i: any(m.case.offer[o].material == i and slot.arrival <= gap.period for o, _, slot in m.purchases)
        for i, gap in gaps.items()
    }
    wanted = {i: gap for i, gap in gaps.items() if can_arrive[i]}
    reach = _Reach(m, form, values)
    found = reach.explained(wanted) if wanted else {}
    return {i: found[i] if can_arrive[i] else None for i in gaps}


@dataclass(frozen=True, eq=False)
class _Reach:
    """What could be there of some materials, each for itself, if money were no object."""

    m: Skeleton
    form: StandardForm
    values: Floats

    def explained(self, gaps: Mapping[str, Gap]) -> dict[str, tuple[Limit, ...]]:
        """The limits behind each gap."""
        words = [limit_in_words(self.m, name) for name in self.form.rows]
        blocks = {i: self._block(i, words) for i in gaps}
        outcome = solve(_together([self._programme(blocks[i], i, gap.period) for i, gap in gaps.items()]))
        found: dict[str, tuple[Limit, ...]] = {}
        row = column = 0
        for i, gap in gaps.items():
            block = blocks[i]
            rows, columns = slice(row, row + len(block.rows)), slice(column, column + len(block.columns))
            row, column = rows.stop, columns.stop
            if outcome.values is None or outcome.row_duals is None or outcome.reduced_costs is None:
                found[i] = ()
                continue
            more = self._stock(block, outcome.values[columns], i, gap) - self._stock(block, self.values[block.columns], i, gap)
            if more >= CLOSED * gap.missing:
                found[i] = tuple(self._money(i, gap))
            else:
                prices = self._prices(block, outcome.row_duals[rows], outcome.reduced_costs[columns], words)
                found[i] = _weightiest(prices)
        return found

    def _block(self, material: str, words: Sequence[str | None]) -> _Block:
        """The columns of a material, its own rows, and the limits that it shares, but for those on money."""
        form = self.form
        mine = form.cluster == form.clusters.index(material)
        touched = np.zeros(len(form.rows), dtype=bool)
        touched[form.row[mine[form.column]]] = True
        kept = np.array(
            [
                not coupling or (text is not None and name.partition(".")[0] not in MONEY)
                for (name, _), coupling, text in zip(form.rows, form.coupling, words, strict=True)
            ]
        )
        return _Block(np.flatnonzero(touched & kept), np.flatnonzero(mine))

    def _programme(self, block: _Block, material: str, period: int) -> StandardForm:
        """As much stock of a material at a period's end as can be, all others left where they are."""
        form = self.form
        row_at = np.full(len(form.rows), -1)
        column_at = np.full(len(form.columns), -1)
        row_at[block.rows], column_at[block.columns] = np.arange(len(block.rows)), np.arange(len(block.columns))
        inside = (row_at[form.row] >= 0) & (column_at[form.column] >= 0)
        outside = (row_at[form.row] >= 0) & (column_at[form.column] < 0)
        others = np.bincount(form.row[outside], form.value[outside] * self.values[form.column[outside]], len(form.rows))[
            block.rows
        ]
        start, column, value = compressed(
            row_at[form.row[inside]].astype(np.int32), column_at[form.column[inside]].astype(np.int32),
            form.value[inside], len(block.rows),
        )  # fmt: skip
        names = [form.columns[c] for c in block.columns]
        return StandardForm(
            cost=np.array([-1.0 if _is_stock(name, material, period) else 0.0 for name in names]), offset=0.0,
            lower=form.lower[block.columns], upper=form.upper[block.columns], integer=np.zeros(len(names), dtype=bool),
            start=start, column=column, value=value,
            row_lower=form.row_lower[block.rows] - others, row_upper=form.row_upper[block.rows] - others,
            rows=tuple(form.rows[r] for r in block.rows), columns=tuple(names), clusters=(),
            cluster=np.full(len(names), MASTER, dtype=np.int32), coupling=np.zeros(len(block.rows), dtype=bool),
        )  # fmt: skip

    def _stock(self, block: _Block, values: Floats, material: str, gap: Gap) -> float:
        chosen = [_is_stock(self.form.columns[c], material, gap.period) for c in block.columns]
        return float(values[np.array(chosen)].sum())

    def _prices(
        self, block: _Block, duals: Floats, reduced: Floats, words: Sequence[str | None]
    ) -> Iterator[tuple[Limit, float]]:
        """The limits that hold the stock down, each with how much of it they account for."""
        form = self.form
        for r, dual in zip(block.rows, duals, strict=True):
            text, bound = words[r], _finite(form.row_lower[r], form.row_upper[r])
            if text is not None and abs(dual) > WORTH:
                yield Limit(form.rows[r][0].partition(".")[0], text), abs(dual) * max(abs(bound), 1.0)
        for c, price in zip(block.columns, reduced, strict=True):
            name, index = form.columns[c]
            if name == "buy" and price < -WORTH and form.upper[c] > 0.0:
                for limit in self._at_bound(cast(tuple[str, str, int], index)):
                    yield limit, -float(price) * float(form.upper[c])

    def _at_bound(self, index: tuple[str, str, int]) -> Iterator[Limit]:
        """The limit that sets the bound of an order; none where more would be of no use."""
        case, offer = self.m.case, self.m.case.offer[index[0]]
        rule = min(limits_of_order(case, offer), default=(0.0, ""))[1]
        row: Name | None = None
        if rule == "participation":
            row = "participation.cap", (offer.material,)
        elif rule == "suppliers":
            row = f"suppliers.{_span(case.supplier[offer.supplier].capacity_per_period)}", (offer.supplier,)
        text = limit_in_words(self.m, row) if row else f"what offer {offer.offer} can deliver" if rule == "purchases" else None
        if text is not None:
            yield Limit(rule, text)

    def _money(self, material: str, gap: Gap) -> Iterator[Limit]:
        """The limit on money that leaves too little to close the gap; the one with the least room."""
        activity = self.form.activity(self.values)
        landed = [self.m.landed[o, slot.period].total for o, _, slot in self.m.purchases
                  if self.m.case.offer[o].material == material and slot.arrival <= gap.period]  # fmt: skip
        cost = CLOSED * gap.missing * min(landed)
        found = []
        for r, name in enumerate(self.form.rows):
            rule = name[0].partition(".")[0]
            if rule in MONEY and np.isfinite(self.form.row_upper[r]):
                room = float(self.form.row_upper[r] - activity[r])
                text = limit_in_words(self.m, name)
                if room < cost and text is not None:
                    found.append((room, Limit(rule, text)))
        yield from (limit for _, limit in sorted(found)[:1])


class _Block(NamedTuple):
    """The rows and columns of a form that are about one material."""

    rows: np.ndarray
    columns: np.ndarray


def _together(parts: Sequence[StandardForm]) -> StandardForm:
    """Programmes side by side, as one."""
    starts = np.cumsum([0, *(len(part.value) for part in parts)])
    columns = np.cumsum([0, *(len(part.columns) for part in parts)])

    def joined(name: str) -> Floats:
        return np.concatenate([getattr(part, name) for part in parts])

    integer: Booleans = joined("integer").astype(bool)
    return StandardForm(
        cost=joined("cost"), offset=0.0, lower=joined("lower"), upper=joined("upper"), integer=integer,
        start=np.concatenate([[0], *(part.start[1:] + at for part, at in zip(parts, starts, strict=False))]).astype(np.int32),
        column=np.concatenate([part.column + at for part, at in zip(parts, columns, strict=False)]).astype(np.int32),
        value=joined("value"), row_lower=joined("row_lower"), row_upper=joined("row_upper"),
        rows=tuple((name, (k, index)) for k, part in enumerate(parts) for name, index in part.rows),
        columns=tuple((name, (k, index)) for k, part in enumerate(parts) for name, index in part.columns),
        clusters=(), cluster=joined("cluster").astype(np.int32), coupling=joined("coupling").astype(bool),
    )  # fmt: skip


def _is_stock(name: Name, material: str, period: int) -> bool:
    container, index = name
    return container == "stock" and isinstance(index, tuple) and (index[0], index[2]) == (material, period)


def _finite(lower: float, upper: float) -> float:
    return upper if np.isfinite(upper) else lower


def _span(capacity_per_period: float | None) -> str:
    return "per_year" if capacity_per_period is None else "per_period"


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

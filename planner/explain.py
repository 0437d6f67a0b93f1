"""Why the plan is as it is: what its binding limits are worth, and what keeps a target from being met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from models.plan import Assessment
from models.skeleton import Skeleton
from models.wording import figure
from planner.engine import Polished, StandardForm
from planner.obstacles import Gap, Limit, first_arrivals, limit_in_words, obstacles
from planner.result import MarginalValue, Missed

WORTH = 1e-6
"""Prices below this, in USD per unit, are the solver's noise."""


def marginal_values(m: Skeleton, form: StandardForm, polished: Polished) -> tuple[MarginalValue, ...]:
    """What one more unit of each binding limit saves, in USD of discounted cost, the most valuable first.

    They are read from the linear programme that remains when the plan's whole-number decisions are held. Rows that only say
    how things hang together are no limits and are left out.
    """
    found = []
    named = {m.case.calendar.name(t)[:7] for t in m.case.calendar.horizon}
    inequality = form.row_lower < form.row_upper
    for row in np.flatnonzero(inequality & (np.abs(polished.row_duals) > WORTH)):
        container, index = form.rows[row]
        words = limit_in_words(m, form.rows[row])
        if words is not None:
            parts = index if isinstance(index, tuple) else (index,)
            periods = [m.case.calendar.name(part) for part in parts if isinstance(part, int)]
            windows = [str(part) for part in parts if str(part)[:7] in named]
            value = float(abs(polished.row_duals[row]))
            found.append(MarginalValue(container.split(".")[0], ", ".join((words, *periods, *windows)), value))
    return tuple(sorted(found, key=lambda value: (-value.value, value.where)))


def missed_targets(
    m: Skeleton, form: StandardForm, polished: Polished, assessments: Sequence[Assessment]
) -> tuple[Missed, ...]:
    """One sentence for each material whose cover target is missed, naming the rule that keeps it from being met."""
    gaps: dict[str, dict[int, Assessment]] = defaultdict(dict)
    periods = {m.case.calendar.name(t): t for t in m.case.calendar.horizon}
    for row in assessments:
        if row.rule == "cover" and not row.hard and not row.holds:
            material, _, rest = row.where.partition(", end of ")
            gaps[material][periods[rest.split(":")[0]]] = row
    first = first_arrivals(m)
    reachable = {i: {t: row for t, row in rows.items() if t >= first.get(i, t + 1)} for i, rows in gaps.items()}
    shortest = {i: _shortest(rows) for i, rows in reachable.items() if rows}
    found = obstacles(m, form, polished.values, {i: Gap(t, gaps[i][t].excess) for i, t in shortest.items()})
    return tuple(_explained(m, i, rows, shortest.get(i), found.get(i, ())) for i, rows in gaps.items())


def _shortest(rows: Mapping[int, Assessment]) -> int:
    """The period in which most is missing."""
    return max(rows, key=lambda t: rows[t].excess)


def _explained(
    m: Skeleton, material: str, rows: Mapping[int, Assessment], reachable: int | None, limits: tuple[Limit, ...]
) -> Missed:
    """The sentence for one material, about the period in which it is shortest; of those by which an order can arrive
    the shortest has its reason too."""
    worst = _shortest(rows)
    sentence = (
        f"{material} misses its {m.case.material[material].target_cover_days:g}-day target {_when(m, sorted(rows))}, "
        f"by up to {_missing(m, rows, worst)}, "
    )
    rule, reason = _reason(limits)
    if reachable != worst:
        sentence += "by which no order placed within the plan arrives"
        if reachable is None:
            return Missed(material, f"{sentence}.", "purchases")
        sentence += f"; and of {_missing(m, rows, reachable)}, "
    return Missed(material, f"{sentence}where {reason}.", rule)


def _missing(m: Skeleton, rows: Mapping[int, Assessment], period: int) -> str:
    return f"{figure(rows[period].excess)} {rows[period].unit} at the end of {m.case.calendar.name(period)}"


def _reason(limits: tuple[Limit, ...]) -> tuple[str, str]:
    """The rule to name, and what to say of it."""
    if not limits:
        return "cover", "its cover penalty lets it be missed, since more would cost more than the penalty that it saves"
    verb = "keeps" if len(limits) == 1 else "keep"
    return limits[0].rule, f"{' and '.join(limit.words for limit in limits)} {verb} it from being met"


def _when(m: Skeleton, periods: Sequence[int]) -> str:
    """`in 3 periods (2027-01 to 2027-03)`, `in 5 periods between 2027-01 and 2028-12`."""
    first, last = (m.case.calendar.name(periods[k]) for k in (0, -1))
    if len(periods) == 1:
        return f"in {first}"
    if len(periods) == periods[-1] - periods[0] + 1:
        return f"in {len(periods)} periods ({first} to {last})"
    return f"in {len(periods)} periods between {first} and {last}"

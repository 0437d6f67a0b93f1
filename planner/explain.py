"""Why the plan is as it is: what its binding limits are worth, and what keeps a target from being met.

Everything is read from the linear programme that remains when the plan's whole-number decisions are held: at its optimum
a purchase that would help is either at its bound, or burdened by the prices of the limits that it uses up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import numpy as np

from models.bounds import limits_of_order
from models.plan import Assessment
from models.skeleton import Skeleton
from planner.engine import Polished, StandardForm
from planner.result import MarginalValue, Missed

STRUCTURE = frozenset(
    {
        "commitments",
        "commitments_shared",
        "stock_balance",
        "cover",
        "terminal_value",
        "demand",
        "orders",
        "price_breaks",
        "contracts",
    }
)
"""Rules whose rows say how goods and decisions hang together; they do not keep anybody from buying."""

WORTH = 1e-6
"""Prices below this, in USD per unit, are the solver's noise."""

LIMIT_WORDS: Mapping[str, str] = {
    "purchases": "the capacity of its offers",
    "participation": "its participation cap",
    "suppliers": "the capacity of its suppliers",
    "budget": "the budget",
}


def words(m: Skeleton, container: str, index: Any) -> str:
    """A limit in the workbook's words: `budget ceiling: plan, all traders`."""
    parts = index if isinstance(index, tuple) else (index,)
    named = [m.case.calendar.name(part) if isinstance(part, int) else str(part) for part in parts if part not in ("", None)]
    return f"{container.replace('.', ' ').replace('_', ' ')}: {', '.join(named)}"


def marginal_values(m: Skeleton, form: StandardForm, polished: Polished) -> tuple[MarginalValue, ...]:
    """What one more unit of each binding limit saves, in USD of discounted cost, the most valuable first.

    Equations are no limits and are left out.
    """
    found = []
    inequality = form.row_lower < form.row_upper
    for row in np.flatnonzero(inequality & (np.abs(polished.row_duals) > WORTH)):
        container, index = form.rows[row]
        rule = container.split(".")[0]
        found.append(MarginalValue(rule, words(m, container, index), float(abs(polished.row_duals[row]))))
    return tuple(sorted(found, key=lambda value: (-value.value, value.where)))


def missed_targets(
    m: Skeleton, form: StandardForm, polished: Polished, assessments: Sequence[Assessment]
) -> tuple[Missed, ...]:
    """One sentence for each material whose cover target is missed, naming the rule that keeps it from being met."""
    gaps: dict[str, list[tuple[int, Assessment]]] = defaultdict(list)
    periods = {m.case.calendar.name(t): t for t in m.case.calendar.horizon}
    for row in assessments:
        if row.rule == "cover" and not row.hard and not row.holds:
            material, _, rest = row.where.partition(", end of ")
            gaps[material].append((periods[rest.split(":")[0]], row))
    return tuple(_explained(m, form, polished, material, rows) for material, rows in gaps.items())


def _explained(
    m: Skeleton, form: StandardForm, polished: Polished, material: str, rows: Sequence[tuple[int, Assessment]]
) -> Missed:
    """The sentence for one material, about the period in which it is shortest."""
    period, worst = max(rows, key=lambda row: row[1].excess)
    first, last = (m.case.calendar.name(rows[k][0]) for k in (0, -1))
    span = first if first == last else f"{first} to {last}"
    rule, reason = _obstacle(m, form, polished, material, period)
    days = m.case.material[material].target_cover_days
    sentence = (
        f"{material} misses its {days:g}-day target in {len(rows)} periods ({span}), by up to {worst.excess:,.4g} "
        f"{worst.unit} at the end of {m.case.calendar.name(period)}: {reason}."
    )
    return Missed(material, sentence.replace("in 1 periods", "in 1 period"), rule)


def _obstacle(m: Skeleton, form: StandardForm, polished: Polished, material: str, period: int) -> tuple[str, str]:
    """The rule that weighs most on the purchases that could still arrive in time, and what to say of it."""
    arriving = {
        (o, slot.period) for o, _, slot in m.purchases
        if m.case.offer[o].material == material and slot.arrival <= period
    }  # fmt: skip
    if not arriving:
        return "purchases", "no offer that a trader may sign arrives by then"
    burdens: dict[tuple[str, str], float] = defaultdict(float)
    for rule, limit, price in _prices(m, form, polished, arriving):
        burdens[rule, limit] += price
    if not burdens:
        return "cover", "more would cost more than the cover penalty that it saves"
    by_rule: dict[str, float] = defaultdict(float)
    for (rule, _), price in burdens.items():
        by_rule[rule] += price
    rule = max(by_rule, key=lambda name: (by_rule[name], name))
    limit = max((key for key in burdens if key[0] == rule), key=lambda key: (burdens[key], key))[1]
    return rule, f"{limit} keeps it from being met"


def _prices(
    m: Skeleton, form: StandardForm, polished: Polished, wanted: set[tuple[str, int]]
) -> Iterator[tuple[str, str, float]]:
    """What burdens one more unit of the purchases of offers and periods: rule, limit in words, price in USD per unit."""
    columns = [
        column for column, (container, index) in enumerate(form.columns)
        if container == "buy" and isinstance(index, tuple) and (index[0], index[2]) in wanted
    ]  # fmt: skip
    for column in columns:
        at_bound = -float(polished.reduced_costs[column])
        if at_bound > WORTH and form.upper[column] > 0:
            offer, _, period = cast(tuple[str, str, int], form.columns[column][1])
            limits = limits_of_order(m.case, m.case.offer[offer], m.landed[offer, period].total)
            rule = min(limits, default=(0.0, "purchases"))[1]
            yield rule, LIMIT_WORDS[rule], at_bound
    sums = _sums(form)
    for entry in np.flatnonzero(np.isin(form.column, columns)):
        row, weight = int(form.row[entry]), float(form.value[entry])
        for limit, share in sums.get(row, [(row, 1.0)]):
            container, index = form.rows[limit]
            rule = container.split(".")[0]
            price = -float(polished.row_duals[limit]) * weight * share
            if price > WORTH and rule not in STRUCTURE and container != "purchases.awarded":
                yield rule, words(m, container, index), price


@lru_cache(maxsize=1)
def _sums(form: StandardForm) -> dict[int, list[tuple[int, float]]]:
    """For each row that only adds up (what is committed, a policy's total) the limits that read its sum, and how often."""
    readers: dict[int, list[tuple[int, float]]] = defaultdict(list)
    defined: dict[int, int] = {}
    adds_up = np.array([name.startswith(("commitments", "policy.totals")) for name, _ in form.rows])
    is_sum = np.array([name in ("committed", "policy.total") for name, _ in form.columns])
    for entry in np.flatnonzero(is_sum[form.column]):
        row, column = int(form.row[entry]), int(form.column[entry])
        if adds_up[row]:
            defined[row] = column
        else:
            readers[column].append((row, float(form.value[entry])))
    return {row: readers[column] for row, column in defined.items()}

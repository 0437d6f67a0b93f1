"""When there is no plan: which rules stand against each other, in the workbook's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator

from models.bounds import limits_of_order
from models.skeleton import Skeleton
from planner.engine import Conflict
from planner.engine.standard_form import Name
from planner.explain import LIMIT_WORDS

STRUCTURE = (
    "stock_balance.balance", "stock_balance.placed", "orders", "price_breaks", "contracts", "terminal_value",
    "purchases.awarded", "purchases.one_trader", "suppliers.used", "suppliers.onboarded", "cover.target",
    "policy.counts", "policy.bought", "policy.totals", "commitments",
)  # fmt: skip
"""Rows that only say how things hang together, by the beginning of their names: nobody could loosen them."""


def group_of(name: Name) -> Hashable | None:
    """What a row belongs to, all of whose rows are loosened together: the limit, for whatever it names but periods."""
    container, index = name
    if container.startswith(STRUCTURE):
        return None
    parts = index if isinstance(index, tuple) else (index,)
    return container, *(part for part in parts if isinstance(part, str) and part)


def sentences(m: Skeleton, found: Conflict | None) -> Iterator[str]:
    """A first plain message: that there is no plan, and the rules that stand against each other."""
    yield "No plan exists that keeps all hard rules: this is proven, not a matter of time."
    if found is None:
        yield "The rules that stand against each other could not be narrowed down."
        return
    yield "These stand against each other:"
    for subject in sorted(set(_subjects(m, found))):
        yield f"  - {subject}"
    if found.whole:
        yield "Without whole lots and minimum orders they could be kept together."
    yield "Loosen at least one of them."


def _subjects(m: Skeleton, found: Conflict) -> Iterator[str]:
    """One line for each limit in the conflict; its periods are drawn together."""
    together: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for name in found.rows:
        group = group_of(name)
        if isinstance(group, tuple):
            parts = name[1] if isinstance(name[1], tuple) else (name[1],)
            together[group].extend(part for part in parts if isinstance(part, int))
    for (container, *names), periods in together.items():
        span = ""
        if periods:
            first, last = m.case.calendar.name(min(periods)), m.case.calendar.name(max(periods))
            span = f" ({first})" if first == last else f" ({first} to {last})"
        yield f"{container.replace('.', ', ').replace('_', ' ')}: {', '.join(names)}{span}"
    for rule, material in _bounds(m, found):
        yield f"{rule.replace('_', ' ')}: {material}, {LIMIT_WORDS[rule]}"


def _bounds(m: Skeleton, found: Conflict) -> Iterator[tuple[str, str]]:
    """The rules that set the bounds of purchases in the conflict, each with the material."""
    awarded = [index for container, index in found.rows if container == "purchases.awarded"]
    for index in [index for container, index in found.columns if container == "buy"] + awarded:
        assert isinstance(index, tuple)
        offer = m.case.offer[index[0]]
        limits = limits_of_order(m.case, offer, m.landed[index[0], index[2]].total)
        yield min(limits, default=(0.0, "purchases"))[1], offer.material

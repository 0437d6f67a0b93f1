"""Who may sign what: the pairs of offer and trader that the model has."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from models.case import Case
from models.records import DecisionKind, Trader


def eligible(case: Case) -> tuple[tuple[str, str], ...]:
    """The pairs of offer and trader that may do business: mandate, kinship, approval, sanctions, forbidding decisions."""
    forbidden = {(row.offer, row.trader) for row in case.decisions if row.kind is DecisionKind.FORBID and row.period is None}
    pairs = []
    for offer in case.offers:
        supplier = case.supplier.get(offer.supplier)
        if supplier is not None and (supplier.sanctioned or not supplier.approved):
            continue
        for trader in case.trader:
            mandate = case.mandate.get((trader, offer.material))
            mandated = mandate.allowed if mandate is not None else not case.whole.mandates
            related = supplier is not None and supplier.related_trader == trader
            if mandated and not related and not forbidden & {(offer.offer, trader), (offer.offer, None)}:
                pairs.append((offer.offer, trader))
    return tuple(pairs)


def lanes(case: Case) -> tuple[tuple[str, str], ...]:
    """The eligible pairs, but for those of an exclusive offer with a trader for whom another stands (`stand_ins`), unless the
    last plan has it buy there.

    Which of traders with the same terms signs costs the same, and a search that tries them all takes three times as long
    (`tests.test_strength`).
    """
    known = stand_ins(case.whole)
    first = {(o, known[f]): f for o, f in reversed(eligible(case))}
    kept = {(row.offer, row.trader) for row in case.previous}
    return tuple(
        (o, f) for o, f in eligible(case)
        if not case.offer[o].exclusive or first[o, known[f]] == f or (o, f) in kept
    )  # fmt: skip


@lru_cache(maxsize=4)
def stand_ins(case: Case) -> Mapping[str, str]:
    """For each trader the first one that nothing tells apart from it but which offers it may sign."""
    named = [row.trader for row in case.budgets] + [row.trader for row in case.decisions] + [row.trader for row in case.policy]
    named += [row.related_trader for row in case.depots]
    counted = any(row.attribute.strip().casefold() == "trader" for row in case.policy)

    def terms(name: str, row: Trader) -> object:
        limits = row.maximum_spend, row.minimum_share, row.maximum_share, row.working_capital, row.month_share
        if counted or name in named or any(limit is not None for limit in limits):
            return name
        mandates = frozenset((i, given.allowed, given.fee) for (f, i), given in case.mandate.items() if f == name)
        return row.fee, row.credit_days, row.credit_rate, mandates

    first: dict[object, str] = {}
    return {name: first.setdefault(terms(name, row), name) for name, row in case.trader.items()}

"""The checking side of who may buy on what."""

from __future__ import annotations

from collections.abc import Iterator

from models.case import Case
from models.records import DecisionKind


def obstacles(case: Case, offer: str, trader: str) -> Iterator[str]:
    """Everything that forbids a trader to buy on an offer."""
    record = case.offer[offer]
    if case.mandates:
        mandates = [row for row in case.mandates if row.trader == trader and row.material == record.material]
        if not any(row.allowed for row in mandates):
            yield "no mandate"
    for supplier in case.suppliers:
        if supplier.supplier == record.supplier:
            if not supplier.approved:
                yield "supplier not approved"
            if supplier.sanctioned:
                yield "supplier sanctioned"
            if supplier.related_trader == trader:
                yield "supplier related to the trader"
    for row in case.decisions:
        forbids = row.kind is DecisionKind.FORBID and row.period is None
        if forbids and row.offer == offer and row.trader in (None, trader):
            yield "forbidden by a decision"

"""The checking side of what arrives: lots of goods, and those of open orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from models.case import Case
from models.records import OpenOrder


class Lot(NamedTuple):
    """Goods that arrive: an order, or an open one (whose offer and supplier may be unknown, and empty).

    Attributes:
        day: of arrival.
        quantity: in the material's unit.
        owed: what is paid for them once they are delivered, in USD.
        due: period in which it is paid.
        ordered: period of the order; 0 before the plan.
    """

    offer: str
    supplier: str
    day: date
    period: int
    quantity: float
    owed: float
    due: int
    ordered: int = 0


def supplier_of(case: Case, order: OpenOrder) -> str:
    """Who delivers an open order: that of its offer, where it names one."""
    return case.offer[order.offer].supplier if order.offer else order.supplier or ""


def by_material(case: Case, orders: Iterable[OpenOrder]) -> Mapping[str, Sequence[Lot]]:
    """What open orders bring, by material."""
    found: dict[str, list[Lot]] = defaultdict(list)
    for order in orders:
        supplier = supplier_of(case, order)
        t, owed = case.calendar.period_of(order.arrival), 0.0 if order.paid else order.quantity * order.price
        due = max(1, case.calendar.period_of(order.due or order.arrival))
        found[order.material].append(Lot(order.offer or "", supplier, order.arrival, t, order.quantity, owed, due))
    return found

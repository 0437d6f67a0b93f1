"""Random price schedules of a few suppliers, what they ask for in plain arithmetic, and cases made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from random import Random
from typing import Any

from models.case import Case
from models.records import BreakBasis, BreakKind, PriceBreak
from tests.cases import case, offer

Tiers = Sequence[tuple[float, float]]
"""From which quantity on which price holds, beginning with (0, the price)."""

KINDS = [kind.value for kind in BreakKind]
BASES = [basis.value for basis in BreakBasis]


def billed(quantity: float, kind: str, tiers: Tiers) -> float:
    """What is asked for a quantity: all of it at the last price reached, or each unit at the price of its tier."""
    if kind == "all units":
        return quantity * next(price for begins, price in reversed(tiers) if begins <= quantity)
    ends = [*(begins for begins, _ in tiers[1:]), inf]
    parts = ((max(0.0, min(quantity, end) - begins), price) for (begins, price), end in zip(tiers, ends, strict=True))
    return sum(part * price for part, price in parts)


@dataclass(frozen=True)
class Schedule:
    """A supplier's quote.

    Attributes:
        basis: whether tiers count within an order or over the contract.
        most: the most it sells in a month.
        signing, ordering: what a contract costs, and each order.
        lot: orders are whole multiples of it; none: any quantity.
    """

    name: str
    kind: str
    basis: str
    tiers: Tiers
    most: float
    signing: float = 0.0
    ordering: float = 0.0
    lot: float | None = None

    def bill(self, orders: Sequence[float]) -> float:
        """What one trader pays for its orders, one a month, with contract and order costs."""
        if not any(orders):
            return 0.0
        quantities = [sum(orders)] if self.basis == "contract" else orders
        goods = sum(billed(quantity, self.kind, self.tiers) for quantity in quantities)
        return goods + self.signing + self.ordering * sum(quantity > 0 for quantity in orders)


def case_of(schedules: Sequence[Schedule], needs: Sequence[float], **given: Any) -> Case:
    """The case in which x is needed month by month and can be had at these schedules."""
    alone = len(given.get("traders", ())) <= 1
    return case(
        *(
            offer(
                row.name, row.tiers[0][1], supplier=row.name, capacity_per_period=row.most, contract_cost=row.signing,
                fixed_order_cost=row.ordering, lot=row.lot, exclusive=alone,
            ) for row in schedules
        ),
        needs=needs,
        price_breaks=tuple(
            PriceBreak(
                offer=row.name, from_quantity=begins, price=price, kind=BreakKind(row.kind), basis_=BreakBasis(row.basis)
            )
            for row in schedules for begins, price in row.tiers[1:]
        ),
        **given,
    )  # fmt: skip


def tiers(random: Random, begins: Sequence[int], direction: str) -> Tiers:
    """One to three tiers whose prices fall, or rise, from about 12."""
    price, found = random.randint(10, 14) + random.random(), []
    for start in (0, *sorted(random.sample(begins, random.choice((1, 1, 2))))):
        found.append((float(start), round(price, 2)))
        price += random.choice((0.5, 1.5, 2.5)) * (-1 if direction == "falling" else 1)
    return found

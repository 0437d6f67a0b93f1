"""Sheet Traders: what is committed in each firm's name, and for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from models.case import Case
from models.invoice import COMMITMENTS
from models.plan import Charge, cents
from planner.outputs.costs import COMMITMENT, LANDED
from planner.outputs.schema import Row, Shown

NOBODY = "no trader's account"
"""Name of the row of what is committed in no trader's name."""
COLUMNS = {"landed_cost": LANDED} | {
    line.replace(" ", "_"): (line,)
    for line in ("trader fee", "fixed order cost", "contract cost", "onboarding", "price impact")
} | {"open_orders": ("open orders", "payables", "order changes")}  # fmt: skip
"""The lines of the bill in each column."""


@dataclass(frozen=True)
class TraderRow(Row):
    """One trader's spend, in whole cents, undiscounted."""

    sheet: ClassVar[str] = "Traders"

    trader: Annotated[str, Shown("The firm.")]
    landed_cost: Annotated[float, Shown("Landed cost of what it buys, all price breaks off: Purchases.", "money", unit="USD")]
    trader_fee: Annotated[float, Shown("Its fee: Purchases.", "money", unit="USD")]
    fixed_order_cost: Annotated[float, Shown("Fixed costs of its orders: Purchases.", "money", unit="USD")]
    contract_cost: Annotated[float, Shown("Costs of signing: Contracts.", "money", unit="USD")]
    open_orders: Annotated[
        float, Shown("What is unpaid of its open orders and of older ones, fees included.", "money", unit="USD")
    ]
    onboarding: Annotated[
        float, Shown("Onboarding of suppliers, which serves all traders and counts for none: Contracts.", "money", unit="USD")
    ]
    price_impact: Annotated[
        float, Shown("Surcharges for buying much of a market at once, in nobody's name.", "money", unit="USD")
    ]
    spend: Annotated[float, Shown("Sum of the columns before.", "money", unit="USD")]
    share: Annotated[float | None, Shown("Share of what all traders spend.", "share")]
    minimum_share: Annotated[float | None, Shown("The least share; blank: no limit.", "share")]
    maximum_share: Annotated[float | None, Shown("The largest share; blank: no limit.", "share")]
    maximum_spend: Annotated[float | None, Shown("The most that it may spend; blank: no limit.", "money", unit="USD")]


def trader_rows(case: Case, charges: Sequence[Charge]) -> tuple[TraderRow, ...]:
    """The traders in the order of their sheet, then what is in no trader's name if there is any of it."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys((*case.trader, ""), 0.0))
    for charge in charges:
        if charge.line in COMMITMENTS:
            sums[charge.line][charge.trader] += charge.amount
    amounts = {name: dict.fromkeys(COLUMNS, 0.0) for name in (*case.trader, "")}
    for column, lines in COLUMNS.items():
        for line in lines:
            for name, amount in _in_cents(sums[line]).items():
                amounts[name][column] = cents(amounts[name][column] + amount)
    together = sum(sum(amounts[name].values()) for name in case.trader)
    rows = []
    for name, record in case.trader.items():
        spend = cents(sum(amounts[name].values()))
        rows.append(
            TraderRow(
                name, **amounts[name], spend=spend, share=spend / together if together else None,
                minimum_share=record.minimum_share, maximum_share=record.maximum_share, maximum_spend=record.maximum_spend,
            )
        )  # fmt: skip
    if any(amounts[""].values()):
        rows.append(_without_limits(NOBODY, amounts[""]))
    return tuple(rows)


def trader_total(rows: Sequence[TraderRow]) -> TraderRow:
    """The sums of the columns: all commitments."""
    return _without_limits(COMMITMENT, {name: cents(sum(getattr(row, name) for row in rows)) for name in COLUMNS})


def _in_cents(parts: Mapping[str, float]) -> Mapping[str, float]:
    """Parts of a line of the bill in whole cents, which add up to the line in whole cents: the largest takes what is over."""
    found = {name: cents(part) for name, part in parts.items()}
    largest = max(found, key=lambda name: abs(found[name]))
    found[largest] = cents(found[largest] + cents(sum(parts.values())) - sum(found.values()))
    return found


def _without_limits(name: str, amounts: dict[str, float]) -> TraderRow:
    spend = cents(sum(amounts.values()))
    return TraderRow(name, **amounts, spend=spend, share=None, minimum_share=None, maximum_share=None, maximum_spend=None)

"""The orders of a written plan, as what a new plan is to keep to."""

from __future__ import annotations

from datetime import date

from models.records import Previous
from planner.outputs import PurchaseRow, RunRow
from planner.outputs.run import LAST_DAY
from planner.plan_reader import rows
from planner.workbook import Book


def orders_of(plan: Book) -> tuple[tuple[Previous, ...], date | None]:
    """What a plan orders, and the last day that it looks ahead to.

    Raises:
        FaultyInput: the workbook is no plan.
    """
    orders = tuple(
        Previous(
            material=line.text("material"), offer=line.text("offer"), trader=line.text("trader"),
            supplier=line.text("supplier"), period=line.day("order_date"), quantity=line.number_in("quantity"),
            landed_cost=max(0.0, line.number_in("landed_unit_cost")),
        )
        for line in rows(plan, PurchaseRow)
    )  # fmt: skip
    ends = (str(line.cells["value"]) for line in rows(plan, RunRow) if line.cells["what"] == LAST_DAY)
    return orders, next((date.fromisoformat(end) for end in ends), None)

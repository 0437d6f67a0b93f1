"""The workbooks of a result: the plan, and for each trader what is its own."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.worksheet.worksheet import Worksheet

from planner.outputs import ContractRow, CostRow, PurchaseRow, Tables, totals
from planner.outputs.pictures import pictures
from planner.outputs.summary import Fact, counted, facts
from planner.report.sheets import add_sheet
from planner.report.summary_sheet import add_charts, add_sentences, add_summary
from planner.result import Result

AUTHOR, TRADER_BOOK = "planner", "planner's buy list of one trader"
"""The creator that every workbook names, and the category of the traders' books, by which they are known again."""


def plan_book(result: Result, found: Tables) -> bytes:
    """The plan workbook."""
    settings, calendar = result.plan.case.settings, result.plan.case.calendar
    workbook, summary, footer = _new(result)
    periods = f"{calendar.name(1)} to {calendar.name(calendar.periods)}"
    subtitle = f"Periods {periods}; input workbook {result.book.name}; money in USD"
    add_summary(summary, settings.plan_name or "Sourcing plan", subtitle, facts(result, found), footer)
    missed = [row.sentence for row in result.missed]
    add_sentences(summary, "Cover targets missed", missed or ["Every cover target is met."])
    for record, rows in found.sheets():
        add_sheet(workbook, record, rows, footer, totals=totals(found.costs) if record is CostRow else ())
    add_charts(workbook, summary, pictures(result, found), footer)
    return _bytes(workbook)


def trader_book(result: Result, found: Tables, trader: str) -> bytes:
    """One trader's workbook: its own purchases and contracts, and nothing that depends on the others."""
    purchases = [row for row in found.purchases if row.trader == trader]
    contracts = [row for row in found.contracts if row.trader == trader]
    workbook, summary, footer = _new(result, TRADER_BOOK)
    lines = _trader_facts(purchases, contracts)
    add_summary(summary, f"Buy list of {trader}", "Money in USD; order dates are the plan's", lines, footer)
    add_sheet(workbook, PurchaseRow, purchases, footer, pooled=False)
    add_sheet(workbook, ContractRow, contracts, footer, pooled=False)
    return _bytes(workbook)


def _trader_facts(purchases: Sequence[PurchaseRow], contracts: Sequence[ContractRow]) -> tuple[Fact, ...]:
    materials = len({row.material for row in purchases})
    bought = (
        f"{counted(len(purchases), 'order')} of {counted(materials, 'material')}; landed cost, all price breaks off, "
        "your fee apart"
    )
    days = sorted(row.order_date for row in purchases)
    when = f"order dates from {days[0]} to {days[-1]}" if days else "nothing is ordered"
    saved = sum(row.order_saving + row.contract_saving for row in purchases)
    suppliers = f"with {counted(len({row.supplier for row in contracts}), 'supplier')}"
    fees = sum(row.trader_fee for row in purchases)
    costs = sum(row.fixed_order_cost for row in purchases) + sum(row.contract_cost for row in contracts)
    return (
        Fact("Bought", sum(row.landed_cost for row in purchases), "money", "USD", bought, "Purchases"),
        Fact("Fee", fees, "money", "USD", "your fee on the landed cost", "Purchases"),
        Fact("Order and contract costs", costs, "money", "USD", "fixed costs of orders and of signing", "Contracts"),
        Fact("Price breaks", saved, "money", "USD", "what they save on price and duty, already off", "Purchases"),
        Fact("Orders", len(purchases), "count", "", when, "Purchases"),
        Fact("Contracts to sign", len(contracts), "count", "", suppliers, "Contracts"),
    )  # fmt: skip


def _new(result: Result, category: str | None = None) -> tuple[Workbook, Worksheet, str]:
    """A workbook with its first sheet, and the footer of all its sheets."""
    workbook = Workbook()
    started = result.started.replace(tzinfo=None)
    workbook.properties = DocumentProperties(creator=AUTHOR, category=category, created=started, modified=started)
    assert workbook.active is not None
    return workbook, workbook.active, f"Input {result.sha256[:12]}"


def _bytes(workbook: Workbook) -> bytes:
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()

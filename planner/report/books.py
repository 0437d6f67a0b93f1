"""The workbooks of a result: the plan, and for each trader what is its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.worksheet.worksheet import Worksheet

from planner.outputs import ContractRow, OpenOrderRow, PurchaseRow, Tables
from planner.outputs.fact import Fact, counted
from planner.outputs.misses import missed_commitments, missed_rules, unmet_demand
from planner.outputs.open_orders import changed_orders
from planner.outputs.pictures import pictures
from planner.outputs.summary import facts
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
    for title, sentences in _undone(result, found):
        add_sentences(summary, title, sentences)
    for record, rows in found.sheets():
        add_sheet(workbook, record, rows, footer, totals=found.below(record))
    add_charts(workbook, summary, pictures(result, found), footer)
    return _bytes(workbook)


def _undone(result: Result, found: Tables) -> Iterator[tuple[str, list[str]]]:
    """What the plan leaves undone, each kind under its title; cover targets also where all are met."""
    unmet, rules = list(unmet_demand(found.cover)), list(missed_rules(found.diversification))
    lacking, changed = list(missed_commitments(found.members)), list(changed_orders(found.open_orders))
    if unmet:
        yield "Demand not met", unmet
    if rules:
        yield "Soft policy rules missed", rules
    if lacking:
        yield "Commitments to members missed", lacking
    if changed:
        yield "Open orders to change", changed
    aimed = any(row.target for row in found.cover)
    otherwise = "Every cover target is met." if aimed else "No material has a cover target."
    yield "Cover targets missed" if result.missed else "Cover targets", [row.sentence for row in result.missed] or [otherwise]


def trader_book(result: Result, found: Tables, trader: str) -> bytes:
    """One trader's workbook: its own purchases, contracts and open orders.

    Nothing in it depends on the others, but for the depot to deliver to: the plan fills the depots for all of them.
    """
    purchases = [row for row in found.purchases if row.trader == trader]
    contracts = [row for row in found.contracts if row.trader == trader]
    workbook, summary, footer = _new(result, TRADER_BOOK)
    orders = [row for row in found.open_orders if row.trader == trader]
    lines = _trader_facts(purchases, contracts, orders)
    add_summary(summary, f"Buy list of {trader}", "Money in USD; order dates are the plan's", lines, footer)
    add_sheet(workbook, PurchaseRow, purchases, footer, pooled=False)
    add_sheet(workbook, ContractRow, contracts, footer, pooled=False)
    add_sheet(workbook, OpenOrderRow, orders, footer, pooled=False)
    return _bytes(workbook)


def _trader_facts(
    purchases: Sequence[PurchaseRow], contracts: Sequence[ContractRow], orders: Sequence[OpenOrderRow]
) -> tuple[Fact, ...]:
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
    landed = sum(row.landed_cost for row in purchases)
    unpaid = sum(row.unpaid + row.fee for row in orders)
    still = f"what is unpaid of {counted(len(orders), 'order')} placed before the plan, and fees for changing them"
    return (
        Fact("Bought", landed, "money", "USD", bought, "Purchases"),
        Fact("Fee", fees, "money", "USD", "your fee on the landed cost", "Purchases"),
        Fact("Order and contract costs", costs, "money", "USD", "fixed costs of orders and of signing", "Contracts"),
        Fact("Open orders", unpaid, "money", "USD", still, "Open orders"),
        Fact("Spend", landed + fees + costs + unpaid, "money", "USD", "sum of the lines above", "Purchases"),
        Fact("Price breaks", saved, "money", "USD", "what they save on price and duty; already off", "Purchases"),
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

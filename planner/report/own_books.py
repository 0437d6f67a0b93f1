"""The workbooks of those who each get their own: of the plan what is theirs, and nothing of anybody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.outputs import ContractRow, OpenOrderRow, PurchaseRow, Tables
from planner.outputs.fact import Fact, counted
from planner.outputs.member_page import HeldRow, MemberPage
from planner.outputs.members import AccountRow, EntitlementRow, MemberRow
from planner.outputs.misses import missed_by_one
from planner.outputs.open_orders import CANCELLED, KEPT
from planner.report.books import content, new_book, periods
from planner.report.recipients import MEMBERS, TRADERS, Recipients
from planner.report.sheets import add_sheet
from planner.report.summary_sheet import add_charts, add_sentences, add_summary
from planner.result import Result

ALL_HELD = "All that you are entitled to is held for you at every period's end, and all that you call off is served."


def own_books(result: Result, found: Tables) -> Mapping[Recipients, Mapping[str, bytes]]:
    """Each one's workbook by name: every trader's, and that of every member to whom a commitment holds."""
    return {
        TRADERS: {trader: _trader_book(result, found, trader) for trader in result.plan.case.trader},
        MEMBERS: {account.member: _member_book(result, found, account) for account in found.accounts},
    }


def _trader_book(result: Result, found: Tables, trader: str) -> bytes:
    """One trader's workbook: its own purchases, contracts and open orders.

    Nothing in it depends on the others, but for the depot to deliver to: the plan fills the depots for all of them.
    Not even the check sum of the input is told.
    """
    purchases = [row for row in found.purchases if row.trader == trader]
    contracts = [row for row in found.contracts if row.trader == trader]
    workbook, summary, footer = new_book(result, TRADERS.category)
    orders = [row for row in found.open_orders if row.trader == trader]
    lines = _trader_facts(purchases, contracts, orders)
    add_summary(summary, f"Buy list of {trader}", "Money in USD; order dates are the plan's", lines, footer)
    add_sheet(workbook, PurchaseRow, purchases, footer, internal=False)
    add_sheet(workbook, ContractRow, contracts, footer, internal=False)
    add_sheet(workbook, OpenOrderRow, orders, footer, internal=False)
    return content(workbook)


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
    unpaid, due = sum(row.unpaid + row.fee for row in orders), sum(row.unpaid > 0 for row in orders)
    still = f"what is unpaid of {counted(due, 'order')} placed before the plan, and fees for changing orders"
    changed = [row for row in orders if row.decided != KEPT]
    told = "; ".join(
        f"cancel {row.order}" if row.decided == CANCELLED else f"defer {row.order} to {row.arrival_date}" for row in changed
    )
    return (
        Fact("Bought", landed, "money", "USD", bought, "Purchases"),
        Fact("Fee", fees, "money", "USD", "your fee on the landed cost", "Purchases"),
        Fact("Order and contract costs", costs, "money", "USD", "fixed costs of orders and of signing", "Contracts"),
        Fact("Open orders", unpaid, "money", "USD", still, "Open orders"),
        Fact("Spend", landed + fees + costs + unpaid, "money", "USD", "sum of the lines above", "Purchases"),
        Fact("Price breaks", saved, "money", "USD", "what they save on price and duty; already off", "Purchases"),
        Fact("Orders", len(purchases), "count", "", when, "Purchases"),
        Fact("Open orders to change", len(changed), "count", "", told or "all arrive as agreed", "Open orders"),
        Fact("Contracts to sign", len(contracts), "count", "", suppliers, "Contracts"),
    )  # fmt: skip


def _member_book(result: Result, found: Tables, account: AccountRow) -> bytes:
    """One member's workbook: its account, its commitments and what becomes of them in every period."""
    calendar, name = result.plan.case.calendar, account.member
    commitments = [row for row in found.members if row.member == name]
    entitlements = [row for row in found.entitlements if row.member == name]
    page = MemberPage(account, commitments, entitlements, calendar.name(calendar.periods))
    workbook, summary, footer = new_book(result, MEMBERS.category)
    subtitle = f"{periods(calendar)}; money in USD, stock at your strike prices"
    add_summary(summary, f"Account of {name}", subtitle, page.facts(), footer)
    add_sentences(summary, "What is missed", list(missed_by_one(commitments, entitlements)) or [ALL_HELD])
    add_sheet(workbook, MemberRow, commitments, footer, internal=False)
    add_sheet(workbook, AccountRow, [account], footer, internal=False)
    add_sheet(workbook, EntitlementRow, entitlements, footer, internal=False)
    add_charts(workbook, summary, [(HeldRow, page.held())], footer, apart=False)
    return content(workbook)

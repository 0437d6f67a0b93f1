"""The figures that people act on, read back from a written plan and worked out again from its decisions.

They are no decisions, so nothing of the plan hangs on them; but a buyer orders on the date and at the price that the sheet
says. What they should be is taken from the checking side, not from what wrote them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import fsum
from typing import NamedTuple

from models.audit import due_day, places, required_cover
from models.plan import CENT, QUANTITY_STEP, Assessment, Charge, Plan, discounted, quantity_tolerance
from models.settlements import settlements
from planner.distribution import as_planned
from planner.outputs import (
    CashRow,
    ChangeRow,
    ContractRow,
    CostRow,
    CoverRow,
    MarginRow,
    MemberRow,
    OpenOrderRow,
    PurchaseRow,
    RationRow,
    RotationRow,
    SourceRow,
    StockRow,
)
from planner.outputs.cash import cash_rows, margin_rows, source_rows
from planner.outputs.changes import change_rows
from planner.outputs.diversification import DiversificationRow, diversification_rows
from planner.outputs.members import AccountRow, EntitlementRow, account_rows, entitlement_rows, member_rows, ration_rows
from planner.outputs.open_orders import open_order_rows
from planner.outputs.risk import LossRow, RecourseRow, RiskRow, loss_rows, recourse_rows, risk_rows
from planner.outputs.rotation import rotation_rows
from planner.outputs.schema import DECIMALS, Shown, columns
from planner.outputs.schema import Row as Shape
from planner.outputs.survival import SurvivalRow, survival_rows
from planner.plan_reader import Line, rows
from planner.workbook import Book

FIGURES = "written figures"
"""The name under which these comparisons are told."""

LIMIT_KEYS = 4
"""Texts that tell the limits of Diversification apart: rule, scope, window and value."""
RELATIVE = 1e-9
"""Share of a figure that writing and reading it may move."""


class Expected(NamedTuple):
    """A figure or a day as it should be, what it is measured in, and what it may differ by."""

    value: float | date | None
    unit: str = "USD"
    tolerance: float = CENT


def quantity(value: float, unit: str) -> Expected:
    """A quantity, to a step."""
    return Expected(value, unit, QUANTITY_STEP)


Row = tuple[Line, Mapping[str, Expected]]


def figures(book: Book, plan: Plan, charges: Sequence[Charge], assessed: Sequence[Assessment]) -> Iterator[Assessment]:
    """For each column that is worked out again its worst cell; what a sheet leaves out is not told.

    Args:
        assessed: every limit of the plan, as its rules see it.

    Raises:
        FaultyInput: a cell that should hold a figure or a day holds something else.
    """
    for found in (
        _purchases(book, plan),
        _contracts(book, plan),
        _stock(book, plan),
        _cover(book, plan),
        _costs(book, plan, charges),
    ):
        yield from _worst(found)
    for record, expected in (*_outcomes(plan), *_money(plan, charges)):
        yield from _laid_out(book, record, expected, record.keys)
    yield from _laid_out(book, DiversificationRow, diversification_rows(plan, assessed), LIMIT_KEYS)


def _purchases(book: Book, plan: Plan) -> Iterator[Row]:
    lines = {
        (line.purchase.offer, line.purchase.trader, plan.case.calendar.name(line.purchase.period)): line for line in plan.lines
    }
    saved: dict[object, float] = defaultdict(float)
    within_order: dict[object, float] = defaultdict(float)
    for settlement in settlements(plan):
        for line, saving in settlement.savings:
            saved[line.purchase] += saving
            if settlement.basis.value == "order":
                within_order[line.purchase] += saving
    for row in rows(book, PurchaseRow):
        line = lines[row.text("offer"), row.text("trader"), row.text("ordered_in")]
        duty = line.beside.duty_rate
        landed = line.spend - saved[line.purchase] * (1 + duty)
        paid = line.price - within_order[line.purchase] / line.purchase.quantity
        yield (
            row,
            {
                "order_date": Expected(line.ordered),
                "arrival_date": Expected(line.arrives),
                "supplier_due": Expected(due_day(plan.case.offer[line.purchase.offer], line.ordered)),
                "payment_due": Expected(line.due),
                "list_price": Expected(line.price, "USD/unit"),
                "unit_price": Expected(paid, "USD/unit"),
                "landed_unit_cost": Expected(line.landed - (line.price - paid) * (1 + duty), "USD/unit"),
                "landed_cost": Expected(landed),
                "trader_fee": Expected(landed * line.fee),
            },
        )


def _contracts(book: Book, plan: Plan) -> Iterator[Row]:
    ordered: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in plan.purchases:
        ordered[row.offer, row.trader].append(row.quantity)
    for line in rows(book, ContractRow):
        offer = plan.case.offer[line.text("offer")]
        quantities = ordered[offer.offer, line.text("trader")]
        yield (
            line,
            {
                "quantity": quantity(fsum(quantities), plan.case.material[offer.material].unit),
                "orders": Expected(len(quantities), "orders", 0.0),
                "contract_cost": Expected(plan.case.signing_cost(offer.offer, line.text("trader"))),
            },
        )


def _stock(book: Book, plan: Plan) -> Iterator[Row]:
    periods = {plan.case.calendar.name(t): t for t in plan.case.calendar.horizon}
    for row in rows(book, StockRow):
        i = row.name("material", plan.case.material)
        place = row.name("place", places(plan.case, i))
        line = plan.stock[i, place, periods[row.name("period", periods)]]
        unit = plan.case.material[i].unit
        yield row, {name: quantity(getattr(line, name), unit) for name in ("opening", "lost", "closing")}


def _cover(book: Book, plan: Plan) -> Iterator[Row]:
    wanted = {(material.material, plan.case.calendar.name(t)): target for material, t, target, _ in required_cover(plan.case)}
    periods = {plan.case.calendar.name(t): t for t in plan.case.calendar.horizon}
    for row in rows(book, CoverRow):
        i, period = row.name("material", plan.case.material), row.name("period", periods)
        stock, target = plan.closing_stock[i, periods[period]], wanted.get((i, period), 0.0)
        unit = plan.case.material[i].unit
        yield (
            row,
            {
                "stock": quantity(stock, unit),
                "target": quantity(target, unit),
                "gap": Expected(max(0.0, target - stock), unit, quantity_tolerance(target, plan.decisions_on[i])),
            },
        )


def _costs(book: Book, plan: Plan, charges: Sequence[Charge]) -> Iterator[Row]:
    plain: dict[str, list[float]] = defaultdict(list)
    present: dict[str, list[float]] = defaultdict(list)
    for charge in charges:
        plain[charge.line].append(charge.amount)
        present[charge.line].append(discounted(plan.case, charge))
    for row in rows(book, CostRow):
        line = row.text("line")
        if line in plain:  # the totals are sums of these lines
            yield row, {"undiscounted": Expected(fsum(plain[line])), "discounted": Expected(fsum(present[line]))}


def _outcomes(plan: Plan) -> Iterator[tuple[type[Shape], Sequence[Shape]]]:
    """What becomes of the plan for its members, in its scenarios and contingencies, worked out again."""
    risk = risk_rows(as_planned(plan), plan.case.settings.cvar_alpha) if plan.case.scenarios else ()
    yield from (
        (MemberRow, member_rows(plan)),
        (AccountRow, account_rows(plan)),
        (EntitlementRow, entitlement_rows(plan)),
        (RationRow, ration_rows(plan)),
        (RiskRow, risk),
    )
    yield from ((LossRow, loss_rows(plan)), (RecourseRow, recourse_rows(plan)), (SurvivalRow, survival_rows(plan)))


def _money(plan: Plan, charges: Sequence[Charge]) -> Iterator[tuple[type[Shape], Sequence[Shape]]]:
    """How it is paid for."""
    yield ChangeRow, change_rows(plan)
    yield OpenOrderRow, open_order_rows(plan)
    yield RotationRow, rotation_rows(plan)
    yield from ((CashRow, cash_rows(plan, charges)), (SourceRow, source_rows(plan)), (MarginRow, margin_rows(plan)))


def _laid_out(book: Book, record: type[Shape], expected: Sequence[Shape], tell_apart: int) -> Iterator[Assessment]:
    """The rows of a sheet, known by their first texts, and every figure and text in them."""
    items = columns(record)
    texts = [item.name for item in items if item.form in ("text", "sentence")]
    keys = texts[:tell_apart]
    known = {tuple(str(getattr(row, name)) for name in keys): row for row in expected}
    written = {tuple(str(line.cells[name]) for name in keys): line for line in rows(book, record)}
    yield Assessment(
        FIGURES, f"{record.sheet}, rows of the plan", "equal", len(known), len(known.keys() & written), "rows", 0.0
    )
    yield Assessment(FIGURES, f"{record.sheet}, other rows", "equal", 0, len(written.keys() - known), "rows", 0.0)
    figures = [item for item in items if item.form in DECIMALS]
    both = sorted(known.keys() & written)
    yield from _worst((written[key], dict(_figures(known[key], figures))) for key in both)
    for item in (item for item in items if item.form == "text" and item.name not in keys):  # sentences may be put otherwise
        others = [written[key] for key in both if str(written[key].cells[item.name]) != str(getattr(known[key], item.name))]
        where = f"{record.sheet}!{others[0].address(item.name)}" if others else record.sheet
        told = f"{where}, {item.name.replace('_', ' ')}"
        yield Assessment(FIGURES, told, "equal", 0, len(others), "cells with other words", 0.0)


def _figures(row: Shape, items: Sequence[Shown]) -> Iterator[tuple[str, Expected]]:
    """The figures of a row as they should be; a blank one is not told."""
    for item in items:
        value = getattr(row, item.name)
        if value is not None:
            tolerance = CENT if item.form == "money" else QUANTITY_STEP
            yield item.name, Expected(float(value), item.unit or item.form, tolerance)


def _worst(found: Iterator[Row]) -> Iterator[Assessment]:
    """One assessment for each column: of the cell that differs most from what it should be."""
    worst: dict[tuple[str, str], Assessment] = {}
    for row, expected in found:
        for column, item in expected.items():
            assessed = _assessed(row, column, item)
            known = worst.get((row.sheet, column))
            if known is None or assessed.excess - assessed.tolerance > known.excess - known.tolerance:
                worst[row.sheet, column] = assessed
    yield from worst.values()


def _assessed(row: Line, column: str, item: Expected) -> Assessment:
    where = f"{row.sheet}!{row.address(column)}, {column.replace('_', ' ')}"
    if isinstance(item.value, date):
        written = row.day(column)
        return Assessment(FIGURES, where, "equal", item.value.toordinal(), written.toordinal(), "days", 0.0)
    value = item.value or 0.0
    tolerance = item.tolerance + RELATIVE * abs(value)
    return Assessment(FIGURES, where, "equal", value, row.number_in(column), item.unit, tolerance)

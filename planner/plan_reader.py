"""The decisions of a written plan, read back from its workbook, and what the plan says that they cost.

Nothing else is read: everything that follows from the decisions is worked out again by whoever asks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models.audit import places
from models.case import Case
from models.decisions import Allotment, Change, Contract, Drawing, Emergency, Move, Purchase, Rotation
from models.plan import Plan
from models.records import Objective
from planner.findings import FaultyInput, Finding, Severity
from planner.outputs import (
    CheckRow,
    ContractRow,
    EntitlementRow,
    OpenOrderRow,
    PurchaseRow,
    RecourseRow,
    RotationRow,
    RunRow,
    SourceRow,
    StockRow,
)
from planner.outputs.checks import COST_LINES, TOTAL_LINE
from planner.outputs.open_orders import CANCELLED, DEFERRED, KEPT
from planner.outputs.run import FOR_PROTECTION
from planner.outputs.schema import Row, columns
from planner.workbook import Book, Value, address


class NotInInput(FaultyInput):
    """A plan names what the input workbook does not have: either may be the wrong one."""


@dataclass(frozen=True)
class Line:
    """One row of a sheet of a written plan, by field name; every reading of it raises a finding with the cell's address."""

    sheet: str
    number: int
    cells: Mapping[str, Value]
    positions: Mapping[str, int]

    def text(self, name: str) -> str:
        """A text.

        Raises:
            FaultyInput: if the cell holds anything else.
        """
        value = self.cells[name]
        if not isinstance(value, str):
            raise self.fault(name, "is not a text")
        return value

    def name(self, name: str, known: Collection[str]) -> str:
        """A text that is one of the known names.

        Raises:
            NotInInput: if it is not.
            FaultyInput: if the cell holds anything else.
        """
        value = self.text(name)
        if value not in known:
            raise NotInInput(self.fault(name, "is not in the input workbook").findings)
        return value

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """A text that is one of several.

        Raises:
            FaultyInput: if it is not.
        """
        value = self.text(name)
        if value not in choices:
            raise self.fault(name, f"is none of {', '.join(choices)}")
        return value

    def number_in(self, name: str) -> float:
        """A finite number.

        Raises:
            FaultyInput: if the cell holds anything else.
        """
        value = self.cells[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.fault(name, "is not a number")
        return float(value)

    def day(self, name: str) -> date:
        """A day.

        Raises:
            FaultyInput: if the cell holds anything else.
        """
        value = self.cells[name]
        if not isinstance(value, date):
            raise self.fault(name, "is not a date")
        return value.date() if isinstance(value, datetime) else value

    def address(self, name: str) -> str:
        """The address of a cell of this row."""
        return address(self.number, self.positions[name])

    def fault(self, name: str, what: str) -> FaultyInput:
        """The error for a cell of this row."""
        cell = self.address(name)
        return _unreadable(self.sheet, cell, str(self.cells[name]), f"{self.cells[name]!r} {what}")


def read_plan(book: Book, case: Case) -> tuple[Plan, Mapping[str, float], float]:
    """Read the decisions of a written plan, the claimed cost by invoice line, and the claimed total.

    Returns:
        The plan, the lines' costs (undiscounted USD), and the discounted total (USD).

    Raises:
        FaultyInput: if the workbook, or a cell that a decision stands in, cannot be read.
    """
    periods = {case.calendar.name(period): period for period in case.calendar.horizon}
    purchases = tuple(
        Purchase(
            line.name("offer", case.offer),
            line.name("trader", case.trader),
            periods[line.name("ordered_in", periods)],
            line.number_in("quantity"),
        )
        for line in rows(book, PurchaseRow)
    )
    contracts = tuple(
        Contract(line.name("offer", case.offer), line.name("trader", case.trader)) for line in rows(book, ContractRow)
    )
    claimed = {line.text("what"): line.number_in("claimed") for line in rows(book, CheckRow) if line.text("rule") == COST_LINES}
    if TOTAL_LINE not in claimed:
        raise _unreadable(CheckRow.sheet, "", "", f"there is no row for {TOTAL_LINE!r}")
    total = claimed.pop(TOTAL_LINE)
    own = (
        tuple(_emergencies(book, case, periods)),
        tuple(_drawings(book, case, periods)),
        tuple(_allotments(book, case, periods)),
        tuple(_changes(book, case)),
        tuple(_rotations(book, case, periods)),
    )
    return Plan(case, purchases, contracts, tuple(_moves(book, case, periods)), *own), claimed, total


def planned_from(book: Book) -> str:
    """The SHA-256 of the input workbook that a plan was made from, as its sheet Run tells it."""
    found = (str(line.cells["value"]) for line in rows(book, RunRow) if line.cells["what"] == "input sha256")
    digest = next(found, None)
    if digest is None:
        raise _unreadable(RunRow.sheet, "", "", "there is no row for 'input sha256'")
    return digest


def objective_of(book: Book) -> Objective:
    """What a plan makes as small as possible, whatever its input workbook says: the command line may have said otherwise."""
    protects = any(line.cells["what"] == f"objective{FOR_PROTECTION}" for line in rows(book, RunRow))
    return Objective.PROTECTION if protects else Objective.COST


def rows(book: Book, record: type[Row]) -> Iterator[Line]:
    """The rows of a sheet of a written plan that hold anything, the totals below its table included.

    A column that is not there, as in the plan of an earlier version, is no fault until a row of it is read.

    Raises:
        FaultyInput: if the sheet is not there.
    """
    if record.sheet not in book.titles:
        raise _unreadable(record.sheet, "", "", f"the sheet is not there in {book.name}")
    heading, *body = book.sheet(record.sheet).rows or [[]]
    found = {str(value): position for position, value in enumerate(heading, start=1)}
    titles = {item.name: item.title for item in columns(record)}
    positions = {name: found[title] for name, title in titles.items() if title in found}

    def absent(name: str) -> FaultyInput:
        return _unreadable(record.sheet, "", "", f"column {titles[name]!r} is not there in {book.name}")

    for number, values in enumerate(body, start=2):
        if any(value != "" for value in values):
            cells = _Cells({name: values[at - 1] for name, at in positions.items()}, absent)
            yield Line(record.sheet, number, cells, positions)


class _Cells(dict[str, Value]):
    """The cells of a row by field name; asking for one whose column is not there raises what `absent` makes of its name."""

    def __init__(self, cells: Mapping[str, Value], absent: Callable[[str], FaultyInput]) -> None:
        super().__init__(cells)
        self._absent = absent

    def __missing__(self, name: str) -> Value:
        raise self._absent(name)


def _moves(book: Book, case: Case, periods: Mapping[str, int]) -> Iterator[Move]:
    """What was decided about each place; without depots what arrives is no decision."""
    for line in rows(book, StockRow):
        taken_in = line.number_in("taken_in") if case.depots else 0.0
        given_out = line.number_in("given_out")
        if taken_in or given_out:
            material = line.name("material", case.material)
            yield Move(
                material, line.name("place", places(case, material)), periods[line.name("period", periods)], taken_in, given_out
            )


def _emergencies(book: Book, case: Case, periods: Mapping[str, int]) -> Iterator[Emergency]:
    """What is bought at once in scenarios, and called from partners."""
    for line in rows(book, RecourseRow):
        quantity, called = line.number_in("emergency"), line.number_in("called")
        if quantity or called:
            material, period = line.name("material", case.material), periods[line.name("period", periods)]
            yield Emergency(material, line.text("scenarios"), period, quantity, called)


def _drawings(book: Book, case: Case, periods: Mapping[str, int]) -> Iterator[Drawing]:
    """What is drawn of each source of money, and repaid."""
    for line in rows(book, SourceRow) if case.funding else ():
        drawn, repaid = line.number_in("drawn"), line.number_in("repaid")
        if drawn or repaid:
            names = [row.source for row in case.funding]
            yield Drawing(line.name("source", names), periods[line.name("period", periods)], drawn, repaid)


def _allotments(book: Book, case: Case, periods: Mapping[str, int]) -> Iterator[Allotment]:
    """What is held for each member, and what it draws."""
    for line in rows(book, EntitlementRow) if case.commitments else ():
        held, drawn = line.number_in("held"), line.number_in("drawn")
        if held or drawn:
            member, material = line.name("member", case.member), line.name("material", case.material)
            yield Allotment(member, material, periods[line.name("period", periods)], held, drawn)


def _rotations(book: Book, case: Case, periods: Mapping[str, int]) -> Iterator[Rotation]:
    """What is sold past its shelf life."""
    aging = [name for name, row in case.material.items() if row.shelf_life is not None]
    for line in rows(book, RotationRow) if aging else ():
        sold = line.number_in("sold")
        if sold:
            yield Rotation(line.name("material", aging), periods[line.name("period", periods)], sold)


def _changes(book: Book, case: Case) -> Iterator[Change]:
    """What becomes of open orders where it is not what was agreed."""
    names = [order.order for order in case.open_orders]
    for line in rows(book, OpenOrderRow) if case.open_orders else ():
        order, decided = line.name("order", names), line.choice("decided", (KEPT, DEFERRED, CANCELLED))
        if decided != KEPT:
            yield Change(order, line.day("arrival_date") if decided == DEFERRED else None)


def _unreadable(sheet: str, cell: str, value: str, message: str) -> FaultyInput:
    remedy = "This is not a plan as the planner wrote it; solve again, or fetch the plan from where it was written."
    return FaultyInput([Finding(Severity.FAULT, sheet, cell, value, message, remedy)])

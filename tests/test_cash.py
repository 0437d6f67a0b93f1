"""How a plan is paid for, read back from its workbook: in whole cents, as an officer of the lender would add it up."""

from __future__ import annotations

from itertools import pairwise

import pytest

from models.treasury import cash_flows, owed_on_loans
from planner import pipeline
from planner.engine.progress import Display
from planner.outputs import CashRow, EntitlementRow, MarginRow, SourceRow, StockRow
from planner.outputs.schema import Row
from planner.plan_reader import Line, rows
from planner.result import Result
from planner.workbook import Book
from tests.sense.book import case_of, sensible
from tests.written import write

SOURCES = ("equity", "loans", "entry_fees", "carry", "call_offs")
USES = ("goods", "way", "duty", "fees", "signing", "storage", "financing", "repaid")


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Book]:
    """The plan of the workbook in which every sheet is used, verified as every plan is, and its workbook."""
    folder = tmp_path_factory.mktemp("cash")
    case = case_of(sensible()).with_settings(opening_cash=0.0)
    found, output = pipeline.solve(
        write(folder / "book.xlsx", case), folder / "plan.xlsx", pipeline.Overrides(), Display(quiet=True)
    )
    assert output
    return found, Book(folder / "plan.xlsx")


def read(book: Book, record: type[Row]) -> list[Line]:
    return list(rows(book, record))


def test_sources_less_uses_are_closing_less_opening_cash_to_the_cent(solved: tuple[Result, Book]) -> None:
    lines = read(solved[1], CashRow)
    for line in lines:
        moved = sum(line.number_in(name) for name in SOURCES) - sum(line.number_in(name) for name in USES)
        assert round(100 * (line.number_in("closing") - line.number_in("opening"))) == round(100 * moved)
    assert all(after.number_in("opening") == before.number_in("closing") for before, after in pairwise(lines))
    total = sum(sum(line.number_in(name) for name in SOURCES) - sum(line.number_in(name) for name in USES) for line in lines)
    assert lines[-1].number_in("closing") - lines[0].number_in("opening") == pytest.approx(total, abs=0.005)


def test_it_is_what_the_check_counts(solved: tuple[Result, Book]) -> None:
    result, book = solved
    flows, owed = cash_flows(result.plan, result.charges), owed_on_loans(result.plan)
    for line, flow in zip(read(book, CashRow), flows, strict=True):
        assert line.number_in("closing") == pytest.approx(flow.closing, abs=0.02 * flow.period)
        assert line.number_in("owed") == pytest.approx(owed[flow.period], abs=0.01)
        assert line.number_in("closing") >= line.number_in("minimum") - 0.02 * flow.period


def test_something_is_drawn_and_billed(solved: tuple[Result, Book]) -> None:
    """Or the sheets above would prove nothing."""
    lines = read(solved[1], CashRow)
    assert all(
        sum(line.number_in(name) for line in lines) > 0.0 for name in ("equity", "carry", "call_offs", "goods", "financing")
    )


def test_sources_follow_from_what_is_drawn(solved: tuple[Result, Book]) -> None:
    for line in read(solved[1], SourceRow):
        closing = line.number_in("opening") + line.number_in("drawn") - line.number_in("repaid")
        assert line.number_in("closing") == pytest.approx(closing, abs=0.005)
        assert line.number_in("closing") <= line.number_in("available") + 0.01


def test_the_base_carries_the_loans(solved: tuple[Result, Book]) -> None:
    for line in read(solved[1], CashRow):
        base = line.number_in("on_stock") + line.number_in("on_way")
        assert line.number_in("headroom") == pytest.approx(base - line.number_in("owed"), abs=0.01)
        assert line.number_in("headroom") >= -1.0
    assert next(line.text("material") for line in rows(solved[1], MarginRow)) == "(all prices)"


def test_what_members_hold_never_exceeds_what_is_in_the_depots(solved: tuple[Result, Book]) -> None:
    held: dict[tuple[str, str], float] = {}
    for line in read(solved[1], EntitlementRow):
        key = line.text("material"), line.text("period")
        held[key] = held.get(key, 0.0) + line.number_in("held")
    stock: dict[tuple[str, str], float] = {}
    for line in read(solved[1], StockRow):
        key = line.text("material"), line.text("period")
        stock[key] = stock.get(key, 0.0) + line.number_in("closing")
    assert held
    assert all(quantity <= stock.get(key, 0.0) + 1e-4 for key, quantity in held.items())

"""What is read back from a written plan: the decisions and the claims, and nothing that somebody changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from models.plan import Plan
from planner.findings import FaultyInput, NotVerified
from planner.outputs import PurchaseRow, columns
from planner.plan_reader import read_plan
from planner.report import write
from planner.result import Result
from planner.verify import verify
from planner.workbook import Book
from tests.hostile_names import hostile_result
from tests.report_samples import result_of, sample_result


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(sample_result(), tmp_path_factory.mktemp("plan") / "plan.xlsx")[0]


class TestReadBack:
    def assert_same(self, path: Path, result: Result) -> None:
        plan, claimed, total = read_plan(Book(path), result.plan.case)
        assert sorted(plan.purchases) == sorted(result.plan.purchases)
        assert sorted(plan.contracts) == sorted(result.plan.contracts)
        assert sorted(plan.moves) == sorted(result.plan.moves)
        assert total == pytest.approx(result.outcome.objective, rel=1e-14)
        assert {line: amount for line, amount in claimed.items() if amount} == pytest.approx(
            {line: amount for line, amount in result.claimed.items() if amount}, rel=1e-14
        )

    def test_decisions_and_claims_come_back_exactly(self, path: Path) -> None:
        self.assert_same(path, sample_result())
        verify(path, sample_result().plan.case)

    def test_also_after_another_program_has_saved_it(self, path: Path, tmp_path: Path) -> None:
        saved = openpyxl.load_workbook(path)
        for sheet in saved:
            for table in list(sheet.tables):
                del sheet.tables[table]
            sheet.freeze_panes = None
        saved.save(tmp_path / "saved.xlsx")
        self.assert_same(tmp_path / "saved.xlsx", sample_result())

    def test_also_with_names_that_look_like_something_else(self, tmp_path: Path) -> None:
        hostile = hostile_result()
        path = write(hostile, tmp_path / "plan.xlsx")[0]
        self.assert_same(path, hostile)
        verify(path, hostile.plan.case)

    def test_quantities_keep_every_step(self, tmp_path: Path) -> None:
        result = sample_result()
        small, *others = result.plan.purchases
        fine = result_of(replace(result.plan, purchases=(replace(small, quantity=123_456_789.123457), *others)))
        plan, _, _ = read_plan(Book(write(fine, tmp_path / "plan.xlsx")[0]), result.plan.case)
        assert 123_456_789.123457 in {purchase.quantity for purchase in plan.purchases}

    def test_without_depots_arrivals_are_no_decisions(self, tmp_path: Path) -> None:
        result = sample_result()
        case = replace(result.plan.case, depots=(), opening_stock=())
        plan = Plan(case, result.plan.purchases, result.plan.contracts)
        read, _, _ = read_plan(Book(write(result_of(plan), tmp_path / "plan.xlsx")[0]), case)
        assert read.moves == ()
        assert sorted(read.purchases) == sorted(plan.purchases)

    def test_an_empty_plan_is_read_as_one(self, tmp_path: Path) -> None:
        case = replace(sample_result().plan.case, decisions=())
        read, _, _ = read_plan(Book(write(result_of(Plan(case, (), ())), tmp_path / "plan.xlsx")[0]), case)
        assert (read.purchases, read.contracts, read.moves) == ((), (), ())

    def test_a_quantity_that_somebody_changed_does_not_pass(self, path: Path, tmp_path: Path) -> None:
        changed = openpyxl.load_workbook(path)
        letter = get_column_letter([item.name for item in columns(PurchaseRow)].index("quantity") + 1)
        changed["Purchases"][f"{letter}2"] = 1e9
        changed.save(tmp_path / "changed.xlsx")
        with pytest.raises(NotVerified, match="cost lines: purchase"):
            verify(tmp_path / "changed.xlsx", sample_result().plan.case)

    @pytest.mark.parametrize(
        ("spoil", "address", "message"),
        [
            (lambda book: book.remove(book["Stock"]), "Stock", "the sheet is not there"),
            (lambda book: book["Purchases"].delete_cols(3), "Purchases", "column 'offer' is not there"),
            (lambda book: book["Purchases"]["C2"].__setattr__("value", "g9"), "Purchases!C2", "'g9' is not in the input"),
            (lambda book: book["Purchases"]["O3"].__setattr__("value", "many"), "Purchases!O3", "'many' is not a number"),
            (lambda book: book["Contracts"]["A2"].__setattr__("value", 7), "Contracts!A2", "7.0 is not a text"),
            (lambda book: book["Checks"].delete_rows(2, 99), "Checks", "no row for 'total, discounted'"),
        ],
    )
    def test_what_cannot_be_read_is_named_with_its_cell(
        self, path: Path, tmp_path: Path, spoil: Callable[[Workbook], None], address: str, message: str
    ) -> None:
        book = openpyxl.load_workbook(path)
        spoil(book)
        book.save(tmp_path / "spoilt.xlsx")
        with pytest.raises(FaultyInput) as error:
            read_plan(Book(tmp_path / "spoilt.xlsx"), sample_result().plan.case)
        [finding] = error.value.findings
        assert finding.address == address
        assert message in finding.message

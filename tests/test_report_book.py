"""The plan workbook as a file: tables, formats, charts, print set-up, text that stays text; and what is read back from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from math import ceil
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter, range_boundaries

from models.case import Case
from models.plan import Plan
from planner.findings import FaultyInput, NotVerified
from planner.outputs import ContractRow, PurchaseRow, StockRow, columns, tables, totals
from planner.plan_reader import read_plan
from planner.report import write
from planner.report.formats import GAP, LETTER, number_format
from planner.report.sheets import PORTRAIT, WORDS, printable
from planner.result import Result
from planner.template import look
from planner.verify import verify
from tests.report_samples import FIRST, SECOND, result_of, sample_result

SHEETS = (
    *("Summary", "Purchases", "Contracts", "Open orders", "Stock", "Cover", "Diversification", "Landed cost", "Costs"),
    *("Traders", "Marginal values", "Checks", "Run", "Charts"),
)
HOSTILE = {
    "g1": "=1+1",
    "g2": "+cmd|' /C calc'!A0",
    "s1": "-2",
    "s2": "@SUM(A1)",
    "gallium": "a\x01b<&>\"'",
    "antimony": "_x0041_ ",
    FIRST: '=HYPERLINK("http://x")',
    SECOND: "../con",
    "Alder": "007",
    "Birch": "2027-01-01",
    "North": "\ufffe zwölf 氢",
    "South": "two\nlines",
    "West": "w" * 300,
}
"""Names that a spreadsheet would take for something else, or that XML cannot hold."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(sample_result(), tmp_path_factory.mktemp("plan") / "plan.xlsx")[0]


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def hostile() -> Result:
    return result_of(renamed(sample_result().plan, lambda name: HOSTILE.get(name, name)))


def renamed(plan: Plan, name: Callable[[str], str]) -> Plan:
    """A plan in whose case every offer, supplier, trader, material and depot goes by another name."""
    fields = ("offer", "supplier", "trader", "material", "depot")

    def row(record: Any) -> Any:
        changed = {key: name(value) for key in fields if isinstance(value := getattr(record, key, None), str)}
        if hasattr(record, "scope_"):
            changed |= {"scope_": name(record.scope_), "within": tuple(map(name, record.within))}
        return record.model_copy(update=changed)

    tables = {key: tuple(map(row, value)) for key, value in vars(plan.case).items() if isinstance(value, tuple) and value}
    case = replace(plan.case, **{key: value for key, value in tables.items() if key in Case.__dataclass_fields__})
    return Plan(
        case,
        tuple(replace(item, offer=name(item.offer), trader=name(item.trader)) for item in plan.purchases),
        tuple(replace(item, offer=name(item.offer), trader=name(item.trader)) for item in plan.contracts),
        tuple(
            replace(item, material=name(item.material), place=" / ".join(map(name, item.place.split(" / "))))
            for item in plan.moves
        ),
    )


def cells(path: Path) -> Iterator[tuple[str, str, Any, str]]:
    """Sheet, address, value and type of every cell that holds anything."""
    for sheet in openpyxl.load_workbook(path):
        for cell in chain.from_iterable(sheet.iter_rows()):
            if cell.value is not None:
                yield sheet.title, cell.coordinate, cell.value, cell.data_type


class TestSheets:
    def test_sheets_stand_in_their_order(self, book: Workbook) -> None:
        assert tuple(book.sheetnames) == SHEETS
        assert all(sheet.sheet_state == "visible" for sheet in book)

    @pytest.mark.parametrize("title", [title for title in SHEETS if title not in ("Summary", "Charts")])
    def test_each_is_a_filtered_table_with_frozen_headings_and_print_set_up(self, book: Workbook, title: str) -> None:
        sheet = book[title]
        [table] = sheet.tables.values()
        assert table.autoFilter is not None
        left, top, right, bottom = range_boundaries(table.ref)
        below = {"Costs": 3, "Traders": 1}.get(title, 0)
        assert (left, top, right, bottom) == (1, 1, sheet.max_column, sheet.max_row - below)
        assert sheet.freeze_panes == "B2"
        wide = look.visible_width(sheet)
        assert sheet.page_setup.orientation == ("portrait" if wide <= PORTRAIT else "landscape")
        assert str(sheet.page_setup.paperSize) == (sheet.PAPERSIZE_A4 if wide <= look.A4 else sheet.PAPERSIZE_A3)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (ceil(wide / look.A3), 0)
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.print_title_cols == ("$A:$D" if title == "Purchases" else "$A:$A")
        assert sheet.oddFooter.center.text == f"Input {sample_result().sha256[:12]}"
        assert all(cell.comment is not None for cell in sheet[1])

    def test_table_names_are_unique_and_allowed(self, book: Workbook) -> None:
        names = [name for sheet in book for name in sheet.tables]
        assert len({name.casefold() for name in names}) == len(names)
        assert all(re.fullmatch(r"[A-Za-z]{2,}", name) for name in names)

    def test_headings_carry_units_and_columns_number_formats(self, book: Workbook) -> None:
        sheet = book["Purchases"]
        formats = {cell.value: sheet.cell(2, cell.column).number_format for cell in sheet[1]}
        assert formats["landed cost [USD]"] == f"#,##0.00{GAP}"
        assert formats["order date"] == f"yyyy-mm-dd{GAP}"
        assert formats["offer"] == "@"
        assert [cell.value for cell in sheet[1]] == [item.title for item in columns(PurchaseRow)]

    def test_formats_show_as_many_decimals_as_the_values_need(self) -> None:
        quantity = next(item for item in columns(StockRow) if item.name == "closing")
        shown = {values: number_format(quantity, values) for values in ((5.0, 12_000.0), (0.25, 3.0), (12_000.4,), (1 / 3,))}
        assert [code.replace(GAP, "") for code in shown.values()] == [
            "#,##0",
            "[>=1000]#,##0;[=0]0;#,##0.00",
            "#,##0",
            "[>=1000]#,##0;[=0]0;#,##0.000",
        ]

    def test_long_texts_are_wrapped_in_a_row_that_is_high_enough(self, hostile: Result, tmp_path: Path) -> None:
        sheet = openpyxl.load_workbook(write(hostile, tmp_path / "plan.xlsx")[0])["Stock"]
        [long, *_] = [cell for cell in sheet["B"] if "www" in str(cell.value)]
        assert long.alignment.wrap_text
        assert sheet.row_dimensions[long.row].height >= 15 * len(str(long.value)) / sheet.column_dimensions["B"].width
        for sheet in openpyxl.load_workbook(write(sample_result(), tmp_path / "plan.xlsx")[0]).worksheets[1:-1]:
            for cell in chain.from_iterable(sheet.iter_rows(min_row=2)):
                if isinstance(cell.value, str) and len(cell.value) * LETTER > sheet.column_dimensions[cell.column_letter].width:
                    assert cell.alignment.wrap_text, (sheet.title, cell.coordinate, cell.value)

    def test_columns_without_anything_are_out_of_sight_but_there_for_the_reader(self, tmp_path: Path) -> None:
        path = write(sample_result(), tmp_path / "plan.xlsx")[0]
        unlimited = tuple(row.model_copy(update={"maximum_total": None}) for row in sample_result().plan.case.offers)
        without = result_of(replace(sample_result().plan, case=replace(sample_result().plan.case, offers=unlimited)))
        hidden = []
        for one in (path, write(without, tmp_path / "without.xlsx")[0]):
            sheet = openpyxl.load_workbook(one)["Contracts"]
            position = [item.name for item in columns(ContractRow)].index("share_of_maximum_total") + 1
            hidden.append(sheet.column_dimensions[get_column_letter(position)].hidden)
        assert hidden == [False, True]
        read_plan(one, without.plan.case)

    def test_figures_of_the_run_have_a_format_for_their_unit(self, book: Workbook) -> None:
        formats = {row[0].value: row[1].number_format for row in book["Run"].iter_rows(min_row=2)}
        assert (formats["proven gap"], formats["objective"], formats["solver"]) == ("0.000%", "#,##0", "#,##0.0")

    def test_columns_are_as_wide_as_what_they_show(self, book: Workbook) -> None:
        sheet = book["Costs"]
        for position, wide in ((2, len("what is unpaid of orders placed before the plan")), (4, len("2,571,349.52"))):
            assert sheet.column_dimensions[get_column_letter(position)].width >= wide

    def test_telling_words_and_used_up_capacity_stand_out(self, book: Workbook) -> None:
        formulas = {
            title: {rule.formula[0] for rules in book[title].conditional_formatting for rule in rules.rules}
            for title in ("Cover", "Diversification", "Checks", "Purchases")
        }
        for title in ("Cover", "Diversification", "Checks"):
            assert {re.sub(r".*=", "", formula) for formula in formulas[title] if '"' in formula} == {
                f'"{word}"' for word in WORDS
            }
        letter = get_column_letter([item.name for item in columns(PurchaseRow)].index("remaining_capacity") + 1)
        assert f"AND(ISNUMBER({letter}2),{letter}2=0)" in formulas["Purchases"]

    def test_printed_columns_of_costs_add_up_to_their_totals(self, book: Workbook) -> None:
        *lines, landed, owed, total = book["Costs"].iter_rows(min_row=2, values_only=True)
        assert (landed[0], owed[0], total[0]) == ("bought", "commitments", "total")
        for column in (3, 4):
            assert sum(round(line[column] * 100) for line in lines) == round(total[column] * 100)
        assert total[4] == totals(tables(sample_result()).costs)[2].discounted


class TestSummary:
    def test_ten_lines_link_to_the_sheets_they_are_traced_to(self, book: Workbook) -> None:
        sheet = book["Summary"]
        links = [sheet[f"E{row}"] for row in range(5, 15)]
        assert [link.hyperlink.location for link in links] == [f"'{link.value}'!A1" for link in links]
        assert {link.value for link in links} <= set(book.sheetnames)
        assert sheet["A15"].value is None

    def test_each_missed_target_has_its_sentence(self, book: Workbook) -> None:
        texts = [row[0] for row in book["Summary"].iter_rows(min_row=15, max_col=1, values_only=True)]
        assert texts.index("Cover targets missed") + 1 == texts.index(sample_result().missed[0].sentence)

    def test_four_charts_show_ranges_that_hold_something(self, book: Workbook, path: Path) -> None:
        with ZipFile(path) as archive:
            charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
        assert len(charts) == 4
        for chart in charts:
            ranges = re.findall(r"<(?:\w+:)?f>'?Charts'?!([^<]+)</(?:\w+:)?f>", chart)
            assert len(ranges) >= 3  # a name, categories and values
            for cells in ranges:
                left, top, right, bottom = range_boundaries(cells.replace("$", ""))
                area = book["Charts"].iter_rows(top, bottom, left, right, values_only=True)
                assert any(value is not None for value in chain.from_iterable(area))


class TestText:
    def test_no_cell_of_any_workbook_is_a_formula(self, hostile: Result, tmp_path: Path) -> None:
        for path in write(hostile, tmp_path / "plan.xlsx"):
            found = list(cells(path))
            assert {kind for *_, kind in found} <= {"s", "n", "d"}
            assert any(str(value).startswith(("=", "+", "-", "@")) for *_, value, _ in found)
            with ZipFile(path) as archive:
                sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
            assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)

    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("plain", "plain"),
            ("tab\tand\nline", "tab\tand\nline"),
            ("\x00\x0b\x1f", "_x0000__x000B__x001F_"),
            ("a\rb", "a_x000D_b"),
            ("\uffff", "_xFFFF_"),
            ("_x0041_", "_x005F_x0041_"),
            ("_x00_ _y0041_", "_x00_ _y0041_"),
            ("half \ud800 pair", "half ? pair"),
        ],
    )
    def test_what_xml_cannot_hold_is_written_as_excel_writes_it(self, text: str, written: str) -> None:
        assert printable(text) == written

    def test_only_the_sheet_run_differs_between_two_runs_with_the_same_result(self, path: Path, tmp_path: Path) -> None:
        later = replace(sample_result(), started=datetime(2030, 5, 5, tzinfo=UTC), seconds={"read": 9.0})
        again = write(later, tmp_path / "plan.xlsx")[0]
        differing = {sheet for sheet, *_ in set(cells(path)) ^ set(cells(again))}
        assert differing == {"Run"}


class TestReadBack:
    def assert_same(self, path: Path, result: Result) -> None:
        plan, claimed, total = read_plan(path, result.plan.case)
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

    def test_also_with_names_that_look_like_something_else(self, hostile: Result, tmp_path: Path) -> None:
        path = write(hostile, tmp_path / "plan.xlsx")[0]
        self.assert_same(path, hostile)
        verify(path, hostile.plan.case)

    def test_quantities_keep_every_step(self, tmp_path: Path) -> None:
        result = sample_result()
        small, *others = result.plan.purchases
        fine = result_of(replace(result.plan, purchases=(replace(small, quantity=123_456_789.123457), *others)))
        plan, _, _ = read_plan(write(fine, tmp_path / "plan.xlsx")[0], result.plan.case)
        assert 123_456_789.123457 in {purchase.quantity for purchase in plan.purchases}

    def test_without_depots_arrivals_are_no_decisions(self, tmp_path: Path) -> None:
        result = sample_result()
        case = replace(result.plan.case, depots=(), opening_stock=())
        plan = Plan(case, result.plan.purchases, result.plan.contracts)
        read, _, _ = read_plan(write(result_of(plan), tmp_path / "plan.xlsx")[0], case)
        assert read.moves == ()
        assert sorted(read.purchases) == sorted(plan.purchases)

    def test_an_empty_plan_is_read_as_one(self, tmp_path: Path) -> None:
        case = replace(sample_result().plan.case, decisions=())
        read, _, _ = read_plan(write(result_of(Plan(case, (), ())), tmp_path / "plan.xlsx")[0], case)
        assert (read.purchases, read.contracts, read.moves) == ((), (), ())

    def test_a_quantity_that_somebody_changed_does_not_pass(self, path: Path, tmp_path: Path) -> None:
        changed = openpyxl.load_workbook(path)
        letter = get_column_letter([item.name for item in columns(PurchaseRow)].index("quantity") + 1)
        changed["Purchases"][f"{letter}2"] = 1e9
        changed.save(tmp_path / "changed.xlsx")
        with pytest.raises(NotVerified, match="purchases"):
            verify(tmp_path / "changed.xlsx", sample_result().plan.case)

    @pytest.mark.parametrize(
        ("spoil", "address", "message"),
        [
            (lambda book: book.remove(book["Stock"]), "Stock", "the sheet is not there"),
            (lambda book: book["Purchases"].delete_cols(3), "Purchases", "column 'offer' is not there"),
            (lambda book: book["Purchases"]["C2"].__setattr__("value", "g9"), "Purchases!C2", "'g9' is not in the input"),
            (lambda book: book["Purchases"]["M3"].__setattr__("value", "many"), "Purchases!M3", "'many' is not a number"),
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
            read_plan(tmp_path / "spoilt.xlsx", sample_result().plan.case)
        [finding] = error.value.findings
        assert finding.address == address
        assert message in finding.message

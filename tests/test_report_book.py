"""The plan workbook as a file: tables, formats, charts, print set-up, text that stays text; and what is read back from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
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

from planner import charts
from planner.outputs import ContractRow, PurchaseRow, StockRow, columns, tables, totals
from planner.outputs.pictures import FinalCoverRow, OriginRow
from planner.plan_reader import read_plan
from planner.report import write
from planner.report.formats import GAP, LETTER, number_format, width
from planner.report.sheets import PORTRAIT, WORDS, printable
from planner.result import Result
from planner.template import look
from planner.workbook import Book
from tests.hostile_names import hostile_result
from tests.report_samples import result_of, sample_result

SHEETS = (
    *(
        "Summary",
        "Purchases",
        "Contracts",
        "Changes",
        "Open orders",
        "Stock",
        "Rotation",
        "Cover",
        "Members",
        "Member accounts",
        "Entitlements",
        "Diversification",
        "Survival",
        "Risk",
        "Losses",
        "Recourse",
        "Rationing",
        "Landed cost",
        "Costs",
    ),
    *("Traders", "Cash", "Sources", "Margins", "Marginal values", "Checks", "Run", "Search", "Charts"),
)


EMPTY = ("Changes", "Cash", "Sources", "Margins", "Rotation", "Search")
"""Sheets of what the sample has none of: Funding and Advances (`tests/test_cash.py` reads them), shelf lives, parts."""

KEYS = {"Changes": "D", "Search": "C", "Open orders": "B", "Purchases": "D", "Survival": "B", "Losses": "B", "Recourse": "C",
        "Members": "B", "Rationing": "C", "Entitlements": "C", "Sources": "B"}  # fmt: skip
"""Last of the columns that say which row it is, where there are several."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(sample_result(), tmp_path_factory.mktemp("plan") / "plan.xlsx")[0]


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def hostile() -> Result:
    return hostile_result()


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

    @pytest.mark.parametrize("title", [title for title in SHEETS if title not in ("Summary", "Charts", *EMPTY)])
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
        assert sheet.print_title_cols == f"$A:${KEYS.get(title, 'A')}"
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
        read_plan(Book(one), without.plan.case)

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
    def test_thirteen_lines_link_to_the_sheets_they_are_traced_to(self, book: Workbook) -> None:
        sheet = book["Summary"]
        links = [sheet[f"E{row}"] for row in range(5, 18)]
        assert [link.hyperlink.location for link in links] == [f"'{link.value}'!A1" for link in links]
        assert {link.value for link in links} <= set(book.sheetnames)
        assert sheet["A18"].value is None

    def test_large_amounts_are_shown_without_cents(self, book: Workbook) -> None:
        formats = {cells[0].value: (cells[1].value, cells[1].number_format) for cells in book["Summary"]["A5:B17"]}
        assert {code for value, code in formats.values() if isinstance(value, float) and value >= 1e6} == {f"#,##0{GAP}"}
        assert formats["Price of the Policy sheet"][1] == f"#,##0.00{GAP}"

    def test_each_missed_target_has_its_sentence(self, book: Workbook) -> None:
        texts = [row[0] for row in book["Summary"].iter_rows(min_row=17, max_col=1, values_only=True)]
        assert texts.index("Cover targets missed") + 1 == texts.index(sample_result().missed[0].sentence)

    def test_every_bar_of_a_lying_chart_has_its_name_and_room_for_it(self) -> None:
        workbook = Workbook()
        sheet, data = workbook.active, workbook.create_sheet("Charts")
        assert sheet is not None
        charts.add(sheet, data, {FinalCoverRow: charts.Block(1, 3, 43, (True,) * 5)}, 10)
        [chart] = sheet._charts
        assert (chart.type, chart.x_axis.tickLblSkip, chart.x_axis.delete) == ("bar", 1, False)
        assert chart.height >= 40 * 0.5
        assert (chart.legend.position, chart.legend.overlay) == ("b", False)

    def test_labels_of_charts_are_not_cut_in_their_cells(self) -> None:
        label = next(item for item in columns(OriginRow) if item.name == "origin")
        rows = [*(OriginRow("o" * 20, 0.0, None) for _ in range(19)), OriginRow("o" * 120, 0.0, None)]
        assert width(label, rows) < 120 * LETTER < width(label, rows, whole=True)

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

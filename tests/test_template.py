"""The template and the written workbooks hold what is declared, as a buyer would want to see it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from models.records import (
    SHEETS,
    Material,
    Offer,
    PriceBreak,
    Record,
    Settings,
    Trader,
    columns,
)
from models.records.schema import Column
from planner import reference
from planner.template import book_content, template_content

TABLES = [record for record in SHEETS if record is not Settings]
DECLARED = [pytest.param(record, item, id=f"{record.sheet}.{item.name}") for record in TABLES for item in columns(record)]
SETTINGS = {"start_date": date(2027, 1, 1), "periods": 24}
FOUR_SHEETS: dict[type[Record], list[dict[str, object]]] = {
    Material: [{"material": "gallium", "annual_demand": 45_000.0}, {"material": "=1+1", "unit": "kg"}],
    Offer: [
        {"offer": "007", "supplier": "@Acme", "material": "gallium", "price": 600.0, "exclusive": False},
        {"offer": "-2", "supplier": "+B", "material": "=1+1", "mine_country": (("CHN", 0.6), ("AUS", 0.4))},
    ],
    Trader: [{"trader": "First"}],
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    path.write_bytes(template_content())
    return path


@pytest.fixture(scope="module")
def book(template: Path) -> Workbook:
    return openpyxl.load_workbook(template)


@pytest.fixture
def light(tmp_path: Path) -> Workbook:
    (tmp_path / "light.xlsx").write_bytes(book_content(FOUR_SHEETS, settings=SETTINGS))
    return openpyxl.load_workbook(tmp_path / "light.xlsx")


def column(record: type[Record], name: str) -> Column:
    return next(item for item in columns(record) if item.name == name)


def headings(sheet: Worksheet) -> list[str]:
    return [str(cell.value) for cell in sheet[1]]


def letter_of(record: type[Record], name: str) -> str:
    return get_column_letter([item.name for item in columns(record)].index(name) + 1)


def rule_of(sheet: Worksheet, cell: str) -> DataValidation:
    [rule] = [rule for rule in sheet.data_validations.dataValidation if cell in rule.sqref]
    return rule


class TestTemplate:
    def test_sheets_stand_in_the_order_of_the_declarations(self, book: Workbook) -> None:
        assert book.sheetnames == ["Instructions", *(record.sheet for record in SHEETS), "Reference"]

    @pytest.mark.parametrize("record", TABLES)
    def test_headings_are_the_declared_ones_with_their_units(self, book: Workbook, record: type[Record]) -> None:
        assert headings(book[record.sheet]) == [reference.heading(item) for item in columns(record)]

    def test_units_are_printed_in_brackets(self, book: Workbook) -> None:
        assert headings(book["Traders"]) == [
            *("trader", "fee [share]", "credit days [days]", "credit rate [per year]", "maximum spend [USD]"),
            *("minimum share [share]", "maximum share [share]"),
            *("working capital [USD]", "month share [share]"),
        ]
        assert headings(book["Prices"])[:3] == ["index", "date", "value [USD/unit]"]

    def test_settings_has_a_row_for_every_key_and_the_defaults_are_filled_in(self, book: Workbook) -> None:
        rows = list(book["Settings"].iter_rows(min_row=2, max_col=2, values_only=True))
        assert [key for key, _ in rows] == [item.heading for item in columns(Settings)]
        values = dict(rows)
        assert (values["start date"], values["time limit"], values["period"]) == (None, 600, "month")

    @pytest.mark.parametrize(("record", "item"), DECLARED)
    def test_colour_tells_required_columns_and_a_comment_explains(
        self, book: Workbook, record: type[Record], item: Column
    ) -> None:
        cell = book[record.sheet][f"{letter_of(record, item.name)}1"]
        assert (cell.fill.fgColor.rgb == "001F3864") == item.required
        assert cell.comment is not None
        assert cell.comment.text == reference.explanation(item)

    @pytest.mark.parametrize(("record", "item"), DECLARED)
    def test_every_column_is_validated_down_to_the_last_row(self, book: Workbook, record: type[Record], item: Column) -> None:
        letter = letter_of(record, item.name)
        rule = rule_of(book[record.sheet], f"{letter}2")
        assert str(rule.sqref) == f"{letter}2:{letter}1048576"
        assert rule.showInputMessage
        if item.choices:
            assert (rule.type, rule.formula1) == ("list", f'"{",".join(item.choices)}"')
        elif item.refers:
            assert (rule.type, rule.formula1) == ("list", item.refers.replace(".", "_"))
        elif item.is_figure:
            assert rule.type in ("decimal", "whole", "custom")
        elif item.kind == "date":
            assert (rule.type, rule.operator) == ("date", "greaterThanOrEqual")

    @pytest.mark.parametrize(("record", "item"), [case for case in DECLARED if case.values[1].refers])
    def test_a_drop_down_follows_the_column_that_is_referred_to(
        self, book: Workbook, record: type[Record], item: Column
    ) -> None:
        sheet, _, name = item.refers.partition(".")
        target = next(target for target in SHEETS if target.sheet == sheet)
        letter = letter_of(target, name)
        assert headings(book[sheet])[columns(target).index(column(target, name))] == column(target, name).heading
        formula = book.defined_names[f"{sheet}_{name}"].attr_text
        assert formula.startswith(f"'{sheet}'!${letter}$2:INDEX('{sheet}'!${letter}:${letter},")

    @pytest.mark.parametrize(
        ("record", "name", "style"),
        [
            (Offer, "material", "stop"),  # Materials is required: a name that is not there is a fault
            (PriceBreak, "offer", "stop"),
            (Offer, "index", "stop"),  # Prices is needed where an index is named
            (Offer, "supplier", "warning"),  # Suppliers may stay empty
            (Offer, "refine_country", "warning"),  # a country's name does as well
            (Offer, "mine_country", None),  # several with shares: never refused
            (Offer, "route", None),
        ],
    )
    def test_excel_refuses_only_what_the_reader_would(
        self, book: Workbook, record: type[Record], name: str, style: str | None
    ) -> None:
        rule = rule_of(book[record.sheet], f"{letter_of(record, name)}2")
        assert (rule.errorStyle or "stop" if rule.showErrorMessage else None) == style

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("benchmark_price", ("decimal", "greaterThan", "0", None)),
            ("annual_demand", ("decimal", "greaterThanOrEqual", "0", None)),
            ("floor_days", ("decimal", "between", "0", "3660")),
            ("loss_rate", ("custom", None, "AND(ISNUMBER(R2),R2>=0,R2<1)", None)),  # open at one end
        ],
    )
    def test_ranges(self, book: Workbook, name: str, expected: tuple[str | None, ...]) -> None:
        rule = rule_of(book["Materials"], f"{letter_of(Material, name)}2")
        assert (rule.type, rule.operator, rule.formula1, rule.formula2) == expected

    def test_settings_are_validated_cell_by_cell(self, book: Workbook) -> None:
        names = [item.name for item in columns(Settings)]
        rules = {name: rule_of(book["Settings"], f"B{row}") for row, name in enumerate(names, start=2)}
        assert rules["period"].formula1 == '"month,quarter"'
        assert (rules["periods"].type, rules["periods"].formula1, rules["periods"].formula2) == ("whole", "1", "600")
        assert rules["start_date"].type == "date"

    @pytest.mark.parametrize(
        ("record", "name", "number_format"),
        [
            (Material, "material", "@"),  # else Excel makes a number of 007 and a date of 3-2
            (Material, "benchmark_price", "#,##0.00####"),
            (Material, "participation_cap", "0.0##%"),
            (Material, "ramp_to", "yyyy-mm-dd"),
            (Offer, "mine_country", "@"),
        ],
    )
    def test_formats_hold_for_added_rows_too(self, book: Workbook, record: type[Record], name: str, number_format: str) -> None:
        letter = letter_of(record, name)
        sheet = book[record.sheet]
        assert sheet[f"{letter}2"].number_format == number_format
        assert sheet.column_dimensions[letter].number_format == number_format

    def test_instructions_name_every_sheet_with_a_link(self, book: Workbook) -> None:
        links = {cell.value: cell.hyperlink.location for row in book["Instructions"] for cell in row if cell.hyperlink}
        assert links == {record.sheet: f"'{record.sheet}'!A1" for record in SHEETS}
        text = " ".join(str(cell.value) for row in book["Instructions"] for cell in row if cell.value)
        assert "Fill in Settings, Materials, Offers and Traders" in text
        for record in SHEETS:
            assert reference.sentence(record) in text
            assert (f"Required. {reference.sentence(record)}" in text) == record.required

    def test_printing(self, book: Workbook) -> None:
        for record in SHEETS:
            sheet = book[record.sheet]
            assert sheet.page_setup.orientation == "landscape"
            assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
            assert (sheet.print_title_rows, sheet.print_title_cols, sheet.freeze_panes) == ("$1:$1", "$A:$A", "B2")
        # 29 columns of at least 12 are 348 wide, more than the 310 of an A3 page; five of Traders fit on A4.
        offers, traders = book["Offers"].page_setup, book["Traders"].page_setup
        assert (offers.paperSize, offers.fitToWidth) == (int(Worksheet.PAPERSIZE_A3), 2)
        assert (traders.paperSize, traders.fitToWidth) == (int(Worksheet.PAPERSIZE_A4), 1)


class TestBook:
    def test_only_sheets_with_rows_and_columns_that_are_required_or_used(self, light: Workbook) -> None:
        assert light.sheetnames == ["Instructions", "Settings", "Materials", "Offers", "Traders"]
        assert headings(light["Materials"]) == ["material", "unit", "annual demand [unit/yr]"]
        assert headings(light["Offers"]) == [
            *("offer", "supplier", "material", "mine country", "price [USD/unit]", "exclusive")
        ]
        assert [row[0].value for row in light["Settings"]] == ["key", "start date", "periods"]

    def test_what_is_required_is_there_even_if_nothing_fills_it(self, tmp_path: Path) -> None:
        (tmp_path / "book.xlsx").write_bytes(book_content({Trader: [{"fee": 0.01}]}, settings={}))
        workbook = openpyxl.load_workbook(tmp_path / "book.xlsx")
        assert headings(workbook["Traders"]) == ["trader", "fee [share]"]
        assert [cell.value for cell in workbook["Settings"]["A"]] == ["key", "start date", "periods"]

    def test_a_reference_to_a_sheet_that_is_not_there_has_no_drop_down(self, light: Workbook) -> None:
        assert rule_of(light["Offers"], "B2").type is None
        assert rule_of(light["Offers"], "C2").formula1 == "Materials_material"

    def test_text_stays_text(self, light: Workbook) -> None:
        offers = light["Offers"]
        cells = [light["Materials"]["A3"], offers["B2"], offers["A3"], offers["B3"]]
        assert [cell.value for cell in cells] == ["=1+1", "@Acme", "-2", "+B"]
        assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)
        assert (offers["A2"].value, offers["A2"].data_type) == ("007", "s")

    def test_values_as_a_buyer_would_type_them(self, light: Workbook) -> None:
        offers = light["Offers"]
        assert [cell.value for cell in offers["D"]] == ["mine country", None, "CHN 60 %; AUS 40 %"]
        assert [cell.value for cell in offers["F"]] == ["exclusive", "no", None]
        assert (light["Settings"]["B2"].value, light["Settings"]["B3"].value) == (datetime(2027, 1, 1), 24)

    def test_a_basis_stands_right_beside_its_figure(self, tmp_path: Path) -> None:
        basis = {Material: [{"annual_demand": "source"}, {}]}
        (tmp_path / "book.xlsx").write_bytes(book_content(FOUR_SHEETS, basis=basis, settings=SETTINGS))
        sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["Materials"]
        assert headings(sheet)[2:] == ["annual demand [unit/yr]", "annual demand basis"]
        assert [cell.value for cell in sheet["D"]] == ["annual demand basis", "source", None]
        assert rule_of(sheet, "D2").formula1 == '"source,estimate,assumed"'

    def test_notes_are_on_the_instruction_sheet(self, tmp_path: Path) -> None:
        note = "Commercial terms in this workbook are illustrative."
        (tmp_path / "book.xlsx").write_bytes(book_content(FOUR_SHEETS, settings=SETTINGS, notes=[note]))
        sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["Instructions"]
        assert note in [cell.value for cell in sheet["A"]]

    def test_a_field_that_the_record_does_not_have_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="Traders has no column colour"):
            (tmp_path / "book.xlsx").write_bytes(book_content({Trader: [{"trader": "A", "colour": 1}]}, settings=SETTINGS))
        with pytest.raises(ValueError, match="Settings has no column colour"):
            (tmp_path / "book.xlsx").write_bytes(book_content({}, settings={"colour": 1}))
        with pytest.raises(ValueError, match="Traders has no figure trader"):
            basis = {Trader: [{"trader": "source"}]}
            (tmp_path / "book.xlsx").write_bytes(book_content({Trader: [{"trader": "A"}]}, basis=basis, settings=SETTINGS))
        assert not (tmp_path / "book.xlsx").exists()

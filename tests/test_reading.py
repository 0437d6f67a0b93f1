"""How workbooks are read: what is tolerated, what is told, and where things are found."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import Table

from models.case import Case
from models.records import SHEETS, Budget, Offer, Price, Settings, Trader, columns
from planner.findings import Severity
from planner.validate import Reading, read
from planner.validate.names import places, squeeze
from tests import books


def read_changed(path: Path, change: Callable[[Workbook], object], sheets: dict[str, Any] | None = None) -> Reading:
    """Read the tiny workbook after something was done to it."""
    books.write(path, sheets or books.tiny())
    workbook = openpyxl.load_workbook(path)
    change(workbook)
    workbook.save(path)
    return read(path)


def with_offer(**cells: Any) -> dict[str, Any]:
    """The tiny workbook whose first offer has other cells; names with underscores stand for spaces."""
    sheets = books.tiny()
    sheets["Offers"][0] |= {name.replace("_", " "): value for name, value in cells.items()}
    return sheets


def first_offer(path: Path, **cells: Any) -> tuple[Offer, list[str]]:
    """The first offer as it was read, and what was told of the sheet's cells."""
    reading = read(books.write(path, with_offer(**cells)))
    assert reading.case is not None, [str(finding) for finding in reading.findings]
    return reading.case.offers[0], [str(f) for f in reading.findings if f.sheet == "Offers" and f.cell]


def messages(reading: Reading) -> list[str]:
    """Everything that was told."""
    return [str(finding) for finding in reading.findings]


def same(case: Case | None, other: Case | None) -> bool:
    """Whether two cases hold the same."""
    assert case is not None and other is not None
    return case.settings == other.settings and case.tables() == other.tables()


@pytest.fixture
def tiny(tmp_path: Path) -> Reading:
    return read(books.write(tmp_path / "tiny.xlsx", books.tiny()))


def test_the_tiny_workbook_is_a_case(tiny: Reading, tmp_path: Path) -> None:
    assert tiny.case is not None
    assert tiny.case.settings.start_date == date(2027, 1, 1) and tiny.case.settings.periods == 3
    assert [offer.price for offer in tiny.case.offers] == [30000, 31000]
    assert tiny.case.offers[1].mine_country == (("AUS", 0.6), ("PHL", 0.4))
    assert tiny.case.traders == (Trader(trader="Firm A", fee=0.01),)
    assert {finding.severity for finding in tiny.findings} == {Severity.NOTE}
    assert tiny.sha256 == hashlib.sha256((tmp_path / "tiny.xlsx").read_bytes()).hexdigest()


def test_absent_sheets_are_told(tiny: Reading) -> None:
    assert tiny.findings[0].address == "" and "their rules are off: Budgets, Suppliers" in tiny.findings[0].message


@pytest.mark.parametrize("spelling", ["Annual demand [t/yr]", "ANNUAL_DEMAND", "annual-demand (per year)", " annual\ndemand"])
def test_a_heading_matches_whatever_its_spelling(spelling: str, tiny: Reading, tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        workbook["Materials"]["C1"] = spelling

    assert same(read_changed(tmp_path / "spelt.xlsx", change).case, tiny.case)


def test_sheet_names_match_whatever_their_spelling_and_columns_stand_in_any_order(tiny: Reading, tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        workbook["Offers"].title = "OFFERS (May)"
        workbook["Traders"].move_range("A1:A2", cols=5)

    reading = read_changed(tmp_path / "spelt.xlsx", change)
    assert same(reading.case, tiny.case)
    assert reading.addresses.cell(Offer, 1, "price") == ("OFFERS (May)", "F3")
    assert reading.addresses.cell(Trader, 0, "trader") == ("Traders", "F2")


def test_no_two_columns_of_a_sheet_have_the_same_name() -> None:
    for record in SHEETS:
        for item in columns(record):
            for name in (item.name, item.heading, *item.aliases):
                assert places(record)[squeeze(name)].field == item.name, f"{record.sheet}: {name}"


def test_titles_above_notes_beside_and_blank_rows_are_left_out(tiny: Reading, tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        sheet = workbook["Offers"]
        sheet.insert_rows(3)
        sheet.insert_rows(1, amount=3)
        sheet["A1"], sheet["A2"] = "Offers", "Price and supplier as of May"
        sheet.merge_cells("A1:G1")
        sheet["J6"] = "ask again"

    reading = read_changed(tmp_path / "titles.xlsx", change)
    assert same(reading.case, tiny.case)
    told = messages(reading)
    assert "Offers: 2 rows are above the headings in row 4, and not read" in told
    assert "Offers: column J has no heading and is not read" in told
    assert "Offers: 3 rows below the headings: 2 read, 1 with entries in columns that are not read only" in told
    assert reading.addresses.cell(Offer, 1, "supplier") == ("Offers", "B7")


def test_an_excel_table_says_which_of_two_heading_rows_counts(tiny: Reading, tmp_path: Path) -> None:
    """The same headings stand over an example row and over the table."""

    def change(workbook: Workbook) -> None:
        sheet = workbook["Offers"]
        headings = [cell.value for cell in sheet[1]]
        sheet.insert_rows(1, amount=3)
        for column, heading in enumerate(headings, start=1):
            sheet.cell(1, column, heading)
        sheet["A2"] = "for example"
        sheet.add_table(Table(displayName="Offers", ref="A4:G6"))

    assert same(read_changed(tmp_path / "table.xlsx", change).case, tiny.case)


def test_what_is_hidden_or_filtered_is_read_and_told(tiny: Reading, tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        workbook["Traders"].sheet_state = "hidden"
        workbook["Offers"].row_dimensions[2].hidden = True
        workbook["Offers"].column_dimensions["F"].hidden = True

    reading = read_changed(tmp_path / "hidden.xlsx", change)
    assert same(reading.case, tiny.case)
    told = messages(reading)
    assert "Traders: the sheet is hidden; it is read in full" in told
    assert "Offers: 1 row is hidden; all are read" in told
    assert "Offers: column F (price) is hidden; it is read" in told

    def filtered(workbook: Workbook) -> None:
        change(workbook)
        workbook["Offers"].auto_filter.ref = "A1:G3"
        workbook["Offers"].auto_filter.add_filter_column(1, ["Eastern Metals"])

    assert "Offers: 1 row is filtered out; all are read" in messages(read_changed(tmp_path / "hidden.xlsx", filtered))


@pytest.mark.parametrize("name", ["NA", "None", "007", "nan", "1E5", "=1+1", "TRUE"])
def test_names_that_look_like_something_else_stay_as_they_are(name: str, tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        cell = workbook["Offers"]["A2"]
        cell.value, cell.data_type = name, "s"

    case = read_changed(tmp_path / "names.xlsx", change).case
    assert case is not None and case.offers[0].offer == name


@pytest.mark.parametrize(
    ("heading", "cell", "value", "told"),
    [
        ("price", "12", 12.0, "price '12' is text; read as the number"),
        ("price", "12.5", 12.5, "is text; read as the number"),
        ("duty rate", "65 %", 0.65, "'65 %' is text; read as the percentage"),
        ("duty rate", "6.5%", 0.065, "'6.5%' is text; read as the percentage"),
        ("valid to", "2027-01-15", date(2027, 1, 15), "is text; read as the date"),
        ("valid to", datetime(2027, 1, 15, 13, 30), date(2027, 1, 15), "a time of day, which is left out"),
        ("supplier", " Codelco\u00a0", "Codelco", "read without the spaces around it"),
        ("plant", 7, "7", "is a number; read as text"),
        ("refine country", "China", "CHN", "read as CHN"),
        ("refine country", "NA", "NAM", "read as NAM"),
        ("refine country", "South Korea", "KOR", "read as KOR"),
        ("mine country", "Tanzania, United Republic of", (("TZA", 1.0),), "read as TZA"),
        ("mine country", "China 60 %; AUS 40 %", (("CHN", 0.6), ("AUS", 0.4)), "read as CHN; AUS"),
        ("route", "Panama; USA", ("PAN", "USA"), "read as PAN; USA"),
    ],
)
def test_what_is_changed_is_told(heading: str, cell: Any, value: Any, told: str, tmp_path: Path) -> None:
    offer, notes = first_offer(tmp_path / "changed.xlsx", **{heading: cell})
    assert getattr(offer, heading.replace(" ", "_")) == value
    assert len(notes) == 1 and told in notes[0]


@pytest.mark.parametrize(
    ("heading", "cell", "value"),
    [
        ("refine country", "REC", "REC"),
        ("mine country", "REC", (("REC", 1.0),)),
        ("mine country", "CHN 0.6, AUS: 0.4", (("CHN", 0.6), ("AUS", 0.4))),
        ("mine country", "CHN 33.3 %; AUS 33.3 %; CHL 33.4 %", (("CHN", 0.333), ("AUS", 0.333), ("CHL", 0.334))),
        ("route", "PAN, USA", ("PAN", "USA")),
        ("valid to", date(9999, 12, 31), date(9999, 12, 31)),
        ("exclusive", "No", False),
        ("exclusive", False, False),
        ("exclusive", 0, False),
        ("exclusive", "true", True),
        ("payment from", "ORDER", "order"),
        ("duty rate", 0.65, 0.65),
        ("price", None, None),
        ("premium", None, 0.0),
    ],
)
def test_what_is_accepted_as_it_is(heading: str, cell: Any, value: Any, tmp_path: Path) -> None:
    cells = {"price": 1, "index": None} | {heading: cell}
    offer, notes = first_offer(tmp_path / "accepted.xlsx", **cells)
    assert getattr(offer, heading.replace(" ", "_")) == value
    assert notes == []


def test_changes_of_one_kind_are_told_once_for_a_column(tmp_path: Path) -> None:
    sheets = books.tiny()
    for offer in sheets["Offers"]:
        offer["price"] = "30000"
    told = [text for text in messages(read(books.write(tmp_path / "texts.xlsx", sheets))) if "price" in text]
    assert told == ["Offers!F2: price '30000' is text; read as the number (and 1 more in this column)"]


def test_dates_of_both_calendars_are_the_same_days(tiny: Reading, tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        workbook.epoch = CALENDAR_MAC_1904

    path = tmp_path / "mac.xlsx"
    assert same(read_changed(path, change).case, tiny.case)
    assert b'date1904="1"' in _part(path, "xl/workbook.xml")


def _part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def test_figures_have_a_basis_and_undeclared_numbers_are_attributes(tmp_path: Path) -> None:
    offer, notes = first_offer(
        tmp_path / "more.xlsx", **{"Carbon_Footprint [kg/t]": 12.5, "price basis": "Source", "lead days basis": "assumed"}
    )
    assert offer.attributes == {"carbon footprint": 12.5}
    assert offer.basis == {"price": "source", "lead_days": "assumed"}
    assert len(notes) == 1 and "kept as the attribute 'carbon footprint'" in notes[0]


def test_settings_have_a_basis_and_further_columns_are_notes(tmp_path: Path) -> None:
    sheets = books.tiny() | {
        "Settings": [
            ["Setting", "Value", "Basis", "what it means"],
            ["start_date", date(2027, 1, 1), None, "first day"],
            ["PERIODS [number]", 3, "assumed", None],
            ["discount rate", "8 %", "estimate", None],
            ["budget", None, None, None],
        ]
    }
    reading = read(books.write(tmp_path / "settings.xlsx", sheets))
    assert reading.case is not None
    settings = reading.case.settings
    assert (settings.periods, settings.discount_rate, settings.budget) == (3, 0.08, None)
    assert settings.basis == {"periods": "assumed", "discount_rate": "estimate"}
    assert "Settings: not read, as notes: what it means" in messages(reading)
    assert reading.addresses.cell(Settings, 0, "budget") == ("Settings", "B5")
    assert reading.addresses.cell(Settings, 0, "seed") == ("Settings", "")


def test_sheets_that_the_planner_writes_are_passed_over(tiny: Reading, tmp_path: Path) -> None:
    extra = {name: [["offer"], ["not an offer"]] for name in ("Instructions", "Reference", "Faults")}
    reading = read(books.write(tmp_path / "extra.xlsx", books.tiny() | extra))
    assert same(reading.case, tiny.case)
    assert {finding.severity for finding in reading.findings} == {Severity.NOTE}


def test_addresses(tmp_path: Path) -> None:
    sheets = with_offer(index="LME") | {
        "Prices": [{"index": "LME", "date": date(2027, 1, 1), "value": 1.0}],
        "Budgets": [{"amount": 5.0}],
    }
    reading = read(books.write(tmp_path / "addresses.xlsx", sheets))
    cell = reading.addresses.cell
    assert cell(Offer, 0, "index") == ("Offers", "H2")
    assert cell(Offer, 1, "freight") == ("Offers", "A3"), "no such column: the row's key"
    assert cell(Offer, None, "price") == ("Offers", "F1")
    assert cell(Offer, None, "freight") == ("Offers", "")
    assert cell(Price, 0, "value") == ("Prices", "C2")
    assert cell(Budget, 0, "year") == ("Budgets", "A2"), "no key column either: the first column"
    assert cell(Settings, 0, "periods") == ("Settings", "B3")
    missing = read(books.write(tmp_path / "tiny.xlsx", books.tiny())).addresses
    assert missing.cell(Price, None, "value") == ("Prices", "")
    assert missing.cell(Price, 0, "value") == ("Prices", "")

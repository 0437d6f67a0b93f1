"""Single cells that cannot be read: each is named with its value and what is accepted.

The tiny workbook has its offers in Offers A1:G3 (offer, supplier, material, mine country, refine country, price,
capacity per period), its settings in Settings A1:B4, its material in Materials A1:E2 and its trader in Traders A1:B2.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from planner.findings import Severity
from planner.validate import read
from planner.workbook import write_marked_copy
from tests import books
from tests.faulty import Faulty, check

NUMBERS = (
    Faulty("text in a number", {"Offers!F2": "thirty"}, "Offers!F2", "price 'thirty' is text, not a number"),
    Faulty("text in a number", {"Offers!F2": "30000 USD"}, "Offers!F2", "'30000 USD' is text, not a number"),
    Faulty("text in a number", {"Offers!F2": "1e308"}, "Offers!F2", "is text, not a number"),
    Faulty("placeholder in a number", {"Offers!F2": "TBC"}, "Offers!F2", "'TBC' is not a number"),
    Faulty("placeholder in a number", {"Offers!G3": "n/a"}, "Offers!G3", "'n/a' is not a number"),
    Faulty("placeholder in a number", {"Offers!G3": "-"}, "Offers!G3", "'-' is not a number"),
    Faulty("ambiguous thousands", {"Offers!F2": "1,234"}, "Offers!F2", "could be 1.234 or 1234"),
    Faulty("ambiguous thousands", {"Offers!F2": "1.234"}, "Offers!F2", "could be 1.234 or 1234"),
    Faulty("decimal comma", {"Offers!F2": "1.234,5"}, "Offers!F2", "could be 1.2345 or 1234.5"),
    Faulty("spaced thousands", {"Offers!F2": "1 234"}, "Offers!F2", "could be 1234"),
    Faulty("percentage where no share is asked", {"Offers!F2": "65 %"}, "Offers!F2", "is text, not a number"),
    Faulty("number turned into a date", {"Offers!F2": date(2026, 5, 1)}, "Offers!F2", "Excel may have changed it"),
    Faulty("decimal comma in a share", {"Traders!B2": "2,5%"}, "Traders!B2", "could be 2.5 % or 25 %"),
    Faulty("TRUE in a number", {"Offers!F2": True}, "Offers!F2", "TRUE or FALSE, not a number"),
    Faulty("another currency", {"Offers!H1": "Currency", "Offers!H2": "EUR"}, "Offers!H2", "currency 'EUR' is not one of"),
    Faulty("absurd number", {"Offers!F2": 1e308}, "Offers!F2", "not a number that can be meant"),
    Faulty("absurd number", {"Offers!G2": -2e15}, "Offers!G2", "the largest accepted is 1e+15"),
    Faulty("percentage typed as a whole number", {"Traders!B2": 15}, "Traders!B2", "out of range: 0 % to 100 %"),
)
DATES = (
    Faulty(
        "date that can be two",
        {"Offers!H1": "valid to", "Offers!H2": "05/01/2026"},
        "Offers!H2",
        "5 January 2026 or 1 May 2026",
    ),
    Faulty(
        "date as foreign text", {"Offers!H1": "valid to", "Offers!H2": "31.12.2027"}, "Offers!H2", "could be 31 December 2027"
    ),
    Faulty("date as foreign text", {"Offers!H1": "valid to", "Offers!H2": "41/13/27"}, "Offers!H2", "could be no day at all"),
    Faulty("day that is not in the calendar", {"Settings!B2": "2027-02-30"}, "Settings!B2", "not a day of the calendar"),
    Faulty("month without a day", {"Offers!H1": "valid to", "Offers!H3": "2027-03"}, "Offers!H3", "names no day"),
    Faulty("month without a day", {"Offers!H1": "valid to", "Offers!H3": "Q3 2027"}, "Offers!H3", "names no day"),
    Faulty("words for a date", {"Settings!B2": "next January"}, "Settings!B2", "is text, not a date"),
    Faulty("number for a date", {"Settings!B2": 46388}, "Settings!B2", "start date '46388' is a number, not a date"),
    Faulty("date of 1900", {"Settings!B2": date(1900, 1, 30)}, "Settings!B2", "lies in 1906 or before"),
    Faulty("year shown as a date", {"Settings!B2": date(1905, 7, 19)}, "Settings!B2", "a number shown as a date"),
    Faulty("date before 1900", {"Settings!B2": "1899-12-31"}, "Settings!B2", "lies in 1906 or before"),
    Faulty("time for a date", {"Offers!H1": "valid to", "Offers!H2": time(3, 4)}, "Offers!H2", "is a time, not a date"),
    Faulty("start within a month", {"Settings!B2": date(2027, 1, 15)}, "Settings!B2", "not the first day of a month"),
    Faulty(
        "start within a quarter",
        {"Settings!B2": date(2027, 2, 1), "Settings!B4": "quarter"},
        "Settings!B2",
        "not the first day of a quarter",
    ),
    Faulty("plan beyond the calendar", {"Settings!B2": date(9999, 12, 1)}, "Settings!B2", "beyond the year 9999"),
)
NAMES = (
    Faulty("name turned into a number", {"Offers!A2": 7}, "Offers!A2", "offer '7' is a number, not a name"),
    Faulty("name turned into a number", {"Offers!B2": 12.0}, "Offers!B2", "Excel may have changed it"),
    Faulty(
        "label with a fraction", {"Settings!A5": "plan name", "Settings!B5": 12.5}, "Settings!B5", "is a number, not a name"
    ),
    Faulty("name turned into a date", {"Offers!A2": datetime(2026, 9, 2)}, "Offers!A2", "is a date or time, not a name"),
    Faulty(
        "space that cannot be seen", {"Offers!C2": "Cobalt\xa0cathode"}, "Offers!C2", "does not break, which cannot be seen"
    ),
    Faulty("digits for a country", {"Offers!D2": "1" * 3000 + "x"}, "Offers!D2", "which is not a country"),
    Faulty("name turned into TRUE", {"Offers!B2": True}, "Offers!B2", "is TRUE or FALSE, not a name"),
    Faulty(
        "not a country", {"Offers!E2": "Chnia"}, "Offers!E2", "refine country 'Chnia' is not a country; did you mean 'CHN'?"
    ),
    Faulty("country that can be two", {"Offers!D2": "Congo 50%; AUS 50%"}, "Offers!D2", "could be COD or COG"),
    Faulty("not a country among several", {"Offers!H1": "route", "Offers!H2": "PAN; Utopia"}, "Offers!H2", "names 'Utopia'"),
    Faulty("shares that do not add up", {"Offers!D2": "CHN 60 %; AUS 30 %"}, "Offers!D2", "add up to 90 %"),
    Faulty("shares that do not add up", {"Offers!D2": "CHN 60; AUS 40"}, "Offers!D2", "add up to 10000 %"),
    Faulty("countries without shares", {"Offers!D2": "CHN; AUS"}, "Offers!D2", "does not give every country its share"),
    Faulty("country twice", {"Offers!D2": "CHN 50 %; China 50 %"}, "Offers!D2", "names a country twice"),
    Faulty("share of nothing", {"Offers!D2": "CHN 0 %; AUS 100 %"}, "Offers!D2", "a share of nothing"),
    Faulty("tick for yes", {"Offers!H1": "exclusive", "Offers!H2": "x"}, "Offers!H2", "'x' is neither yes nor no"),
    Faulty("misspelt choice", {"Settings!B4": "mnth"}, "Settings!B4", "not one of the choices; did you mean 'month'?"),
    Faulty(
        "unknown basis", {"Offers!H1": "price basis", "Offers!H2": "guess"}, "Offers!H2", "price basis 'guess' is not a basis"
    ),
    Faulty(
        "attribute that is no number",
        {
            "Offers!H1": "carbon",
            "Offers!H2": 2,
            "Offers!H3": 3,
            "Offers!A4": "C",
            "Offers!B4": "S",
            "Offers!C4": "Cobalt cathode",
            "Offers!H4": "TBC",
        },
        "Offers!H4",
        "carbon 'TBC' is not a number",
    ),
)
FORMULAS = (
    Faulty("Excel error", {"Offers!F2": "#N/A"}, "Offers!F2", "price '#N/A' is an Excel error"),
    Faulty("Excel error", {"Offers!C2": "#REF!"}, "Offers!C2", "material '#REF!' is an Excel error"),
    Faulty("formula without a value", {"Offers!F2": "=F3*2"}, "Offers!F2", "price '=F3*2' is a formula whose value is not"),
    Faulty("formula on itself", {"Offers!F2": "=F2+1"}, "Offers!F2", "refers to itself"),
    Faulty("formula on itself", {"Offers!F2": "=SUM(F:F)"}, "Offers!F2", "refers to itself"),
    Faulty("formulas in a circle", {"Offers!F2": "=F3", "Offers!F3": "=Offers!$F$2"}, "Offers!F3", "through other cells"),
)
REFERENCES = (
    Faulty(
        "unknown reference",
        {"Offers!C2": "Cobalt cathodes"},
        "Offers!C2",
        "is not in Materials; did you mean 'Cobalt cathode'?",
    ),
    Faulty("unknown reference", {"Offers!C2": "Tin"}, "Offers!C2", "material 'Tin' is not in Materials"),
    Faulty(
        "reference to an absent sheet",
        {"Offers!H1": "index", "Offers!H2": "LME"},
        "Offers!H2",
        "sheet Prices is absent or empty",
    ),
    Faulty(
        "country outside Countries",
        {"Offers!E2": "USA"},
        "Offers!E2",
        "refine country 'USA' is not in Countries",
        {"Countries": [{"iso3": code, "covered": "no"} for code in ("FIN", "JPN", "COD", "AUS", "PHL")]},
    ),
    Faulty(
        "unknown supplier",
        {"Suppliers!A3": "Northern Refinings"},
        "Offers!B2",
        "did you mean 'Northern Refinings'?",
        {"Suppliers": [{"supplier": "Eastern Metals"}, {"supplier": "Northern Refining"}]},
    ),
)
CELLS = (*NUMBERS, *DATES, *NAMES, *FORMULAS, *REFERENCES)


@pytest.mark.parametrize("faulty", CELLS, ids=str)
def test_a_faulty_cell_is_named(faulty: Faulty, tmp_path: Path) -> None:
    check(faulty, tmp_path / "faulty.xlsx")


@pytest.mark.parametrize("faulty", {faulty.kind: faulty for faulty in CELLS}.values(), ids=str)
def test_a_marked_copy_corrected_at_its_marks_reads_clean(faulty: Faulty, tmp_path: Path) -> None:
    """The marked cells, and only they, get the values and formats of the sound workbook."""
    path, copy = faulty.write(tmp_path / "faulty.xlsx"), tmp_path / "faults.xlsx"
    first = read(path)
    write_marked_copy(path, first.findings, copy)
    assert {(f.sheet, f.cell, f.message) for f in read(copy).findings if f.severity is Severity.FAULT}, "still faulty"
    workbook = openpyxl.load_workbook(copy)
    for finding in first.findings:
        if finding.severity is Severity.FAULT:
            cell = workbook[finding.sheet][finding.cell]
            assert cell.comment is not None and finding.message in cell.comment.text
            assert cell.fill.fgColor.rgb == "00FFC7CE"
            cell.number_format = "General"  # as the remedy says where Excel made a date of a number
            cell.value = _sound_value(faulty, tmp_path, finding.sheet, finding.cell)
    workbook.save(copy)
    corrected = read(copy)
    assert corrected.case is not None, [str(finding) for finding in corrected.findings]


def _sound_value(faulty: Faulty, folder: Path, title: str, cell: str) -> object:
    """What the sound workbook has in a cell; a cell that only the faulty one has gets something fitting, or nothing."""
    if faulty.kind == "unknown supplier":
        return "Northern Refinings"
    if faulty.kind == "label with a fraction":
        return "July"
    return openpyxl.load_workbook(faulty.sound(folder / "sound.xlsx"))[title][cell].value


def test_faults_of_several_sheets_come_together_and_in_order(tmp_path: Path) -> None:
    sheets = books.tiny()
    sheets["Traders"][0]["fee"] = "TBC"
    sheets["Offers"][1]["price"] = "1,234"
    sheets["Offers"][0]["price"] = "x"
    sheets["Offers"][0]["supplier"] = 7
    sheets["Settings"]["periods"] = 2.5
    faults = [f for f in read(books.write(tmp_path / "many.xlsx", sheets)).findings if f.severity is Severity.FAULT]
    assert [fault.address for fault in faults] == ["Settings!B3", "Offers!B2", "Offers!F2", "Offers!F3", "Traders!B2"]


def test_another_currency_is_to_be_converted(tmp_path: Path) -> None:
    sheets = books.tiny()
    for number, currency in enumerate(("CNY", "usd")):
        sheets["Offers"][number]["currency"] = currency
    (fault,) = (f for f in read(books.write(tmp_path / "a.xlsx", sheets)).findings if f.severity is Severity.FAULT)
    assert fault.address == "Offers!H2" and "convert other amounts to USD" in fault.remedy


def test_what_is_kept_for_information_is_read(tmp_path: Path) -> None:
    sheets = books.tiny()
    sheets["Offers"][0] |= {"Incoterm": "CIF", "place": "Rotterdam"}
    sheets["Prices"] = [{"index": "i", "date": date(2027, 1, 1), "value": 5, "low": 4, "high": 6, "low basis": "estimate"}]
    sheets["Depots"] = [{"depot": "D", "bloc": "EU"}]
    lot = {"material": "Cobalt cathode", "quantity": 1, "unit cost": 9, "owner": "O"}
    sheets["OpeningStock"] = [lot | {"origin class": "open"}]
    reading = read(books.write(tmp_path / "a.xlsx", sheets))
    assert reading.case is not None and not [f for f in reading.findings if f.severity is not Severity.NOTE]
    assert (reading.case.offers[0].incoterm, reading.case.prices[0].high) == ("CIF", 6)
    assert (reading.case.depots[0].bloc, reading.case.opening_stock[0].owner) == ("EU", "O")

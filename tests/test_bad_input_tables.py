"""Sheets, headings, rows and keys that cannot be read; and what is read, but worth a warning.

The tiny workbook has its offers in Offers A1:G3 (offer, supplier, material, mine country, refine country, price,
capacity per period), its settings in Settings A1:B4, its material in Materials A1:E2 and its trader in Traders A1:B2.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.table import Table

from planner.findings import Severity
from planner.validate import read
from tests import books
from tests.faulty import Faulty, check
from tests.test_bad_input_cells import CELLS
from tests.test_bad_input_files import FILES


def _rated(heading: str) -> list[dict[str, Any]]:
    """Every country of the tiny workbook, with a figure."""
    return [{"iso3": code, heading: 0.5} for code in ("COD", "FIN", "AUS", "PHL", "JPN")]


HEADINGS = (
    Faulty("missing column", {"Offers!B1": None}, "Offers!H1", "the column 'supplier' is missing"),
    Faulty("misspelt required column", {"Offers!B1": "supplyer"}, "Offers!H1", "is missing; is 'supplyer' meant?"),
    Faulty("column twice", {"Offers!H1": "PRICE [USD/t]"}, "Offers!H1", "F1 and H1 both mean the column 'price'"),
    Faulty("column under its alias", {"Offers!H1": "capacity"}, "Offers!H1", "both mean the column 'capacity per period'"),
    Faulty("basis twice", {"Offers!H1": "price basis", "Offers!I1": "price_basis"}, "Offers!I1", "'price basis'"),
    Faulty(
        "attribute twice",
        {"Offers!H1": "carbon", "Offers!H2": 1, "Offers!I1": "Carbon [kg/t]", "Offers!I2": 2},
        "Offers!I1",
        "both mean the attribute 'carbon'",
    ),
    Faulty("no headings", {"Traders!A1": None, "Traders!B1": None}, "Traders", "no row of headings was found"),
    Faulty("no key and value", {"Settings!A1": "name"}, "Settings", "no headings 'key' and 'value'"),
    Faulty("merged cells", {}, "Offers!B2", "B2:B3 are merged", change=lambda book: book["Offers"].merge_cells("B2:B3")),
    Faulty("merged cells", {}, "Offers!E1", "E1:F1 are merged", change=lambda book: book["Offers"].merge_cells("E1:F1")),
)
KEYS = (
    Faulty("same key", {"Offers!A3": "Kokkola 2027"}, "Offers!A3", "rows 2 and 3 have the same offer (Kokkola 2027)"),
    Faulty(
        "same key of two columns",
        {},
        "Mandates!A3",
        "rows 2 and 3 have the same trader and material (Firm A, Cobalt cathode)",
        {"Mandates": [{"trader": "Firm A", "material": "Cobalt cathode"}] * 2},
    ),
    Faulty("same blank key", {}, "Budgets!A3", "the same year and trader", {"Budgets": [{"amount": 1.0}, {"amount": 2.0}]}),
    Faulty("setting twice", {"Settings!A5": "Periods", "Settings!B5": 4}, "Settings!A5", "rows 3 and 5 both set 'periods'"),
    Faulty("setting missing", {"Settings!A3": None, "Settings!B3": None}, "Settings!A5", "the key 'periods' is missing"),
    Faulty("setting blank", {"Settings!B2": None}, "Settings!B2", "start date is required, and blank"),
    Faulty("value without a key", {"Settings!B5": 3}, "Settings!A5", "row 5 has a value without a key"),
    Faulty("required cell blank", {"Offers!C2": None}, "Offers!C2", "material is required, and blank"),
    Faulty("required cell of spaces", {"Offers!C2": "  "}, "Offers!C2", "material is required, and blank"),
)
WARNINGS = (
    Faulty("unknown column", {"Offers!H1": "prise"}, "Offers!H1", "is not read; the nearest known is 'price'"),
    Faulty("unknown column", {"Traders!C1": "remark", "Traders!C2": "new"}, "Traders!C1", "'remark' is not known"),
    Faulty("attribute that may be a slip", {"Offers!H1": "prise", "Offers!H2": 5}, "Offers!H1", "is 'price' meant?"),
    *(
        Faulty("attribute that no rule looks at", {"Offers!H1": heading, "Offers!H2": 5}, "Offers!H1", f"leaves it out{meant}")
        for heading, meant in {
            "Freight USD": "; is 'freight' meant?",
            "MOQ": "; is 'minimum order' meant?",
            "Lot size": "; is 'lot' meant?",
            "Lead time": "; is 'lead days' meant?",
            "Capacity per month": "; is 'capacity per period' meant?",
            "Price USD": "; is 'price' meant?",
            "grain size": "",
            "purity": "",
            "Carbon": "",
        }.items()
    ),
    Faulty("heading that is a note only", {"Offers!H1": "(price)", "Offers!H2": 5}, "Offers!H1", "is not read"),
    Faulty("column like another", {}, "Countries!B1", "nearest known is 'risk score'", {"Countries": _rated("Risk")}),
    Faulty("figures under no heading", {"Offers!J2": 5, "Offers!J3": 6}, "Offers!J1", "holds figures in rows 2 to 3"),
    Faulty("heading in another unit", {"Materials!C1": "annual demand [kg/yr]"}, "Materials!C1",
           "says kg, and its figures are read in t"),
    Faulty("heading in another time", {"Materials!C1": "annual demand (t/month)"}, "Materials!C1",
           "says month, and its figures are read in figures of a year"),
    Faulty("heading in another currency", {"Offers!F1": "price [EUR/t]"}, "Offers!F1", "says EUR, and its figures are"),
    Faulty("heading in another currency", {"Offers!F1": "price (€)"}, "Offers!F1", "says EUR, and its figures are"),
    Faulty("heading in thousands", {"Offers!F1": "price [kUSD/t]"}, "Offers!F1", "says kUSD, and its figures are read in USD"),
    Faulty("price per barrel", {"Offers!F1": "price [USD/barrel]"}, "Offers!F1",
           "says /barrel, and its figures are read in USD per t"),
    Faulty("price per short ton", {"Offers!F1": "price [USD/short ton]"}, "Offers!F1", "says /short ton"),
    Faulty("price per troy ounce", {"Offers!F1": "price [USD/oz t]"}, "Offers!F1", "says oz t, and its figures are read in t"),
    Faulty("price per pound", {"Offers!F1": "price (USD per lbs)"}, "Offers!F1", "says lb, and its figures are read in t"),
    Faulty("heading in millions", {"Budgets!A1": "amount [USD m]"}, "Budgets!A1", "says m", {"Budgets": [{"amount": 5e9}]}),
    Faulty("unknown setting", {"Settings!A5": "tread", "Settings!B5": 2}, "Settings!A5", "the nearest known is 'threads'"),
    Faulty("unknown sheet", {}, "Supliers", "the nearest known is 'Suppliers'", {"Supliers": [{"supplier": "A"}]}),
    Faulty("totals row", {"Offers!A4": "Total", "Offers!G4": 160}, "Offers!A4", "row 4 is read as the table's totals"),
    Faulty("totals row", {"Offers!A5": "Grand total:", "Offers!G5": 160}, "Offers!A5", "row 5 is read as the table's totals"),
    Faulty("sums without a label", {"Offers!G4": "=SUM(G2:G3)"}, "Offers!A4", "row 4 is read as the table's totals"),
    Faulty("note below", {"Offers!A5": "Source: quotations of May 2026"}, "Offers!A5", "row 5 is read as a note"),
    Faulty("look-alikes with a space", {"Offers!B3": "Northern\xa0Refining"}, "Offers!B3", "they differ in a space only"),
    Faulty("look-alikes", {"Offers!B3": "northern refining"}, "Offers!B3", "looks like 'Northern Refining' in row 2"),
)  # fmt: skip
TABLES = (*HEADINGS, *KEYS)


@pytest.mark.parametrize("faulty", TABLES, ids=str)
def test_a_faulty_table_is_named(faulty: Faulty, tmp_path: Path) -> None:
    check(faulty, tmp_path / "faulty.xlsx")


@pytest.mark.parametrize("faulty", WARNINGS, ids=str)
def test_a_warning_is_given_and_the_workbook_is_read(faulty: Faulty, tmp_path: Path) -> None:
    path = faulty.write(tmp_path / "odd.xlsx")
    reading = read(path)
    warnings = [f for f in reading.findings if f.severity is Severity.WARNING]
    assert [(f.address, faulty.heart in f.message) for f in warnings] == [(faulty.where, True)], warnings
    assert reading.case is not None and len(reading.case.offers) == 2


def test_there_are_many_kinds_of_faults() -> None:
    """Those that follow from a column's declaration are generated elsewhere and not among these."""
    kinds = {faulty.kind for faulty in (*CELLS, *TABLES)} | FILES.keys()
    assert len(kinds) >= 40 and len(CELLS) + len(TABLES) + len(FILES) >= 60


def _sheets(**changes: Any) -> dict[str, Any]:
    """The tiny workbook with sheets replaced, or taken out."""
    return {title: content for title, content in (books.tiny() | changes).items() if content is not None}


@pytest.mark.parametrize(
    ("sheets", "where", "heart"),
    [
        (_sheets(Traders=None), "Traders", "the sheet Traders is missing"),
        (_sheets(Traders=None, Trader=[{"trader": "A"}]), "Traders", "is missing; is the sheet 'Trader' meant?"),
        (_sheets(Traders=[["trader", "fee"]]), "Traders!A2", "the sheet Traders has no rows"),
        (_sheets(Traders=[]), "Traders", "no row of headings was found"),
        (_sheets(Depots=[["warehouse"], ["Rotterdam"]]), "Depots", "no row of headings was found"),
        (_sheets(**{"Price Breaks": [], "PriceBreaks": []}), "PriceBreaks", "are both read as PriceBreaks"),
        ({"Sheet1": []}, "", "none of the planner's sheets"),
        ({"Data": [["offer"], ["A"]], "Notes": []}, "", "none of the planner's sheets"),
    ],
)
def test_faulty_sheets(sheets: dict[str, Any], where: str, heart: str, tmp_path: Path) -> None:
    reading = read(books.write(tmp_path / "faulty.xlsx", sheets))
    faults = [f for f in reading.findings if f.severity is Severity.FAULT]
    assert [(f.address, heart in f.message) for f in faults] == [(where, True)], faults
    assert reading.case is None


def test_a_sheet_of_some_headings_and_no_rows_is_off(tmp_path: Path) -> None:
    reading = read(books.write(tmp_path / "book.xlsx", _sheets(OpenOrders=[["order"]])))
    assert reading.case is not None and not reading.case.open_orders
    (off,) = (finding.message for finding in reading.findings if "rules are off" in finding.message)
    assert "OpenOrders" in off


@pytest.mark.parametrize("rows", [[["order", "mass"], ["PO-1", None]], [["order", "mass"], [None, 40]]])
def test_rows_under_some_of_the_headings_are_missing_the_others(rows: list[Any], tmp_path: Path) -> None:
    reading = read(books.write(tmp_path / "book.xlsx", _sheets(OpenOrders=rows)))
    assert any("the column 'quantity' is missing" in finding.message for finding in reading.findings)


def test_a_missing_sheet_is_one_fault_not_one_for_each_row_that_refers_to_it(tmp_path: Path) -> None:
    faults = [
        f for f in read(books.write(tmp_path / "a.xlsx", _sheets(Materials=None))).findings if f.severity is Severity.FAULT
    ]
    assert [fault.address for fault in faults] == ["Materials"]


def test_a_name_that_cannot_be_read_is_one_fault_not_one_for_each_row_that_refers_to_it(tmp_path: Path) -> None:
    """The material's name is 7 on its own sheet: the two offers that name it are not blamed."""
    sheets = books.tiny()
    sheets["Materials"][0]["material"] = 7
    faults = [f for f in read(books.write(tmp_path / "a.xlsx", sheets)).findings if f.severity is Severity.FAULT]
    assert [fault.address for fault in faults] == ["Materials!A2"]


def test_a_blank_name_does_not_hide_other_unknown_names(tmp_path: Path) -> None:
    """One material has no name, and three rows name it; that a fourth row has a slip is told all the same."""
    sheets = books.tiny()
    sheets["Materials"] += [{"material": None, "unit": "t", "annual demand": 5}]
    sheets["Offers"] += [sheets["Offers"][0] | {"offer": f"Tin {n}", "material": "Tin"} for n in range(3)]
    sheets["Offers"] += [sheets["Offers"][0] | {"offer": "Slip", "material": "Kobalt cathode"}]
    faults = [f for f in read(books.write(tmp_path / "a.xlsx", sheets)).findings if f.severity is Severity.FAULT]
    assert [fault.address for fault in faults] == ["Materials!A3", "Offers!C7"]


def test_all_faults_of_a_row_are_told_at_once(tmp_path: Path) -> None:
    cells = {"Offers!A2": None, "Offers!F2": "dear", "Offers!G2": -1}
    found = read(Faulty("several faults", cells, "", "").write(tmp_path / "book.xlsx")).findings
    assert [finding.address for finding in found if finding.severity is Severity.FAULT] == list(cells)


def _with_totals(workbook: Workbook) -> None:
    sheet = workbook["Offers"]
    sheet.append(["All offers", None, None, None, None, None, 160])
    table = Table(displayName="Offers", ref="A1:G4", totalsRowCount=1)
    sheet.add_table(table)


def test_an_excel_table_knows_its_totals_row_whatever_its_label(tmp_path: Path) -> None:
    path = Faulty("", {}, "", "", change=_with_totals).write(tmp_path / "totals.xlsx")
    reading = read(path)
    assert reading.case is not None and len(reading.case.offers) == 2
    assert any(f.address == "Offers!A4" and "totals" in f.message for f in reading.findings)


def test_a_row_named_total_with_other_texts_is_data(tmp_path: Path) -> None:
    """A supplier may be called Total: its row is no sum, for it names a material too."""
    sheets = books.tiny()
    sheets["Offers"].append({"offer": "Total", "supplier": "Total", "material": "Cobalt cathode", "price": 32000})
    reading = read(books.write(tmp_path / "total.xlsx", sheets))
    assert reading.case is not None and [offer.offer for offer in reading.case.offers][2] == "Total"


@pytest.mark.parametrize("formula", ["=SUM(Settings!D1:D3)", "=SUM(E1:E3)", "=SUM(B1:B1)"])
def test_a_figure_that_is_a_sum_of_other_cells_is_data(formula: str, tmp_path: Path) -> None:
    """A budget may be added up elsewhere; only a sum over the rows above makes a totals row."""
    one, two = ([["amount"], [formula]], [["year", "amount"], [2027, 5.0], [None, formula]])
    for rows in (one, two):
        findings = read(books.write(tmp_path / "a.xlsx", _sheets(Budgets=rows))).findings
        (fault,) = (f for f in findings if f.sheet == "Budgets" and f.severity is Severity.FAULT)
        assert "is a formula whose value is not in the file" in fault.message  # read as data, not set aside


def test_a_sum_over_the_rows_above_is_a_totals_row(tmp_path: Path) -> None:
    rows = [["year", "amount"], [2027, 5.0], [2028, 6.0], [None, "=SUBTOTAL(109,$B$2:$B$3)"]]
    reading = read(books.write(tmp_path / "a.xlsx", _sheets(Budgets=rows)))
    assert reading.case is not None and [row.amount for row in reading.case.budgets] == [5.0, 6.0]
    assert any(f.address == "Budgets!A4" and "row 4 is read as the table's totals" in f.message for f in reading.findings)


def test_headings_that_say_what_is_so_are_not_doubted(tmp_path: Path) -> None:
    sheets = books.tiny()
    sheets["Materials"][0]["annual demand [t/yr]"] = sheets["Materials"][0].pop("annual demand")
    sheets["Offers"] = [{f"{name} [USD/t]" if name == "price" else name: row[name] for name in row} for row in sheets["Offers"]]
    sheets["Offers"][0] |= {"carbon": 5, "mine assumed": 1}
    sheets["Policy"] = [{"rule": "r", "kind": "share", "attribute": "Carbon", "in": "5", "limit": 0.5}]
    reading = read(books.write(tmp_path / "a.xlsx", sheets))
    assert reading.case is not None and not [f for f in reading.findings if f.severity is not Severity.NOTE]


def test_of_two_tables_on_a_sheet_none_is_left_out_without_a_word(tmp_path: Path) -> None:
    rows = books.cells(books.tiny()["Offers"])
    sheets = _sheets(Offers=[["offer", "supplier", "price"], ["A", "B", 5], [], *rows])
    (fault,) = (f for f in read(books.write(tmp_path / "two.xlsx", sheets)).findings if f.severity is Severity.FAULT)
    assert fault.address == "Offers!A1" and "headings in row 1 (offer, supplier, price) and in row 4" in fault.message


def test_groups_of_headings_above_them_are_no_table(tmp_path: Path) -> None:
    rows = books.cells(books.tiny()["Offers"])
    reading = read(
        books.write(tmp_path / "groups.xlsx", _sheets(Offers=[["offer", None, None, "route", None, "price"], *rows]))
    )
    assert reading.case is not None and len(reading.case.offers) == 2


def test_rows_read_and_rows_reported_are_all_rows(tmp_path: Path) -> None:
    """Row 3 is blank, and row 4 holds a remark only, in a column that is not read."""
    sheets = _sheets(Traders=[["trader", "remark"], ["A", "new"], [], [None, "ask"], ["B", None]])
    told = [str(finding) for finding in read(books.write(tmp_path / "a.xlsx", sheets)).findings]
    assert "Traders: 4 rows below the headings: 2 read, 1 blank, 1 with entries in columns that are not read only" in told

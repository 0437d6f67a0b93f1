"""The marked copy: the user's workbook with values, formats and further sheets, its faults marked and listed."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from planner.findings import CannotWrite, Finding, Severity
from planner.validate import read
from planner.workbook import is_readable, write_marked_copy
from tests import books
from tests.test_bad_input_files import edit


def faulty(path: Path) -> Path:
    """A workbook with two faults and a warning, formats, a merged title, notes, a formula and the user's own sheets."""
    sheets = {"My notes": [["=to do", "-5 days"], [date(2026, 5, 1), 0.5]]} | books.tiny() | {"Data": [["x"]]}
    sheets["Offers"][0] |= {"price": "TBC", "prise": 1}
    sheets["Traders"][0]["fee"] = 15
    books.write(path, sheets)
    workbook = openpyxl.load_workbook(path)
    notes = workbook["My notes"]
    notes["A1"].data_type = notes["B1"].data_type = "s"
    notes["B2"].number_format = "0.0%"
    notes.merge_cells("D1:E1")
    notes.column_dimensions["A"].width = 33
    workbook["Offers"]["G2"].number_format = "#,##0.0"
    workbook.save(path)
    return path


@pytest.fixture
def copy(tmp_path: Path) -> Workbook:
    path = faulty(tmp_path / "book.xlsx")
    write_marked_copy(path, read(path).findings, tmp_path / "faults.xlsx")
    return openpyxl.load_workbook(tmp_path / "faults.xlsx")


def _list(workbook: Workbook) -> list[list[object]]:
    sheet: Worksheet = workbook["Faults"]
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]


def test_the_list_can_be_filtered_printed_and_read_in_full(copy: Workbook) -> None:
    sheet = copy["Faults"]
    assert sheet.auto_filter.ref == f"A4:E{sheet.max_row}"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == ("landscape", 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$4:$4"
    for row in range(5, sheet.max_row + 1):
        needed = max(len(str(cell.value or "")) / sheet.column_dimensions[cell.column_letter].width for cell in sheet[row])
        assert sheet.row_dimensions[row].height >= 15 * needed


def test_sheets_keep_their_names_and_order_behind_the_list(copy: Workbook) -> None:
    assert copy.sheetnames == ["Faults", "My notes", "Settings", "Materials", "Offers", "Traders", "Data"]


def test_values_formats_widths_and_merged_cells_are_kept(copy: Workbook) -> None:
    notes = copy["My notes"]
    assert [notes["A1"].value, notes["B1"].value] == ["=to do", "-5 days"]
    assert notes["A1"].data_type == notes["B1"].data_type == "s"
    assert notes["A2"].value.date() == date(2026, 5, 1) and notes["A2"].number_format == "yyyy-mm-dd"
    assert notes["B2"].value == 0.5 and notes["B2"].number_format == "0.0%"
    assert notes.column_dimensions["A"].width == 33
    assert [str(cells) for cells in notes.merged_cells.ranges] == ["D1:E1"]
    assert copy["Offers"]["G2"].number_format == "#,##0.0"


def test_faults_are_red_warnings_yellow_and_everything_else_is_plain(copy: Workbook) -> None:
    marked = {
        f"{sheet.title}!{cell.coordinate}": (cell.fill.fgColor.rgb, cell.comment.text)
        for sheet in copy.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment or cell.fill.fill_type
    }
    assert {place: colour for place, (colour, _) in marked.items()} == {
        "Offers!F2": "00FFC7CE",
        "Offers!H1": "00FFEB9C",
        "Traders!B2": "00FFC7CE",
    }
    assert "price 'TBC' is not a number. Type the number" in marked["Offers!F2"][1]


def test_every_finding_is_listed_and_linked_to_its_cell(copy: Workbook, tmp_path: Path) -> None:
    """Faults first, then warnings, then notes."""
    findings = sorted(read(tmp_path / "book.xlsx").findings, key=lambda found: list(Severity).index(found.severity))
    rows = _list(copy)
    assert [tuple(cell or "" for cell in row) for row in rows] == [
        (f.severity.value, f.address, f.value, f.message, f.remedy) for f in findings
    ]
    links = {copy["Faults"].cell(5 + n, 2).value: copy["Faults"].cell(5 + n, 2).hyperlink for n in range(len(rows))}
    assert links["Offers!F2"].location == "'Offers'!F2"
    assert links["Data"].location == "'Data'!A1"
    assert "'My notes'!A1" in {link.location for link in links.values() if link}
    assert "values in place of formulas" in str(copy["Faults"]["A1"].value)


def test_a_copy_of_a_copy_has_one_list(copy: Workbook, tmp_path: Path) -> None:
    write_marked_copy(tmp_path / "faults.xlsx", read(tmp_path / "faults.xlsx").findings, tmp_path / "again.xlsx")
    again = openpyxl.load_workbook(tmp_path / "again.xlsx")
    assert again.sheetnames == copy.sheetnames
    assert _list(again) == _list(copy)


def test_formulas_become_values_and_cells_without_a_value_become_errors(tmp_path: Path) -> None:
    sheets = books.tiny()
    sheets["Offers"][0]["price"] = "=F3"
    data = books.write(tmp_path / "book.xlsx", sheets).read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(tmp_path / "book.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v>80</v>", b"<f>40*2</f><v>80</v>"))
    write_marked_copy(tmp_path / "book.xlsx", [], tmp_path / "copy.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "copy.xlsx")["Offers"]
    assert sheet["G2"].value == 80
    assert (sheet["F2"].value, sheet["F2"].data_type) == ("#N/A", "e")


def test_a_mark_outside_the_data_and_a_finding_without_a_sheet(tmp_path: Path) -> None:
    path = books.write(tmp_path / "book.xlsx", books.tiny())
    findings = [
        Finding(Severity.FAULT, "Offers", "C9", "", "far below", "x"),
        Finding(Severity.FAULT, "Offers", "J2:K3", "", "beside", "x"),
        Finding(Severity.FAULT, "Absent", "A1", "", "nowhere", "x"),
    ]
    write_marked_copy(path, findings, tmp_path / "copy.xlsx")
    copy = openpyxl.load_workbook(tmp_path / "copy.xlsx")
    assert "far below" in copy["Offers"]["C9"].comment.text and "beside" in copy["Offers"]["J2"].comment.text
    assert [copy["Faults"].cell(row, 2).hyperlink is None for row in (5, 6, 7)] == [False, False, True]


def test_a_sheet_that_cannot_be_read_is_listed_and_left_empty(tmp_path: Path) -> None:
    data = books.write(tmp_path / "book.xlsx", books.tiny() | {"Data": [["x"]]}).read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(tmp_path / "book.xlsx", "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part[:-20] if name.endswith("sheet5.xml") else part)
    write_marked_copy(tmp_path / "book.xlsx", [], tmp_path / "copy.xlsx")
    copy = openpyxl.load_workbook(tmp_path / "copy.xlsx")
    assert copy["Data"].max_row == 1 and copy["Data"]["A1"].value is None
    assert [row[:2] for row in _list(copy)] == [["fault", "Data"]]


def test_a_copy_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    path = books.write(tmp_path / "book.xlsx", books.tiny())
    before = path.read_bytes()
    with pytest.raises(CannotWrite, match="never changed"):
        write_marked_copy(path, [], tmp_path / "." / "book.xlsx")
    with pytest.raises(CannotWrite, match="cannot be written"):
        write_marked_copy(path, [], tmp_path / "absent" / "copy.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(CannotWrite, match="cannot be written"):
        write_marked_copy(path, [], tmp_path / "folder.xlsx")
    assert path.read_bytes() == before
    assert sorted(item.name for item in tmp_path.iterdir()) == ["book.xlsx", "folder.xlsx"]


def test_what_is_readable(tmp_path: Path) -> None:
    assert is_readable(books.write(tmp_path / "book.xlsx", books.tiny()))
    (tmp_path / "no.xlsx").write_text("no")
    assert not is_readable(tmp_path / "no.xlsx") and not is_readable(tmp_path / "absent.xlsx")


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet3.xml", "<sheetData>", '<cols><col min="-1" max="2" hidden="1"/></cols><sheetData>'),
        ("xl/worksheets/sheet3.xml", "<sheetData>", '<cols><col min="0" max="2" width="9"/></cols><sheetData>'),
        ("xl/worksheets/sheet3.xml", "<sheetData>", '<cols><col min="-9" max="-3" width="9"/></cols><sheetData>'),
        ("xl/worksheets/sheet1.xml", "</sheetData>", '</sheetData><mergeCells><mergeCell ref="H9:F7"/></mergeCells>'),
        ("xl/worksheets/sheet1.xml", "</sheetData>", '</sheetData><mergeCells><mergeCell ref="H9:ZZZZ99999999"/></mergeCells>'),
        ("xl/styles.xml", 'numFmtId="0"', 'numFmtId="x"'),
        ("xl/styles.xml", 'numFmtId="0"', f'numFmtId="{"9" * 5000}"'),
        ("xl/worksheets/sheet3.xml", '<c r="A2"', '<c s="-7" r="A2"'),
    ],
)
def test_figures_that_excel_never_writes_are_tolerated(part: str, old: str, new: str, tmp_path: Path) -> None:
    path = books.write(tmp_path / "odd.xlsx", books.tiny())
    path.write_bytes(edit(part, old, new)(path.read_bytes()))
    reading = read(path)
    assert reading.case is not None
    write_marked_copy(path, reading.findings, tmp_path / "faults.xlsx")
    copied = read(tmp_path / "faults.xlsx").case
    assert copied is not None and copied.offers == reading.case.offers


@pytest.mark.parametrize("reference", ["A1:" + "Z" * 90 + "1", "A1:A" + "9" * 5000, "A:C", "H0:J0", ""])
def test_an_area_that_is_none_is_damage(reference: str, tmp_path: Path) -> None:
    path = books.write(tmp_path / "odd.xlsx", books.tiny())
    new = f'</sheetData><mergeCells><mergeCell ref="{reference}"/></mergeCells>'
    path.write_bytes(edit("xl/worksheets/sheet3.xml", "</sheetData>", new)(path.read_bytes()))
    (fault,) = (finding for finding in read(path).findings if finding.severity is Severity.FAULT)
    assert fault.address == "Offers" and "the sheet is damaged" in fault.message
    write_marked_copy(path, read(path).findings, tmp_path / "faults.xlsx")

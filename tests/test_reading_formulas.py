"""What the values do not tell: formulas, circles, prefixed XML; and rows that are counted."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from planner.findings import Finding, Severity
from planner.validate import read
from planner.workbook.circular import circular
from planner.workbook.facts import Damaged, address, area, position, scan
from tests import books
from tests.test_bad_input_files import edit


@pytest.mark.parametrize(
    ("cell", "place"), [("A1", (1, 1)), ("Z9", (9, 26)), ("AA10", (10, 27)), ("XFD1048576", (1048576, 16384))]
)
def test_addresses_and_positions(cell: str, place: tuple[int, int]) -> None:
    assert address(*place) == cell and position(cell) == place


@pytest.mark.parametrize("text", ["", "A", "7", "a1", "Ä1"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(Damaged):
        position(text)


def test_areas() -> None:
    both = area("B2:$C$9")
    assert (5, 3) in both and (10, 3) not in both and (5, 4) not in both
    assert (4, 4) in area("D4") and str(both) == "B2:C9"


@pytest.mark.parametrize(
    ("formulas", "in_circles"),
    [
        ({"C5": "C5+1"}, {"C5"}),
        ({"C5": "SUM(C1:C9)"}, {"C5"}),
        ({"C5": "SUM(B:C)"}, {"C5"}),
        ({"C5": "SUM(A:B)"}, set()),
        ({"C5": "ROW(C5)+ROWS(C$1:C5)"}, set()),  # where a cell is, not what it holds
        ({"C5": 'IF(A1="C5",1,2)'}, set()),  # a text
        ({"C5": "Prices!C5*2"}, set()),  # another sheet
        ({"C5": "Offers!C5*2"}, {"C5"}),
        ({"C5": "'Offers'!$C$5*2"}, {"C5"}),
        ({"C5": "LOG10(2)+AC5+C55"}, set()),
        ({"A1": "B1", "B1": "C1", "C1": "A1", "D1": "E1", "E1": "2"}, {"A1", "B1", "C1"}),
        ({"A1": "B1", "B1": "B1", "C1": "D1"}, {"A1", "B1"}),  # A1 needs a cell that goes round in a circle
        ({f"A{n}": f"A{n - 1}+1" for n in range(2, 5000)}, set()),
    ],
)
def test_circular_formulas(formulas: dict[str, str], in_circles: set[str]) -> None:
    found = circular("Offers", {position(cell): text for cell, text in formulas.items()})
    assert {address(*cell) for cell in found} == in_circles


def _with_sheet(path: Path, change: list[tuple[str, str]]) -> Path:
    """The tiny workbook with replacements in the XML of its Offers."""
    data = books.write(path, books.tiny()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(path, "w") as changed:
        for name in archive.namelist():
            text = archive.read(name).decode()
            for old, new in change if name == "xl/worksheets/sheet3.xml" else []:
                text = re.sub(old, new, text)
            changed.writestr(name, text)
    return path


def _faults(path: Path) -> list[Finding]:
    return [finding for finding in read(path).findings if finding.severity is Severity.FAULT]


def test_formulas_are_read_by_their_last_values(tmp_path: Path) -> None:
    path = _with_sheet(
        tmp_path / "formulas.xlsx",
        [("<v>30000</v>", "<f>F3-1000</f><v>30000</v>"), ("<v>31000</v>", '<f t="shared" si="0"/><v>31000</v>')],
    )
    reading = read(path)
    assert reading.case is not None and [offer.price for offer in reading.case.offers] == [30000, 31000]
    assert "Offers: 2 formulas are read by the values that were last calculated" in map(str, reading.findings)


def test_a_formula_whose_result_is_an_empty_text_is_blank(tmp_path: Path) -> None:
    path = _with_sheet(tmp_path / "empty.xlsx", [(r'<c r="G2" t="n"><v>80</v></c>', '<c r="G2" t="str"><f>""</f><v></v></c>')])
    reading = read(path)
    assert reading.case is not None and reading.case.offers[0].capacity_per_period is None


def test_a_text_formula_without_a_value_is_not_calculated(tmp_path: Path) -> None:
    old = r'<c r="G2" t="n"><v>80</v></c>'
    (fault,) = _faults(_with_sheet(tmp_path / "none.xlsx", [(old, '<c r="G2" t="str"><f>A1&amp;""</f></c>')]))
    assert fault.address == "Offers!G2" and "has not been calculated" in fault.message


def test_a_zero_in_a_workbook_that_was_never_calculated_is_no_value(tmp_path: Path) -> None:
    """XlsxWriter gives every formula a 0, and leaves calculating to Excel (fullCalcOnLoad)."""
    path = _with_sheet(tmp_path / "written.xlsx", [("<v>30000</v>", "<f>F3-1000</f><v>0</v>")])
    (fault,) = _faults(path)
    assert fault.address == "Offers!F2" and "has not been calculated" in fault.message
    assert "Open the workbook in Excel, save it and try again" in fault.remedy
    calculated = edit("xl/workbook.xml", ' fullCalcOnLoad="1"', "")(path.read_bytes())
    path.write_bytes(calculated)
    reading = read(path)
    assert reading.case is not None and reading.case.offers[0].price == 0


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_what_libreoffice_saves_is_calculated(tmp_path: Path) -> None:
    sheets = books.tiny()
    sheets["Offers"][0]["price"] = "=30000*1"
    sheets["Offers"][0]["premium"] = "=1-1"
    sheets["Offers"][0]["plant"] = '=""'
    path = books.write(tmp_path / "a.xlsx", sheets)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    reading = read(tmp_path / "out" / "a.xlsx")
    assert reading.case is not None and (reading.case.offers[0].price, reading.case.offers[0].premium) == (30000, 0)


def test_xml_with_prefixes_and_without_addresses_is_read(tmp_path: Path) -> None:
    """Some programs write `<x:c>`, and leave out the addresses of cells that follow one another."""
    path = _with_sheet(
        tmp_path / "prefixed.xlsx",
        [
            (r"<(/?)(\w)", r"<\1x:\2"),
            ("xmlns=", "xmlns:x="),
            (r'<x:c r="\w+"', "<x:c"),
            ("<x:v>30000", "<x:f>F3</x:f><x:v>30000"),
        ],
    )
    reading = read(path)
    assert reading.case is not None and [offer.price for offer in reading.case.offers] == [30000, 31000]
    assert any("1 formula is read" in finding.message for finding in reading.findings)


def _with_shared_strings(path: Path, first: int = 0) -> Path:
    """The tiny workbook as Excel writes it: texts in a table of their own, one of them in two fonts with a reading aid."""
    data = books.write(path, books.tiny()).read_bytes()
    texts: list[str] = []

    def share(match: re.Match[str]) -> str:
        texts.append(match[2])
        return f'{match[1]} t="s"><v>{len(texts) - 1 + first}</v></c>'

    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(path, "w") as changed:
        for name in archive.namelist():
            text = archive.read(name).decode()
            text = re.sub(r'(<c r="\w+") t="inlineStr"><is><t>(.*?)</t></is></c>', share, text)
            text = text.replace("</Relationships>", _STRINGS + "</Relationships>") if "workbook.xml.rels" in name else text
            changed.writestr(name, text)
        items = "".join(f"<si><t>{text}</t></si>" for text in texts).replace("<t>Firm A</t>", _RICH)
        changed.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{items}</sst>')
    return path


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRINGS = f'<Relationship Id="rId99" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
_RICH = "<r><t>Firm</t></r><r><rPr><b/></rPr><t xml:space='preserve'> A</t></r><rPh sb='0' eb='1'><t>aid</t></rPh>"


def test_texts_that_excel_keeps_apart_are_read(tmp_path: Path) -> None:
    shared, plain = (
        read(_with_shared_strings(tmp_path / "a.xlsx")).case,
        read(books.write(tmp_path / "b.xlsx", books.tiny())).case,
    )
    assert shared is not None and plain is not None
    assert shared.settings == plain.settings and shared.tables() == plain.tables()


def test_a_text_that_is_not_there_is_damage(tmp_path: Path) -> None:
    """Every text is the next one, and the last, the trader's name, is none at all."""
    faults = [str(fault) for fault in read(_with_shared_strings(tmp_path / "a.xlsx", 1)).findings]
    assert [fault for fault in faults if fault.startswith("Traders: the sheet is damaged")]


def test_a_strict_workbook_is_read(tmp_path: Path) -> None:
    """Excel can save as Strict Open XML, where every namespace has another name."""
    path = books.write(tmp_path / "strict.xlsx", books.tiny())
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive, zipfile.ZipFile(path, "w") as strict:
        for name in archive.namelist():
            text = archive.read(name).decode().replace(_MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
            strict.writestr(name, text.replace(_OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"))
    reading = read(path)
    assert reading.case is not None, [str(finding) for finding in reading.findings]


def test_the_walk_knows_every_cell_with_content() -> None:
    facts = scan(
        b'<worksheet><cols><col min="2" max="3" hidden="1"/><col min="5" max="5" width="12.5"/></cols><sheetData>'
        b'<row r="2" hidden="1"><c r="B2" t="e"><v>#N/A</v></c><c r="D2" s="3"/></row>'
        b'<row r="7"><c r="C7" s="2"><f>1+\n1</f></c></row></sheetData>'
        b'<autoFilter ref="B2:C7"><filterColumn colId="0"/></autoFilter>'
        b'<mergeCells><mergeCell ref="E1:F1"/></mergeCells></worksheet>',
        styles=True,
    )
    assert (facts.last_row, facts.last_column) == (7, 3)
    assert facts.errors == {(2, 2): "#N/A"} and facts.formulas == {(7, 3): "1+\n1"} and facts.uncalculated == {(7, 3)}
    assert facts.hidden_rows == [2] and facts.hidden_columns == [2, 3] and facts.widths == {5: 12.5}
    assert facts.filtered and [str(merged) for merged in facts.merged] == ["E1:F1"]
    assert facts.styles == {(2, 4): 3, (7, 3): 2}


COUNT = re.compile(r"(\d+) rows below the headings: (\d+) read(?:, (\d+) with faults)?(?:, (\d+) blank)?(?:, (\d+) totals)?")


@pytest.mark.parametrize("seed", range(5))
def test_rows_read_and_rows_reported_are_the_rows_present(seed: int, tmp_path: Path) -> None:
    """Good, faulty and blank rows in any order, then a totals row: counted here and by the reader."""
    chance = random.Random(seed)
    kinds = [*chance.choices(["good", "faulty", "blank"], k=30), "good"]
    fee = {"good": 0.01, "faulty": "TBC"}
    rows = [[f"Firm {number}", fee[kind], 5.0] if kind in fee else [] for number, kind in enumerate(kinds)]
    table = [["trader", "fee", "maximum spend"], *rows, ["Total", None, 5.0]]
    reading = read(books.write(tmp_path / "rows.xlsx", books.tiny() | {"Traders": table}))
    (note,) = (
        finding.message for finding in reading.findings if finding.sheet == "Traders" and finding.severity is Severity.NOTE
    )
    match = COUNT.fullmatch(f"{note.removesuffix(' or notes')}")
    assert match is not None, note
    present, *parts = (int(count or 0) for count in match.groups())
    assert present == len(kinds) + 1 == sum(parts)
    assert parts == [kinds.count("good"), kinds.count("faulty"), kinds.count("blank"), 1]
    assert len([f for f in reading.findings if f.severity is Severity.FAULT]) == kinds.count("faulty")


def test_the_last_cell_of_a_sheet_ends_where_it_ends() -> None:
    """Rules for drop-downs follow the rows, and their text is none of the last cell's."""
    text = (
        "<worksheet><sheetData><row r='1'><c r='A1' t='e'><f>B1</f><v>#N/A</v></c></row></sheetData>"
        "<dataValidations><dataValidation><formula1>AND(A1,B1)</formula1></dataValidation></dataValidations></worksheet>"
    )
    facts = scan(text.encode())
    assert facts.errors == {(1, 1): "#N/A"} and facts.formulas == {(1, 1): "B1"}

"""Files that are no workbooks, or not whole ones: each is recognised and told what to do with it."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from planner.findings import FaultyInput, Severity
from planner.validate import read
from planner.workbook import write_marked_copy
from planner.workbook.container import LARGEST_UNPACKED
from tests import books

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def _tiny(path: Path) -> bytes:
    return books.write(path, books.tiny()).read_bytes()


def repacked(data: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    """A workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def edit(name: str, old: str, new: str) -> Callable[[bytes], bytes]:
    """A workbook with something replaced in one part."""

    def change(parts: dict[str, bytes]) -> None:
        assert old.encode() in parts[name]
        parts[name] = parts[name].replace(old.encode(), new.encode(), 1)

    return lambda data: repacked(data, change)


def _content_type(kind: str) -> Callable[[bytes], bytes]:
    workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return edit("[Content_Types].xml", workbook, kind)


def _encrypted(data: bytes) -> bytes:
    """The first part's directory entry and header say that it is encrypted."""
    broken = bytearray(data)
    broken[6] |= 1
    broken[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(broken)


def _bomb(data: bytes) -> bytes:
    return repacked(data, lambda parts: parts.update({"xl/media/zeros.bin": bytes(64 << 20)}))


def _doubled(data: bytes) -> bytes:
    packed = io.BytesIO(data)
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return packed.getvalue()


def _without_sheets(data: bytes) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        parts["xl/workbook.xml"] = re.sub(b"<sheets>.*</sheets>", b"<sheets/>", parts["xl/workbook.xml"])

    return repacked(data, change)


SHEET, SHEET_DATA = "xl/worksheets/sheet3.xml", "<sheetData>"
ENTITY = '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>'
FILES: dict[str, tuple[Callable[[bytes], bytes], str, str]] = {
    "empty file": (lambda data: b"", "", "the file is empty"),
    "old workbook": (lambda data: OLE + "Workbook".encode("utf-16-le"), "", "old kind (.xls)"),
    "password": (lambda data: OLE + "EncryptedPackage".encode("utf-16-le"), "", "protected by a password"),
    "label": (lambda data: OLE + "DRMEncryptedTransform EncryptedPackage".encode("utf-16-le"), "", "sensitivity label"),
    "old Word file": (lambda data: OLE + "WordDocument".encode("utf-16-le"), "", "another old Office file"),
    "csv renamed": (lambda data: b"offer;price\nA;12,5\n", "", "a text file (CSV)"),
    "web page renamed": (lambda data: b"<html><table><tr><td>offer</td></tr></table></html>", "", "a web page or XML"),
    "XML of 2003": (
        lambda data: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "",
        "XML spreadsheet of 2003",
    ),
    "PDF": (lambda data: b"%PDF-1.7 ...", "", "a PDF"),
    "something else": (lambda data: b"\x89PNG\r\n\x1a\n\0\0", "", "not an Excel workbook"),
    "truncated": (lambda data: data[: len(data) * 2 // 3], "", "damaged or was not copied completely"),
    "damaged": (lambda data: data[:1500] + bytes(200) + data[1700:], "", "damaged or was not copied completely"),
    "zip bomb": (_bomb, "", "zip bomb"),
    "encrypted archive": (_encrypted, "", "encrypted zip archive"),
    "part twice": (_doubled, "", "holds a part twice"),
    "archive of anything": (
        lambda data: repacked(data, lambda parts: parts.pop("[Content_Types].xml")),
        "",
        "but not an Excel",
    ),
    "OpenDocument": (
        lambda data: repacked(data, lambda parts: parts.update(mimetype=b"application/vnd.oasis.opendocument.spreadsheet")),
        "",
        "OpenDocument file (.ods)",
    ),
    "binary workbook": (_content_type("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), "", "(.xlsb)"),
    "Word document": (_content_type("application/vnd.openxmlformats-officedocument.wordprocessingml.document"), "", "a Word"),
    "entity": (edit(SHEET, "<worksheet", f"{ENTITY}<worksheet"), "", "document type or foreign encoding"),
    "no workbook part": (
        lambda data: repacked(data, lambda parts: parts.pop("xl/workbook.xml")),
        "",
        "xl/workbook.xml is missing",
    ),
    "bad workbook part": (edit("xl/workbook.xml", "</sheets>", ""), "", "is damaged"),
    "no worksheets": (_without_sheets, "", "has no worksheet"),
    "impossible sheet name": (
        edit("xl/workbook.xml", 'name="Traders"', 'name="Tra/ders"'),
        "",
        "a name that Excel does not allow",
    ),
    "bad sheet": (edit(SHEET, "</sheetData>", ""), "Offers", "the sheet is damaged"),
    "cells out of order": (edit(SHEET, 'r="B2"', 'r="A1"'), "Offers", "does not stand where it says"),
    "rows out of order": (edit(SHEET, '<row r="3"', '<row r="1"'), "Offers", "row 1 follows row 2"),
    "sheet part missing": (lambda data: repacked(data, lambda parts: parts.pop(SHEET)), "Offers", "is damaged"),
    "stray cell": (
        edit(SHEET, "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
        "Offers",
        "reaches down to XFD1048576",
    ),
    "two sheets of one name": (edit("xl/workbook.xml", 'name="Traders"', 'name="OFFERS"'), "", "two sheets have the same name"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_cannot_be_read_is_recognised(kind: str, tmp_path: Path) -> None:
    change, sheet, heart = FILES[kind]
    path = tmp_path / "book.xlsx"
    path.write_bytes(change(_tiny(path)))
    before = path.read_bytes()
    reading = read(path)
    fault = next(finding for finding in reading.findings if finding.severity is Severity.FAULT)
    assert reading.case is None
    assert (fault.address, heart in fault.message) == (sheet, True), fault
    assert fault.remedy
    assert path.read_bytes() == before
    if not sheet:
        assert len(reading.findings) == 1
        with pytest.raises(FaultyInput, match=re.escape(fault.message)):
            write_marked_copy(path, reading.findings, tmp_path / "copy.xlsx")
        assert not (tmp_path / "copy.xlsx").exists()


def test_paths_that_name_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")  # reading it would wait for ever
    books.write(tmp_path / "~$book.xlsx", books.tiny())
    paths = {
        tmp_path / "absent.xlsx": "no such file",
        tmp_path: "a folder, not a workbook",
        tmp_path / "pipe.xlsx": "not a file",
        tmp_path / "~$book.xlsx": "the mark that Excel leaves",
    }
    for path, heart in paths.items():
        (fault,) = read(path).findings
        assert heart in fault.message and str(path) in fault.value


def test_a_size_beyond_reason_is_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    """Eleven parts each below the size at which a ratio is suspicious, together above what is unpacked."""
    path = tmp_path / "large.xlsx"
    parts = {f"xl/media/{number}.bin": bytes(1) for number in range(LARGEST_UNPACKED // (31 << 20) + 1)}
    data = bytearray(repacked(_tiny(path), lambda found: found.update(parts)))
    position = 0
    while (position := data.find(b"PK\x01\x02", position + 1)) >= 0:  # the sizes that the directory declares
        if b"media" in data[position + 46 : position + 60]:
            data[position + 24 : position + 28] = (31 << 20).to_bytes(4, "little")
    path.write_bytes(data)
    (fault,) = read(path).findings
    assert "unpacks to more than" in fault.message


def test_a_part_that_unpacks_to_more_than_it_declares_goes_no_further(tmp_path: Path) -> None:
    """The declared size is cut: the check sum no longer fits what is read."""
    path = tmp_path / "liar.xlsx"
    data = bytearray(_tiny(path))
    position = data.index(b"PK\x01\x02")
    data[position + 24 : position + 28] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    (fault,) = read(path).findings
    assert "damaged" in fault.message


def test_a_sheet_formatted_far_below_its_data_is_read(tmp_path: Path) -> None:
    """100,000 rows of cells with a style and no value: three rows hold something."""
    path = tmp_path / "formatted.xlsx"
    empty = "".join(f'<row r="{row}"><c r="A{row}" s="0"/></row>' for row in range(4, 100_001))
    path.write_bytes(edit(SHEET, "</sheetData>", f"{empty}</sheetData>")(_tiny(path)))
    reading = read(path)
    assert reading.case is not None and len(reading.case.offers) == 2
    assert "2 rows below the headings: 2 read" in {finding.message for finding in reading.findings}


def test_an_empty_sheet_formatted_down_to_its_last_row_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "formatted.xlsx"
    rows = "".join(f'<row r="{row}" s="0" customFormat="1"/>' for row in range(1, 1_048_577))

    def change(parts: dict[str, bytes]) -> None:
        head, _, rest = parts[SHEET].partition(SHEET_DATA.encode())
        parts[SHEET] = head + f"{SHEET_DATA}{rows}</sheetData>".encode() + rest.partition(b"</sheetData>")[2]

    path.write_bytes(repacked(_tiny(path), change))
    faults = [finding for finding in read(path).findings if finding.severity is Severity.FAULT]
    assert [(fault.address, "no row of headings" in fault.message) for fault in faults] == [("Offers", True)]


@pytest.mark.parametrize("number", ["NaN", "inf", "-1e400"])
def test_numbers_that_are_none(number: str, tmp_path: Path) -> None:
    path = tmp_path / "numbers.xlsx"
    path.write_bytes(edit(SHEET, "<v>30000</v>", f"<v>{number}</v>")(_tiny(path)))
    (fault,) = (finding for finding in read(path).findings if finding.severity is Severity.FAULT)
    assert fault.address == "Offers!F2" and "not a number that can be meant" in fault.message


@pytest.mark.parametrize("text", ["1" * 40_000, "[" * 40_000, "1, " * 20_000])
def test_a_text_longer_than_excel_keeps_is_a_fault(text: str, tmp_path: Path) -> None:
    """openpyxl cuts it to Excel's length, so that it is put into the file itself."""
    path = tmp_path / "long.xlsx"
    path.write_bytes(edit(SHEET, "<t>COD</t>", f"<t>{text}</t>")(_tiny(path)))
    (fault,) = (finding for finding in read(path).findings if finding.severity is Severity.FAULT)
    assert fault.address == "Offers!D2" and "more than Excel's 32,767" in fault.message


def test_values_from_other_workbooks_are_read_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "links.xlsx"
    formula = f"<f>{escape('[1]Quotes!B2')}</f><v>30000</v>"
    path.write_bytes(edit(SHEET, "<v>30000</v>", formula)(_tiny(path)))
    reading = read(path)
    (warning,) = (finding for finding in reading.findings if finding.severity is Severity.WARNING)
    assert warning.address == "Offers!F2" and "other workbooks" in warning.message
    assert reading.case is not None and reading.case.offers[0].price == 30000


def test_macros_are_ignored_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "macros.xlsm"
    path.write_bytes(_content_type("application/vnd.ms-excel.sheet.macroEnabled.main+xml")(_tiny(path)))
    reading = read(path)
    assert reading.case is not None
    assert any("macros; they are ignored" in finding.message for finding in reading.findings)

"""Written workbooks as Excel requires them, the same on every run, and read back as they were written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from models.records import SHEETS, Material, Offer, Record, Settings, Trader, columns
from models.records.schema import Column
from planner.findings import Severity
from planner.reference import BASES
from planner.template import book_content, template_content
from planner.validate import read


def sample(item: Column, row: int) -> Any:
    """A value that the declaration accepts and that differs from its default; references name row `row`'s key."""
    if item.refers and item.kind == "text":
        return f"{item.refers.partition('.')[2]} {row}"
    low = next((bound for bound in (item.at_least, item.above) if bound is not None), 0)
    return {
        "text": f"{item.name} {row}",
        "number": low + row / 4,
        "integer": low + row,
        "date": date(2027, 1, row),
        "yes/no": not item.default,
        "choice": item.choices[-1] if item.choices else None,
        "country": ("AUS", "CHN")[row - 1],
        "territory": ("AUS", "EU")[row - 1],
        "origin": (("CHN", 0.07), ("AUS", 0.93)),
        "list": ("CHN", "AUS"),
    }[item.kind]


FULL: Mapping[type[Record], list[dict[str, Any]]] = {
    record: [
        {item.name: sample(item, row) for item in columns(record)}
        | ({"attributes": {"carbon": 3.25 * row}} if record.keeps_attributes else {})
        for row in (1, 2)
    ]
    for record in SHEETS
    if record is not Settings
}
"""Two rows of every sheet, with every column filled."""

FULL_SETTINGS = {item.name: sample(item, 1) for item in columns(Settings)}

FULL_BASIS = {
    record: [{item.name: BASES[row % len(BASES)] for item in columns(record) if item.is_figure} for row in range(rows)]
    for record, rows in {Settings: 1, **{record: len(FULL[record]) for record in FULL}}.items()
}
"""The basis of every figure in every row."""


@pytest.fixture(scope="module", params=["template", "book"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template, and a book with every column of every sheet filled."""
    path = tmp_path_factory.mktemp("written") / "book.xlsx"
    if request.param == "template":
        path.write_bytes(template_content())
    else:
        path.write_bytes(book_content(FULL, basis=FULL_BASIS, settings=FULL_SETTINGS))
    return path


class TestExcelOpensItWithoutRepair:
    """What Excel requires of tables, messages, lists and names; a breach makes it offer to repair the file."""

    def test_tables_cover_headings_and_at_least_one_row(self, path: Path) -> None:
        workbook = openpyxl.load_workbook(path)
        names = []
        for sheet in workbook.worksheets[1:]:
            [table] = sheet.tables.values()
            names.append(table.displayName)
            assert table.ref == sheet.dimensions
            assert sheet.max_row >= 2
            assert [item.name for item in table.tableColumns] == [cell.value for cell in sheet[1]]
            assert all(cell.data_type == "s" for cell in sheet[1])
            assert len({cell.value.casefold() for cell in sheet[1]}) == sheet.max_column
        assert len(set(names)) == len(names)
        assert not {name.casefold() for name in names} & {name.casefold() for name in workbook.defined_names}
        assert all(re.fullmatch(r"[A-Za-z_]\w{3,}", name) for name in (*names, *workbook.defined_names))

    def test_another_reader_finds_the_same_tables(self, path: Path) -> None:
        other = CalamineWorkbook.from_path(str(path), load_tables=True)
        workbook = openpyxl.load_workbook(path)
        assert {name: other.get_table_by_name(name).columns for name in other.table_names} == {
            sheet.title: [cell.value for cell in sheet[1]] for sheet in workbook.worksheets[1:]
        }

    def test_messages_and_lists_are_within_the_limits(self, path: Path) -> None:
        rules = [rule for sheet in openpyxl.load_workbook(path) for rule in sheet.data_validations.dataValidation]
        assert max(len(text) for rule in rules for text in (rule.promptTitle, rule.errorTitle)) <= 32
        assert max(len(text) for rule in rules for text in (rule.prompt, rule.error)) <= 255
        assert max(len(rule.formula1 or "") for rule in rules) <= 255

    def test_drop_downs_name_only_what_is_there(self, path: Path) -> None:
        workbook = openpyxl.load_workbook(path)
        lists = [
            rule.formula1
            for sheet in workbook
            for rule in sheet.data_validations.dataValidation
            if rule.type == "list" and not rule.formula1.startswith('"')
        ]
        assert set(lists) == set(workbook.defined_names)

    def test_no_cell_is_a_formula(self, path: Path) -> None:
        with ZipFile(path) as archive:
            sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
            assert len(sheets) >= len(SHEETS)
            assert not [name for name in sheets if re.search(rb"<c [^>]*>\s*<f", archive.read(name))]


def test_the_same_book_is_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    for path in (first, second):
        path.write_bytes(book_content(FULL, settings=FULL_SETTINGS))
    assert first.read_bytes() == second.read_bytes()
    # Two books written within a second would agree even if they bore the time of day.
    with ZipFile(first) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 1, 1, 0, 0, 0)}
    properties = openpyxl.load_workbook(first).properties
    assert properties.created == properties.modified == datetime(2026, 1, 1)


class TestRoundTrip:
    def test_every_column_of_every_sheet_is_read_as_it_was_written(self, tmp_path: Path) -> None:
        (tmp_path / "book.xlsx").write_bytes(book_content(FULL, basis=FULL_BASIS, settings=FULL_SETTINGS))
        case = read(tmp_path / "book.xlsx").case
        assert case is not None
        assert case.settings == Settings(**FULL_SETTINGS, basis=FULL_BASIS[Settings][0])
        assert case.tables() == {
            record: tuple(record(**row, basis=basis) for row, basis in zip(rows, FULL_BASIS[record], strict=True))
            for record, rows in FULL.items()
        }

    def test_nothing_is_remarked_on(self, tmp_path: Path) -> None:
        """The planner's own books draw no warning but of attributes that no rule looks at: the notes count rows."""
        (tmp_path / "book.xlsx").write_bytes(
            book_content(FULL, basis=FULL_BASIS, settings=FULL_SETTINGS, notes=["Illustrative."])
        )
        findings = read(tmp_path / "book.xlsx").findings
        assert {finding.value for finding in findings if finding.severity is not Severity.NOTE} == {"carbon"}

    def test_names_that_excel_would_change_come_back_as_they_are(self, tmp_path: Path) -> None:
        names = ["007", "1E5", "SEP-2", "=1+1", "+B", "-2", "@Acme", "NA", "None", "TRUE", "#N/A ore", "1,5", "O'Neill"]
        (tmp_path / "book.xlsx").write_bytes(
            book_content(
                {
                    Material: [{"material": name} for name in names],
                    Trader: [{"trader": "First"}],
                    Offer: [{"offer": name, "supplier": name, "material": name, "price": 1.0} for name in names],
                },
                settings={"start_date": date(2027, 1, 1), "periods": 1},
            )
        )
        case = read(tmp_path / "book.xlsx").case
        assert case is not None
        assert [row.material for row in case.materials] == names
        assert [(row.offer, row.supplier, row.material) for row in case.offers] == [(name,) * 3 for name in names]

    def test_the_empty_template_lacks_what_is_required_and_nothing_else(self, tmp_path: Path) -> None:
        (tmp_path / "template.xlsx").write_bytes(template_content())
        findings = read(tmp_path / "template.xlsx").findings
        faults = [finding for finding in findings if finding.severity is Severity.FAULT]
        cells = [f"B{row}" for row, item in enumerate(columns(Settings), start=2) if item.required]
        assert {(fault.sheet, fault.cell) for fault in faults if fault.sheet == "Settings"} == {
            ("Settings", cell) for cell in cells
        }
        assert {fault.sheet for fault in faults} == {record.sheet for record in SHEETS if record.required}

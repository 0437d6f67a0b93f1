"""Whole input workbooks: the empty template, and filled books of the same form, the same bytes on every run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from models.case import Case
from models.records import SHEETS, Record, Settings, columns
from planner.reference import HEADINGS, dictionary
from planner.template import look
from planner.template.instructions import add_instructions
from planner.template.presets import notes, rows_of, settings_of
from planner.template.sheets import Bases, Rows, add_record_sheet, add_settings_sheet

WRITTEN = datetime(2026, 1, 1)
"""The date that every workbook bears, whenever it is written."""


def template_content(presets: Sequence[str] = ()) -> bytes:
    """The template as it is written: every sheet, empty but for presets, Settings filled with its defaults.

    Raises:
        KeyError: if there is no such preset.
    """
    defaults = {item.name: item.default for item in columns(Settings)} | dict(settings_of(presets))
    rows = rows_of(presets)
    tables: dict[type[Record], Rows] = {record: rows.get(record, ()) for record in SHEETS if record is not Settings}
    further = "Sheet Reference lists every column of every sheet."
    workbook = _book(tables, {}, defaults, notes(presets), further, whole=True)
    _add_reference(workbook.create_sheet())
    return _content(workbook)


def reference_content() -> bytes:
    """The data dictionary as a workbook of one sheet."""
    workbook = Workbook()
    assert workbook.active is not None
    _add_reference(workbook.active)
    return _content(workbook)


def _add_reference(sheet: Worksheet) -> None:
    sheet.title = "Reference"
    look.add_text_table(sheet, ("sheet", *HEADINGS), dictionary(), (15, 24, 22, 13, 26, 28, 21, 66))


def book_content(
    tables: Mapping[type[Record], Sequence[Mapping[str, object]]],
    *,
    basis: Mapping[type[Record], Sequence[Mapping[str, str]]] | None = None,
    settings: Mapping[str, object],
    notes: Sequence[str] = (),
) -> bytes:
    """A filled workbook as it is written: Settings, the sheets that have rows, and of their columns the required and the used.

    Args:
        tables: for each sheet its rows, each field name → value.
        basis: for each sheet and row, field name → `source`, `estimate` or `assumed`; each figure that has one gets
            a column `… basis` beside it. For Settings: one mapping, of its keys.
        settings: field name → value; what is left out takes its default.
        notes: paragraphs about this workbook for the instruction sheet.

    Raises:
        ValueError: if a row or a setting names a field that its record does not have, or a basis one that is no figure.
    """
    filled = {record: rows for record, rows in tables.items() if rows}
    further = "The command planner template writes a workbook with every sheet and every column, and a list of them all."
    return _content(_book(filled, basis or {}, settings, notes, further))


def case_content(case: Case) -> bytes:
    """A case as the workbook that it could have been read from."""
    tables = case.tables()
    return book_content(
        {record: [_given(row) for row in rows] for record, rows in tables.items()},
        basis={record: [row.basis for row in rows] for record, rows in tables.items()} | {Settings: [case.settings.basis]},
        settings=_given(case.settings),
    )


def _given(row: Record) -> dict[str, object]:
    """The fields that are filled in, and further figures."""
    return {name: getattr(row, name) for name in row.model_fields_set - {"basis"} if getattr(row, name) not in (None, "", ())}


def _book(
    tables: Mapping[type[Record], Rows],
    basis: Mapping[type[Record], Bases],
    settings: Mapping[str, object],
    about: Sequence[str],
    further: str,
    *,
    whole: bool = False,
) -> Workbook:
    workbook = Workbook()
    records = [record for record in SHEETS if record is Settings or record in tables]
    present = [record.sheet for record in records]
    assert workbook.active is not None
    workbook.active.title = "Instructions"
    add_instructions(workbook.active, records, about, further)
    for record in records:
        if record is Settings:
            add_settings_sheet(workbook, settings, dict(*basis.get(Settings, ())))
        else:
            add_record_sheet(workbook, record, present, tables[record], basis.get(record, ()), whole=whole)
    return workbook


def _content(workbook: Workbook) -> bytes:
    """The file without the time of day, which the library puts into the properties and the archive."""
    workbook.properties = DocumentProperties(creator="planner", created=WRITTEN, modified=WRITTEN)
    raw, dated = BytesIO(), BytesIO()
    ExcelWriter(workbook, ZipFile(raw, "w")).save()
    with ZipFile(raw) as written, ZipFile(dated, "w") as archive:
        for name in written.namelist():
            entry = ZipInfo(name, WRITTEN.timetuple()[:6])
            entry.create_system = 0  # else it differs between operating systems
            archive.writestr(entry, written.read(name), ZIP_STORED)  # compression differs between builds of zlib
    return dated.getvalue()

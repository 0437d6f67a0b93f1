"""A large workbook: 5,000 offers of 250 materials, and 50,000 price rows; clean, or with a fault in every 50th offer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random

from openpyxl import Workbook

from models.records import Material, Offer, Price, Record, Settings, columns
from planner.template.sheets import as_cell
from tests.benchmarks.generator import synthetic

MATERIALS, OFFERS, MONTHS = 250, 5000, 200
"""Every material has an index, and every index a row for each month."""
LAST_YEAR = 2028

Row = Sequence[object]


def write(path: Path, *, faulty: bool) -> None:
    """Write the workbook, row by row."""
    case = synthetic(MATERIALS, OFFERS, 3, 24, seed=1, shared_suppliers=True, binding=True)
    workbook = Workbook(write_only=True)
    settings = workbook.create_sheet(Settings.sheet)
    settings.append(["key", "value"])
    for item in columns(Settings):
        settings.append([item.heading, as_cell(getattr(case.settings, item.name))])
    for record, rows in case.tables().items():
        if not rows:
            continue
        sheet = workbook.create_sheet(record.sheet)
        sheet.append([item.heading for item in columns(record)])
        found = _prices(case.materials) if record is Price else _cells(record, rows)
        for number, row in enumerate(found):
            sheet.append(_broken(record, row) if faulty and record is Offer and not number % 50 else row)
    workbook.save(path)


def _cells(record: type[Record], rows: Sequence[Record]) -> Iterator[Row]:
    for row in rows:
        yield [as_cell(getattr(row, item.name)) for item in columns(record)]


def _prices(materials: Sequence[Material]) -> Iterator[Row]:
    """Random prices about the benchmark, by month, for the index of every material."""
    random = Random(1)
    first = LAST_YEAR * 12 + 12 - MONTHS
    for material in materials:
        for month in range(first, first + MONTHS):
            price = (material.benchmark_price or 0.0) * random.uniform(0.9, 1.1)
            yield [material.material, date(month // 12, month % 12 + 1, 1), price]


def _broken(record: type[Record], row: Row) -> Row:
    """The row with a name that is not known, words in place of a number, and a negative quantity."""
    faults: Mapping[str, object] = {"material": "Materal", "freight": "to be agreed", "minimum_order": -1.0}
    return [faults.get(item.name, value) for item, value in zip(columns(record), row, strict=True)]

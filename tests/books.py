"""Small workbooks for tests: sheets as lists of rows, each row a heading → value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

Rows = Sequence[Mapping[str, Any]]
Sheets = dict[str, Any]
"""Sheet → its rows; `Settings` → its keys and values."""


def tiny() -> Sheets:
    """A new, valid workbook of the four required sheets: one material whose demand draws stock, two offers, one
    trader, three months."""
    return {
        "Settings": {"start date": date(2027, 1, 1), "periods": 3, "period": "month"},
        "Materials": [
            {
                "material": "Cobalt cathode",
                "unit": "t",
                "annual demand": 1200,
                "demand use": "draws stock",
                "benchmark price": 30000,
            }
        ],
        "Offers": [
            {
                "offer": "Kokkola 2027",
                "supplier": "Northern Refining",
                "material": "Cobalt cathode",
                "mine country": "COD",
                "refine country": "FIN",
                "price": 30000,
                "capacity per period": 80,
            },
            {
                "offer": "Niihama 2027",
                "supplier": "Eastern Metals",
                "material": "Cobalt cathode",
                "mine country": "AUS 60 %; PHL 40 %",
                "refine country": "JPN",
                "price": 31000,
                "capacity per period": 80,
            },
        ],
        "Traders": [{"trader": "Firm A", "fee": 0.01}],
    }


def write(path: Path, sheets: Mapping[str, Any]) -> Path:
    """Write a workbook as a user would: headings in row 1, values below; the path, for convenience.

    A sheet is a list of rows (heading → value; the headings of all rows together, in their order), or keys and values,
    or a list of lists that is written cell by cell. Text that begins with `=` is a formula without a value.
    """
    workbook = Workbook()
    assert workbook.active is not None
    workbook.remove(workbook.active)
    for title, content in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in cells(content):
            sheet.append(row)
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, date) and not isinstance(cell.value, datetime):
                    cell.number_format = "yyyy-mm-dd"
    workbook.save(path)
    return path


def cells(content: Mapping[str, Any] | Rows | Sequence[Sequence[Any]]) -> list[list[Any]]:
    """A sheet's content as rows of cells, headings first."""
    if isinstance(content, Mapping):
        return [["key", "value"], *([key, value] for key, value in content.items())]
    if content and not isinstance(content[0], Mapping):
        return [list(row) for row in content]
    headings = list(dict.fromkeys(heading for row in content for heading in row))
    return [headings, *([row.get(heading) for heading in headings] for row in content)] if headings else []

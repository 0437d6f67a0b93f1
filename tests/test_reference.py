"""The data dictionary says all that is declared, and nothing else."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from models.records import SHEETS, Material, Offer, Policy, Settings, Supplier, columns
from models.records.schema import Column
from planner import reference
from planner.template.book import template_content

DECLARED = [(record, item) for record in SHEETS for item in columns(record)]


def column(record: type, name: str) -> Column:
    return next(item for item in columns(record) if item.name == name)


def tables() -> dict[str, list[list[str]]]:
    """The dictionary's tables, read back from the Markdown: sheet → rows without the two heading lines."""
    found: dict[str, list[list[str]]] = {}
    for line in reference.markdown().splitlines():
        if line.startswith("## "):
            rows = found.setdefault(line.removeprefix("## "), [])
        elif line.startswith("| "):
            rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return {sheet: rows[2:] for sheet, rows in found.items()}


def test_every_sheet_and_column_is_in_the_markdown_once_and_in_order() -> None:
    assert {sheet: [row[0] for row in rows] for sheet, rows in tables().items()} == {
        record.sheet: [item.heading for item in columns(record)] for record in SHEETS
    }


def test_every_line_has_as_many_cells_as_there_are_headings() -> None:
    assert {len(row) for rows in tables().values() for row in rows} == {len(reference.HEADINGS)}


@pytest.mark.parametrize("record", SHEETS)
def test_every_sheet_says_what_it_is_and_whether_it_is_required(record: type) -> None:
    section = reference.markdown().split(f"\n## {record.sheet}\n")[1].split("\n## ")[0]
    assert " ".join(inspect.getdoc(record).split()) in section
    assert ("\nRequired. " in section) == record.required
    assert ("\nOptional. " in section) == (not record.required)
    for name in record.key:
        assert f"`{column(record, name).heading}`" in section.split("|")[0]


def test_the_sheet_holds_what_the_markdown_holds(tmp_path: Path) -> None:
    (tmp_path / "template.xlsx").write_bytes(template_content())
    rows = list(load_workbook(tmp_path / "template.xlsx")["Reference"].iter_rows(values_only=True))
    assert rows[0] == ("sheet", *reference.HEADINGS)
    assert [[cell or "" for cell in row] for row in rows[1:]] == [
        [sheet, *row] for sheet, rows_of_sheet in tables().items() for row in rows_of_sheet
    ]


@pytest.mark.parametrize(
    ("record", "name", "words"),
    [
        (Material, "annual_demand", "at least 0"),  # ≥ 0
        (Material, "benchmark_price", "above 0"),  # > 0
        (Material, "target_cover_days", "0 to 3660"),
        (Material, "loss_rate", "at least 0 % and below 100 %"),  # 0 ≤ x < 1, a share
        (Material, "participation_cap", "0 % to 100 %"),
        (Material, "demand_use", "cover only; draws stock"),
        (Settings, "time_limit", "above 0 and at most 604,800"),  # 0 < x ≤ a week in seconds
        (Offer, "premium", ""),
    ],
)
def test_ranges_in_words(record: type, name: str, words: str) -> None:
    assert reference.limits(column(record, name)) == words


@pytest.mark.parametrize(
    ("record", "name", "words"),
    [
        (Material, "material", "required"),
        (Material, "unit", "t"),
        (Material, "group", "none"),
        (Material, "maximum_stock", "no limit"),  # said by the declaration
        (Settings, "terminal_haircut", "10 %"),  # 0.1 as a percentage
        (Settings, "time_limit", "600"),
        (Supplier, "approved", "yes"),
        (Supplier, "sanctioned", "no"),
        (Policy, "hardness", "hard"),
        (Policy, "exempt", "none"),
    ],
)
def test_blank_cells_in_words(record: type, name: str, words: str) -> None:
    assert reference.blank(column(record, name)) == words


def test_units_stand_in_brackets_behind_the_heading() -> None:
    assert reference.heading(column(Material, "cover_penalty")) == "cover penalty [USD/unit/yr]"
    assert reference.heading(column(Material, "group")) == "group"


@pytest.mark.parametrize(("record", "item"), DECLARED, ids=lambda value: getattr(value, "name", None))
def test_a_comment_holds_every_declared_fact(record: type, item: Column) -> None:
    comment = reference.explanation(item)
    facts = (item.sentence, reference.unit(item), reference.limits(item), reference.blank(item), *item.aliases)
    assert all(fact in comment for fact in (*facts, *item.refers.split(".")))

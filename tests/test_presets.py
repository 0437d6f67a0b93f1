"""Presets: rows that a programme publishes, in a template that reads without a fault once it is filled in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from models.case import Case
from models.records import Country, Material
from planner.cli import cli
from planner.findings import Exit
from planner.template.presets import PRESETS, rows_of
from planner.validate import read
from tests.solving import solve


def filled(names: tuple[str, ...], path: Path) -> Case:
    """A template with presets, filled in by hand: each material named, and one offer of each from China and Australia."""
    outcome = CliRunner().invoke(cli, ["template", str(path), *(part for name in names for part in ("--preset", name))])
    assert outcome.exit_code == 0, outcome.output
    book = openpyxl.load_workbook(path)
    sheets = {title: book[title] for title in ("Settings", "Materials", "Offers", "Traders")}
    at = {title: {str(cell.value).split(" [")[0]: cell.column for cell in sheet[1]} for title, sheet in sheets.items()}
    for row in sheets["Settings"].iter_rows(min_row=2):
        if row[0].value in ("start date", "periods"):
            row[1].value = date(2027, 1, 1) if row[0].value == "start date" else 12
    materials = range(2, max(2, sheets["Materials"].max_row) + 1)
    for number in materials:
        for heading, value in (("material", f"m{number}"), ("annual demand", 365), ("benchmark price", 100)):
            sheets["Materials"].cell(number, at["Materials"][heading], value)
    countries = [(number, country) for number in materials for country in ("CHN", "AUS")]
    for line, (number, country) in enumerate(countries, start=2):
        price = 10 if country == "CHN" else 12
        row = {"offer": f"{country}-{number}", "supplier": country, "material": f"m{number}", "mine country": country,
               "refine country": country, "price": price}  # fmt: skip
        for heading, value in row.items():
            sheets["Offers"].cell(line, at["Offers"][heading], value)
    sheets["Traders"].cell(2, at["Traders"]["trader"], "f")
    if "Countries" in book.sheetnames and "AUS" not in [cell.value for cell in book["Countries"]["A"]]:
        book["Countries"].append(["AUS"])
    if "CHN" not in [cell.value for cell in book["Countries"]["A"]]:
        book["Countries"].append(["CHN"])
    book.save(path)
    reading = read(path)
    assert reading.case is not None, [str(finding) for finding in reading.findings]
    return reading.case


@pytest.mark.parametrize("names", [(name,) for name in PRESETS] + [tuple(PRESETS)], ids=str)
def test_a_filled_template_reads_without_a_fault(names: tuple[str, ...], tmp_path: Path) -> None:
    case = filled(names, tmp_path / "book.xlsx")
    tables = case.tables()
    for record, rows in rows_of(names).items():
        assert len(tables[record]) >= len(rows)


def test_each_rule_cites_its_source(tmp_path: Path) -> None:
    case = filled(("crma-65", "dfars-2027", "n-1"), tmp_path / "book.xlsx")
    assert all(row.source for row in (*case.policy, *case.contingencies))
    instructions = openpyxl.load_workbook(tmp_path / "book.xlsx")["Instructions"]
    texts = [str(row[0]) for row in instructions.iter_rows(max_col=1, values_only=True)]
    for name in ("crma-65", "dfars-2027", "n-1"):
        assert any(text.startswith(f"{name}: ") and PRESETS[name].source in text for text in texts)


def test_countries_of_several_presets_are_one_row_each() -> None:
    rows = rows_of(("crma-65", "dfars-2027", "crma-65"))[Country]
    assert len(rows) == 27 + 4
    assert {row["iso3"] for row in rows if row.get("covered")} == {"CHN", "IRN", "PRK", "RUS"}
    assert sum(row.get("blocs") == ("EU",) for row in rows) == 27


def test_sixty_five_per_cent_binds(tmp_path: Path) -> None:
    """60 days of 1 t a day: 60 t, of which 39 at 10 from China and 21 at 12."""
    case = filled(("vault-60", "crma-65"), tmp_path / "book.xlsx")
    assert case.settings.budget == 12e9
    assert case.materials[0].target_cover_days == 60
    [china, australia] = [solve(case).total[name] for name in ("CHN-2", "AUS-2")]
    assert (china, australia) == (pytest.approx(39.0), pytest.approx(21.0))


def test_nothing_covered_is_bought_of_its_group(tmp_path: Path) -> None:
    case = filled(("dfars-2027", "komir-100"), tmp_path / "book.xlsx")
    [group] = [row for row in case.materials if row.group == "DFARS"]
    bought = set(solve(case).total)
    assert bought and not bought & {row.offer for row in case.offers if row.material == group.material}


def test_an_unknown_preset_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(cli, ["template", str(tmp_path / "t.xlsx"), "--preset", "crma"])
    assert outcome.exit_code != Exit.PLAN
    assert "choose from vault-60" in outcome.output
    assert not (tmp_path / "t.xlsx").exists()


@pytest.mark.parametrize("name", PRESETS)
def test_rows_name_fields_that_there_are(name: str) -> None:
    for record, rows in PRESETS[name].tables.items():
        named = {"material": "m"} if record is Material else {}
        assert all(record(**{**named, **row}) for row in rows)

"""A figure changed in a written plan is found, with its cell; so is a plan of another workbook."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from planner.cli import cli
from planner.findings import NotVerified
from tests import books

FIGURES = {
    "Purchases": ("order date", "arrival date", "payment due", "list price", "unit price", "landed unit cost", "landed cost",
                  "trader fee"),
    "Contracts": ("quantity", "orders", "contract cost"),
    "Stock": ("closing", "opening", "lost"),
    "Cover": ("stock", "gap", "target"),
    "Costs": ("undiscounted", "discounted"),
    "Members": ("priority", "entitled", "held", "missing", "periods missed", "most missing", "penalty"),
    "Rationing": ("probability", "asked", "unmet", "share unmet"),
    "Risk": ("probability", "loss", "in the tail", "materials short"),
    "Losses": ("asked", "unmet", "left", "shortage", "loss"),
    "Recourse": ("asked", "arriving", "unmet"),
    "Survival": ("days survived", "needed", "available", "missing"),
    "Diversification": ("limit share", "achieved share", "headroom points", "limit", "achieved", "headroom", "penalty"),
}  # fmt: skip


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A plan with a price break, a fee, a loss and a target, and its workbook."""
    folder = tmp_path_factory.mktemp("planned")
    sheets = books.tiny()
    sheets["Materials"][0].update({"value of shortage": 90_000, "loss rate": 0.1, "target cover days": 20, "cover penalty": 10})
    sheets["Offers"][0].update({"lead days": 20, "payment days": 30, "duty rate": 0.02, "contract cost": 500})
    sheets["PriceBreaks"] = [{"offer": "Kokkola 2027", "from quantity": 50, "price": 29_000, "kind": "incremental"}]
    sheets["Members"] = [{"member": "A"}, {"member": "B", "priority": 2}]
    sheets["Commitments"] = [{"member": name, "material": "Cobalt cathode", "quantity": 400} for name in ("A", "B")]
    sheets["Scenarios"] = [{"scenario": "ban", "probability": 0.2}]
    sheets["Shocks"] = [{"scenario": "ban", "hits": "country", "name": "FIN", "availability": 0}]
    sheets["Contingencies"] = [{"contingency": "any", "kind": "each country", "days to survive": 20, "hardness": "soft"}]
    little = {"rule": "little", "kind": "share", "attribute": "supplier", "in": "each", "limit": 0.1}
    sheets["Policy"] = [little | {"hardness": "soft", "penalty": 0.001}]
    book = books.write(folder / "book.xlsx", sheets)
    plan = folder / "plan.xlsx"
    assert CliRunner().invoke(cli, ["solve", str(book), "--output", str(plan), "--quiet"]).exit_code == 0
    return plan, book


def verified(plan: Path, book: Path) -> str:
    """What `planner verify` says, the errors that it ends with included."""
    result = CliRunner().invoke(cli, ["verify", str(plan), str(book)])
    return result.output if result.exception is None else str(result.exception)


def test_the_plan_as_written_holds(planned: tuple[Path, Path]) -> None:
    assert "all hold" in verified(*planned)


@pytest.mark.parametrize(("sheet", "heading"), [(sheet, heading) for sheet, found in FIGURES.items() for heading in found])
def test_a_changed_figure_is_found(planned: tuple[Path, Path], tmp_path: Path, sheet: str, heading: str) -> None:
    plan, book = planned
    written = load_workbook(plan)
    cell = next(cell for cell in written[sheet][1] if str(cell.value).split(" [")[0] == heading).offset(row=1)
    cell.value = datetime(2031, 1, 1) if isinstance(cell.value, datetime) else float(cell.value or 0) + 3.0
    written.save(tmp_path / "changed.xlsx")
    result = CliRunner().invoke(cli, ["verify", str(tmp_path / "changed.xlsx"), str(book)])
    assert isinstance(result.exception, NotVerified)
    assert f"{sheet}!{cell.coordinate}" in str(result.exception)


@pytest.mark.parametrize(
    ("sheet", "heading"), [("Diversification", "result"), ("Survival", "worst loss"), ("Survival", "tightest period")]
)
def test_a_changed_word_is_found(planned: tuple[Path, Path], tmp_path: Path, sheet: str, heading: str) -> None:
    plan, book = planned
    written = load_workbook(plan)
    cell = next(cell for cell in written[sheet][1] if cell.value == heading).offset(row=1)
    cell.value = "all is well"
    written.save(tmp_path / "changed.xlsx")
    told = verified(tmp_path / "changed.xlsx", book)
    assert f"{sheet}!{cell.coordinate}, {heading}: is 1 cells with other words" in told


@pytest.mark.parametrize(("sheet", "wrong"), [("Members", "A of another house"), ("Risk", "ban + ban")])
def test_a_row_of_somebody_else_is_found(planned: tuple[Path, Path], tmp_path: Path, sheet: str, wrong: str) -> None:
    plan, book = planned
    written = load_workbook(plan)
    written[sheet]["A2"].value = wrong
    written.save(tmp_path / "changed.xlsx")
    message = verified(tmp_path / "changed.xlsx", book)
    assert f"{sheet}, rows of the plan" in message and f"{sheet}, other rows" in message


@pytest.mark.parametrize("sheet", ["Members", "Rationing", "Risk"])
def test_a_sheet_that_is_gone_is_told(planned: tuple[Path, Path], tmp_path: Path, sheet: str) -> None:
    plan, book = planned
    written = load_workbook(plan)
    del written[sheet]
    written.save(tmp_path / "changed.xlsx")
    assert "the sheet is not there" in verified(tmp_path / "changed.xlsx", book)


def test_a_place_and_a_digest_that_are_not_there_are_told(planned: tuple[Path, Path], tmp_path: Path) -> None:
    plan, book = planned
    written = load_workbook(plan)
    heading = [cell.value for cell in written["Stock"][1]].index("place")
    written["Stock"].cell(2, heading + 1).value = "Mars"
    written.save(tmp_path / "mars.xlsx")
    assert "Stock!B2: 'Mars' is not in the input workbook" in verified(tmp_path / "mars.xlsx", book)
    written = load_workbook(plan)
    for row in written["Run"].iter_rows():
        if row[0].value == "input sha256":
            row[0].value = "input"
    written.save(tmp_path / "run.xlsx")
    assert "there is no row for 'input sha256'" in verified(tmp_path / "run.xlsx", book)


def test_a_plan_of_another_workbook_is_told(planned: tuple[Path, Path], tmp_path: Path) -> None:
    sheets = load_workbook(planned[1])
    sheets["Settings"].append(["plan name", "renamed"])
    sheets.save(tmp_path / "renamed.xlsx")
    assert "is not the file that the plan was made from" in verified(planned[0], tmp_path / "renamed.xlsx")
    assert "is not the file" not in verified(*planned)


def test_a_plan_is_no_input_workbook(planned: tuple[Path, Path]) -> None:
    """The arguments the wrong way round."""
    assert "is a plan that the planner wrote" in verified(planned[1], planned[0])

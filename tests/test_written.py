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
}  # fmt: skip


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A plan with a price break, a fee, a loss and a target, and its workbook."""
    folder = tmp_path_factory.mktemp("planned")
    sheets = books.tiny()
    sheets["Materials"][0].update({"value of shortage": 90_000, "loss rate": 0.1, "target cover days": 20, "cover penalty": 10})
    sheets["Offers"][0].update({"lead days": 20, "payment days": 30, "duty rate": 0.02, "contract cost": 500})
    sheets["PriceBreaks"] = [{"offer": "Kokkola 2027", "from quantity": 50, "price": 29_000, "kind": "incremental"}]
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


def test_a_plan_of_another_workbook_is_told(planned: tuple[Path, Path], tmp_path: Path) -> None:
    sheets = load_workbook(planned[1])
    sheets["Settings"].append(["plan name", "renamed"])
    sheets.save(tmp_path / "renamed.xlsx")
    assert "is not the file that the plan was made from" in verified(planned[0], tmp_path / "renamed.xlsx")
    assert "is not the file" not in verified(*planned)


def test_a_plan_is_no_input_workbook(planned: tuple[Path, Path]) -> None:
    """The arguments the wrong way round."""
    assert "is a plan that the planner wrote" in verified(planned[1], planned[0])

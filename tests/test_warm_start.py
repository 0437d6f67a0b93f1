"""An earlier plan's workbook is started from as far as it fits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner

from planner.cli import cli
from planner.findings import FaultyInput
from planner.proving import Model
from planner.validate import read
from planner.warm_start import warm_start

BOOK = Path("inputs/tiny.xlsx").resolve()


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("earlier") / "plan.xlsx"
    assert CliRunner().invoke(cli, ["solve", str(BOOK), "--output", str(path), "--quiet"]).exit_code == 0
    return path


def model() -> Model:
    case = read(BOOK).case
    assert case is not None
    return Model.of(case)


def test_orders_and_signatures_are_taken_over(plan: Path) -> None:
    made = model()
    found = warm_start(plan, made.skeleton, made.form)
    sheet = openpyxl.load_workbook(plan)["Purchases"]
    orders = [row for row in sheet.iter_rows(min_row=2, values_only=True) if any(row)]
    bought = [value for (name, _), value in zip(made.form.columns, found.values, strict=True) if name == "buy" and value > 0]
    assert len(bought) == len(orders) > 0
    assert f"{len(orders)} of its {len(orders)} orders fit" in found.sentence
    others = [v for (name, _), v in zip(made.form.columns, found.values, strict=True) if name not in ("buy", "awards")]
    assert np.isnan(others).all()


def test_what_does_not_fit_is_left_out_and_said(plan: Path, tmp_path: Path) -> None:
    changed = tmp_path / "plan.xlsx"
    book = openpyxl.load_workbook(plan)
    sheet = book["Purchases"]
    column = next(cell.column for cell in sheet[1] if cell.value == "offer")
    sheet.cell(2, column).value = "an offer that is no more"
    book.save(changed)
    made = model()
    found = warm_start(changed, made.skeleton, made.form)
    total = sum(any(row) for row in sheet.iter_rows(min_row=2, values_only=True))
    assert f"{total - 1} of its {total} orders fit" in found.sentence


def test_a_plan_of_an_earlier_version_lacks_what_is_not_asked_for(plan: Path, tmp_path: Path) -> None:
    """Columns that came later, and the sheet Search."""
    older, made = tmp_path / "plan.xlsx", model()
    book = openpyxl.load_workbook(plan)
    sheet = book["Purchases"]
    sheet.delete_cols(next(cell.column for cell in sheet[1] if cell.value == "landed cost [USD]"))
    del book["Search"]
    book.save(older)
    assert np.array_equal(warm_start(older, made.skeleton, made.form).values, warm_start(plan, made.skeleton, made.form).values,
                          equal_nan=True)  # fmt: skip
    sheet.delete_cols(next(cell.column for cell in sheet[1] if cell.value == "offer"))
    book.save(older)
    with pytest.raises(FaultyInput, match="column 'offer' is not there"):
        warm_start(older, made.skeleton, made.form)


def test_the_command_says_what_it_starts_from_and_finds_the_same_plan(plan: Path, tmp_path: Path) -> None:
    again = CliRunner().invoke(cli, ["solve", str(BOOK), "--output", str(tmp_path / "p.xlsx"), "--warm-start", str(plan)])
    assert again.exit_code == 0
    assert "orders fit" in again.output


@pytest.mark.parametrize(("earlier", "words"), [(BOOK, "the sheet is not there"), (Path("none.xlsx"), "no such file")])
def test_an_earlier_plan_that_is_none_is_said_to_be_none(earlier: Path, words: str, tmp_path: Path) -> None:
    """The workbook itself has no fault: what is told is about the plan."""
    command = [sys.executable, "-m", "planner", "solve", str(BOOK), "--output", str(tmp_path / "p.xlsx")]
    done = subprocess.run([*command, "--warm-start", str(earlier)], capture_output=True, text=True, check=False)
    assert done.returncode == 20
    assert words in done.stderr and "1 fault: nothing was planned" in done.stderr

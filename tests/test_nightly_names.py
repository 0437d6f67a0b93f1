"""Nights of workbooks under all names that the planner reads: what was committed is carried over from one to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.cli import cli
from planner.nightly.folder import LATEST
from planner.workbook import Book
from tests import books
from tests.nights import config, published


@pytest.mark.parametrize("name", ["m.xlsm", "ü.XLSX"])
def test_a_workbook_is_carried_over_whatever_its_ending(tmp_path: Path, name: str) -> None:
    """Two real nights, a month apart. A carried workbook is an .xlsx; the mark of one that is open is no workbook."""
    sheets = books.tiny()
    sheets["Settings"]["periods"] = 4
    books.write(tmp_path / "tiny.xlsx", sheets).rename(tmp_path / name)
    path = config(tmp_path, f'[[case]]\nbooks = ["{name}"]\n')
    latest = tmp_path / "outputs" / Path(name).stem / LATEST
    for day, is_second in (("2027-01-02", False), ("2027-02-02", True)):
        with pytest.raises(SystemExit) as caught:
            cli.main(["nightly", str(path), "--on", day], standalone_mode=False)
        assert caught.value.code == 0 and published(latest.parent) is not None
        (carried,) = (latest / "carried").iterdir()
        assert carried.name == f"{Path(name).stem}.xlsx" and (latest / "input" / name).is_file()
        assert ("PastPurchases" in Book(carried).titles) == is_second
        (latest / "input" / f"~${name}").touch()

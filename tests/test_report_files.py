"""The set of files: a trader's book holds nothing of the others, and all files appear together or not at all."""

from __future__ import annotations

import errno
import os
import re
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from models.plan import Plan
from models.records import Trader
from planner.findings import CannotWrite
from planner.report import file_names, stage, write
from planner.template import template_content
from tests.report_samples import FIRST, HERON, LAPWING, SECOND, result_of, sample_result

FOLDERS = {"plan_traders", "plan_members"}
FILES = {"plan.xlsx", *(f"plan_traders/{name}.xlsx" for name in (FIRST, SECOND)),
         *(f"plan_members/{name}.xlsx" for name in (HERON, LAPWING))}  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def marked(name: str) -> str:
    """The mark of a name that is taken in other letters."""
    return sha256(name.encode()).hexdigest()[:8]


def everything(folder: Path) -> set[str]:
    """Every file and folder below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@contextmanager
def small_disk() -> Iterator[None]:
    """No file may grow beyond 4 KiB, less than any of the workbooks; only inside, since the test run's own log is a file."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture
def before(tmp_path: Path) -> dict[str, bytes]:
    """A folder that holds an earlier plan, which the sample's would replace."""
    empty = Plan(replace(sample_result().plan.case, decisions=()), (), ())
    write(result_of(empty), tmp_path / "plan.xlsx")
    return contents(tmp_path)


class TestTraders:
    @pytest.mark.parametrize(("own", "other", "foreign"), [(FIRST, SECOND, "Alder"), (SECOND, FIRST, "gallium")])
    def test_no_part_of_the_file_names_another_firm_or_what_only_it_buys(
        self, tmp_path: Path, own: str, other: str, foreign: str
    ) -> None:
        plan = sample_result().plan
        orders = tuple(row.model_copy(update={"trader": other}) for row in plan.case.open_orders)
        write(result_of(replace(plan, case=replace(plan.case, open_orders=orders))), tmp_path / "plan.xlsx")
        with ZipFile(tmp_path / "plan_traders" / f"{own}.xlsx") as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist()}
        bought = {word for row in plan.lines if row.purchase.trader != own for word in (row.supplier, row.material)}
        assert foreign in bought
        for name, part in parts.items():
            assert not [word for word in (other, *other.split(), foreign) if word in part], name
        assert any(own in part for part in parts.values())

    def test_it_holds_the_firms_own_rows_only_and_no_internal_columns(self, tmp_path: Path) -> None:
        write(sample_result(), tmp_path / "plan.xlsx")
        book = openpyxl.load_workbook(tmp_path / "plan_traders" / f"{FIRST}.xlsx")
        assert book.sheetnames == ["Summary", "Purchases", "Contracts", "Open orders"]
        assert not book.defined_names
        headings = {str(cell.value) for title in book.sheetnames[1:] for cell in book[title][1]}
        assert not headings & {"remaining capacity [unit]", "fills", "share of onboarding cost [USD]"}
        offers = [row[2] for row in book["Purchases"].iter_rows(min_row=2, values_only=True)]
        assert sorted(offers) == sorted(row.offer for row in sample_result().plan.purchases if row.trader == FIRST)
        assert [row[1] for row in book["Open orders"].iter_rows(min_row=2, values_only=True)] == ["1"]
        other = openpyxl.load_workbook(tmp_path / "plan_traders" / f"{SECOND}.xlsx")
        assert {cell.value for cell in other["Open orders"][2]} == {None}

    def test_nothing_in_it_changes_with_what_others_buy(self, tmp_path: Path) -> None:
        result = sample_result()
        theirs = tuple(
            replace(row, quantity=row.quantity + 1) if row.trader == SECOND else row for row in result.plan.purchases
        )
        write(result, tmp_path / "a.xlsx")
        write(result_of(replace(result.plan, purchases=theirs)), tmp_path / "b.xlsx")
        one, other = (
            [
                [cell.value for row in sheet.iter_rows() for cell in row]
                for sheet in openpyxl.load_workbook(tmp_path / f"{name}_traders" / f"{FIRST}.xlsx")
            ]
            for name in "ab"
        )
        assert one == other

    def test_a_firm_that_buys_nothing_gets_a_book_that_says_so(self, tmp_path: Path) -> None:
        result = sample_result()
        idle = replace(result.plan.case, traders=(*result.plan.case.traders, Trader(trader="Idle")))
        write(result_of(replace(result.plan, case=idle)), tmp_path / "plan.xlsx")
        book = openpyxl.load_workbook(tmp_path / "plan_traders" / "Idle.xlsx")
        assert "nothing is ordered" in {cell.value for row in book["Summary"].iter_rows() for cell in row}

    def test_file_names_are_allowed_everywhere_and_differ_in_any_case(self) -> None:
        names = file_names(["A/B", "a:b", "CON", "..", "x" * 300, "Nul.txt", "tail. ", "矿" * 100])
        marks = [name.rpartition(" ") for name in names.values()]
        assert [mark[0] for mark in marks] == ["A_B", "a_b", "_CON", "_", "x" * 200, "_Nul.txt", "tail", "矿" * 66]
        assert len({mark[2] for mark in marks}) == len(marks) and all(re.fullmatch("[0-9a-f]{8}", mark[2]) for mark in marks)
        assert list(file_names(["Firm A.v2", "FIRM A.V2"]).values()) == ["Firm A.v2", "FIRM A.V2 " + marked("FIRM A.V2")]


class TestTogether:
    def test_the_plan_comes_first_and_nothing_else_stays(self, tmp_path: Path) -> None:
        paths = write(sample_result(), tmp_path / "new" / "folder" / "plan.xlsx")
        assert paths[0] == tmp_path / "new" / "folder" / "plan.xlsx"
        assert set(contents(tmp_path / "new" / "folder")) == FILES
        assert everything(tmp_path / "new" / "folder") == FILES | FOLDERS

    def test_what_is_not_published_leaves_no_trace(self, tmp_path: Path) -> None:
        with stage(sample_result(), tmp_path / "new" / "plan.xlsx") as staged:
            assert staged.plan.is_file()
            assert staged.plan.parent.parent == tmp_path / "new"  # beside its place: moving is renaming
        assert everything(tmp_path) == set()

    def test_an_error_before_publishing_leaves_what_was_there(self, tmp_path: Path, before: dict[str, bytes]) -> None:
        with pytest.raises(ZeroDivisionError), stage(sample_result(), tmp_path / "plan.xlsx"):
            raise ZeroDivisionError
        assert contents(tmp_path) == before

    def test_an_earlier_plan_is_replaced_and_books_of_firms_that_are_gone_are_removed(
        self, tmp_path: Path, before: dict[str, bytes]
    ) -> None:
        for name, theirs in (("plan_traders", FIRST), ("plan_members", HERON)):
            folder = tmp_path / name
            shutil.copy(folder / f"{theirs}.xlsx", folder / "Gone.xlsx")
            (folder / "mine.xlsx").write_bytes(template_content())
            shutil.copy(tmp_path / "plan.xlsx", folder / "copy.xlsx")
            (folder / "notes.txt").write_text("mine")
        write(sample_result(), tmp_path / "plan.xlsx")
        after = contents(tmp_path)
        kept = ("mine.xlsx", "copy.xlsx", "notes.txt")
        assert set(after) == FILES | {f"{folder}/{mine}" for folder in FOLDERS for mine in kept}
        assert all(after[name] != before[name] for name in FILES)

    @pytest.mark.parametrize("lasting", [False, True])
    @pytest.mark.parametrize("failing", range(1, 1 + len(FILES)))
    def test_when_a_file_cannot_be_moved_all_are_as_before(
        self, tmp_path: Path, before: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, failing: int, lasting: bool
    ) -> None:
        calls = 0
        move = os.replace

        def refuse(source: Path, target: Path) -> None:
            nonlocal calls
            calls += 1
            if calls == failing or (lasting and calls > failing):
                raise PermissionError(errno.EACCES, "the file is in use", str(target))
            move(source, target)

        monkeypatch.setattr(os, "replace", refuse)
        with pytest.raises(CannotWrite, match=r"plan\.xlsx cannot be written: the file is in use .*--output"):
            write(sample_result(), tmp_path / "plan.xlsx")
        assert calls >= failing
        assert contents(tmp_path) == before
        assert everything(tmp_path) == FILES | FOLDERS

    def test_when_the_first_set_cannot_be_moved_nothing_appears(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        move = os.replace

        def refuse(source: Path, target: Path) -> None:
            if Path(target).name == "plan.xlsx":
                raise PermissionError(errno.EACCES, "read-only", str(target))
            move(source, target)

        monkeypatch.setattr(os, "replace", refuse)
        with pytest.raises(CannotWrite):
            write(sample_result(), tmp_path / "new" / "plan.xlsx")
        assert everything(tmp_path) == set()


class TestRefused:
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # openpyxl's half-written archive
    def test_a_full_disk(self, tmp_path: Path, before: dict[str, bytes]) -> None:
        result = sample_result()
        with small_disk(), pytest.raises(CannotWrite, match="disk has room"):
            write(result, tmp_path / "plan.xlsx")
        assert contents(tmp_path) == before
        assert everything(tmp_path) == FILES | FOLDERS

    def test_a_disk_that_fills_up_while_the_last_file_is_written(
        self, tmp_path: Path, before: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        written = []

        def refuse(descriptor: int) -> None:
            written.append(descriptor)
            if len(written) == len(FILES):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync", refuse)
        with pytest.raises(CannotWrite, match="No space left on device"):
            write(sample_result(), tmp_path / "plan.xlsx")
        assert contents(tmp_path) == before
        assert everything(tmp_path) == FILES | FOLDERS

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(CannotWrite, match=r"plan\.xlsx cannot be written"):
            write(sample_result(), tmp_path / "file" / "plan.xlsx")
        assert contents(tmp_path) == {"file": b"in the way"}

    def test_a_read_only_folder(self, tmp_path: Path, before: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*arguments: object, **named: object) -> str:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path))

        monkeypatch.setattr("tempfile.mkdtemp", refuse)  # permissions do not stop an administrator, who may run the tests
        with pytest.raises(CannotWrite, match="Permission denied"):
            write(sample_result(), tmp_path / "plan.xlsx")
        assert contents(tmp_path) == before

    @pytest.mark.parametrize(
        "mark", ["~$plan.xlsx", ".~lock.plan.xlsx#", f"plan_traders/~${FIRST}.xlsx", f"plan_members/~${HERON}.xlsx"]
    )
    def test_a_workbook_that_is_open(self, tmp_path: Path, before: dict[str, bytes], mark: str) -> None:
        (tmp_path / mark).write_bytes(b"")
        with pytest.raises(CannotWrite, match="is open in another program"):
            write(sample_result(), tmp_path / "plan.xlsx")
        assert contents(tmp_path) == before | {mark: b""}

    def test_the_input_workbook_is_never_replaced(self, tmp_path: Path) -> None:
        book = tmp_path / "plan_traders" / f"{FIRST}.xlsx"
        book.parent.mkdir()
        book.write_bytes(b"the input")
        with pytest.raises(CannotWrite, match="is the input workbook"):
            write(replace(sample_result(), book=book), tmp_path / "plan.xlsx")
        assert contents(tmp_path) == {f"plan_traders/{FIRST}.xlsx": b"the input"}

"""Where a plan may be written: names, links, files of others, two runs at once, and what a killed run leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from planner.findings import AlreadyRunning, CannotWrite, Misused
from planner.report import MARKED_SHEETS, place, reserved, write
from planner.report.place import PLAN_SHEETS
from planner.report.staging import recover
from planner.template import template_content
from tests.report_samples import FIRST, HERON, sample_result
from tests.test_report_files import FILES, before, contents, everything

__all__ = ["before"]  # a fixture
BOOK = Path("book.xlsx")


@pytest.mark.parametrize("name", ["plan", "plan.xls", ".xlsx", " .xlsx", "~$plan.xlsx", "", "plan.xlsx.txt"])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misused, match="is no name for a workbook"):
        place(tmp_path / name if name else Path(), PLAN_SHEETS)


@pytest.mark.parametrize("name", ["plan.xlsx", "Plan.XLSX", "a b.xlsx"])
def test_names_that_are_some(tmp_path: Path, name: str) -> None:
    assert place(tmp_path / name, PLAN_SHEETS) == tmp_path / name


def test_what_is_no_file_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    os.mkfifo(tmp_path / "pipe.xlsx")
    for name in ("folder.xlsx", "pipe.xlsx"):
        with pytest.raises(Misused, match="is not a file"):
            place(tmp_path / name, PLAN_SHEETS)


def test_the_input_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_bytes(template_content())
    (tmp_path / "link.xlsx").symlink_to("book.xlsx")
    for name in ("book.xlsx", "link.xlsx"):
        with pytest.raises(Misused, match="is the input workbook"):
            place(tmp_path / name, PLAN_SHEETS, tmp_path / "book.xlsx")


@pytest.mark.parametrize("own", [PLAN_SHEETS, MARKED_SHEETS])
def test_files_of_others_are_left_alone(tmp_path: Path, own: frozenset[str]) -> None:
    (tmp_path / "mine.xlsx").write_bytes(template_content())
    (tmp_path / "text.xlsx").write_text("mine")
    for name in ("mine.xlsx", "text.xlsx"):
        with pytest.raises(CannotWrite, match="was not written by the planner"):
            place(tmp_path / name, own)


def test_a_plan_may_be_replaced_and_so_may_an_empty_file(tmp_path: Path, before: dict[str, bytes]) -> None:
    (tmp_path / "empty.xlsx").touch()
    for name in ("plan.xlsx", "empty.xlsx"):
        assert place(tmp_path / name, PLAN_SHEETS) == tmp_path / name


def test_a_link_leads_to_its_target(tmp_path: Path, before: dict[str, bytes]) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.xlsx"
    link.symlink_to(tmp_path / "plan.xlsx")
    with reserved(link, BOOK) as target:
        write(sample_result(), target)
    assert link.is_symlink() and set(everything(tmp_path / "elsewhere")) == {"link.xlsx"}
    assert contents(tmp_path)["plan.xlsx"] != before["plan.xlsx"]
    (tmp_path / "loop.xlsx").symlink_to(tmp_path / "loop.xlsx")
    with pytest.raises(CannotWrite):
        place(tmp_path / "loop.xlsx", PLAN_SHEETS)


def test_a_place_that_is_not_used_leaves_no_trace(tmp_path: Path) -> None:
    with reserved(tmp_path / "new" / "folder" / "plan.xlsx", BOOK):
        pass
    assert everything(tmp_path) == set()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    for name in ("file", "plan_traders", "other_members"):
        (tmp_path / name).write_text("in the way")
    for name in ("file/plan.xlsx", "plan.xlsx", "other.xlsx"):
        with pytest.raises(CannotWrite), reserved(tmp_path / name, BOOK):
            pass


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with reserved(tmp_path / "plan.xlsx", BOOK):
        with pytest.raises(AlreadyRunning, match="Another run"), reserved(tmp_path / "plan.xlsx", BOOK):
            pass
        with reserved(tmp_path / "other.xlsx", BOOK):
            pass
    with reserved(tmp_path / "plan.xlsx", BOOK):
        pass
    assert everything(tmp_path) == set()


def test_the_lock_of_a_killed_run_is_no_obstacle(tmp_path: Path) -> None:
    program = (
        "import os, signal; from pathlib import Path; from planner.report import reserved\n"
        f"with reserved(Path({str(tmp_path / 'plan.xlsx')!r}), Path('book.xlsx')): os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == -signal.SIGKILL
    assert everything(tmp_path) == {".plan.xlsx.lock"}
    with reserved(tmp_path / "plan.xlsx", BOOK):
        pass
    assert everything(tmp_path) == set()


@pytest.mark.parametrize("killed_at", range(1, 3 + len(FILES)))
def test_what_a_killed_run_moved_is_put_back(tmp_path: Path, before: dict[str, bytes], killed_at: int) -> None:
    """Killed at one of its moves, or at the end of them; then the new set is whole."""
    (tmp_path / "plan_traders" / f"{FIRST}.xlsx").unlink()  # two of the files are new
    (tmp_path / "plan_members" / f"{HERON}.xlsx").unlink()
    was = contents(tmp_path)
    program = f"""
import os, pathlib, signal
from planner.report import write
from tests.report_samples import sample_result
moves, replace = 0, pathlib.Path.replace
def count(source, target):
    global moves
    moves += 1
    if moves == {killed_at}:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(source, target)
pathlib.Path.replace = count
unlink = pathlib.Path.unlink
def last(path, **named):
    unlink(path, **named)
    if path.name == "moves.json":
        os.kill(os.getpid(), signal.SIGKILL)
pathlib.Path.unlink = last
write(sample_result(), pathlib.Path({str(tmp_path / "plan.xlsx")!r}))
"""
    assert subprocess.run([sys.executable, "-c", program]).returncode == -signal.SIGKILL
    left = [path.name for path in tmp_path.iterdir() if path.name.startswith(".plan-")]
    assert len(left) == 1
    recover(tmp_path / "plan.xlsx")
    if killed_at <= 1 + len(FILES):  # the list of the moves is put in place first, then the files
        assert contents(tmp_path) == was
    else:
        assert set(contents(tmp_path)) == FILES and contents(tmp_path)["plan.xlsx"] != was["plan.xlsx"]


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".plan-abcdefgh").mkdir()
    (tmp_path / ".plan-abcdefgh" / "notes.txt").write_text("mine")
    recover(tmp_path / "plan.xlsx")
    assert contents(tmp_path) == {".plan-abcdefgh/notes.txt": b"mine"}


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_until_the_set_is_whole(
    tmp_path: Path, before: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, signum: signal.Signals
) -> None:
    move = Path.replace

    def interrupted(source: Path, target: Path) -> Path:
        os.kill(os.getpid(), signum)
        return move(source, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    met = []
    handler = signal.signal(signum, lambda *_: met.append(contents(tmp_path)))
    try:
        write(sample_result(), tmp_path / "plan.xlsx")
    finally:
        signal.signal(signum, handler)
    assert all(met[0][name] != before[name] for name in FILES)


def test_what_others_keep_beside_the_traders_books_is_left_alone(tmp_path: Path, before: dict[str, bytes]) -> None:
    folder = tmp_path / "plan_traders"
    with ZipFile(tmp_path / "plan.xlsx") as archive, ZipFile(folder / "secret.xlsx", "w") as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name))
    locked = bytearray((folder / "secret.xlsx").read_bytes())
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (folder / "secret.xlsx").write_bytes(locked)
    (folder / "folder.xlsx").mkdir()
    (folder / "dangling.xlsx").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.xlsx")
    write(sample_result(), tmp_path / "plan.xlsx")
    names = {"secret.xlsx", "folder.xlsx", "dangling.xlsx", "pipe.xlsx"}
    assert {path.name for path in folder.iterdir()} >= names and (folder / "secret.xlsx").read_bytes() == locked


@pytest.mark.parametrize("name", [f"plan_traders/{FIRST}.xlsx", f"plan_members/{HERON}.xlsx"])
def test_a_file_in_the_place_of_somebodys_own_book_is_not_replaced(tmp_path: Path, name: str) -> None:
    mine = tmp_path / name
    mine.parent.mkdir()
    mine.write_bytes(template_content())
    was = contents(tmp_path)
    with pytest.raises(CannotWrite, match="was not written by the planner"):
        write(sample_result(), tmp_path / "plan.xlsx")
    assert contents(tmp_path) == was

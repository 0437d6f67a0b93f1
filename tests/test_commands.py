"""The commands at their edges: what is printed where, JSON for every end, files that are in the way, signals."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from planner import cli_words, validate
from planner.findings import Exit, Finding, Severity
from tests import books, written
from tests.test_pipeline import Run, capped, run
from tests.test_sampling import hazard, hazardous

__all__ = ["run"]  # a fixture
Capture = pytest.CaptureFixture[str]


def faulty(path: Path) -> Path:
    sheets = books.tiny()
    sheets["Offers"][0]["material"] = "Cobalt cathod"
    return books.write(path, sheets)


def impossible(path: Path) -> Path:
    sheets = capped()
    sheets["Offers"][1]["capacity per period"] = 80
    sheets["Policy"][0]["limit"] = 0.1
    sheets["Offers"][0]["surprise"] = "a column"
    return books.write(path, sheets)


@pytest.mark.parametrize("option", ["--gap", "--time-limit"])
@pytest.mark.parametrize("value", ["nan", "inf", "-1", "abc"])
def test_numbers_that_are_none_are_usage_errors(run: Run, tmp_path: Path, option: str, value: str) -> None:
    assert run("solve", books.write(tmp_path / "tiny.xlsx", books.tiny()), option, value) == Exit.USAGE


@pytest.mark.parametrize("output", ["plan", "plan.xls", ".xlsx", "~$plan.xlsx", "folder.xlsx", "tiny.xlsx"])
def test_outputs_that_are_none_are_usage_errors(run: Run, tmp_path: Path, output: str) -> None:
    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    (tmp_path / "folder.xlsx").mkdir()
    assert run("solve", book, "--output", output) == Exit.USAGE


def test_a_file_of_somebody_elses_is_not_replaced(run: Run, tmp_path: Path, capsys: Capture) -> None:
    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    mine = books.write(tmp_path / "mine.xlsx", {"Mine": [["a"]]}).read_bytes()
    for command in (("solve", book, "--output", "mine.xlsx"), ("check", faulty(tmp_path / "f.xlsx"), "--output", "mine.xlsx")):
        assert run(*command) == Exit.CANNOT_WRITE
        assert "was not written by the planner" in capsys.readouterr().err
    for command in (("template", "mine.xlsx"), ("example", "tiny", "mine.xlsx"), ("reference", "--output", "mine.xlsx")):
        assert run(*command) == Exit.CANNOT_WRITE
        assert "mine.xlsx exists" in capsys.readouterr().err
    assert (tmp_path / "mine.xlsx").read_bytes() == mine


NEW = [("template",), ("example", "tiny"), ("reference", "--output"), ("scenarios", "sample", "book.xlsx", "--output"),
       ("carry", "book.xlsx", "--output")]  # fmt: skip
"""Commands that write a workbook where there is none, up to its name."""


@pytest.mark.parametrize("command", NEW)
def test_a_new_workbook_is_whole_or_not_at_all(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    book = written.write(tmp_path / "book.xlsx", hazardous(hazard(frequency=12.0)))
    given = book.read_bytes()
    before = set(tmp_path.rglob("*"))
    assert run(*command, "new.txt") == Exit.USAGE

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert run(*command, "folder/new.xlsx") == Exit.CANNOT_WRITE
    assert set(tmp_path.rglob("*")) == before
    assert run(*command, "folder/new.xlsx") == Exit.PLAN
    assert {path.name for path in (tmp_path / "folder").iterdir()} == {"new.xlsx"}
    assert book.read_bytes() == given and openpyxl.load_workbook(tmp_path / "folder" / "new.xlsx").sheetnames


@pytest.mark.parametrize("output", ["book.xlsx", "file/faults.xlsx", "open.xlsx"])
def test_findings_are_told_though_they_cannot_be_marked(run: Run, tmp_path: Path, capsys: Capture, output: str) -> None:
    book = faulty(tmp_path / "book.xlsx")
    before = book.read_bytes()
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "~$open.xlsx").touch()
    assert run("check", book, "--output", output) == Exit.FAULTY_INPUT
    out, err = capsys.readouterr()
    assert "Offers!C2" in err and "1 fault; no marked copy in" in out
    assert book.read_bytes() == before


def test_a_marked_copy_that_is_still_faulty_is_marked_under_another_name(run: Run, tmp_path: Path, capsys: Capture) -> None:
    assert run("solve", faulty(tmp_path / "a.xlsx"), "--output", "fx/plan.xlsx") == Exit.FAULTY_INPUT
    assert "1 fault: nothing was planned, marked in fx/faults.xlsx" in capsys.readouterr().err
    assert run("solve", "fx/faults.xlsx", "--output", "fx/plan.xlsx") == Exit.FAULTY_INPUT
    assert "marked in fx/faults-2.xlsx" in capsys.readouterr().err
    assert {path.name for path in Path("fx").iterdir()} == {"faults.xlsx", "faults-2.xlsx"}


def test_a_file_that_cannot_be_read_is_named(run: Run, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "text.xlsx").write_text("a;b\n1;2\n")
    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    for command in (("check", "text.xlsx"), ("verify", "text.xlsx", book), ("verify", book, "text.xlsx"),
                    ("compare", "text.xlsx", "text.xlsx")):  # fmt: skip
        assert run(*command) == Exit.FAULTY_INPUT
        err = capsys.readouterr().err
        assert "text.xlsx: this is a text file (CSV)" in err and "nothing was planned" not in err


def test_every_end_is_told_as_json(run: Run, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*command: object) -> dict[str, Any]:
        status = run(*command, "--json")
        record = json.loads(capsys.readouterr().out)
        assert record["status"] == status
        return dict(record)

    book, wrong = books.write(tmp_path / "tiny.xlsx", books.tiny()), faulty(tmp_path / "wrong.xlsx")
    (tmp_path / "file").write_text("in the way")
    assert [found["cell"] for found in told("solve", wrong)["findings"]] == ["C2"]
    assert told("check", wrong) | {"findings": []} == {
        "status": 20, "faults": 1, "findings": [], "marked": "outputs/wrong/faults.xlsx",
        "message": f"{wrong}: 1 fault, marked in outputs/wrong/faults.xlsx",
    }  # fmt: skip
    assert told("check", book)["faults"] == 0
    assert told("solve", "missing.xlsx")["findings"][0]["message"] == "missing.xlsx: there is no such file"
    none = told("solve", impossible(tmp_path / "none.xlsx"))
    assert none["status"] == 21 and "No plan exists" in none["message"]
    assert [found["value"] for found in none["findings"]] == ["surprise"]
    assert told("solve", book, "--output", "file/plan.xlsx")["status"] == 50
    assert told("solve", book, "--output", "plan.xlsx")["status"] == 0
    assert told("verify", "plan.xlsx", book)["limits"] > 0
    compared = told("compare", "plan.xlsx", "plan.xlsx")
    assert compared["same"] and compared["first"] == "plan.xlsx"
    assert told("compare", "plan.xlsx", "missing.xlsx")["status"] == 20
    monkeypatch.setattr("planner.pipeline.Model.of", lambda case: os.kill(os.getpid(), signal.SIGTERM))
    assert told("solve", book)["status"] == 143


def test_the_worst_is_told_first(capsys: Capture) -> None:
    severities = (Severity.NOTE, Severity.FAULT, Severity.WARNING, Severity.FAULT)
    found = [Finding(severity, "Offers", f"A{number}", "", "m") for number, severity in enumerate(severities)]
    cli_words.print_findings(found)
    assert [line[:12] for line in capsys.readouterr().err.splitlines()] == [
        "fault: Offer", "fault: Offer", "warning: Off", "note: Offers",
    ]  # fmt: skip


def test_warnings_are_told_before_the_solve_and_notes_counted(run: Run, tmp_path: Path, capsys: Capture) -> None:
    assert run("solve", impossible(tmp_path / "none.xlsx")) == Exit.NO_PLAN
    err = capsys.readouterr().err
    assert "note:" not in err and "notes on how the workbook was read: planner check prints them" in err
    assert err.index("warning: Offers!") < err.index("No plan exists") and err.count("'surprise'") == 1


def test_an_empty_sheet_is_not_counted(tmp_path: Path) -> None:
    reading = validate.read(books.write(tmp_path / "a.xlsx", books.tiny() | {"Depots": [["depot", "capacity"]]}))
    assert not [finding for finding in reading.findings if finding.sheet == "Depots"]


def test_the_reference_is_a_sheet_too(run: Run, tmp_path: Path) -> None:
    assert run("reference", "--output", "columns.xlsx") == Exit.PLAN
    (sheet,) = openpyxl.load_workbook(tmp_path / "columns.xlsx").worksheets
    assert sheet.title == "Reference" and "annual demand" in {str(row[1].value) for row in sheet.iter_rows()}


@pytest.mark.parametrize(("signum", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_reading_leaves_nothing(
    run: Run, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, signum: int, status: int
) -> None:
    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    monkeypatch.setattr("planner.validate.read", lambda path: os.kill(os.getpid(), signum))
    before = signal.getsignal(signal.SIGTERM)
    assert run("solve", book, "--output", "new/plan.xlsx") == status
    assert "nothing was written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.xlsx"] and signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(("signum", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_verifying_keeps_the_plan(
    run: Run, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, signum: int, status: int
) -> None:
    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    monkeypatch.setattr("planner.pipeline.verify", lambda *_: os.kill(os.getpid(), signum))
    assert run("solve", book, "--output", "new/plan.xlsx") == status
    assert "The plan is in new/plan.xlsx" in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"plan.xlsx", "plan_traders"}


def test_two_runs_to_one_place(tmp_path: Path) -> None:
    """The second is refused at once; the first, asked to end as it begins, leaves nothing locked."""
    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    program = (
        "import sys, time; from planner import validate, cli\n"
        "validate.read = lambda path: (print('reading', flush=True), time.sleep(3600))\n"
        f"sys.argv = ['planner', 'solve', {str(book)!r}, '--output', 'plan.xlsx']; cli.main()"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE, env=_paths()) as first:
        assert first.stdout is not None and first.stdout.readline() == b"reading\n"
        command = [sys.executable, "-m", "planner", "solve", str(book), "--output", "plan.xlsx"]
        second = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=_paths())
        assert second.returncode == Exit.ALREADY_RUNNING and "Another run is writing plan.xlsx" in second.stderr
        assert first.poll() is None, "the second did not wait for it"
        first.terminate()
        assert first.wait(timeout=120) == Exit.TERMINATED
    assert {path.name for path in tmp_path.iterdir()} == {"tiny.xlsx"}


def _paths() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}

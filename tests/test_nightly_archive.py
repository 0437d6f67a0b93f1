"""Nights and their archive: every run becomes a row, and what keeps it out never keeps a plan from its users."""

from __future__ import annotations

import json
import re
from pathlib import Path
from threading import Event

import pytest

from planner.archive.address import FILE
from planner.cli import cli
from planner.findings import CannotWrite, Exit, FaultyInput
from planner.nightly.archiving import CATCH_UP
from planner.nightly.case_run import CaseOutcome, plan_case
from planner.nightly.config import CaseOfNight, Config, Night, read
from planner.nightly.folder import Folder
from planner.nightly.night import chosen, run_night
from planner.nightly.one_run import Allowance
from tests import books
from tests.archives import rows_of
from tests.nights import SOLVED, Commands, config, ended, published, status_of


def night_of(folder: Path, *names: str, night: str = "") -> Config:
    for name in names:
        books.write(folder / f"{name}.xlsx", books.tiny())
    return read(config(folder, f'[night]\nworkers = 2\n{night}\n[[case]]\nbooks = ["*.xlsx"]\n'))


def plan(case: CaseOfNight, force: bool = False, night: Night | None = None) -> CaseOutcome:
    return plan_case(case, night or Night(), Allowance(lambda: 600.0, 8.0, force, Event()))


def held(path: Path) -> list[tuple[str, str]]:
    return rows_of(path, "SELECT case_name, run FROM runs ORDER BY case_name, run")  # type: ignore[return-value]


def test_every_run_of_every_case_is_a_row(tmp_path: Path, commands: Commands) -> None:
    """Cases beside each other, in threads, into a file that none of them finds."""
    night = night_of(tmp_path, "a", "b", "c")
    for _ in range(3):
        run_night(night, chosen(night, ()), True, lambda one: None)
    expected = [(name, record.run) for name in "abc" for record in Folder(night.cases[name].folder).records()]
    path = tmp_path / "outputs" / FILE
    assert held(path) == expected and len(expected) == 9
    assert path.stat().st_mode & 0o777 == 0o600
    assert not list(path.parent.glob(f"{FILE}-*")), "nothing is left beside it"


def test_a_row_is_what_the_record_says(tmp_path: Path, commands: Commands) -> None:
    case = night_of(tmp_path, "a").cases["a"]
    case.book.with_name("~$a.xlsx").touch()
    commands.solves = [ended(Exit.GAP_ABOVE_TARGET, **SOLVED | {"gap": 0.2})]
    plan(case)
    [record] = Folder(case.folder).records()
    names = ("status", "published", "message", "fingerprint", "sha256", "version", "pyomo", "highspy", "objective", "bound")
    names += ("gap", "seconds", "solve_seconds", "memory", "allotted", "notes")
    [row] = rows_of(tmp_path / "outputs" / FILE, f"SELECT {', '.join(names)} FROM runs")
    told = record.model_dump() | {"notes": "\n".join(record.notes), "published": int(record.published)}
    assert row == tuple(told[name] for name in names)
    assert record.pyomo and record.highspy and record.notes and record.status is Exit.OUT_OF_TIME


def test_what_is_taken_away_stays_in_the_archive(tmp_path: Path, commands: Commands) -> None:
    case = night_of(tmp_path, "a").cases["a"]
    for _ in range(4):
        plan(case, force=True, night=Night(keep_runs=1, keep_days=0.0))
    assert len(Folder(case.folder).records()) == 1 and len(held(tmp_path / "outputs" / FILE)) == 4


def test_an_archive_that_cannot_be_reached_stops_no_plan_and_is_caught_up(
    tmp_path: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Told of the case, in its status file and by the command; the next night finds nothing to plan, and puts both runs in."""
    night = night_of(tmp_path, "a", night='archive = "env:VAULT_ARCHIVE"')
    case = night.cases["a"]
    monkeypatch.setenv("VAULT_ARCHIVE", "postgresql+psycopg://planner:hunter2@127.0.0.1:1/vault")
    plan(case)
    outcome = plan(case, force=True)
    assert outcome.status is Exit.PLAN and published(case.folder) is not None
    assert outcome.notes == tuple(status_of(case.folder)["notes"])
    assert "cannot be used" in outcome.notes[0] and "caught up with the next night" in outcome.notes[0]
    with pytest.raises(SystemExit) as caught:
        cli.main(["nightly", str(tmp_path / "nightly.toml"), "--force"], standalone_mode=False)
    assert (
        caught.value.code == 0 and "The archive postgresql+psycopg://127.0.0.1/vault cannot be used" in capsys.readouterr().out
    )
    monkeypatch.setenv("VAULT_ARCHIVE", str(tmp_path / "elsewhere" / "archive.sqlite"))
    outcome = plan(case)
    assert outcome.unchanged and not outcome.notes
    assert [run for _, run in held(tmp_path / "elsewhere" / "archive.sqlite")] == [
        one.run for one in Folder(case.folder).records()
    ]
    written = [path.read_bytes() for path in case.folder.rglob("*") if path.is_file()]
    assert not any(b"hunter2" in content for content in written)


def test_a_variable_that_is_not_set_is_told(tmp_path: Path, commands: Commands) -> None:
    case = night_of(tmp_path, "a", night='archive = "env:VAULT_ARCHIVE_IS_NOT_SET"').cases["a"]
    outcome = plan(case)
    assert outcome.published is not None and "VAULT_ARCHIVE_IS_NOT_SET is not set" in outcome.notes[0]


def test_a_lost_archive_is_made_again_from_the_folders(tmp_path: Path, commands: Commands) -> None:
    case, path = night_of(tmp_path, "a").cases["a"], tmp_path / "outputs" / FILE
    for _ in range(3):
        plan(case, force=True)
    before = rows_of(path, "SELECT * FROM runs ORDER BY run")
    path.unlink()
    plan(case)
    assert rows_of(path, "SELECT * FROM runs ORDER BY run") == before and len(before) == 3


@pytest.mark.parametrize("harm", ["cut off", "overwritten"])
def test_a_damaged_archive_says_what_to_do_and_that_helps(tmp_path: Path, commands: Commands, harm: str) -> None:
    """Nothing repairs it by itself; moved away, it is made again from the folders with whatever night comes next."""
    case, path = night_of(tmp_path, "a").cases["a"], tmp_path / "outputs" / FILE
    plan(case)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] if harm == "cut off" else b"overwritten" * 1000)
    for force in (True, False):
        outcome = plan(case, force=force)
        why = {"cut off": "database disk image is malformed", "overwritten": "file is not a database"}[harm]
        remedy = "Put a backup in its place, or move it away: the next night begins a new one."
        assert outcome.notes == (f"The archive {path} cannot be used: {why}. {remedy} {CATCH_UP}",)
        with pytest.raises(CannotWrite, match=re.escape(f"{why}. {remedy}")):
            cli.main(["history", str(tmp_path / "nightly.toml")], standalone_mode=False)
    path.rename(path.with_suffix(".damaged"))
    outcome = plan(case)
    assert outcome.unchanged and not outcome.notes
    assert [run for _, run in held(path)] == [one.run for one in Folder(case.folder).records()] and len(held(path)) == 2


def test_an_archive_whose_folder_cannot_be_made_is_told(tmp_path: Path, commands: Commands) -> None:
    (tmp_path / "file").touch()
    case = night_of(tmp_path, "a", night='archive = "file/archive.sqlite"').cases["a"]
    outcome = plan(case)
    assert outcome.status is Exit.PLAN and outcome.notes == (
        f"The archive {tmp_path / 'file'} cannot be used: File exists. {CATCH_UP}",
    )


def test_the_file_of_the_night_says_where(tmp_path: Path) -> None:
    assert night_of(tmp_path, "a").archive == str(tmp_path / "outputs" / FILE)
    for given, found in (
        ("a.sqlite", str(tmp_path / "a.sqlite")),
        ("env:X", "env:X"),
        ("postgresql://db/v", "postgresql://db/v"),
    ):
        night = night_of(tmp_path, "a", night=f'archive = "{given}"')
        assert night.archive == night.cases["a"].archive == found


@pytest.mark.parametrize("name", ["archive", "archiv"])
def test_a_password_in_the_file_of_the_night_is_refused_and_not_repeated(tmp_path: Path, name: str) -> None:
    with pytest.raises(FaultyInput) as caught:
        night_of(tmp_path, "a", night=f'{name} = "postgresql://planner:hunter2@db/vault"')
    assert caught.value.findings and "hunter2" not in repr(caught.value.findings)


def test_the_answer_of_a_night_has_its_notes(tmp_path: Path, commands: Commands, capsys: pytest.CaptureFixture[str]) -> None:
    night_of(tmp_path, "a", night='archive = "."')
    with pytest.raises(SystemExit):
        cli.main(["nightly", str(tmp_path / "nightly.toml"), "--json"], standalone_mode=False)
    [case] = json.loads(capsys.readouterr().out)["cases"]
    assert case["status"] == 0 and "unable to open" in case["notes"][0]

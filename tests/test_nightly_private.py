"""What a night leaves: for nobody else to read, each firm's in a folder of its own, and encrypted where that is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest
from openpyxl import Workbook

from planner.cli import cli
from planner.findings import Exit, FaultyInput, Misused
from planner.nightly.config import read
from planner.nightly.folder import LATEST, SUMS, Folder
from tests import books, written
from tests.nights import config, published
from tests.rivals import FIRMS, MEMBERS, rivals_case
from tests.secrecy import told

RIVALS = '[[case]]\nbooks = ["rivals.xlsx"]\n'
PASSWORDS = '[passwords]\nplan = "PLANNER_PASSWORD_PLAN"\nown = { "Firm A" = "PLANNER_PASSWORD_A" }\n'
TINY = f'{PASSWORDS}[[case]]\nbooks = ["tiny.xlsx"]\n'


@pytest.fixture
def careless() -> Iterator[None]:
    """A user whose files anybody may read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


def nightly(*arguments: object) -> int:
    """The exit status of the command."""
    with pytest.raises(SystemExit) as caught:
        cli.main(["nightly", *map(str, arguments)], standalone_mode=False)
    return int(caught.value.code or 0)


def test_each_one_has_a_folder_that_can_be_handed_on_and_nobody_else_can_read_any(tmp_path: Path, careless: None) -> None:
    """A real night of rivals, beside a faulty workbook of which there is a marked copy."""
    written.write(tmp_path / "rivals.xlsx", rivals_case())
    sheets = books.tiny()
    sheets["Offers"][0]["material"] = "Cobalt cathod"
    books.write(tmp_path / "faulty.xlsx", sheets)
    path = config(tmp_path, RIVALS + '[[case]]\nbooks = ["faulty.xlsx"]\n')
    assert nightly(path) == Exit.FAULTY_INPUT
    outputs = tmp_path / "outputs"
    assert published(outputs / "rivals") is not None
    latest = outputs / "rivals" / LATEST
    for kind, owners in (("trader", FIRMS), ("member", MEMBERS)):
        assert {folder.name for folder in (latest / f"plan_{kind}s").iterdir()} == set(owners)
        for owner in owners:
            folder = latest / f"plan_{kind}s" / owner
            book = folder / f"{owner}.xlsx"
            assert {file.name for file in folder.iterdir()} == {book.name, SUMS}
            assert (folder / SUMS).read_text() == f"{sha256(book.read_bytes()).hexdigest()}  {book.name}\n"
            assert told(latest / "plan.xlsx", rivals_case(), kind, owner, book, by_word=True) == []
    modes = {file: file.lstat().st_mode & 0o077 for file in (outputs, *outputs.rglob("*")) if not file.is_symlink()}
    assert [file.name for file, mode in modes.items() if mode] == ["planner.prom"]  # for the node exporter, once it may enter
    names = {file.name for file in modes}
    assert names >= {".night.lock", ".lock", "status.json", "log.txt", "run.json", "faults.xlsx", "plan.xlsx", "faulty.xlsx"}


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A night whose workbooks are encrypted."""
    monkeypatch.setenv("PLANNER_PASSWORD_PLAN", "first secret")
    monkeypatch.setenv("PLANNER_PASSWORD_A", "second secret")
    books.write(tmp_path / "tiny.xlsx", books.tiny())
    return config(tmp_path, TINY)


def opened(path: Path, password: str) -> Workbook:
    content = BytesIO()
    with path.open("rb") as file:
        book = msoffcrypto.OfficeFile(file)
        book.load_key(password=password)
        book.decrypt(content)
    return openpyxl.load_workbook(content)


def opens(path: Path, password: str, sheet: str = "Purchases") -> bool:
    return sheet in opened(path, password).sheetnames


def started_from(plan: Path, password: str) -> object:
    """What the plan says that its search started from."""
    facts = {row[0]: row[1] for row in opened(plan, password)["Run"].iter_rows(values_only=True)}
    return facts["earlier plan to start from"]


def test_a_night_encrypts_verifies_starts_from_and_compares_what_is_encrypted(
    night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert nightly(night) == Exit.PLAN
    root = tmp_path / "outputs" / "tiny"
    first = published(root)
    assert opens(root / LATEST / "plan.xlsx", "first secret")
    assert opens(root / LATEST / "plan_traders" / "Firm A" / "Firm A.xlsx", "second secret")
    assert nightly(night) == Exit.PLAN and published(root) == first, "nothing has changed"
    assert nightly(night, "--force") == Exit.PLAN and published(root) != first
    assert started_from(root / LATEST / "plan.xlsx", "first secret") == "plan.xlsx"
    assert opens(root / LATEST / "carried" / "tiny.xlsx", "first secret", "OpenOrders") is False
    second = published(root)
    monkeypatch.setenv("PLANNER_PASSWORD_PLAN", "third secret")
    assert nightly(night, "--force") == Exit.FAULTY_INPUT, "what was committed is in a plan that cannot be opened"
    assert published(root) == second
    monkeypatch.setenv("PLANNER_PASSWORD_OLD", "first secret")
    assert nightly(night, "--force") == Exit.PLAN, "as long as the old one is there, too, the plan goes on"
    assert started_from(root / LATEST / "plan.xlsx", "third secret") == "plan.xlsx"
    for file in (*tmp_path.rglob("*.json"), *tmp_path.rglob("*.txt"), *tmp_path.rglob("*.toml")):
        assert "secret" not in file.read_text()
    said = capsys.readouterr()
    assert "secret" not in said.out + said.err
    plain = [file for file in (tmp_path / "outputs").rglob("*.xlsx") if file.read_bytes().startswith(b"PK")]
    assert {file.parent.name for file in plain} == {"input"}, "the input is as it was given"


def test_encryption_that_is_asked_for_is_a_change(night: Path, tmp_path: Path) -> None:
    config(tmp_path, TINY.removeprefix(PASSWORDS))
    assert nightly(night) == Exit.PLAN
    config(tmp_path, TINY)
    assert nightly(night) == Exit.PLAN
    assert opens(tmp_path / "outputs" / "tiny" / LATEST / "plan.xlsx", "first secret")


def test_what_has_no_password_is_not_planned(night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config(tmp_path, TINY.replace("Firm A", "Another"))
    assert nightly(night) == Exit.USAGE
    [record] = Folder(tmp_path / "outputs" / "tiny").records()
    assert "no password is named for the workbooks of Firm A" in record.message
    monkeypatch.delenv("PLANNER_PASSWORD_A")
    for arguments in ([], ["--check"]):
        with pytest.raises(Misused, match="PLANNER_PASSWORD_A is not set"):
            cli.main(["nightly", str(night), *arguments], standalone_mode=False)
    assert nightly(night, "--dry-run") == Exit.PLAN


def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    for text in ('plan = "hunter2"', 'plan = "PLANNER_PASSWORD"\nown = { Alpha = "hunter2" }', "plan = 7", 'alpha = "hunter2"'):
        with pytest.raises(FaultyInput) as caught:
            read(config(tmp_path, f"[passwords]\n{text}\n{RIVALS}"))
        assert "variables whose names begin with PLANNER_PASSWORD" in str(caught.value)
        assert "hunter2" not in str(caught.value) + str([one.value for one in caught.value.findings])

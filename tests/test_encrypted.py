"""Workbooks with a password: each opens with its own and with no other, and nothing of them is ever on the disk as it is."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import msoffcrypto
import openpyxl
import pytest
from msoffcrypto.exceptions import InvalidKeyError

from planner.findings import CannotWrite, Exit, FaultyInput, Misused
from planner.report import Encryption, publish, staging, write
from planner.template import case_content
from planner.verify import verify
from planner.workbook import Book, is_locked, passwords
from tests import books
from tests.report_samples import result_of
from tests.rivals import FIRMS, MEMBERS, SUPPLIER, rivals_case, rivals_result
from tests.secrecy import named, numbers
from tests.test_pipeline import Run, run
from tests.test_sampling import hazard, hazardous

__all__ = ["run"]  # a fixture
PLAN, TINY = "PLANNER_PASSWORD_PLAN", "PLANNER_PASSWORD_FIRM_A"
SECRETS = {PLAN: "lapis-Überfluss 7"} | {f"PLANNER_PASSWORD_{n}": f"secret of {name}" for n, name in enumerate(FIRMS + MEMBERS)}
ENCRYPTION = Encryption(PLAN, {name: f"PLANNER_PASSWORD_{number}" for number, name in enumerate(FIRMS + MEMBERS)})
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, password in SECRETS.items():
        monkeypatch.setenv(name, password)


def decrypted(path: Path, password: str) -> bytes:
    """What a file holds, by the library alone."""
    content = BytesIO()
    with path.open("rb") as file:
        book = msoffcrypto.OfficeFile(file)
        book.load_key(password=password, verify_password=True)
        book.decrypt(content, verify_integrity=True)
    return content.getvalue()


def written(folder: Path) -> dict[str, Path]:
    """Every workbook of the rivals by its variable."""
    own = {f"{name}.xlsx": variable for name, variable in ENCRYPTION.own.items()}
    paths = write(rivals_result(), folder / "plan.xlsx", ENCRYPTION)
    return {own.get(path.name, PLAN): path for path in paths}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Their workbooks, for tests that only read them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, password in SECRETS.items():
            patch.setenv(name, password)
        return written(tmp_path_factory.mktemp("shared"))


def test_each_opens_with_its_own_password_and_with_no_other(shared: dict[str, Path]) -> None:
    found = shared
    assert set(found) == set(SECRETS)
    for variable, path in found.items():
        assert openpyxl.load_workbook(BytesIO(decrypted(path, SECRETS[variable]))).sheetnames[0] == "Summary"
        for other in SECRETS.keys() - {variable}:
            with pytest.raises(InvalidKeyError):
                decrypted(path, SECRETS[other])


def test_what_is_made_of_an_encrypted_workbook_has_its_password(shared: dict[str, Path], secrets: None, tmp_path: Path) -> None:
    """Drawn scenarios are a copy of the workbook; a stress test tells what a plan loses."""
    plain = books.write(tmp_path / "plain.xlsx", books.tiny())
    content = plain.read_bytes()
    publish(tmp_path / "copy.xlsx", content, plain, shared[PLAN])
    assert decrypted(tmp_path / "copy.xlsx", SECRETS[PLAN]) == content
    assert publish(tmp_path / "other.xlsx", content, plain).read_bytes() == content


def test_what_is_delivered_is_what_is_verified(shared: dict[str, Path], secrets: None, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = shared[PLAN]
    assert set(verify(plan, rivals_case()).plan.purchases) == set(rivals_result().plan.purchases)
    monkeypatch.setenv(PLAN, "another")
    with pytest.raises(
        FaultyInput, match="protected by a password, which no variable PLANNER_PASSWORD… of the environment holds"
    ):
        verify(plan, rivals_case())
    for name in SECRETS:
        monkeypatch.delenv(name)
    with pytest.raises(FaultyInput, match=r"plan\.xlsx: the workbook is protected by a password — Put the password into"):
        Book(plan)
    assert is_locked(plan)


def test_nothing_of_it_is_ever_on_the_disk_as_it_is(tmp_path: Path, secrets: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in its place nor while it is staged, nor in a temporary file of a library."""
    staged: list[bytes] = []
    monkeypatch.setattr("openpyxl.worksheet._writer.create_temporary_file", lambda *_: pytest.fail("a temporary file"))
    write_staged = staging._write
    monkeypatch.setattr(staging, "_write", lambda path, content: (staged.append(content), write_staged(path, content)))
    found = written(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(files) == sorted(found.values())
    contents = [path.read_bytes() for path in files]
    assert len(staged) == len(files) + 1 and set(contents) <= set(staged)  # the list of the moves, too
    moves = staged.pop()
    assert b"plan_traders" in moves and not any(supplier.encode() in moves for supplier in SUPPLIER.values())
    words = {name for name in named(rivals_case()) if len(name) > 4} | {"Summary", "docProps", "xl/workbook", *SECRETS.values()}
    for content in [*staged, *contents]:
        spellings = (word.encode(coding) for word in words for coding in ("utf-8", "utf-16-le"))
        assert not [word for word in spellings if word in content]
        assert b"PK\x03\x04" not in content or content.count(b"PK\x03\x04") == 1  # four bytes come about by chance, too
        told = numbers(content.decode("latin-1"))
        assert not told & {row.quantity for row in rivals_result().plan.purchases}


def test_a_set_replaces_another_and_takes_what_is_stale_away(tmp_path: Path, secrets: None) -> None:
    written(tmp_path)
    case = rivals_case()
    fewer = replace(case, members=case.members[:1], commitments=case.commitments[:1])
    allotments = tuple(row for row in rivals_result().plan.allotments if row.member == MEMBERS[0])
    write(result_of(replace(rivals_result().plan, case=fewer, allotments=allotments)), tmp_path / "plan.xlsx", ENCRYPTION)
    assert [path.stem for path in (tmp_path / "plan_members").iterdir()] == [MEMBERS[0]]


def test_what_nobody_here_can_open_is_not_replaced(tmp_path: Path, secrets: None, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path)
    monkeypatch.setenv("PLANNER_PASSWORD_0", "another")
    with pytest.raises(CannotWrite, match=r"has a password that is in no environment variable PLANNER_PASSWORD"):
        written(tmp_path)


def test_all_are_encrypted_or_none(secrets: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ENCRYPTION.require(rivals_case())
    with pytest.raises(Misused, match=f"no password is named for the workbooks of {FIRMS[2]}, {MEMBERS[0]}, {MEMBERS[1]}"):
        Encryption(PLAN, dict(list(ENCRYPTION.own.items())[:2])).require(rivals_case())
    for value, problem in (("", "is not set"), ("x" * 256, "too long")):
        monkeypatch.setenv("PLANNER_PASSWORD_1", value)
        with pytest.raises(Misused, match=f"PLANNER_PASSWORD_1 {problem}" if not value else problem):
            ENCRYPTION.require(rivals_case())


def test_what_cannot_be_opened_again_is_not_delivered() -> None:
    """The library loses what is as short as no workbook of the planner's is."""
    short = BytesIO()
    with ZipFile(short, "w") as archive:
        archive.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
    with pytest.raises(CannotWrite, match="cannot be opened again"):
        passwords.encrypted(short.getvalue(), "secret")


def test_damage_is_told(tmp_path: Path, shared: dict[str, Path], secrets: None) -> None:
    path, data = tmp_path / "plan.xlsx", shared[PLAN].read_bytes()
    for cut in (600, 2000, len(data) // 2):
        path.write_bytes(data[:cut])
        with pytest.raises(FaultyInput, match=r"plan\.xlsx: "):
            Book(path)


class TestCommands:
    """From a shell: the passwords are in the environment, the options name the variables."""

    options = ("--output", "plan.xlsx", "--password-from", PLAN, "--own-password", f"Firm A={TINY}")

    @pytest.fixture(autouse=True)
    def environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(PLAN, "first secret")
        monkeypatch.setenv(TINY, "second secret")

    @pytest.fixture
    def book(self, tmp_path: Path) -> Path:
        return books.write(tmp_path / "tiny.xlsx", books.tiny())

    def test_what_is_drawn_from_a_workbook_has_its_password(self, run: Run, tmp_path: Path) -> None:
        content = passwords.encrypted(case_content(hazardous(hazard())), "first secret")
        (tmp_path / "book.xlsx").write_bytes(content)
        assert run("scenarios", "sample", "book.xlsx", "--n", "3") == Exit.PLAN
        assert decrypted(tmp_path / "book-sample.xlsx", "first secret")

    def test_a_plan_is_written_verified_compared_replaced_and_started_from(
        self, run: Run, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        assert run("solve", book, *self.options) == Exit.PLAN
        assert decrypted(tmp_path / "plan.xlsx", "first secret") and decrypted(
            tmp_path / "plan_traders" / "Firm A.xlsx", "second secret"
        )
        assert run("verify", "plan.xlsx", book) == Exit.PLAN
        assert run("solve", book, *self.options, "--warm-start", "plan.xlsx") == Exit.PLAN
        assert "orders fit" in capsys.readouterr().err
        assert run("compare", "plan.xlsx", "plan.xlsx") == Exit.PLAN
        monkeypatch.delenv(PLAN)
        for command in (("verify", "plan.xlsx", book), ("compare", "plan.xlsx", "plan.xlsx"), ("check", "plan.xlsx")):
            assert run(*command) == Exit.FAULTY_INPUT
        told = capsys.readouterr()
        assert "protected by a password" in told.err and "secret" not in told.err + told.out

    def test_what_is_missing_is_told_before_any_work(
        self, run: Run, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        assert run("solve", book, *self.options[:4]) == Exit.USAGE
        assert "no password is named for the workbooks of Firm A" in capsys.readouterr().err
        plan = self.options[:4]
        for wrong in (
            ("--own-password", f"Firm A={TINY}"),
            ("--password-from", "hunter2"),
            (*plan, "--own-password", "Firm A=hunter2"),
            (*plan, "--own-password", TINY),
        ):
            assert run("solve", book, *wrong) == Exit.USAGE
            assert "hunter2" not in capsys.readouterr().err
        monkeypatch.delenv(TINY)
        assert run("solve", book, *self.options) == Exit.USAGE
        assert f"{TINY} is not set" in capsys.readouterr().err
        assert {path.name for path in tmp_path.iterdir()} == {"tiny.xlsx"}

    def test_a_workbook_with_a_password_is_planned_and_its_marked_copy_has_it_too(
        self, run: Run, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        plain = book.read_bytes()
        book.write_bytes(passwords.encrypted(plain, "second secret"))
        assert run("solve", book, "--output", "plan.xlsx") == Exit.PLAN
        assert "warning: the workbook is encrypted, and its plan will not be" in capsys.readouterr().err
        assert run("solve", book, *self.options) == Exit.PLAN
        assert "is encrypted" not in capsys.readouterr().err
        assert run("carry", book, "--output", "carried.xlsx") == Exit.PLAN
        assert decrypted(tmp_path / "carried.xlsx", "second secret")
        sheets = books.tiny()
        sheets["Offers"][0]["material"] = "Cobalt cathod"
        book.write_bytes(passwords.encrypted(books.write(tmp_path / "faulty.xlsx", sheets).read_bytes(), "second secret"))
        assert run("check", book, "--output", "marked.xlsx") == Exit.FAULTY_INPUT
        assert "Faults" in openpyxl.load_workbook(BytesIO(decrypted(tmp_path / "marked.xlsx", "second secret"))).sheetnames
        monkeypatch.delenv(TINY)
        assert run("check", book, "--output", "marked.xlsx") == Exit.CANNOT_WRITE
        assert "marked.xlsx has a password that is in no environment variable" in capsys.readouterr().err
        assert run("check", book) == Exit.FAULTY_INPUT
        assert "protected by a password" in capsys.readouterr().err

"""The archive: what is put in comes out again, once, whole, from every earlier form of it, in both databases."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text

from planner.archive import opening, reading
from planner.archive.address import Address, address
from planner.archive.opening import MIGRATIONS, revision_of, writing
from planner.archive.reading import cannot_be_used
from planner.archive.storing import put_in
from planner.archive.tables import FIGURES, METADATA, RUNS, SHEETS, VERSIONS
from planner.compare import compare
from planner.findings import CannotWrite, Exit, Misused
from planner.outputs import CoverRow
from planner.report import write
from tests.archives import at_once, content, in_file, records, rows_of, run
from tests.postgres import PASSWORD, QUOTED, Server, server
from tests.report_samples import sample_result

NUMBER = count()


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(sample_result(), tmp_path_factory.mktemp("plan") / "plan.xlsx")[0]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with server() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Address:
    """A new archive of either kind."""
    if request.param == "sqlite":
        return in_file(tmp_path)
    monkeypatch.setenv("ARCHIVE", request.getfixturevalue("postgres").new(f"archive {next(NUMBER)}"))
    return address("env:ARCHIVE")


def is_as_declared(connection: Connection) -> bool:
    context = MigrationContext.configure(connection, opts={"version_table": VERSIONS, "compare_type": True})
    return compare_metadata(context, METADATA) == []


def test_what_is_put_in_comes_out_again(archive: Address, plan: Path) -> None:
    """Every row of every sheet as the records had it before the workbook was written; blank texts and no totals included."""
    put = run(plan=plan)
    assert put_in(archive, [put], at_once) == 1
    assert {row for rows in records().values() for row in rows}, "the sample has rows"
    with writing(archive, at_once) as connection:
        [row] = connection.execute(select(RUNS)).mappings()
        assert {name: row[name] for name in put.values if name not in ("started", "ended")} == {
            name: value for name, value in put.values.items() if name not in ("started", "ended")
        }
        assert row["started"].replace(tzinfo=None) == put.values["started"].replace(tzinfo=None)  # type: ignore[attr-defined]
        assert row["unread"] == ""
        for record, table in SHEETS.items():
            found = connection.execute(select(table).order_by(table.c.sheet_row)).all()
            assert {line[:2] for line in found} <= {put.key}
            assert [line[2] for line in found] == list(range(1, len(found) + 1))
            assert [_alike(line[3:]) for line in found] == [_alike(line) for line in records()[record]]


def _alike(line: Sequence[Any]) -> list[Any]:
    """A row in which figures are alike that differ in the last digits, also those among the texts of the sheet Run."""
    return [_rounded(value) for value in line]


def _rounded(value: Any) -> Any:
    try:
        return value if value is None or isinstance(value, date) else f"{float(value):.12g}"
    except ValueError:
        return value


def test_the_headline_is_that_of_a_comparison(archive: Address, plan: Path) -> None:
    put_in(archive, [run(plan=plan)], at_once)
    with writing(archive, at_once) as connection:
        found = {(row.figure, row.unit): row.value for row in connection.execute(select(FIGURES))}
    compared = {(figure.name, figure.form): figure.first for figure in compare(plan, plan).figures}
    assert found == pytest.approx(compared) and found["cost, discounted", "USD"] > 0.0


def test_a_run_is_put_in_once(archive: Address, plan: Path) -> None:
    runs = [run(plan=plan), run(night=1)]
    assert put_in(archive, runs[:1], at_once) == 1
    assert put_in(archive, runs, at_once) == 1, "what is there stays"
    assert put_in(archive, runs, at_once) == 0
    with writing(archive, at_once) as connection:
        assert len(connection.execute(select(RUNS)).all()) == 2
        assert len(connection.execute(select(SHEETS[CoverRow])).all()) == len(records()[CoverRow])


def test_all_or_nothing(archive: Address, plan: Path) -> None:
    """The commit that does not happen leaves what was there; the next one has all."""
    put_in(archive, [run()], at_once)
    commits = count()

    def fails(act: Any) -> None:
        if next(commits):
            raise OSError("the power went off")
        act()

    with pytest.raises(OSError, match="power"):
        put_in(archive, [run(night=1, plan=plan), run(night=2)], fails)
    with writing(archive, at_once) as connection:
        assert [row.run for row in connection.execute(select(RUNS))] == [run().key[1]]
        assert not connection.execute(select(SHEETS[CoverRow])).all()
    assert put_in(archive, [run(night=1, plan=plan), run(night=2)], at_once) == 2


def test_a_new_archive_is_as_declared(archive: Address) -> None:
    with writing(archive, at_once) as connection:
        assert is_as_declared(connection) and revision_of(connection) == reading.HEAD


def scripts(folder: Path = MIGRATIONS) -> ScriptDirectory:
    return ScriptDirectory(str(folder))


def test_the_known_revision_is_the_last_one() -> None:
    assert scripts().get_heads() == [reading.HEAD]


@pytest.mark.parametrize("revision", [script.revision for script in scripts().walk_revisions()])
def test_every_earlier_archive_is_brought_up_to_date(
    archive: Address, plan: Path, revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what is in it; also by who only reads it."""
    with monkeypatch.context() as earlier:
        earlier.setattr(opening, "HEAD", revision)
        earlier.setattr(opening, "_align", lambda connection: None)
        with writing(archive, at_once) as connection:
            assert revision_of(connection) == revision
            own = [column["name"] for column in inspect(connection).get_columns("runs")]
            places = ", ".join(f":{name}" for name in own)
            connection.execute(text(f"INSERT INTO runs ({', '.join(own)}) VALUES ({places})"), run().values | {"unread": ""})
    with reading.reading(archive) as opened:
        assert [row["run"] for row in opened.ask("SELECT run FROM runs")] == [run().key[1]]
    with writing(archive, at_once) as connection:
        assert is_as_declared(connection)


def test_a_later_migration_keeps_what_is_there(
    archive: Address, tmp_path: Path, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that does not exist yet: a column of `runs`, as the next revision may add it."""
    put_in(archive, [run(plan=plan)], at_once)
    later = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, later)
    script = 'import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = "later", {!r}\n'
    upgrade = 'def upgrade():\n    op.add_column("runs", sa.Column("host", sa.Text))\n'
    (later / "versions" / "later.py").write_text(script.format(reading.HEAD) + upgrade, encoding="utf-8")
    monkeypatch.setattr(opening, "MIGRATIONS", later)
    monkeypatch.setattr(opening, "HEAD", "later")
    with writing(archive, at_once) as connection:
        assert revision_of(connection) == "later"
        assert [tuple(row) for row in connection.execute(text("SELECT run, host FROM runs"))] == [(run().key[1], None)]


def test_an_archive_of_a_newer_planner_is_left_alone(archive: Address) -> None:
    put_in(archive, [run()], at_once)
    with writing(archive, at_once) as connection:
        connection.execute(text(f"UPDATE {VERSIONS} SET version_num = 'from the future'"))
    with pytest.raises(CannotWrite, match="revision from the future, and this planner knows"):
        put_in(archive, [run(night=1)], at_once)


def test_what_the_records_declare_anew_is_added(archive: Address, plan: Path) -> None:
    """A table and a column that an older planner did not have; rows that it put in have nothing there."""
    put_in(archive, [run(plan=plan)], at_once)
    with writing(archive, at_once) as connection:
        connection.execute(text("DROP TABLE plan_risk"))
        connection.execute(text("ALTER TABLE plan_cover DROP COLUMN period_end"))
        connection.execute(text("ALTER TABLE plan_cover ADD COLUMN gone TEXT"))
    put_in(archive, [run(night=1, plan=plan)], at_once)
    with writing(archive, at_once) as connection:
        cover = SHEETS[CoverRow]
        ends = connection.execute(
            select(cover.c.run, cover.c.period_end).distinct().order_by(*cover.c["run", "period_end"])
        ).all()
        assert ends[0] == (run().key[1], None) and ends[1][0] == run(night=1).key[1] and isinstance(ends[1][1], date)


def test_a_plan_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "plan.xlsx"
    broken.write_bytes(b"no workbook")
    put_in(in_file(tmp_path), [run(plan=broken)], at_once)
    [(unread,)] = rows_of(tmp_path / "archive.sqlite", "SELECT unread FROM runs")
    assert "plan.xlsx" in unread
    assert not content(tmp_path / "archive.sqlite")["figures"]


def test_a_sheet_that_an_older_planner_did_not_write_is_named_and_the_others_are_there(tmp_path: Path, plan: Path) -> None:
    book = openpyxl.load_workbook(plan)
    del book["Survival"]
    book.save(tmp_path / "plan.xlsx")
    put_in(in_file(tmp_path), [run(plan=tmp_path / "plan.xlsx")], at_once)
    [(unread,)] = rows_of(tmp_path / "archive.sqlite", "SELECT unread FROM runs")
    held = content(tmp_path / "archive.sqlite")
    assert "Survival" in unread and not held["plan_survival"]
    assert len(held["plan_cover"]) == len(records()[CoverRow]) and held["figures"]


def _many(path: Path, case: str) -> int:
    return sum(put_in(Address(path), [run(case, night)], at_once) for night in range(5))


def test_many_may_write_at_once(tmp_path: Path) -> None:
    """Processes that find no archive and all make it; threads of one night meet in the tests of whole nights."""
    path = in_file(tmp_path).file
    assert path is not None
    with ProcessPoolExecutor(4) as pool:
        assert list(pool.map(_many, [path] * 4, "abcd")) == [5] * 4
    assert len(rows_of(path, "SELECT * FROM runs")) == 20


class TestAddresses:
    """Where an archive is, and what is said of one that is none or cannot be reached."""

    def test_a_password_comes_from_the_environment_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with_password = "postgresql+psycopg://planner:hunter2@db.example/vault"
        for given in (with_password, "postgresql://db.example/vault?password=hunter2"):
            with pytest.raises(Misused, match="a password does not stand") as caught:
                address(given)
            assert "hunter2" not in str(caught.value)
        monkeypatch.setenv("ARCHIVE", with_password)
        found = address("env:ARCHIVE")
        assert found.url == with_password and str(found) == "postgresql+psycopg://db.example/vault"
        assert "hunter2" not in repr(found)
        assert address("postgresql://planner@db.example/vault").url == "postgresql+psycopg://planner@db.example/vault"

    @pytest.mark.parametrize("given", ["", "env:", "mysql://db/vault", "postgresql://db:port/vault", "env:NOT_SET"])
    def test_what_is_no_archive_is_a_usage_error(self, given: str) -> None:
        with pytest.raises(Misused, match="The archive: ") as caught:
            address(given)
        assert caught.value.status is Exit.USAGE

    def test_what_the_environment_holds_is_not_repeated(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ARCHIVE", "mysql://root:hunter2@db/vault")
        with pytest.raises(Misused, match="ARCHIVE holds neither") as caught:
            address("env:ARCHIVE")
        assert "hunter2" not in str(caught.value)

    def test_a_server_that_does_not_answer_or_let_us_in_is_told_without_the_password(
        self, postgres: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wrong = postgres.url("postgres").replace(QUOTED, "hunter2")
        for url in (wrong, re.sub(r":\d+/", ":1/", wrong)):
            monkeypatch.setenv("ARCHIVE", url)
            with pytest.raises(
                CannotWrite, match=r"The archive postgresql\+psycopg://127.0.0.1/postgres cannot be used"
            ) as caught:
                put_in(address("env:ARCHIVE"), [run()], at_once)
            assert "hunter2" not in str(caught.value) and caught.value.status is Exit.CANNOT_WRITE

    def test_a_driver_that_repeats_the_password_does_not_make_it_known(self) -> None:
        """However it spells it."""
        found = Address(None, f"postgresql+psycopg://planner:{QUOTED}@db/vault")
        for said in (QUOTED, PASSWORD):
            told = str(cannot_be_used(found, f"no entry for {said}!\nmore"))
            assert told == f"The archive {found} cannot be used: no entry for ***!"

    @pytest.mark.parametrize("kind", ["no database", "folder"])
    def test_a_file_that_is_no_archive_is_told(self, tmp_path: Path, kind: str) -> None:
        path = tmp_path / "archive.sqlite"
        _ = path.mkdir() if kind == "folder" else path.write_bytes(b"no database" * 100)
        with pytest.raises(CannotWrite, match=re.escape(f"The archive {path} cannot be used: ")):
            put_in(Address(path), [run()], at_once)

"""Questions to an archive, in plain SQL that both databases understand.

An SQLite file is asked by Python's own driver: to load SQLAlchemy takes longer than all else that `planner history` does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from planner.archive.address import Address
from planner.findings import CannotWrite, Misused

HEAD: Final = "0002"
"""The revision that this planner reads and writes: the last of the migrations."""
WAITS: Final = 30.0
"""Seconds to wait for a writer."""
RENEW: Final = "Put a backup in its place, or move it away: the next night begins a new one."

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Archive:
    """An archive that can be asked.

    Attributes:
        execute: gives the rows of a query in which `:name` stands for each value.
        catalogue: query for the names of all tables.
    """

    execute: Callable[[str, dict[str, object]], Sequence[Line]]
    catalogue: str

    def ask(self, sql: str, **given: object) -> Sequence[Line]:
        """The rows of a query."""
        return self.execute(sql, given)

    def tables(self) -> list[str]:
        """The names of all tables."""
        return [row["name"] for row in self.ask(self.catalogue)]

    def revision(self) -> str | None:
        """The revision of the archive; nothing for a new one."""
        if "archive_version" not in self.tables():
            return None
        return next((row["version_num"] for row in self.ask("SELECT version_num FROM archive_version")), None)


def cannot_be_used(address: Address, why: str | BaseException) -> CannotWrite:
    """The error of an archive that cannot be reached, read or written to; the first line of why is enough."""
    lines = address.without_password(str(why)).strip().splitlines() or ["it does not answer"]
    stop = "" if lines[0].endswith((".", "!")) else "."
    primary = getattr(why, "sqlite_errorcode", 0) & 0xFF  # the bits above say more of the same
    remedy = f" {RENEW}" if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) else ""
    return CannotWrite(f"The archive {address} cannot be used: {lines[0]}{stop}{remedy}")


@contextmanager
def reading(address: Address) -> Iterator[Archive]:
    """An archive to be asked; an older one is brought up to date before.

    Raises:
        Misused: there is none.
        CannotWrite: it cannot be reached or read, or was written by a newer planner.
    """
    if address.file is not None and not address.file.is_file():
        raise Misused(f"There is no archive at {address}. The first night makes it; --archive names another.")
    opened = _server if address.file is None else _file
    with opened(address) as archive:
        is_current = archive.revision() == HEAD
    if not is_current:
        from planner.archive.opening import writing

        with writing(address, lambda act: act()):
            pass  # to open it is to bring it up to date
    with opened(address) as archive:
        yield archive


@contextmanager
def _file(address: Address) -> Iterator[Archive]:
    try:
        with closing(sqlite3.connect(str(address.file), timeout=WAITS, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            yield Archive(
                lambda sql, given: connection.execute(sql, given).fetchall(),
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid",
            )
    except sqlite3.Error as error:
        raise cannot_be_used(address, error) from error


@contextmanager
def _server(address: Address) -> Iterator[Archive]:
    from sqlalchemy import text

    from planner.archive.opening import connected

    with connected(address) as connection:
        yield Archive(
            lambda sql, given: [dict(row) for row in connection.execute(text(sql), given).mappings()],
            "SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY 1",
        )

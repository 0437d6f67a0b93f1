"""An archive is opened: brought up to date, for one writer at a time, and committed whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import Column, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from planner.archive.address import Address
from planner.archive.reading import HEAD, cannot_be_used
from planner.archive.tables import METADATA, SHEETS, VERSIONS

Step = Callable[[Callable[[], object]], object]
"""Does one thing that changes the disk."""

PATIENCE: Final = 60
"""Seconds to wait for another writer, or for a server that does not answer."""
CONNECTING: Final = 10
"""Seconds to wait for a server at first."""
WRITER: Final = 0x5661756C74
"""Number of the lock that lets one writer at a time into a PostgreSQL database."""
MIGRATIONS = Path(__file__).with_name("migrations")
_ALEMBIC = Lock()
"""Alembic keeps what it is at in its module: one thread at a time."""


@contextmanager
def connected(address: Address) -> Iterator[Connection]:
    """A connection to a server's archive, which nothing is written with.

    Raises:
        CannotWrite: it cannot be used.
    """
    with _told(address), _engine(address) as engine, engine.connect() as connection:
        yield connection


@contextmanager
def writing(address: Address, step: Step) -> Iterator[Connection]:
    """The one writer of an archive that is up to date; what is written is committed at the end, all of it or nothing.

    Two nights, or two cases of one night, that write to the same archive wait for each other.

    Raises:
        CannotWrite: it cannot be reached or written to, or was written by a newer planner.
    """
    with _told(address), _engine(address) as engine, engine.connect() as connection, connection.begin() as transaction:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL statement_timeout = '{PATIENCE}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:writer)"), {"writer": WRITER})
        _migrate(connection, address)
        _align(connection)
        yield connection
        step(transaction.commit)


def _migrate(connection: Connection, address: Address) -> None:
    """Change the tables of an older archive as its migrations say; a new one gets them.

    Raises:
        CannotWrite: the archive is of a newer planner.
    """
    if revision_of(connection) == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"connection": connection, "versions": VERSIONS})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _ALEMBIC:
        try:
            command.upgrade(config, HEAD)
        except CommandError as error:
            message = f"it is of revision {revision_of(connection)}, and this planner knows {HEAD}. Install the newer planner."
            raise cannot_be_used(address, message) from error


def revision_of(connection: Connection) -> str | None:
    """The revision of an archive; nothing for a new one."""
    if not inspect(connection).has_table(VERSIONS):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar()


def _align(connection: Connection) -> None:
    """Add the tables and the columns of sheets that the records declare and the archive does not have yet."""
    there = {name: {item["name"] for item in items} for (_, name), items in inspect(connection).get_multi_columns().items()}
    METADATA.create_all(connection, [table for table in SHEETS.values() if table.name not in there], checkfirst=False)
    for table in SHEETS.values():
        for column in table.columns:
            if table.name in there and column.name not in there[table.name]:
                from alembic.operations import Operations
                from alembic.runtime.migration import MigrationContext

                Operations(MigrationContext.configure(connection)).add_column(table.name, Column(column.name, column.type))


@contextmanager
def _engine(address: Address) -> Iterator[Engine]:
    """An engine for one piece of work."""
    if address.file is not None:
        engine = create_engine(f"sqlite+pysqlite:///{address.file}", poolclass=NullPool, connect_args={"timeout": PATIENCE})
        event.listen(engine, "connect", _begin_ourselves)
        event.listen(engine, "begin", _begin_as_writer)
    else:
        waits = {"connect_timeout": CONNECTING, "tcp_user_timeout": 1000 * PATIENCE}
        engine = create_engine(address.url, poolclass=NullPool, connect_args=waits)
    try:
        yield engine
    finally:
        engine.dispose()


def _begin_ourselves(connection: Any, _: object) -> None:
    """Python's driver begins no transaction before DDL, and begins others late."""
    connection.isolation_level = None


def _begin_as_writer(connection: Connection) -> None:
    """At once, and not with the first change: a reader that becomes a writer may be refused."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _told(address: Address) -> Iterator[None]:
    """Errors of the database in the user's words."""
    try:
        yield
    except ImportError as error:
        what = "its driver is not installed. Install it: python -m pip install 'vault-planner[postgres]'"
        raise cannot_be_used(address, what) from error
    except SQLAlchemyError as error:
        raise cannot_be_used(address, getattr(error, "orig", None) or error) from error

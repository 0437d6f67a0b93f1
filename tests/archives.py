"""Archives for tests: runs of which everything is known, and a plan workbook whose rows are known from its records."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from planner.archive.address import Address
from planner.archive.storing import Run
from planner.outputs import Row, tables
from tests.report_samples import sample_result

BEGAN = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


def run(case: str = "vault", night: int = 0, plan: Path | None = None, **values: object) -> Run:
    """A run of some night, published if it has a plan."""
    started = BEGAN + timedelta(days=night)
    usual = {
        "case_name": case, "run": started.strftime("%Y%m%dT%H%M%SZ"), "book": f"/books/{case}.xlsx", "started": started,
        "ended": started + timedelta(minutes=5), "status": 0 if plan else 22, "published": plan is not None,
        "message": "verified" if plan else "no time", "notes": "", "fingerprint": "f" * 64, "sha256": "a" * 64,
        "version": "0.1.0", "pyomo": "6.10.1", "highspy": "1.15.1", "objective": 100.0, "bound": 99.5, "gap": 0.005,
        "seconds": 300.0, "solve_seconds": None, "memory": 1.25, "allotted": 600.0,
        "begins": date(2026, 12, 1),
    }  # fmt: skip
    return Run(usual | values, plan)


@cache
def records() -> dict[type[Row], list[tuple[Any, ...]]]:
    """The rows of each sheet of the sample plan, before they are written."""
    return {record: [astuple(row) for row in rows] for record, rows in tables(sample_result()).sheets()}  # type: ignore[call-overload]


def at_once(act: Any) -> None:
    """Commits as the night does when no machine stops."""
    act()


def rows_of(path: Path, sql: str, *given: object) -> list[tuple[Any, ...]]:
    """What an SQLite archive holds, past all that the planner does."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql, given).fetchall()


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that an SQLite archive holds, by table."""
    names = [name for (name,) in rows_of(path, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: sorted(rows_of(path, f"SELECT * FROM {name}"), key=repr) for name in names}


def in_file(folder: Path) -> Address:
    """An archive in a folder, which is not there yet."""
    return Address(folder / "archive.sqlite")

"""How long `planner history` takes on a year of nights: `python -m tests.benchmarks.history [NIGHTS]`.

An archive of 365 nights and 12 cases is made, 4 of the size of a real stockpile and 8 of a tenth of it, every plan with all
its sheets. Each command runs in a process of its own, as a user starts it, five times; the median counts. Ends with status 1
if a figure is missed.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from planner.archive.address import Address
from planner.archive.opening import writing
from planner.archive.tables import FIGURES, RUNS, SHEETS, column_name
from planner.outputs.schema import DECIMALS, Row, columns
from tests.benchmarks.main_job import PLANNER, Figure, told
from tests.benchmarks.memory import run

NIGHTS, LARGE, SMALL = 365, 4, 8
TIMES = 5
SIZES = {
    "Purchases": 357, "Contracts": 88, "Changes": 20, "Open orders": 6, "Stock": 1189, "Rotation": 5, "Cover": 912,
    "Members": 46, "Member accounts": 10, "Entitlements": 1104, "Diversification": 606, "Survival": 38, "Risk": 24,
    "Losses": 17, "Recourse": 109, "Rationing": 39, "Landed cost": 189, "Costs": 30, "Traders": 4, "Cash": 24, "Sources": 48,
    "Margins": 39, "Marginal values": 137, "Checks": 60, "Run": 81,
}  # fmt: skip
"""Rows of each sheet of the plan of the large example."""
MATERIALS = 38
FIRST = datetime(2026, 1, 1, 2, tzinfo=UTC)


def main() -> int:
    """Make the archive, measure, and say whether every figure is met."""
    nights = int(sys.argv[1]) if len(sys.argv) > 1 else NIGHTS
    with TemporaryDirectory() as folder:
        return told(_figures(Path(folder, "archive.sqlite"), nights))


def _figures(path: Path, nights: int) -> Iterator[Figure]:
    runs = archive(path, nights)
    yield Figure(f"archive of {nights} nights × {LARGE + SMALL} cases", path.stat().st_size / 2**30, "GiB")
    yield Figure("  rows of sheets", _rows(path), "")
    commands = {
        "history": [],
        "history show RUN": ["show", runs[-1], "--case", "case 0"],
        "history trend gallium cover": ["trend", "gallium", "cover"],
        "history trend gallium price": ["trend", "gallium", "price"],
        "history trend gallium stock, 365 nights of a case": [
            *["trend", "gallium", "stock", "--last", "365", "--case"],
            "case 0",
        ],
    }
    for words, arguments in commands.items():
        done = [run([*PLANNER, "history", *arguments, "--archive", str(path)]) for _ in range(TIMES)]
        if done[0].status:
            raise SystemExit(f"status {done[0].status}\n{done[0].errors}")
        yield Figure(f"planner {words} (median of {TIMES})", median(one.seconds for one in done), "s", 1.0)


def archive(path: Path, nights: int) -> list[str]:
    """Make an archive; the names of its nights."""
    runs = [(FIRST + timedelta(days=night)).strftime("%Y%m%dT%H%M%SZ") for night in range(nights)]
    with writing(Address(path), lambda act: act()) as connection:
        for case in range(LARGE + SMALL):
            connection.execute(RUNS.insert(), [_run(f"case {case}", run, night) for night, run in enumerate(runs)])
            figures = [
                {"case_name": f"case {case}", "run": run, "figure": figure, "unit": "USD", "value": 6e9 + 1e6 * (night % 7)}
                for night, run in enumerate(runs) for figure in ("cost, discounted", *(f"cost line: {at}" for at in range(40)))
            ]  # fmt: skip
            connection.execute(FIGURES.insert(), figures)
    with closing(sqlite3.connect(path)) as connection, connection:
        for record, table in SHEETS.items():
            names = ["case_name", "run", "sheet_row", *(column_name(item) for item in columns(record))]
            places = ", ".join("?" * len(names))
            listed = ", ".join(f'"{name}"' for name in names)
            insert = f"INSERT INTO {table.name} ({listed}) VALUES ({places})"
            for case in range(LARGE + SMALL):
                rows = _sheet(record, SIZES[record.sheet] if case < LARGE else max(1, SIZES[record.sheet] // 10))
                keyed = ((f"case {case}", run, at, *row) for run in runs for at, row in enumerate(rows, 1))
                connection.executemany(insert, keyed)
    return runs


def _run(case: str, run: str, night: int) -> dict[str, object]:
    began = FIRST + timedelta(days=night)
    return {
        "case_name": case, "run": run, "book": f"/books/{case}.xlsx", "started": began, "ended": began + timedelta(minutes=5),
        "status": 0, "published": True, "message": "planned to a gap of 0.400% and verified", "notes": "", "unread": "",
        "fingerprint": "f" * 64, "sha256": "a" * 64, "version": "0.1.0", "pyomo": "6.10.1", "highspy": "1.15.1",
        "objective": 6e9, "bound": 5.98e9, "gap": 0.004, "seconds": 300.0, "solve_seconds": 290.0, "memory": 1.2,
        "allotted": 600.0, "begins": date(2026, 1, 1),
    }  # fmt: skip


def _sheet(record: type[Row], size: int) -> list[tuple[object, ...]]:
    """Rows with something in every column; materials come one after the other, with gallium among them."""
    materials = [f"Material {number} 99.99 %" for number in range(MATERIALS - 1)] + ["Gallium metal 99.99 %"]
    items = columns(record)

    def cell(form: str, name: str, at: int) -> object:
        if name == "material":
            return materials[at * len(materials) // size]
        if form in DECIMALS:
            return 1 + at if form == "count" else 100.0 + at / 7
        return (
            date(2027, 1, 1 + at % 28).isoformat() if form == "date" else f"text {at}" if form == "text" else "a sentence " * 4
        )

    return [tuple(cell(item.form, item.name, at) for item in items) for at in range(size)]


def _rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return sum(connection.execute(f"SELECT COUNT(*) FROM {table.name}").fetchone()[0] for table in SHEETS.values())


if __name__ == "__main__":
    raise SystemExit(main())

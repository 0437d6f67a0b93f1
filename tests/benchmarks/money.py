"""What money and members take, and reading a full workbook: `python -m tests.benchmarks.money [PART …]`.

Parts are financed and reading; both unless some are named. Prints each figure beside what it may be, and ends with status 1
if one is missed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from planner.template import case_content
from planner.validate import read
from tests.benchmarks.filled import filled
from tests.benchmarks.main_job import PLANNER, Figure, answer_of, told
from tests.benchmarks.memory import run
from tests.benchmarks.scale import MATERIALS, measured
from tests.benchmarks.trace import case_of

LIMITS = {0.005: 240.0, 0.002: 600.0}
"""Seconds in which each gap is to be reached with a loan, its tranches and collateral, members and what they call off."""
READING = 4.0


def main() -> int:
    """Measure, print as it comes, and say whether every figure is met."""
    if sys.argv[1:2] == ["read"]:
        return timed(Path(sys.argv[2]))
    parts = {"financed": lambda: measured("financed", LIMITS, range(1, 2), soonest=None), "reading": reading}
    named = [part for part in parts if part in sys.argv[1:]] or list(parts)
    return told(figure for part in named for figure in parts[part]())


def reading() -> Iterator[Figure]:
    """Reading the largest synthetic case from a workbook with every sheet filled, and all that `planner check` does with it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "full.xlsx"
        case = filled(case_of("binding", MATERIALS, 1), 1)
        path.write_bytes(case_content(case))
        rows = sum(map(len, case.tables().values()))
        done = run([sys.executable, "-m", "tests.benchmarks.money", "read", str(path)])
        yield Figure(f"reading a workbook with every sheet filled: {rows:,} rows", answer_of(done)["seconds"], "s", READING)
        yield Figure("  memory", done.peak, "GiB")
        yield Figure("planner check of the same", run([*PLANNER, "check", str(path), "--json"]).seconds, "s")


def timed(path: Path) -> int:
    """Read a workbook that has no faults, and print the seconds as a JSON object."""
    began = perf_counter()
    found = read(path)
    seconds = perf_counter() - began
    if found.case is None:
        raise SystemExit(f"{len(found.findings)} findings, of which the first is {found.findings[0]}")
    print(json.dumps({"seconds": seconds}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

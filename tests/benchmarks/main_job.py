"""The figures that the main job has to meet: `python -m tests.benchmarks.main_job [--quick]`.

Prints each piece of work with its figure beside what it may be, and the peak memory of each stage over the process tree;
ends with status 1 if a figure is missed. `--quick` leaves out what takes minutes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks import book
from tests.benchmarks.memory import Run, run

PLANNER = (sys.executable, "-m", "planner")
VAULT = Path(__file__).resolve().parents[2] / "inputs" / "vault.xlsx"
LARGEST = ("60", "480", "3", "24")
"""Materials, offers, traders and periods of the largest synthetic case."""


@dataclass(frozen=True)
class Figure:
    """A measured figure; without a limit it is there to be known."""

    work: str
    value: float
    unit: str
    at_most: float | None = None

    @property
    def ok(self) -> bool:
        return self.at_most is None or self.value <= self.at_most

    def __str__(self) -> str:
        limit = "" if self.at_most is None else f"{self.at_most:g} {self.unit}"
        verdict = "" if self.at_most is None else "yes" if self.ok else "NO"
        return f"{self.work:66} | {self.value:10.4g} {self.unit:6} | {limit:>12} | {verdict:3}"


def main() -> int:
    """Measure, print as it comes, and say whether every figure is met."""
    quick = "--quick" in sys.argv[1:]
    parts = [building, checking, helping] if quick else [main_job, building, checking, helping, largest]
    return told(figure for part in parts for figure in in_a_folder(part))


def in_a_folder(part: Callable[[Path], Iterator[Figure]]) -> Iterator[Figure]:
    with TemporaryDirectory() as folder:
        yield from part(Path(folder))


def told(figures: Iterable[Figure]) -> int:
    """Print figures as they come; the exit status: 1 if one is missed."""
    print(f"{'work':66} | {'figure':17} | {'at most':>12} | ok")
    met = True
    for figure in figures:
        print(figure, flush=True)
        met &= figure.ok
    return 0 if met else 1


def main_job(folder: Path) -> Iterator[Figure]:
    """From the large example to its verified plan."""
    done = run([*PLANNER, "solve", str(VAULT), "--gap", "0.01", "--output", str(folder / "plan.xlsx"), "--json"])
    answer = answer_of(done)
    stages: dict[str, float] = answer["seconds"]
    work = "planner solve inputs/vault.xlsx --gap 0.01"
    yield Figure(work, done.seconds, "s", 120.0)
    yield Figure(f"{work}, memory", done.peak, "GiB", 1.5)
    yield Figure("  of that, everything that is not the solver", done.seconds - stages["solve"], "s", 12.0)
    peaks = done.peaks(stages)
    for stage, seconds in {"start": done.seconds - sum(stages.values()), **stages}.items():
        yield Figure(f"  {stage}", seconds, "s")
        yield Figure(f"  {stage}, memory", peaks[stage], "GiB")
    yield Figure("  gap of the plan", 100.0 * answer["gap"], "%", 1.0)


def building(_: Path) -> Iterator[Figure]:
    """From the largest synthetic case to a solver that holds its model, beside a flat model with the same rows."""
    done = run([sys.executable, "-m", "tests.benchmarks.building", *LARGEST, "5"])
    found = answer_of(done)
    size = " × ".join(LARGEST)
    yield Figure(f"build, standard form and load, {size}", found["microseconds per nonzero"], "µs/nz", 12.0)
    yield Figure("  against a flat Pyomo model with the same rows", found["against flat"], "times", 1.3)
    yield Figure("  against a flat model built while the garbage collector rests", found["against flat at rest"], "times")
    for what in ("rows", "columns", "integers", "nonzeros", "seconds"):
        yield Figure(f"  {what}", found[what], "s" if what == "seconds" else "")
    yield Figure("  memory", done.peak, "GiB")


def checking(folder: Path) -> Iterator[Figure]:
    """Checking a large workbook, clean and faulty."""
    for name, limit in (("clean", 5.0), ("faulty", 30.0)):
        path = folder / f"{name}.xlsx"
        book.write(path, faulty=name == "faulty")
        done = run([*PLANNER, "check", str(path), "--output", str(folder / "faults.xlsx"), "--json"])
        found = json.loads(done.output)
        if bool(found["faults"]) != (name == "faulty"):
            raise SystemExit(f"the {name} workbook has {found['faults']} faults: {found['findings'][:3]}")
        more = "" if name == "clean" else ", with a marked copy"
        yield Figure(f"planner check, 50,000 prices and 5,000 offers, {name}{more}", done.seconds, "s", limit)
        yield Figure("  memory", done.peak, "GiB")


def helping(_: Path) -> Iterator[Figure]:
    """The first thing that a user sees."""
    runs = [run([*PLANNER, "--help"]) for _ in range(9)]
    yield Figure("planner --help (median of nine)", median(done.seconds for done in runs), "s", 0.4)


def largest(_: Path) -> Iterator[Figure]:
    """How far the solve of the largest synthetic case comes in a minute."""
    done = run([sys.executable, "-m", "tests.benchmarks.largest", "60"])
    found = answer_of(done)
    size = " × ".join(LARGEST)
    gap = float("inf") if found["gap"] is None else 100.0 * found["gap"]
    yield Figure(f"gap of {size} after 60 s ({found['stopped']})", gap, "%")
    yield Figure("  memory", done.peak, "GiB")


def answer_of(done: Run) -> dict[str, Any]:
    """The JSON object that a command printed.

    Raises:
        SystemExit: the command failed; its words are passed on.
    """
    if done.status:
        raise SystemExit(f"status {done.status}\n{done.errors}{done.output}")
    answer: dict[str, Any] = json.loads(done.output)
    return answer


if __name__ == "__main__":
    raise SystemExit(main())

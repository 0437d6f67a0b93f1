"""How fast large cases are proven: `python -m tests.benchmarks.scale [--quick]`.

Prints, for each kind of case, the seconds to each gap (median of five seeds, and the worst) beside what they may be, the
seconds to the first plan, and the peak memory; ends with status 1 if a figure is missed. `--quick` takes one seed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from statistics import median

from planner.engine.outcome import relative_gap
from tests.benchmarks.main_job import Figure, answer_of
from tests.benchmarks.memory import run

MATERIALS = 60
LIMITS: dict[str, dict[float, float]] = {
    "slack": {0.001: 90.0},
    "binding": {0.005: 90.0, 0.002: 240.0, 0.001: 600.0},
    "shared": {0.005: 240.0, 0.002: 600.0},
}
"""Seconds in which each gap is to be reached."""
FIRST_PLAN, MEMORY = 20.0, 2.5
"""Seconds to the first plan, and GiB over the process tree."""

Steps = list[tuple[float, float | None, float]]


def main() -> int:
    """Measure, print as it comes, and say whether every figure is met."""
    seeds = range(1, 2 if "--quick" in sys.argv[1:] else 6)
    print(f"{'work':66} | {'figure':17} | {'at most':>12} | ok")
    met = True
    for kind, limits in LIMITS.items():
        for figure in measured(kind, limits, seeds):
            print(figure, flush=True)
            met &= figure.ok
    return 0 if met else 1


def measured(kind: str, limits: dict[float, float], seeds: range) -> Iterator[Figure]:
    """The figures of one kind of case."""
    command = [sys.executable, "-m", "tests.benchmarks.trace", kind, str(MATERIALS)]
    runs = [run([*command, str(seed), str(round(max(limits.values())))]) for seed in seeds]
    traces: list[Steps] = [answer_of(done)["steps"] for done in runs]
    for gap, limit in limits.items():
        times = [reached(steps, gap) for steps in traces]
        yield Figure(f"{kind}: proven {100 * gap:g} %, median of {len(times)}", median(times), "s", limit)
        yield Figure("  worst", max(times), "s")
    yield Figure(f"{kind}: first plan, worst", max(first_plan(steps) for steps in traces), "s", FIRST_PLAN)
    yield Figure(f"{kind}: last gap, worst", 100.0 * max(last_gap(steps) for steps in traces), "%")
    yield Figure(f"{kind}: memory, worst", max(done.peak for done in runs), "GiB", MEMORY)


def reached(steps: Steps, gap: float) -> float:
    """Seconds until a gap was proven; infinite if it was not."""
    return next((t for t, cost, bound in steps if cost is not None and relative_gap(cost, bound) <= gap), float("inf"))


def first_plan(steps: Steps) -> float:
    """Seconds until there was a plan."""
    return next((t for t, cost, _ in steps if cost is not None), float("inf"))


def last_gap(steps: Steps) -> float:
    """The gap in the end."""
    _, cost, bound = steps[-1]
    return float("inf") if cost is None else relative_gap(cost, bound)


if __name__ == "__main__":
    raise SystemExit(main())

"""How fast large cases are proven: `python -m tests.benchmarks.scale [--quick] [--picture FILE] [PART …]`.

Parts are slack, binding, shared, sizes, vault, dask and contenders; all of them unless some are named. Prints each figure
beside what it may be (median of five seeds, and the worst), and ends with status 1 if one is missed. `--quick` takes one
seed of slack and binding. `--picture` draws bound and plan over time for each contender. Contenders, Dask and the picture
need the extra: `python -m pip install -e '.[dev,bench]'`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from planner.engine.knowledge import GAP_TOLERANCE
from planner.engine.outcome import relative_gap
from tests.benchmarks.main_job import PLANNER, VAULT, Figure, answer_of, told
from tests.benchmarks.memory import Run, run
from tests.benchmarks.picture import draw
from tests.benchmarks.trace import Steps
from tests.dask_cluster import Cluster, joined

MATERIALS, GAP = 60, 0.001
"""Of most cases; the gap that contenders are asked for."""
LIMITS: Mapping[str, Mapping[float, float]] = {
    "slack": {0.001: 90.0},
    "binding": {0.005: 90.0, 0.002: 240.0, 0.001: 600.0},
    "shared": {0.005: 240.0, 0.002: 600.0},
}
"""Seconds in which each gap is to be reached."""
FIRST_PLAN = 20.0
"""Seconds to the first plan."""
MEMORY = {60: 2.5, 480: 8.0}
"""GiB over the process tree, by materials."""
SIZES, GROWTH = (120, 240, 480), 1.15
"""Materials, and how many times as fast as these the time to 0.5 % may grow."""
CONTENDERS, PATIENCE, SHARE = ("highs", "scip", "cbc"), 240.0, 1 / 3
"""Solvers, their seconds, and the share of these in which we are to have the best gap that one of them has by then."""
VAULT_SECONDS, DASK = 90.0, 1.25
"""Seconds of the large example, and how many times as long two Dask workers may take as two processes."""


def main() -> int:
    """Measure, print as it comes, and say whether every figure is met."""
    arguments = sys.argv[1:]
    quick = "--quick" in arguments
    picture = Path(arguments[arguments.index("--picture") + 1]) if "--picture" in arguments else None
    seeds = range(1, 2 if quick else 6)
    parts = {kind: lambda kind=kind: measured(kind, LIMITS[kind], seeds) for kind in LIMITS} | {
        "sizes": sizes, "vault": vault, "dask": dask, "contenders": lambda: contenders(picture),
    }  # fmt: skip
    named = [part for part in parts if part in arguments] or (["slack", "binding"] if quick else list(parts))
    return told(figure for part in named for figure in parts[part]())


def measured(kind: str, limits: Mapping[float, float], seeds: range, soonest: float | None = FIRST_PLAN) -> Iterator[Figure]:
    """The figures of one kind of case, with the seconds in which each gap and the first plan are to be reached."""
    runs = [traced(kind, MATERIALS, seed, max(limits.values()), min(limits)) for seed in seeds]
    traces = [steps_of(done) for done in runs]
    for gap, limit in limits.items():
        times = [reached(steps, gap) for steps in traces]
        yield Figure(f"{kind}: proven {100 * gap:g} %, median of {len(times)}", median(times), "s", limit)
        yield Figure("  worst", max(times), "s")
    firsts = [first_plan(steps) for steps in traces]
    yield Figure(f"{kind}: first plan, median of {len(firsts)}", median(firsts), "s", soonest)
    yield Figure("  worst", max(firsts), "s")
    yield Figure(f"{kind}: last gap, worst", 100.0 * max(last_gap(steps) for steps in traces), "%")
    yield Figure(f"{kind}: memory, worst", max(done.peak for done in runs), "GiB", MEMORY[MATERIALS])


def sizes() -> Iterator[Figure]:
    """How the time to 0.5 % grows with the number of materials, what binds binding."""
    base = reached(steps_of(traced("binding", MATERIALS, 1, 600.0, 0.005)), 0.005)
    yield Figure(f"binding, {MATERIALS} materials: proven 0.5 %", base, "s", LIMITS["binding"][0.005])
    for materials in SIZES:
        done = traced("binding", materials, 1, 600.0 * materials / MATERIALS, 0.005)
        seconds, limit = reached(steps_of(done), 0.005), GROWTH * base * materials / MATERIALS
        yield Figure(f"binding, {materials} materials: proven 0.5 %", seconds, "s", limit)
        yield Figure("  memory", done.peak, "GiB", MEMORY.get(materials))


def vault() -> Iterator[Figure]:
    """The large example, from its workbook to its verified plan."""
    with TemporaryDirectory() as folder:
        done = run([*PLANNER, "solve", str(VAULT), "--gap", "0.001", "--output", f"{folder}/plan.xlsx", "--json"])
    yield Figure("planner solve inputs/vault.xlsx --gap 0.001", done.seconds, "s", VAULT_SECONDS)
    yield Figure("  gap of the plan", 100.0 * answer_of(done)["gap"], "%", 0.1)


def dask() -> Iterator[Figure]:
    """The same case by two local processes, and by two workers of a Dask scheduler."""
    here = reached(steps_of(traced("slack", MATERIALS, 1, 300.0, 0.001)), 0.001)
    cluster = Cluster()
    try:
        joined(cluster.address).__exit__()
        there = reached(steps_of(traced("slack", MATERIALS, 1, 300.0, 0.001, cluster.address)), 0.001)
    finally:
        cluster.end()
    yield Figure("two Dask workers against two local processes, slack to 0.1 %", there / here, "times", DASK)


def contenders(picture: Path | None) -> Iterator[Figure]:
    """Our time to the best gap that general solvers have after some minutes, on the rows as they are and as they were."""
    for kind in LIMITS:
        courses = {"ours": steps_of(traced(kind, MATERIALS, 1, PATIENCE, GAP))}
        for form in ("tight", "loose") if kind == "shared" else ("tight",):
            for solver in CONTENDERS:
                command = ["-m", "tests.benchmarks.contenders", solver, kind, str(MATERIALS), "1", str(PATIENCE), form]
                courses[f"{solver}, {form}"] = steps_of(run([sys.executable, *command]))
        for name, steps in courses.items():
            yield Figure(f"{kind}: gap of {name} after {PATIENCE:g} s", 100.0 * last_gap(steps), "%")
        best = min(last_gap(steps) for name, steps in courses.items() if name != "ours")
        yield Figure(f"{kind}: our time to the best of these", reached(courses["ours"], best), "s", SHARE * PATIENCE)
        if picture is not None:
            draw(courses, picture.with_stem(f"{picture.stem}-{kind}"))


def traced(kind: str, materials: int, seed: int, seconds: float, gap: float, *cluster: str) -> Run:
    """One case, decomposed, to a gap: the very gap, without the engine's tolerance beyond it."""
    arguments = [kind, str(materials), str(seed), str(round(seconds)), str(gap - GAP_TOLERANCE), *cluster]
    return run([sys.executable, "-m", "tests.benchmarks.trace", *arguments])


def steps_of(done: Run) -> Steps:
    """The course that a command printed."""
    steps: Steps = answer_of(done)["steps"]
    return steps


def reached(steps: Steps, gap: float) -> float:
    """Seconds until a gap was proven; infinite if it was not."""
    return next((t for t, cost, bound in steps if cost is not None and relative_gap(cost, bound) <= gap), float("inf"))


def first_plan(steps: Steps) -> float:
    """Seconds until there was a plan."""
    return next((t for t, cost, _ in steps if cost is not None), float("inf"))


def last_gap(steps: Steps) -> float:
    """The gap in the end."""
    cost, bound = steps[-1][1:] if steps else (None, 0.0)
    return float("inf") if cost is None else relative_gap(cost, bound)


if __name__ == "__main__":
    raise SystemExit(main())

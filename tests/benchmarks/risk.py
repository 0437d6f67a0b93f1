"""What planning with scenarios takes: `python -m tests.benchmarks.risk [PART …]`.

Parts are vault, stress, scenarios, many and frontier; all of them unless some are named. Prints each figure beside what it
may be, and ends with status 1 if one is missed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from planner.engine import Method, Options, Progress, Resources, solve
from planner.pipeline import sound
from planner.template import case_content
from tests.benchmarks.building import built
from tests.benchmarks.danger import in_danger
from tests.benchmarks.main_job import PLANNER, VAULT, Figure, answer_of, told
from tests.benchmarks.memory import run
from tests.benchmarks.scale import last_gap, reached, steps_of
from tests.benchmarks.trace import Steps, case_of

SIZES = {"scenarios": (24, 0.01, 600.0), "many": (100, 0.02, 900.0)}
"""Combinations of scenarios, the gap to reach, and the seconds that this may take, building included."""
MEMORY, TIMES = 6.0, 3.0
"""GiB over the process tree; how many times our gap the monolithic one is to be after the same time."""
DRAWS = 5000
POINTS, SHARE = 9, 0.6
"""Points of the frontier, and the share that it may take of the time of as many solves by themselves."""


def main() -> int:
    """Measure, print as it comes, and say whether every figure is met."""
    if sys.argv[1:2] == ["trace"]:
        return trace(*sys.argv[2:])
    parts = {"vault": vault, "stress": stress} | {part: lambda part=part: synthetic(part) for part in SIZES}
    parts |= {"frontier": frontier}
    named = [part for part in parts if part in sys.argv[1:]] or list(parts)
    return told(figure for part in named for figure in parts[part]())


def vault() -> Iterator[Figure]:
    """The large example with its 24 combinations of scenarios, CVaR and N-1, from its workbook to its verified plan."""
    with TemporaryDirectory() as folder:
        done = run([*PLANNER, "solve", str(VAULT), "--gap", "0.005", "--output", f"{folder}/plan.xlsx", "--json"])
    yield Figure("planner solve inputs/vault.xlsx --gap 0.005", done.seconds, "s", 120.0)
    yield Figure("  gap of the plan", 100.0 * answer_of(done)["gap"], "%", 0.5)


def synthetic(part: str) -> Iterator[Figure]:
    """60 materials, 480 offers, three traders and 24 months, with budget, risk and traders' shares binding."""
    combinations, gap, limit = SIZES[part]
    done = run([sys.executable, "-m", "tests.benchmarks.risk", "trace", str(combinations), str(gap), str(limit), "decomposed"])
    steps = steps_of(done)
    work = f"60 × 480 × 3 × 24 with {combinations} scenarios"
    yield Figure(f"{work}: proven {100 * gap:g} %", reached(steps, gap) + answer_of(done)["building"], "s", limit)
    yield Figure("  memory", done.peak, "GiB", MEMORY)
    if part == "scenarios":
        ours = steps[-1][0]
        alone = run([sys.executable, "-m", "tests.benchmarks.risk", "trace", str(combinations), "0", str(ours), "monolithic"])
        theirs = last_gap(steps_of(alone))
        yield Figure(f"  gap of the monolithic programme after {ours:.0f} s", 100.0 * theirs, "%")
        yield Figure("  share of it that ours is by then", last_gap(steps) / theirs, "times", 1.0 / TIMES)


def stress() -> Iterator[Figure]:
    """The plan of the large example, in thousands of scenarios drawn from its hazards."""
    with TemporaryDirectory() as folder:
        plan, draws = f"{folder}/plan.xlsx", f"{folder}/draws.xlsx"
        run([*PLANNER, "solve", str(VAULT), "--gap", "0.01", "--output", plan, "--json"])
        run([*PLANNER, "scenarios", "sample", str(VAULT), "--n", str(DRAWS), "--output", draws])
        done = run([*PLANNER, "stress", plan, "--scenarios", draws, "--output", f"{folder}/stress.xlsx", "--json"])
    yield Figure(f"planner stress of its plan in {DRAWS} draws", done.seconds, "s", 60.0)
    yield Figure("  combinations lived through", answer_of(done)["scenarios"], "")


def frontier() -> Iterator[Figure]:
    """The frontier of the large example against CVaR, and beside it a solve of each of its points by itself."""
    with TemporaryDirectory() as folder:
        arguments = ["--against", "cvar", "--points", str(POINTS), "--gap", "0.005", "--output", f"{folder}/frontier.xlsx"]
        done = run([*PLANNER, "frontier", str(VAULT), *arguments, "--json"])
        points = answer_of(done)["points"]
        alone = sum(_alone(Path(folder), point["limit"]) for point in points)
    yield Figure(
        f"planner frontier inputs/vault.xlsx --against cvar: {len(points)} efficient of {POINTS} points", done.seconds, "s"
    )
    yield Figure(f"  as many solves by themselves, in proportion to {POINTS}", alone * POINTS / len(points), "s")
    yield Figure("  share", done.seconds * len(points) / (alone * POINTS), "times", SHARE)
    yield Figure("  worst gap", 100.0 * max(point["gap"] for point in points), "%", 0.5)


def _alone(folder: Path, cap: float | None) -> float:
    """Seconds of a solve with a cap on CVaR."""
    (folder / "capped.xlsx").write_bytes(case_content(sound(VAULT).case.with_settings(risk_weight=0.0, cvar_cap=cap)))
    return run([*PLANNER, "solve", str(folder / "capped.xlsx"), "--gap", "0.005", "--output", f"{folder}/plan.xlsx"]).seconds


def trace(combinations: str, gap: str, seconds: str, method: str) -> int:
    """Solve one synthetic case, and print its course as a JSON object."""
    steps = Steps()

    def note(progress: Progress) -> None:
        if not steps or steps[-1][1:] != (progress.objective, progress.bound):
            steps.append((progress.seconds, progress.objective, progress.bound))

    began = perf_counter()
    form = built(in_danger(case_of("binding", 60, 1), int(combinations), 1))
    building = perf_counter() - began
    outcome = solve(form, Options(gap=float(gap), time_limit=float(seconds)), note, resources=Resources(Method(method)))
    steps.append((outcome.seconds, outcome.objective, outcome.bound))
    print(json.dumps({"steps": steps, "building": building, "stopped": outcome.stopped}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

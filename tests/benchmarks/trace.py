"""One synthetic case, decomposed, and its course: `python -m tests.benchmarks.trace KIND MATERIALS SEED SECONDS`.

Prints one JSON object. KIND is slack, binding or shared (binding, with shared suppliers); the density is eight offers a
material, three traders and 24 months. The search ends at a gap of 0.1 %, or when the seconds are over.
"""

from __future__ import annotations

import json
import sys

from planner.engine import Method, Options, Progress, Resources, solve
from tests.benchmarks.building import built
from tests.benchmarks.generator import synthetic

KINDS = {"slack": (False, False), "binding": (False, True), "shared": (True, True)}
"""Whether suppliers are shared, and whether what couples binds."""
OFFERS = 8


def main() -> None:
    kind, materials, seed, seconds = sys.argv[1], *map(int, sys.argv[2:])
    shared, binding = KINDS[kind]
    case = synthetic(materials, OFFERS * materials, 3, 24, seed=seed, shared_suppliers=shared, binding=binding)
    steps: list[tuple[float, float | None, float]] = []

    def note(progress: Progress) -> None:
        if not steps or steps[-1][1:] != (progress.objective, progress.bound):
            steps.append((progress.seconds, progress.objective, progress.bound))

    outcome = solve(built(case), Options(gap=0.001, time_limit=seconds), note, resources=Resources(Method.DECOMPOSED))
    steps.append((outcome.seconds, outcome.objective, outcome.bound))
    print(json.dumps({"steps": steps, "stopped": outcome.stopped}))


if __name__ == "__main__":
    main()

"""One synthetic case, decomposed, and its course: `python -m tests.benchmarks.trace KIND MATERIALS SEED SECONDS GAP [CLUSTER]`.

Prints one JSON object. KIND is slack, binding, shared (binding, with shared suppliers) or financed (binding, with funding and
members); the density is eight offers a material, three traders and 24 months. The search ends at the gap, or when the seconds
are over. CLUSTER is the address of a Dask scheduler.
"""

from __future__ import annotations

import json
import sys

from models.case import Case
from planner.engine import Method, Options, Progress, Resources, solve
from tests.benchmarks.building import built
from tests.benchmarks.financing import financed
from tests.benchmarks.generator import synthetic

KINDS = {"slack": (False, False), "binding": (False, True), "shared": (True, True), "financed": (False, True)}
"""Whether suppliers are shared, and whether what couples binds."""
OFFERS = 8

Steps = list[tuple[float, float | None, float]]
"""Seconds, cost of the best plan, bound."""


def main() -> None:
    kind, materials, seed, seconds, gap = sys.argv[1], *map(int, sys.argv[2:5]), float(sys.argv[5])
    cluster = sys.argv[6] if len(sys.argv) > 6 else None
    steps = Steps()

    def note(progress: Progress) -> None:
        if not steps or steps[-1][1:] != (progress.objective, progress.bound):
            steps.append((progress.seconds, progress.objective, progress.bound))

    options, resources = Options(gap=gap, time_limit=seconds), Resources(Method.DECOMPOSED, cluster)
    outcome = solve(built(case_of(kind, materials, seed)), options, note, resources=resources)
    steps.append((outcome.seconds, outcome.objective, outcome.bound))
    print(json.dumps({"steps": steps, "stopped": outcome.stopped}))


def case_of(kind: str, materials: int, seed: int) -> Case:
    """A case of a kind, at the benchmark's density."""
    shared, binding = KINDS[kind]
    case = synthetic(materials, OFFERS * materials, 3, 24, seed=seed, shared_suppliers=shared, binding=binding)
    return financed(case, seed) if kind == "financed" else case


if __name__ == "__main__":
    main()

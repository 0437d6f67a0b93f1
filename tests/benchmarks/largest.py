"""The largest synthetic case, solved for a while: `python -m tests.benchmarks.largest SECONDS` prints one JSON object."""

from __future__ import annotations

import json
import sys

from planner.engine import Options, solve
from tests.benchmarks.building import built
from tests.benchmarks.generator import synthetic


def main() -> None:
    case = synthetic(seed=1, shared_suppliers=False, binding=True)
    outcome = solve(built(case), Options(gap=0.001, time_limit=float(sys.argv[1])))
    print(
        json.dumps(
            {
                "gap": outcome.gap,
                "objective": outcome.objective,
                "bound": outcome.bound,
                "seconds": outcome.seconds,
                "stopped": outcome.stopped,
            }
        )
    )


if __name__ == "__main__":
    main()

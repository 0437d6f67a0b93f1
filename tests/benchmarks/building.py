"""Building the model: rules and ledgers beside a flat Pyomo model with the same rows, from the case to a loaded solver.

Run as `python -m tests.benchmarks.building MATERIALS OFFERS TRADERS PERIODS REPEATS`; prints one JSON object.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from operator import truediv
from statistics import median

import highspy
import numpy as np

from models.bounds import largest_orders
from models.build import build
from models.case import Case
from models.landed_cost import landed_costs
from models.rules.policy.limits import limits_of
from models.slots import slots_of
from planner.engine.compiler import compile
from planner.engine.standard_form import StandardForm
from tests.benchmarks.flat import flat, flat_at_rest
from tests.benchmarks.generator import synthetic

REMEMBERED = (largest_orders, landed_costs, limits_of, slots_of)
"""What a case is asked once; forgotten between two builds, so that each does all of its work."""


def main() -> None:
    materials, offers, traders, periods, repeats = map(int, sys.argv[1:])
    case = synthetic(materials, offers, traders, periods, seed=1, shared_suppliers=True, binding=True)
    form = built(case)
    ours, plain, at_rest = [], [], []
    for _ in range(repeats):
        ours.append(timed(lambda: built(case)))
        plain.append(timed(lambda: compile(flat(form))))
        at_rest.append(timed(lambda: compile(flat_at_rest(form))))
    print(
        json.dumps(
            {
                "rows": len(form.rows),
                "columns": len(form.columns),
                "integers": int(form.integer.sum()),
                "nonzeros": len(form.value),
                "seconds": median(ours),
                "microseconds per nonzero": 1e6 * median(ours) / len(form.value),
                "against flat": median(map(truediv, ours, plain)),
                "against flat at rest": median(map(truediv, ours, at_rest)),
            }
        )
    )


def built(case: Case) -> StandardForm:
    """The standard form of a case nobody has asked anything of."""
    for function in REMEMBERED:
        function.cache_clear()
    m = build(replace(case))
    return compile(m.model, coupling=m.register.coupling, cluster_of=m.register.cluster_of)


def timed(work: Callable[[], StandardForm]) -> float:
    """Seconds from the case to a solver that holds the model."""
    gc.collect()
    began = time.perf_counter()
    load(work())
    return time.perf_counter() - began


def load(form: StandardForm) -> None:
    """Pass the form to the solver in one call."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(
        len(form.columns), len(form.rows), len(form.value), int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize), form.offset, form.cost, form.lower, form.upper, form.row_lower, form.row_upper,
        form.start, form.column, form.value, form.integer.astype(np.int32),
    )  # fmt: skip


if __name__ == "__main__":
    main()

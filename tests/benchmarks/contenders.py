"""A general solver on one synthetic case, and its course.

`python -m tests.benchmarks.contenders SOLVER KIND MATERIALS SEED SECONDS FORM` prints one JSON object. SOLVER is highs, scip
or cbc; KIND, density and what is printed are those of `tests.benchmarks.trace`; FORM is `tight`, or `loose` for the rows as
they were before capacities were tied to onboarding. All get the scaled programme, in a file, with the gap of 0.1 % and all
cores that they can use.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import highspy
import numpy as np

from planner.engine.programme import Programme, configured, load
from planner.engine.scaling import scaled, scales_of
from tests.benchmarks.building import built
from tests.benchmarks.scale import GAP
from tests.benchmarks.strength import loosened
from tests.benchmarks.trace import Steps, case_of

NOTHING_YET = 1e19
"""Costs and bounds beyond this are a solver's infinity."""
CBC_PROGRESS = re.compile(r"([-+.\de]+) best solution, best possible ([-+.\de]+) \(([.\d]+) seconds\)")
CBC_RELAXED = re.compile(r"Continuous objective value is ([-+.\de]+) - ([.\d]+) seconds")
CBC_FOUND = re.compile(r"Integer solution of ([-+.\de]+) found .*\(([.\d]+) seconds\)")


def main() -> None:
    solver, kind, materials, seed, seconds, form = sys.argv[1:]
    made = built(case_of(kind, int(materials), int(seed)))
    made = made if form == "tight" else loosened(made)
    scales = scales_of(made)
    form_of_solver = scaled(made, scales)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.mps"
        _write(form_of_solver.bare, form_of_solver.offset, path)
        steps = CONTENDERS[solver](path, int(seed), float(seconds))
    money = [(when, None if cost is None else scales.money(cost), scales.money(bound)) for when, cost, bound in steps]
    print(json.dumps({"steps": money}))


def _write(programme: Programme, offset: float, path: Path) -> None:
    solver = configured({})
    load(solver, programme, offset)
    solver.writeModel(str(path))


def highs(path: Path, seed: int, seconds: float) -> Steps:
    """HiGHS as it comes."""
    solver, steps, began = highspy.Highs(), Steps(), time.perf_counter()
    for name, value in (("output_flag", False), ("mip_rel_gap", GAP), ("time_limit", seconds), ("random_seed", seed)):
        solver.setOptionValue(name, value)
    solver.readModel(str(path))
    solver.cbMipInterrupt += lambda event: _note(
        steps, time.perf_counter() - began, event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
    )
    solver.run()
    info = solver.getInfo()
    _note(steps, time.perf_counter() - began, info.objective_function_value, info.mip_dual_bound)
    return steps


def scip(path: Path, seed: int, seconds: float) -> Steps:
    """SCIP as it comes, in one thread."""
    from pyscipopt import SCIP_EVENTTYPE, Eventhdlr, Model

    steps, began = Steps(), time.perf_counter()

    class Watch(Eventhdlr):
        events = (SCIP_EVENTTYPE.BESTSOLFOUND, SCIP_EVENTTYPE.FIRSTLPSOLVED, SCIP_EVENTTYPE.NODESOLVED)

        def eventinit(self) -> None:
            for event in self.events:
                self.model.catchEvent(event, self)

        def eventexec(self, event: object) -> None:
            _note(steps, time.perf_counter() - began, self.model.getPrimalbound(), self.model.getDualbound())

    model = Model()
    model.hideOutput()
    model.readProblem(str(path))
    for name, value in (("limits/time", seconds), ("limits/gap", GAP), ("randomization/randomseedshift", seed)):
        model.setParam(name, value)
    model.includeEventhdlr(Watch(), "watch", "notes bound and plan")
    model.optimize()
    _note(steps, time.perf_counter() - began, model.getPrimalbound(), model.getDualbound())
    return steps


def cbc(path: Path, seed: int, seconds: float) -> Steps:
    """CBC as it comes, in two threads; its course is what it prints."""
    import pulp

    command = [pulp.PULP_CBC_CMD().path, str(path), "-timeMode", "elapsed", "-sec", str(seconds), "-ratio", str(GAP),
               "-randomCbcSeed", str(seed), "-threads", "2", "-solve", "-quit"]  # fmt: skip
    steps, cost, bound = Steps(), np.inf, -np.inf
    for line in subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines():
        if found := CBC_PROGRESS.search(line):
            cost, bound, when = map(float, found.groups())
        elif found := CBC_RELAXED.search(line):
            bound, when = map(float, found.groups())
        elif found := CBC_FOUND.search(line):
            cost, when = map(float, found.groups())
        else:
            continue
        _note(steps, when, cost, bound)
    return steps


CONTENDERS: Mapping[str, Callable[[Path, int, float], Steps]] = {"highs": highs, "scip": scip, "cbc": cbc}


def _note(steps: Steps, when: float, cost: float, bound: float) -> None:
    found = (cost if cost < NOTHING_YET else None), max(bound, -NOTHING_YET)
    if not steps or steps[-1][1:] != found:
        steps.append((when, *found))


if __name__ == "__main__":
    main()

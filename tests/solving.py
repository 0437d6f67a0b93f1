"""Solving tiny cases in memory, to a gap of zero, and checking what comes out.

The model goes through the engine's compiler and then to HiGHS in this very process: a process of its own, as the engine
starts for each solve, would take longer than all the rest. `tests/test_oracle.py` compares the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

import highspy
import numpy as np
from pyomo.core import Constraint

from models.assess import assess, charges_of
from models.bounds import Assumed
from models.build import build, line_totals, price_of_changes
from models.case import Case
from models.plan import Assessment, Charge, Plan, weighed
from models.rules import RULES
from models.rules.base import Rule
from models.skeleton import Skeleton
from planner.engine.compiler import compile
from planner.engine.standard_form import StandardForm
from planner.rounding import rounded
from planner.verify import compare_costs

EXACT = 1e-9


@dataclass(frozen=True, eq=False)
class Solved:
    """An optimal plan, or none (then its cost is infinite), with what the model claims and what arithmetic makes of it.

    Attributes:
        cost: the model's optimum, in discounted USD, without the price of changes.
        claimed: what the model believes each invoice line comes to, in undiscounted USD.
        charges, assessments: recomputed from the decisions.
    """

    m: Skeleton
    form: StandardForm
    feasible: bool
    cost: float = inf
    plan: Plan = field(default=None, repr=False)  # type: ignore[assignment]  # a test that reads it knows there is one
    claimed: dict[str, float] = field(default_factory=dict)
    charges: tuple[Charge, ...] = ()
    assessments: tuple[Assessment, ...] = ()

    @property
    def failures(self) -> list[Assessment]:
        """Hard limits that do not hold in the plan, and cost lines that are not what the model claims."""
        costs = compare_costs(self.plan, self.charges, self.claimed, self.cost)
        return [row for row in (*self.assessments, *costs) if row.hard and not row.holds]

    @property
    def lines(self) -> dict[str, float]:
        """The recomputed bill: undiscounted USD by line; nothing is listed for nothing."""
        sums: dict[str, float] = defaultdict(float)
        for charge in self.charges:
            sums[charge.line] += charge.amount
        return {line: amount for line, amount in sums.items() if amount}

    @property
    def bought(self) -> dict[tuple[str, int], float]:
        """Quantity by offer and order period, over all traders."""
        sums: dict[tuple[str, int], float] = defaultdict(float)
        for row in self.plan.purchases:
            sums[row.offer, row.period] += row.quantity
        return dict(sums)

    @property
    def total(self) -> dict[str, float]:
        """Quantity by offer over the plan."""
        sums: dict[str, float] = defaultdict(float)
        for row in self.plan.purchases:
            sums[row.offer] += row.quantity
        return dict(sums)

    def of(self, rule: str) -> list[Assessment]:
        """The assessments of one rule."""
        return [row for row in self.assessments if row.rule == rule]


Alter = Callable[[Skeleton], None]


def solve(case: Case, *, rules: Sequence[Rule] = RULES, alter: Alter | None = None) -> Solved:
    """The optimum of a case, for tests that break the model; `alter` changes it before it is solved.

    A model that lacks a rule, or is altered, takes no bounds of orders from agreed rules either.
    """
    m = build(case, rules, Assumed(agreed=rules is RULES and alter is None))
    if alter is not None:
        alter(m)
    form = compile(m.model, coupling=m.register.coupling, cluster_of=m.register.cluster_of)
    values = minimised(form)
    if values is None:
        return Solved(m, form, feasible=False)
    plan, values, value = rounded(m, form, values)
    charges = charges_of(plan)
    cost = form.objective(values) - price_of_changes(m, value)
    return Solved(m, form, True, cost, plan, line_totals(m, value), charges, assess(plan, charges))


def optimum(case: Case) -> Solved:
    """The optimum of a case that has one; the plan passes every check, and its bill is what the model claims."""
    solved = solve(case)
    assert solved.feasible, "there is no plan"
    assert not solved.failures, solved.failures
    total = weighed(case, solved.charges)
    assert abs(total - solved.cost) <= 1e-4 + 1e-6 * abs(total), (total, solved.cost)
    return solved


def relaxation(case: Case) -> float:
    """The optimum of a case's linear relaxation, in discounted USD."""
    m = build(case)
    form = compile(m.model, coupling=m.register.coupling, cluster_of=m.register.cluster_of)
    values = _run(replace(form, integer=np.zeros_like(form.integer)))
    assert values is not None
    return form.objective(values)


def without(rule: str) -> list[Rule]:
    """All rules but one."""
    return [other for other in RULES if other.name != rule]


def unconstrained(rule: str, *containers: str) -> Alter:
    """Take the constraints of one rule out of a model, or some of them, and leave its variables and its money."""

    def alter(m: Skeleton) -> None:
        for container in m.model.component(rule).component_objects(Constraint):
            if not containers or container.local_name in containers:
                container.deactivate()

    return alter


def minimised(form: StandardForm, presolve: str = "choose") -> np.ndarray | None:
    """An optimal solution with whole integers, None if there is none.

    Args:
        presolve: HiGHS's; with such tolerances and without scaling it may cut off optima (seed 263 of `served`).

    Raises:
        AssertionError: HiGHS says neither.
    """
    values = _run(form, presolve)
    if values is None or not form.integer.any():
        return values
    return _run(form.held(np.rint(values[form.integer])), presolve)


def _run(form: StandardForm, presolve: str = "choose") -> np.ndarray | None:
    solver = highspy.Highs()
    for name, option in {
        "output_flag": False,
        "presolve": presolve,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.0,
        "primal_feasibility_tolerance": EXACT,
        "mip_feasibility_tolerance": EXACT,
        "threads": 1,
        "large_matrix_value": 1e20,  # the engine scales its forms
    }.items():
        solver.setOptionValue(name, option)
    solver.passModel(
        len(form.cost), len(form.rows), len(form.value), int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize), form.offset, form.cost, form.lower, form.upper, form.row_lower, form.row_upper,
        form.start, form.column, form.value, form.integer.astype(np.int32),
    )  # fmt: skip
    solver.run()
    if solver.getModelStatus() == highspy.HighsModelStatus.kSolveError:  # one retry, as the engine does
        solver.clearSolver()
        solver.setOptionValue("presolve", "off")
        solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return np.array(solver.getSolution().col_value)
    infeasible = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
    assert status in infeasible, status
    return None


@dataclass(frozen=True)
class Binding:
    """A case in which a rule matters: each file in `tests/rules` names one, and `tests/test_meta.py` tries it.

    Attributes:
        case: makes the case.
        cost: its optimum by hand, in USD.
        dropped: the optimum of a model without the rule; infinite if there is none.
        drop: takes the rule out where it has no building side of its own.
        rows: makes a case in which the rule's constraints matter, where the first shows its money alone.
    """

    case: Callable[[], Case]
    cost: float
    dropped: float
    drop: Callable[[Any], None] | None = None
    rows: Callable[[], Case] | None = None

"""The only door to the solver: Pyomo model → standard form → HiGHS in a process of its own → outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.engine.infeasible import Conflict, conflict
from planner.engine.monolithic import Polished, linear, polish, solve
from planner.engine.outcome import Held, Options, Outcome, Progress, Stopped
from planner.engine.standard_form import StandardForm
from planner.engine.watch import Running, results

if TYPE_CHECKING:
    from planner.engine.compiler import compile

__all__ = [
    "Conflict",
    "Held",
    "Options",
    "Outcome",
    "Polished",
    "Progress",
    "Running",
    "StandardForm",
    "Stopped",
    "compile",
    "conflict",
    "linear",
    "polish",
    "results",
    "solve",
]


def __getattr__(name: str) -> Any:
    """`compile` on its first use: it imports Pyomo, which the solver's process does without."""
    if name == "compile":
        from planner.engine.compiler import compile

        return compile
    raise AttributeError(f"module {__name__} has no attribute {name}")

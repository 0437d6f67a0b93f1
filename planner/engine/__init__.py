"""The only door to the solver: Pyomo model → standard form → HiGHS in processes of its own → outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.engine import decomposition
from planner.engine.beside import Beside
from planner.engine.infeasible import Conflict, conflict
from planner.engine.monolithic import Polished, linear, polish
from planner.engine.outcome import Held, Options, Outcome, Progress, Stopped
from planner.engine.solving import Method, Resources, chosen, solve
from planner.engine.standard_form import StandardForm
from planner.engine.watch import Running, results

if TYPE_CHECKING:
    from planner.engine.compiler import compile

__all__ = [
    "Beside",
    "Conflict",
    "Held",
    "Method",
    "Options",
    "Outcome",
    "Polished",
    "Progress",
    "Resources",
    "Running",
    "StandardForm",
    "Stopped",
    "chosen",
    "compile",
    "conflict",
    "decomposition",
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

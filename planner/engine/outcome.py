"""The engine's vocabulary: what is asked of a solve, what it says on the way, and what it leaves.

Why a solve stopped and what is held afterwards are two questions with two answers: a solve stopped by Ctrl-C may hold
a proven plan, and one that ended by itself may hold nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from planner.engine.programme import Floats

TICK = 0.25
"""Seconds between two looks at the clock, and two calls of `on_progress`, while a solve runs."""


class Stopped(StrEnum):
    """Why a solve stopped."""

    GAP_REACHED = "the gap asked for is reached"
    INFEASIBLE = "the solver proved that there is no plan"
    UNBOUNDED = "the cost has no lower bound"
    ROUNDED = "the gap was reached, but not by the plan's rounded decisions"
    TIME_LIMIT = "the time is up"
    INTERRUPTED = "interrupted"
    TERMINATED = "terminated"
    GAVE_UP = "the search came to no end"
    ERROR = "the solver failed twice"


class Held(StrEnum):
    """What is held after a solve."""

    PROVEN_PLAN = "a plan proven to be within the gap asked for"
    PLAN = "a plan, not proven to be within the gap asked for"
    NO_PLAN_EXISTS = "a proof that no plan exists"
    NOTHING = "neither a plan nor a proof"


@dataclass(frozen=True)
class Options:
    """How to solve.

    Attributes:
        gap: accepted distance between plan and bound, as a share of the plan's cost (0.001 is 0.1 %).
        time_limit: wall-clock seconds for the whole solve, a retry included.
        threads: threads inside the solver.
        seed: of the solver's random choices; same seed, threads and gap, same plan.
    """

    gap: float = 0.001
    time_limit: float = 600.0
    threads: int = 1
    seed: int = 1

    def __post_init__(self) -> None:
        if not (self.gap >= 0.0 and self.time_limit > 0.0 and self.threads >= 1 and self.seed >= 0):
            raise ValueError(f"{self}: gap and seed are 0 or more, the time limit is above 0, threads are 1 or more")


@dataclass(frozen=True)
class Progress:
    """How far a solve has come.

    Attributes:
        seconds: since the solve began.
        seconds_left: until the time limit.
        objective: cost of the best plan so far, None without one.
        bound: no plan costs less; -inf while nothing is known.
        nodes: branch-and-bound nodes.
        solved: how many of the clusters at hand are solved, and how many there are, while clusters are being solved.
    """

    seconds: float
    seconds_left: float
    objective: float | None
    bound: float
    nodes: int
    solved: tuple[int, int] | None = None

    @property
    def gap(self) -> float | None:
        """Relative gap, None without a plan."""
        return None if self.objective is None else relative_gap(self.objective, self.bound)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a solve leaves, in the user's units.

    Attributes:
        objective: cost of `values`, computed from them; None without a plan.
        bound: no plan costs less; -inf if nothing is known, +inf if no plan exists.
        values: one figure per column of the form; integers as near to whole as the solver's tolerance.
        row_duals: of a linear programme solved to optimality, else None: the change of cost per unit by which a row's
            right-hand side (its binding bound) rises. A binding `≤` row's is negative or zero: more room costs less.
        reduced_costs: likewise, the change of cost per unit by which a variable's binding bound rises.
        seconds: wall clock.
        nodes: branch-and-bound nodes.
        log: the last lines of the solver's log.
        master_duals: of a decomposed solve: what its bound charges for each row that couples clusters, in money per unit of
            the row's right-hand side; 0 for all other rows.
        clusters: how many clusters it was solved in; 0 as one programme.
    """

    stopped: Stopped
    held: Held
    objective: float | None
    bound: float
    values: Floats | None
    row_duals: Floats | None
    reduced_costs: Floats | None
    seconds: float
    nodes: int
    log: tuple[str, ...]
    master_duals: Floats | None = None
    clusters: int = 0

    @property
    def gap(self) -> float | None:
        """Relative gap, None without a plan."""
        return None if self.objective is None else relative_gap(self.objective, self.bound)


def relative_gap(objective: float, bound: float) -> float:
    """(objective − bound) as a share of the objective, or of one unit of money if the objective is smaller.

    >>> relative_gap(200.0, 199.0)
    0.005
    """
    return max(0.0, objective - bound) / max(abs(objective), 1.0)

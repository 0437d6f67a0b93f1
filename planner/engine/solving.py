"""A solve by whichever way suits the model: as one programme, or cluster by cluster.

A small model is solved as one: its search ends sooner than the clusters' bounds could be put together. A large one whose
clusters are tied only by some rows is decomposed; where that comes to no end, the search on the whole takes over, with
the best plan so far.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from planner.engine import decomposition, monolithic
from planner.engine.decomposition import Alone, LocalWorkers
from planner.engine.decomposition.cluster import ClusterLost, ClusterWorkers
from planner.engine.knowledge import GAP_TOLERANCE
from planner.engine.outcome import Held, Options, Outcome, Stopped, relative_gap
from planner.engine.programme import Floats
from planner.engine.standard_form import MASTER, StandardForm
from planner.engine.watch import OnProgress, ignore
from planner.findings import SolverFailure

LARGE = 400
"""Whole-number columns from which on decomposing pays; below, the whole is searched faster than it is cut up."""

LARGEST_PART = 0.5
"""A cluster with more of them than this share is most of the model: nothing is gained by cutting off the rest."""


class Method(StrEnum):
    """How to solve."""

    AUTO = "auto"
    MONOLITHIC = "monolithic"
    DECOMPOSED = "decomposed"


@dataclass(frozen=True)
class Resources:
    """What a solve may use.

    Attributes:
        method: as one programme, cluster by cluster, or what suits the model.
        cluster: address of a Dask scheduler; nothing for processes on this machine.
        cluster_required: whether to stop where the cluster cannot be used, rather than fall back to this machine.
        tell: takes a sentence for the user.
        alone: whether this process solves clusters by itself, without workers.
    """

    method: Method = Method.AUTO
    cluster: str | None = None
    cluster_required: bool = False
    tell: Callable[[str], object] = lambda _: None
    alone: bool = False
    lost: set[str] = field(default_factory=set)
    """Clusters that were tried and could not be used: they are not tried again."""


def chosen(form: StandardForm, method: Method = Method.AUTO) -> Method:
    """How a form is solved, where the choice is free; what has no clusters is one programme in any case."""
    if not form.clusters:
        return Method.MONOLITHIC
    if method is not Method.AUTO:
        return method
    integers = form.cluster[form.integer]
    sizes = np.bincount(integers[integers != MASTER], minlength=1)
    is_parted = len(integers) >= LARGE and sizes.max() <= LARGEST_PART * len(integers)
    return Method.DECOMPOSED if is_parted else Method.MONOLITHIC


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def solve(
    form: StandardForm,
    options: Options,
    on_progress: OnProgress = ignore,
    start: Floats | None = None,
    resources: Resources | None = None,
    charged: Floats | None = None,
) -> Outcome:
    """Solve a form the way that suits it.

    Args:
        start: a known plan, or part of one (NaN where unknown), one figure per column.
        charged: what each row was charged in a decomposed solve of a form like this one, in money per unit.

    Raises:
        SolverFailure: the cluster is required, and cannot be used.
        KeyboardInterrupt: on a second Ctrl-C.
    """
    resources = resources or Resources()
    if chosen(form, resources.method) is Method.MONOLITHIC:
        return monolithic.solve(form, options, on_progress, start)
    began, known = time.monotonic(), start
    if resources.cluster is not None and resources.cluster not in resources.lost:
        try:
            with ClusterWorkers(resources.cluster) as workers:
                at_a_time = f"{workers.count} programme{'s' if workers.count > 1 else ''} at a time"
                resources.tell(f"The cluster at {resources.cluster} solves, {at_a_time}.")
                outcome = decomposition.solve(form, workers, options, on_progress, start, charged)
            if not workers.lost:
                return _searched(form, outcome, began, options, on_progress)
            known = start if outcome.values is None else outcome.values
            raise ClusterLost(workers.lost)
        except ClusterLost as error:
            if resources.cluster_required:
                raise SolverFailure(f"{error}. It is required, so nothing was solved.") from error
            resources.lost.add(resources.cluster)
            resources.tell(f"Warning: {error}. This machine solves instead.")
    with Alone() if resources.alone else LocalWorkers(cores()) as processes:
        outcome = decomposition.solve(form, processes, _left(options, began), on_progress, known, charged)
    return _searched(form, outcome, began, options, on_progress)


def _searched(form: StandardForm, outcome: Outcome, began: float, options: Options, on_progress: OnProgress) -> Outcome:
    """The outcome of a decomposed solve; where it came to no end, that of the search on the whole, which goes on from it.

    It does not where a part of the costs is aside: what it would prove is proven of all costs.
    """
    if outcome.stopped is not Stopped.GAVE_UP or form.aside is not None:
        return replace(outcome, seconds=time.monotonic() - began)
    whole = monolithic.solve(form, _left(options, began), on_progress, outcome.values)
    bound = max(whole.bound, outcome.bound)
    if whole.objective is None:
        return replace(whole, seconds=time.monotonic() - began)
    proven = relative_gap(whole.objective, bound) <= options.gap + GAP_TOLERANCE
    held = Held.PROVEN_PLAN if proven else Held.PLAN
    return replace(whole, bound=bound, held=held, seconds=time.monotonic() - began)


def _left(options: Options, began: float) -> Options:
    """The options with the time that is left."""
    return replace(options, time_limit=max(1.0, began + options.time_limit - time.monotonic()))

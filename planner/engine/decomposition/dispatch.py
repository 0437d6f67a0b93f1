"""What the search asks of its workers: programmes made into tasks, and their answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.engine.blocks import Blocks
from planner.engine.decomposition import tuning
from planner.engine.decomposition.jobs import Answer, Job, Task
from planner.engine.decomposition.workers import Look, OnAnswer, Workers, wait_for_all
from planner.engine.programme import Floats, Programme


@dataclass(frozen=True, eq=False)
class Dispatch:
    """The way to the workers.

    Attributes:
        workers: run the tasks.
        look: called while they run, with how many of how many clusters are solved; raises to end the search.
        seconds_left: how long an answer is still of use.
        seed: of the solver's random choices.
    """

    workers: Workers
    look: Look
    seconds_left: Callable[[], float]
    seed: int

    def job(self, programme: Programme, start: Floats | None = None, gap: float = 0.0, nodes: int = tuning.NODES) -> Job:
        """A task of a programme."""
        return Job(programme, gap, nodes, max(self.seconds_left(), 0.0), self.seed, start, tuning.SEARCH)

    def gathered(self, tasks: Sequence[Task], clusters: slice, learn: OnAnswer = wait_for_all) -> list[Answer]:
        """The answers to some tasks, in their order.

        Args:
            clusters: which of them solve clusters, for those who watch.
            learn: called with each answer as it arrives.
        """
        before, of = len(tasks[: clusters.start]), len(tasks[clusters])
        return self.workers.gathered(tasks, lambda done, _: self.look(max(done - before, 0), of), learn)

    def answers(self, jobs: Sequence[Job]) -> list[Answer]:
        """The answers to jobs that are not the clusters'."""
        return self.gathered(jobs, slice(0, 0))

    def answer(self, programme: Programme) -> Answer:
        """The answer to one programme."""
        return self.answers([self.job(programme)])[0]

    def relaxed(self, programmes: Sequence[Programme]) -> list[Answer]:
        """The answers to the linear relaxations of clusters' programmes."""
        linear = [replace(programme, integer=np.zeros_like(programme.integer)) for programme in programmes]
        return self.answers([replace(self.job(programme), options=tuning.PLAIN) for programme in linear])


def completed(blocks: Blocks, start: Floats, dispatch: Dispatch) -> Iterator[tuple[int, Floats]]:
    """The clusters of which a start says something, each with a plan that keeps to it, if there is one.

    Args:
        start: of the whole's columns; NaN where unknown.
    """
    jobs = {}
    for k, block in enumerate(blocks.clusters):
        said, own = start[block.columns], block.programme
        known = np.isfinite(said)
        if known.any():
            said = np.clip(said, own.lower, own.upper)
            lower, upper = np.where(known, said, own.lower), np.where(known, said, own.upper)
            jobs[k] = dispatch.job(replace(own, lower=lower, upper=upper), None, tuning.ROUGH, 1)
    for k, answer in zip(jobs, dispatch.answers(list(jobs.values())), strict=True):
        if answer.plans:
            yield k, answer.plans[-1]

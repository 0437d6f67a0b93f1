"""A running Dask scheduler as workers: the extra `cluster`. Its scheduler gives a dead worker's tasks to the others."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Future
from typing import Any

from planner.engine.decomposition.jobs import Answer, Task, run
from planner.engine.decomposition.workers import Look, OnAnswer, collect, wait_for_all

PATIENCE = 10.0
"""Seconds to reach the scheduler, and to wait for one that is gone."""

ADDRESS = re.compile(r"\w+://.+:\d+")


class ClusterLost(BrokenExecutor):
    """The scheduler cannot be reached, or has no workers, or was lost."""


class ClusterWorkers:
    """The workers of a Dask scheduler; a context manager, whose end takes back what they are at.

    Certificates and versions are Dask's business: TLS is set up in its configuration, and its own check of the packages
    that client, scheduler and workers have decides whether they fit.

    Args:
        address: `tcp://HOST:PORT` or `tls://HOST:PORT`.

    Attributes:
        lost: why it cannot be used any more; empty while it can.

    Raises:
        ClusterLost: the extra is not installed, or nothing answers there, or no worker is connected.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise ClusterLost("a cluster needs the extra: python -m pip install 'vault-planner[cluster]'") from error
        self._address, self.lost = address, ""
        if not ADDRESS.fullmatch(address):
            raise ClusterLost(f"{address!r} is no address of a cluster, such as tcp://HOST:8786")
        for name in (
            "distributed",
            "distributed.client",
            "tornado",
            "tornado.application",
            "asyncio",
        ):  # what they have to say is raised, too
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self._client: Any = Client(address, timeout=PATIENCE, set_as_default=False)
            self._client.wait_for_workers(1, timeout=PATIENCE)
            self._client.get_versions(check=True)
        except Exception as error:  # whatever the network, TLS or Dask's version check raises: it says why
            raise ClusterLost(f"the cluster at {address} cannot be used: {error}") from error
        self.count = sum(self._client.nthreads().values())

    def __enter__(self) -> ClusterWorkers:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close(timeout=PATIENCE)

    def gathered(self, tasks: Sequence[Task], look: Look, learn: OnAnswer = wait_for_all) -> list[Answer]:
        """The answers to some tasks, in their order.

        Raises:
            ClusterLost: the scheduler is gone, or a task was lost with every worker that took it.
        """
        answers: dict[int, Answer] = {}
        seen = time.monotonic()

        def watch(done: int, of: int) -> None:
            nonlocal seen
            now = time.monotonic()
            seen = now if self._client.status == "running" else seen
            if now > seen + PATIENCE:
                raise self._loss("nothing was heard of its scheduler")
            look(done, of)

        try:
            collect(self._begun, run, tasks, range(len(tasks)), answers, watch, learn)
        except _lost() as error:
            raise self._loss(str(error) or type(error).__name__) from error
        return [answers[number] for number in range(len(tasks))]

    def _begun(self, do: Callable[[Task], Answer], task: Task) -> Future[Answer]:
        """Dask's own executor takes an answer for an error if the worker that gave it dies while it is handed on."""
        begun = self._client.submit(do, task, pure=False)
        return asyncio.run_coroutine_threadsafe(_awaited(begun), self._client.loop.asyncio_loop)

    def _loss(self, why: str) -> ClusterLost:
        self.lost = f"the cluster at {self._address} was lost: {why}"
        return ClusterLost(self.lost)


async def _awaited(begun: Any) -> Answer:
    answer: Answer = await begun
    return answer


def _lost() -> tuple[type[BaseException], ...]:
    """What Dask raises, or has a future raise, when the scheduler or all workers are gone."""
    from concurrent.futures import CancelledError

    from distributed.comm import CommClosedError
    from distributed.scheduler import KilledWorker

    return CancelledError, CommClosedError, KilledWorker, OSError

"""A real Dask scheduler and two workers on the loopback."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from socket import socket

import pytest

from planner.engine.decomposition.cluster import ClusterLost, ClusterWorkers


def free_port() -> int:
    with closing(socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Cluster:
    """A real scheduler and two workers on the loopback, each a process of its own."""

    def __init__(self) -> None:
        pytest.importorskip("distributed", reason="Dask is an extra: pip install -e '.[dev]' brings it")
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        common = ["--no-dashboard", "--host", "127.0.0.1"]
        self.scheduler = self._started("distributed.cli.dask_scheduler", "--port", str(port), *common)
        self.workers = [
            self._started("distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-nanny", *common)
            for _ in range(2)
        ]

    @staticmethod
    def _started(module: str, *arguments: str) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        return subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=quiet, stderr=quiet)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


def joined(address: str) -> ClusterWorkers:
    """The cluster with both its workers, which take a while to start."""
    deadline = time.monotonic() + 60.0
    while True:
        try:
            workers = ClusterWorkers(address)
        except ClusterLost:
            if time.monotonic() > deadline:
                raise
            continue
        if workers.count == 2 or time.monotonic() > deadline:
            return workers
        workers.__exit__()

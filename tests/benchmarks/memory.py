"""Peak memory of a process tree, sampled from outside."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Thread

import psutil

EVERY = 0.05
"""Seconds between two samples."""
GIB = 2.0**30


@dataclass(frozen=True)
class Run:
    """A command that has ended.

    Attributes:
        seconds: wall clock.
        samples: seconds since the start, and resident bytes of the process and all its descendants.
    """

    status: int
    output: str
    errors: str
    seconds: float
    samples: tuple[tuple[float, int], ...]

    @property
    def peak(self) -> float:
        """Most memory held at one time, in GiB."""
        return max((size for _, size in self.samples), default=0) / GIB

    def peaks(self, stages: Mapping[str, float]) -> dict[str, float]:
        """Peak memory by stage in GiB, from the stages' seconds in order; the last of them ends when the command does."""
        begins = self.seconds - sum(stages.values())
        found = {"start": self._peak(0.0, begins)}
        for stage, seconds in stages.items():
            found[stage] = self._peak(begins, begins + seconds)
            begins += seconds
        return found

    def _peak(self, begins: float, ends: float) -> float:
        return max((size for when, size in self.samples if begins <= when <= ends), default=0) / GIB


def run(command: Sequence[str]) -> Run:
    """Run a command to its end and watch what it holds."""
    began = time.perf_counter()
    samples: list[tuple[float, int]] = []
    with psutil.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:

        def watch() -> None:
            while process.poll() is None:
                samples.append((time.perf_counter() - began, _resident(process)))
                time.sleep(EVERY)

        watcher = Thread(target=watch)
        watcher.start()
        output, errors = process.communicate()
        seconds = time.perf_counter() - began
        watcher.join()
    return Run(process.returncode, output, errors, seconds, tuple(samples))


def _resident(process: psutil.Process) -> int:
    """Resident bytes of a process and its descendants; those that end meanwhile hold nothing."""
    total = 0
    try:
        for member in (process, *process.children(recursive=True)):
            total += member.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total

"""The planner's own commands, each in a process of its own: what happens to one stops no other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import psutil

from planner.findings import Exit, Finding, Severity
from planner.parent import PARENT

MOST = 5
"""Faults that are told of a command; its marked copy has all of them."""
LOOK = 0.25
"""Seconds between two looks at a process."""
GRACE = 60.0
"""Seconds in which a process that was asked to end may check and write its best plan."""
GIB = 2**30


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Attributes:
        answer: the JSON object that it printed; empty without one.
        status: its exit status; that of a solver failure where it was killed.
        why: why it was ended from outside; empty otherwise.
        memory: GiB that it and its workers took at most.
    """

    status: Exit
    answer: dict[str, Any]
    why: str
    seconds: float
    memory: float

    @property
    def faults(self) -> list[str]:
        """The faults that it found, the first of them."""
        found = [Finding(**one) for one in self.answer.get("findings", ()) if one.get("severity") == Severity.FAULT]
        more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
        return [*map(str, found[:MOST]), *more]

    @property
    def message(self) -> str:
        """What came of it, in its words."""
        found = "\n".join(filter(None, (str(self.answer.get("message", "")), *self.faults)))
        return self.why or found or f"the command ended with status {int(self.status)} and without a word"


def run(arguments: Sequence[str], log: Path, seconds: float, memory: float, stopped: Event) -> Ended:
    """Run `planner` with some arguments and `--json`.

    Args:
        log: file to which its standard error is added.
        seconds: after which it is asked to end, with the best plan that it has.
        memory: GiB; where it takes more it is asked to end.
        stopped: whether the night is to end.
    """
    began = time.monotonic()
    with log.open("ab") as file, subprocess.Popen(
        [sys.executable, "-m", "planner", *arguments, "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=file,
        start_new_session=True, env=os.environ | {PARENT: str(os.getpid())},
    ) as process:  # fmt: skip
        watch = _Watch(process, began + seconds, memory, stopped)
        out = b""
        while True:
            try:
                out, _ = process.communicate(timeout=LOOK)
                break
            except subprocess.TimeoutExpired:
                watch.look()
    return Ended(_status(process.returncode), _answer(out), watch.why, time.monotonic() - began, watch.peak / GIB)


class _Watch:
    """Looks at a process now and then, asks it to end where it takes too much, and ends it where it does not."""

    def __init__(self, process: subprocess.Popen[bytes], late: float, memory: float, stopped: Event) -> None:
        self._process, self._late, self._memory, self._stopped = process, late, memory, stopped
        self._asked: float | None = None
        self.peak, self.why = 0.0, ""

    def look(self) -> None:
        now = time.monotonic()
        taken = self._taken()
        self.peak = max(self.peak, taken)
        if self._asked is None:
            if taken > self._memory * GIB:
                self._ask(now, f"it took more than {self._memory:.3g} GiB")
            elif now > self._late:
                self._ask(now, "its time was up")
            elif self._stopped.is_set():
                self._ask(now, "the night was asked to end")
        elif now > self._asked + GRACE:
            self._kill()

    def _ask(self, now: float, why: str) -> None:
        self._asked, self.why = now, why
        self._process.terminate()

    def _kill(self) -> None:
        for one in self._tree():
            with suppress(psutil.Error):
                one.kill()

    def _taken(self) -> float:
        found = 0.0
        for one in self._tree():
            with suppress(psutil.Error):
                found += one.memory_info().rss
        return found

    def _tree(self) -> list[psutil.Process]:
        with suppress(psutil.Error):
            root = psutil.Process(self._process.pid)
            return [root, *root.children(recursive=True)]
        return []


def _status(code: int) -> Exit:
    try:
        return Exit(code)
    except ValueError:  # killed by a signal, or a status that is none of ours
        return Exit.SOLVER_FAILURE


def _answer(out: bytes) -> dict[str, Any]:
    """The last line, if it is a JSON object."""
    lines = out.decode(errors="replace").strip().splitlines()
    with suppress(ValueError, IndexError):
        found = json.loads(lines[-1])
        if isinstance(found, dict):
            return found
    return {}

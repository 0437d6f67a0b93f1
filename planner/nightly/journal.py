"""The log of the nights: `nightly.jsonl` beside the cases, a JSON object for each thing that happened, the latest last.

Whatever part of the night does something says so with `tell`, or does it within `timed`; outside a night nobody listens.
The standard library's logging does the rest: one line is written at a time, and a file that is full gives way to the next.
"""

from __future__ import annotations

import json
import logging
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from planner.nightly import durable

NAME = "nightly.jsonl"
FULL, FILES = 5 * 2**20, 10
"""Bytes after which a new file is begun, and how many of the full ones are kept: some years of a dozen cases."""
_LOG = logging.getLogger("planner.nightly")
_LOG.propagate = False
_LOG.addHandler(logging.NullHandler())

Figure = float | int | None


def tell(stage: str, case: str = "", run: str = "", message: str = "", **figures: Figure) -> None:
    """Something has happened.

    Args:
        stage: what was done: begin, snapshot, solve, verify, keep, publish, retire, skip, case, alert, send, metrics or end.
        case, run: to what; empty where it is the night's.
        figures: `seconds`, `status`, `gap`, `objective` (USD), `memory` (GiB), as far as there are any.
    """
    _LOG.info(message, extra={"told": {"stage": stage, "case": case, "run": run, **figures}})


@contextmanager
def timed(stage: str, case: str, run: str) -> Iterator[None]:
    """Tell how long something took, whatever comes of it."""
    began = time.monotonic()
    try:
        yield
    finally:
        tell(stage, case, run, seconds=time.monotonic() - began)


@contextmanager
def kept(outputs: Path, night: str) -> Iterator[None]:
    """Write what is told in the block to the log in a folder, under the name of a night."""
    handler = _Lines(outputs / NAME, night)
    level = _LOG.level
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    try:
        yield
    finally:
        _LOG.setLevel(level)
        _LOG.removeHandler(handler)
        handler.close()


class _Lines(RotatingFileHandler):
    """Adds lines to the log; where that fails the night goes on, and standard error says so once."""

    def __init__(self, path: Path, night: str) -> None:
        super().__init__(path, maxBytes=FULL, backupCount=FILES, encoding="utf-8", delay=True)
        self._night, self._failed = night, False

    def emit(self, record: logging.LogRecord) -> None:
        durable.step(lambda: super(_Lines, self).emit(record))

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = getattr(record, "told", {})
        figures = {name: _finite(told.get(name)) for name in ("seconds", "status", "gap", "objective", "memory")}
        time_of = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        place = {"time": time_of, "night": self._night, "case": told["case"], "run": told["run"], "stage": told["stage"]}
        return json.dumps(place | figures | {"message": record.getMessage()})

    def _open(self) -> TextIOWrapper:
        durable.end_line(Path(self.baseFilename))
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the name is the standard library's
        if not self._failed:
            self._failed = True
            reason = sys.exc_info()[1]
            print(f"{self.baseFilename} cannot be written: {getattr(reason, 'strerror', None) or reason}", file=sys.stderr)


def _finite(value: object) -> object:
    """A figure as JSON has it, which knows no infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value

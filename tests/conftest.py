"""Fixtures that several files of tests use."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.engine.decomposition import LocalWorkers
from planner.nightly import one_run
from tests.nights import Commands, Watched

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts the tests in the background has them ignore it


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalWorkers]:
    """Processes that the tests of a module share: starting them takes longer than a small solve."""
    with LocalWorkers(2) as found:
        yield found


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    """What stands for the planner's commands in a night."""
    found = Commands()
    monkeypatch.setattr(one_run, "run", found)
    return found


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Nights of two workbooks that are watched."""
    return Watched(tmp_path, monkeypatch)


@pytest.fixture
def root(nights: Watched) -> Path:
    """The folder of the two workbooks."""
    return nights.root

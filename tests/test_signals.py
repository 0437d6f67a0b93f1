"""Signals of one run: what was asked for in one of its solves makes the next Ctrl-C a second one."""

from __future__ import annotations

import signal

import pytest

from planner.engine.outcome import Stopped
from planner.engine.signals import Requests, one_run


def ask(requests: Requests, signum: int = signal.SIGINT) -> None:
    with requests.listen():
        signal.raise_signal(signum)


def test_a_second_interruption_in_another_part_of_the_run_leaves_at_once() -> None:
    with one_run() as run:
        first = Requests()
        ask(first)
        assert first.asked is run.asked is Stopped.INTERRUPTED
        for later in (Requests(), run):
            with pytest.raises(KeyboardInterrupt):
                ask(later)


def test_a_new_run_begins_anew_and_solves_by_themselves_do_not_meet() -> None:
    for _ in range(2):
        with one_run() as run:
            ask(run, signal.SIGTERM)
            assert run.asked is Stopped.TERMINATED
    for _ in range(2):
        alone = Requests()
        ask(alone)
        assert alone.asked is Stopped.INTERRUPTED

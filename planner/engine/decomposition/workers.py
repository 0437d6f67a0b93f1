"""Workers: where tasks are done, in batches whose answers come in the order of the tasks, never in that of their arrival."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread
from typing import Protocol, TypeVar

from planner.engine.decomposition.jobs import Answer, Task, run
from planner.engine.outcome import TICK
from planner.engine.signals import held_back, let_through

PATIENCE = 3
"""How often workers are started anew after one died; a task that kills them every time is not tried for ever."""

Item = TypeVar("Item")
Found = TypeVar("Found")

Look = Callable[[int, int], None]
"""Called again and again while tasks are done, with how many are done and how many there are; raises to end it all."""

OnAnswer = Callable[[int, Answer], None]
"""Called with each answer as it arrives, in whatever order; raises to end the batch."""


def wait_for_all(number: int, answer: object) -> None:
    """Wait for the whole batch."""


def in_order(learn: OnAnswer) -> OnAnswer:
    """Learns answers in the order of the tasks, each as soon as all before it are there."""
    waiting: dict[int, Answer] = {}
    learnt = 0

    def arrive(number: int, answer: Answer) -> None:
        nonlocal learnt
        waiting[number] = answer
        while learnt in waiting:
            learn(learnt, waiting.pop(learnt))
            learnt += 1

    return arrive


class Workers(Protocol):
    """Something that does tasks."""

    @property
    def count(self) -> int:
        """How many are done at a time."""

    def gathered(self, tasks: Sequence[Task], look: Look, learn: OnAnswer = wait_for_all) -> list[Answer]:
        """The answers to some tasks, in their order.

        Raises:
            BrokenExecutor: workers died again and again.
        """


class Alone:
    """This very process, which does one task after the other: for one that is itself a worker."""

    count = 1

    def __enter__(self) -> Alone:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def gathered(self, tasks: Sequence[Task], look: Look, learn: OnAnswer = wait_for_all) -> list[Answer]:
        """The answers to some tasks, in their order."""
        answers: list[Answer] = []
        for number, task in enumerate(tasks):
            answers.append(run(task))
            learn(number, answers[-1])
            look(len(answers), len(tasks))
        return answers


class LocalWorkers:
    """Processes on this machine; a context manager, whose end ends them at once, whatever they are at."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: ProcessPoolExecutor | None = None
        self._lifeline: Connection | None = None

    def __enter__(self) -> LocalWorkers:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def gathered(self, tasks: Sequence[Task], look: Look, learn: OnAnswer = wait_for_all) -> list[Answer]:
        """The answers to some tasks, in their order; a worker that dies costs the time of what it was at."""
        return self.each(run, tasks, look, learn)

    def each(
        self, do: Callable[[Item], Found], items: Sequence[Item], look: Look, learn: Callable[[int, Found], None] = wait_for_all
    ) -> list[Found]:
        """What a function makes of each item, in their order.

        Raises:
            BrokenExecutor: workers died again and again.
        """
        found: dict[int, Found] = {}
        for attempt in range(PATIENCE + 1):
            waiting = [number for number in range(len(items)) if number not in found]
            try:
                collect(self._started().submit, do, items, waiting, found, look, learn)
                break
            except BrokenExecutor:
                self._end()
                if attempt == PATIENCE:
                    raise
        return [found[number] for number in range(len(items))]

    def begun(self, do: Callable[..., Found], *arguments: object) -> Future[Found]:
        """A function's result, once a worker has come to it."""
        return self._started().submit(do, *arguments)

    def _started(self) -> Executor:
        if self._pool is None:
            context = get_context("spawn")
            theirs, self._lifeline = context.Pipe(duplex=False)
            self._pool = ProcessPoolExecutor(self.count, context, _begin, (theirs,))
            with held_back():  # the processes start here, with Ctrl-C held back
                wait([self._pool.submit(os.getpid) for _ in range(self.count)])
        return self._pool

    def _end(self) -> None:
        if self._lifeline is not None:
            self._lifeline.close()  # which every worker listens for
        if self._pool is not None:
            _cut_off(self._pool)
            self._pool.shutdown()  # with nothing cancelled: what waits is told that the workers are gone
        self._pool = self._lifeline = None


def collect(
    submit: Callable[[Callable[[Item], Found], Item], Future[Found]],
    do: Callable[[Item], Found],
    items: Sequence[Item],
    waiting: Sequence[int],
    answers: dict[int, Found],
    look: Look,
    learn: Callable[[int, Found], None],
) -> None:
    """Do the items with these numbers and put their answers where they belong."""
    pending: dict[Future[Found], int] = {submit(do, items[number]): number for number in waiting}
    while pending:
        done, _ = wait(pending, timeout=TICK, return_when="FIRST_COMPLETED")
        for future in done:
            number = pending.pop(future)
            answers[number] = future.result()
            learn(number, answers[number])
        look(len(answers), len(items))


def _cut_off(pool: ProcessPoolExecutor) -> None:
    """Let fail what is being read from workers that are gone, or written to them: Python would wait for ever for its end.

    A pool holds both ends of its pipes, so that an answer of which a part was written never ends. Of tasks it knows that
    since 3.11.5 (its issue 94777), and Debian 12 has 3.11.2.
    """
    pool._result_queue._writer.close()  # type: ignore[attr-defined]
    if sys.version_info < (3, 11, 5):
        pool._call_queue._reader.close()  # type: ignore[attr-defined]


def _begin(lifeline: Connection) -> None:
    """A worker's first act: Ctrl-C is its parent's business, and its parent's end is its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    let_through()
    Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    with suppress(EOFError, OSError):
        lifeline.recv()
    os._exit(1)

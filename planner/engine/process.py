"""The solver's process, as its parent holds it."""

from __future__ import annotations

from contextlib import suppress
from multiprocessing import get_context

from planner.engine.highs import Message, Task, serve
from planner.engine.signals import held_back


class SolverDied(Exception):
    """The process ended without saying that it had finished."""


class Process:
    """A process of its own that runs one task; spawned, never forked, so that it inherits no lock and no memory."""

    def __init__(self, task: Task) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        try:
            with held_back():  # a Ctrl-C while it starts must end neither it nor be lost
                self._process.start()
            theirs.close()
            with suppress(OSError):  # it died already: the next `receive` tells
                self.connection.send(task)
        except BaseException:
            self.kill()
            raise

    def receive(self) -> Message | None:
        """The next message if one has arrived.

        Raises:
            SolverDied: there is none and there will be none.
        """
        try:
            return self.connection.recv() if self.connection.poll() else None
        except (EOFError, OSError) as error:
            raise SolverDied("the solver's process died") from error

    def ask_to_stop(self) -> None:
        """Ask it to finish with what it has."""
        with suppress(OSError):  # it may have ended by itself
            self.connection.send("stop")

    def kill(self) -> None:
        """End it at once; harmless if it has ended."""
        self.connection.close()
        if self._process.pid is not None:
            self._process.kill()
            self._process.join()

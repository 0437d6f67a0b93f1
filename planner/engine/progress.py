"""How far a solve has come, in the user's words: one live line on a terminal, else a plain line every ten seconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isfinite

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from planner.engine.outcome import Progress

PLAIN_EVERY = 10.0
"""Seconds of a solve between two plain lines."""


class Display:
    """Shows solves while they run; a context manager, and itself usable as `on_progress`.

    Args:
        quiet: show nothing.
        console: where to; by default the error stream, so that results can be piped.
    """

    def __init__(self, quiet: bool = False, console: Console | None = None) -> None:
        self._quiet = quiet
        self._console = console or Console(stderr=True)
        # without auto-refresh there is no second thread; every call of `show` refreshes
        live = Live(console=self._console, auto_refresh=False, transient=True)
        self._live = live if self._console.is_interactive and not quiet else None
        self._lines: dict[str, Text] = {}
        self._printed_at: dict[str, float] = {}

    def __enter__(self) -> Display:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def __call__(self, progress: Progress) -> None:
        """Show a solve that needs no name."""
        self.show("", progress)

    def tell(self, sentence: str) -> None:
        """Print a sentence about the solve."""
        if not self._quiet:
            self._console.print(sentence, soft_wrap=True, markup=False, highlight=False)

    def labelled(self, label: str) -> Callable[[Progress], None]:
        """An `on_progress` for one of several solves, each with a line of its own."""
        return partial(self.show, label)

    def show(self, label: str, progress: Progress) -> None:
        """Show how far the solve of this label has come."""
        if self._quiet:
            return
        line = Text(f"{label}: {sentence(progress)}" if label else sentence(progress))
        if self._live:
            self._lines[label] = line
            self._live.update(Group(*self._lines.values()), refresh=True)
        elif self._is_due(label, progress.seconds):
            self._console.print(line, soft_wrap=True)

    def count(self, done: int, of: int) -> None:
        """Show on a terminal how many parts of a piece of work are done."""
        if self._live:
            self._live.update(Text(f"{done} of {of} parts done"), refresh=True)

    def _is_due(self, label: str, seconds: float) -> bool:
        """Whether ten seconds of this solve have passed since its last line; a new solve starts from its beginning."""
        printed_at = self._printed_at.get(label, 0.0)
        since = printed_at if seconds >= printed_at else 0.0
        due = seconds >= since + PLAIN_EVERY
        self._printed_at[label] = seconds if due else since
        return due


def sentence(progress: Progress) -> str:
    """Progress in a buyer's words.

    >>> sentence(Progress(seconds=15, seconds_left=85, objective=2_000_000.0, bound=1_999_000.0, nodes=7))
    'best plan $2,000,000, at best $1,999,000, gap 0.050 % ($1,000), 1 min 25 s left'
    """
    plan = "no plan yet" if progress.objective is None else f"best plan {dollars(progress.objective)}"
    if progress.solved is not None:
        plan = f"{progress.solved[0]} of {progress.solved[1]} materials solved, {plan}"
    parts = [plan, f"at best {dollars(progress.bound)}" if isfinite(progress.bound) else "no bound yet"]
    if progress.objective is not None and progress.gap is not None and isfinite(progress.bound):
        parts.append(f"gap {100 * progress.gap:.3f} % ({dollars(progress.objective - progress.bound)})")
    return ", ".join([*parts, f"{duration(progress.seconds_left)} left"])


def dollars(amount: float) -> str:
    """An amount of money to the dollar.

    >>> dollars(-1234567.8)
    '-$1,234,568'
    """
    return f"{'-' if round(amount) < 0 else ''}${abs(round(amount)):,}"


def duration(seconds: float) -> str:
    """Time in minutes and seconds.

    >>> duration(59.7)
    '1 min 0 s'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"

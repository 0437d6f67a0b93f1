"""A command of the night ends with the night: what is killed must not leave a solve behind, beside the next one."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from threading import Thread

PARENT = "PLANNER_NIGHT_PROCESS"
"""Environment variable with the number of the night's process, in those that it starts."""
LOOK = 1.0
"""Seconds between two looks."""


def end_with_parent() -> None:
    """End this process at once when the night that started it is gone; what it was writing is unfinished, and is taken away."""
    known = os.environ.get(PARENT, "")
    if known.isdecimal():
        Thread(target=_wait, args=(int(known),), daemon=True).start()


def _wait(night: int) -> None:
    import psutil  # other commands do without

    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(night)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(LOOK)
    os._exit(1)

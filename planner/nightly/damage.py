"""Whether the run that `latest` leads to is as it was published: without it what was committed is not known."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from planner.nightly import record
from planner.nightly.folder import LATEST, PLAN, SUMS, Folder

RESTORE = (
    "Restore it from a backup: without the last plan what was committed is not known, and nothing is planned. "
    "Where there is no backup, move latest and its run away: the next night goes on from the run before."
)
LISTED = (PLAN, record.NAME)
"""Files without which there is no published run. The record stands last among the check sums, so that a list that was cut off
lacks it."""


def damage(folder: Folder) -> str:
    """What is wrong with `latest` of a case, and what to do; nothing where it is as it was published, or there is none."""
    latest = folder.root / LATEST
    if not os.path.lexists(latest):
        return ""
    if not latest.is_symlink():
        return _no_link(folder, latest)
    try:
        found = _found(latest)
    except OSError as error:
        found = f"{error.filename or latest} cannot be read: {error.strerror}"
    return f"{found}. {RESTORE}" if found else ""


def _no_link(folder: Folder, latest: Path) -> str:
    """A copy that follows links has made a folder of it, which may be all that is left of its run."""
    copied = record.read(latest)
    run = None if copied is None else folder.runs / copied.run
    remedy = "Move it away" if run is None or record.read(run) is not None else f"Move it to {run}"
    what = f"{latest} is no link but a copy of what it led to, as a backup makes it that follows links"
    return f"{what}. {remedy}: the next night makes the link again, and plans."


def _found(latest: Path) -> str:
    """What is wrong with the run behind the link.

    Raises:
        OSError: a file of it cannot be read.
    """
    if not latest.exists():
        return f"{latest} leads to {latest.readlink()}, which is not there any more"
    lines = (latest / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name in LISTED:
        if name not in listed:
            return f"{latest / SUMS} is not what was published: it does not list {name}"
    for name, digest in listed.items():
        path = latest / name
        if not path.is_file():
            return f"{path} is not there any more"
        if sha256(path.read_bytes()).hexdigest() != digest:
            return f"{path} is not what was published"
    return "" if record.read(latest) is not None else f"{latest / record.NAME} is no record that this planner can read"

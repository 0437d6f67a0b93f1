"""The steps by which a case's folder changes: each is complete or has not happened, wherever the machine stops.

What is written is on the disk before it is named, and a name changes in one act. Everything that a night changes goes
through `step`, so that a test can stop the machine before and after every one of them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
"""Plans are for those who made them, unless they open the folder to others."""


def step(act: Callable[[], object]) -> None:
    """Do one thing that changes the disk."""
    act()


def write(path: Path, content: bytes, mode: int = PRIVATE_FILE) -> None:
    """A file with some content, on the disk, under its name at once."""
    half = path.with_name(f".{path.name}.half")
    step(lambda: half.write_bytes(content))
    step(lambda: half.chmod(mode))
    step(lambda: _sync(half))
    step(lambda: half.replace(path))
    step(lambda: _sync(path.parent))


def append(path: Path, lines: bytes) -> None:
    """More lines at the end of a file, on the disk."""
    end_line(path)
    step(lambda: _append(path, lines))
    step(lambda: _sync(path))


def end_line(path: Path) -> None:
    """What a machine that stopped has left of a file's last line stands alone: the next line is whole."""
    try:
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            is_whole = file.read() == b"\n"
    except OSError:
        return  # it is not there, or has nothing in it; what cannot be read will be told by whoever writes to it
    if not is_whole:
        step(lambda: _append(path, b"\n"))


def claim(path: Path) -> None:
    """A file that is this user's alone is there: what it holds stays, and a new one is empty."""
    if not path.exists():
        step(lambda: path.touch(PRIVATE_FILE))
        step(lambda: _sync(path.parent))


def make_folder(path: Path) -> None:
    """A folder that is this user's alone, and those above it."""
    if not path.is_dir():
        make_folder(path.parent)
        step(lambda: path.mkdir(PRIVATE_FOLDER, exist_ok=True))
        step(lambda: _sync(path.parent))


def rename(path: Path, new: Path) -> None:
    """Another name for a file or folder, in the same folder or in another."""
    step(lambda: path.replace(new))
    step(lambda: _sync(new.parent))
    if new.parent != path.parent:
        step(lambda: _sync(path.parent))


def keep_tree(root: Path) -> None:
    """All that is under a folder private and on the disk."""
    for folder, _, files in os.walk(root):
        for name in files:
            path = Path(folder, name)
            step(partial(path.chmod, PRIVATE_FILE))
            step(partial(_sync, path))
        step(partial(Path(folder).chmod, PRIVATE_FOLDER))
        step(partial(_sync, Path(folder)))


def point(link: Path, target: Path) -> None:
    """A link that leads to a neighbouring folder, from one instant to the next.

    Raises:
        OSError: the system has no such links.
    """
    new = link.with_name(f".{link.name}.new")
    step(lambda: new.unlink(missing_ok=True))
    step(lambda: new.symlink_to(os.path.relpath(target, link.parent), target_is_directory=True))
    step(lambda: new.replace(link))
    step(lambda: _sync(link.parent))


def remove(root: Path) -> None:
    """Take a folder away: first its name, so that half of it is never taken for the whole."""
    gone = root.with_name(f".gone-{root.name.removeprefix('.gone-')}")
    if root != gone:
        step(lambda: root.replace(gone))
    step(lambda: shutil.rmtree(gone))


def _append(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE), "wb") as file:
        file.write(content)


def _sync(path: Path) -> None:
    """Have the disk hold a file, or the names in a folder."""
    if path.is_dir() and os.name == "nt":
        return  # Windows keeps the names of a folder by itself
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

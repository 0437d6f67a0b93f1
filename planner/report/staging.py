"""Files that appear as a set: written to a temporary folder beside their place, then moved, all of them or none.

A run that is killed while it moves them leaves the folder, with copies of what was there before and a list of what goes
where. The next run puts everything back.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from planner.engine.signals import postponed
from planner.findings import CannotWrite
from planner.report.recipients import Recipients
from planner.workbook import as_secret_as, is_locked, open_mark
from planner.workbook.passwords import PREFIX

MOVES = "moves.json"
"""List of the moves, in the temporary folder while they are made."""
_OWN_FILES = re.compile(r"\d+\.(xlsx|before|half)|moves\.(json|half)")


class Move(NamedTuple):
    """A file to put in place, or to remove."""

    number: int
    target: Path
    existed: bool
    stale: bool
    """Whether it is removed."""

    def staged(self, folder: Path) -> Path:
        """What is to be moved."""
        return folder / f"{self.number}.xlsx"

    def before(self, folder: Path) -> Path:
        """A copy of what was there."""
        return folder / f"{self.number}.before"


class Staged:
    """Files in a temporary folder beside their place. A context manager: what is not published is gone at its end."""

    def __init__(self, output: Path, books: Mapping[Path, bytes], beside: Sequence[Recipients] = ()) -> None:
        """Write the files.

        Args:
            output: where the plan workbook goes.
            books: every file's place and content.
            beside: whose own books belong to the set; those of an earlier set go, too.

        Raises:
            CannotWrite: if they cannot be written; nothing is left behind.
        """
        self._output, self._beside = output, {who.folder(output): who for who in beside}
        self._cleaning = ExitStack()
        with ExitStack() as undo, told(output):
            undo.callback(self._cleaning.close)
            for target in books:
                refuse_open(target)
                self._refuse_foreign(target)
            make_folder(output.parent, self._cleaning)
            self._folder = Path(tempfile.mkdtemp(prefix=f".{output.stem}-", dir=output.parent))
            self._cleaning.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self._moves = [
                Move(number, target, target.exists(), False)
                for number, target in enumerate(sorted(books, key=lambda target: target == output))
            ]
            for move in self._moves:
                _write(move.staged(self._folder), books[move.target])
            undo.pop_all()

    @property
    def plan(self) -> Path:
        """The plan workbook as it is staged."""
        return self._moves[-1].staged(self._folder)

    def publish(self) -> tuple[Path, ...]:
        """Move every file into place, the plan first in the answer; earlier books of those without one now are removed.

        Signals wait until it is done, so that no set is mixed.

        Raises:
            CannotWrite: if one cannot be moved; all that was there before is back in its place.
        """
        targets = sorted((move.target for move in self._moves), key=lambda target: (target != self._output, target))
        stale = [Move(number, path, True, True) for number, path in enumerate(sorted(self._stale()), len(self._moves))]
        with postponed(), told(self._output), ExitStack() as undo:
            self._list_moves([*self._moves, *stale])
            undo.callback(_put_back, self._folder, self._output.parent)
            for move in (*self._moves, *stale):
                refuse_open(move.target)
                if not move.target.parent.exists():
                    move.target.parent.mkdir()
                    undo.callback(_remove_empty, move.target.parent)
                    undo.callback(_put_back, self._folder, self._output.parent)
                if move.existed:
                    _keep(move.target, move.before(self._folder))
                if move.stale:
                    move.target.unlink()
                else:
                    move.staged(self._folder).replace(move.target)
            (self._folder / MOVES).unlink()  # from here on the set is whole
            undo.pop_all()
            for folder in self._beside:
                with suppress(OSError):  # an empty folder does no harm
                    _remove_empty(folder)
        return tuple(targets)

    def __enter__(self) -> Staged:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._cleaning.close()

    def _refuse_foreign(self, target: Path) -> None:
        """Refuse to replace a file in the place of somebody's own book that is none."""
        who = self._beside.get(target.parent)
        if who is not None and not who.may_have(target):
            raise CannotWrite(
                f"{foreign(target)}, and is left as it is. Nothing there was changed. Move the file away, or choose another "
                "place with --output."
            )

    def _list_moves(self, moves: list[Move]) -> None:
        """Write down what goes where, relative to the plan's folder."""
        rows = [(m.number, m.target.relative_to(self._output.parent).as_posix(), m.existed, m.stale) for m in moves]
        unfinished = self._folder / "moves.half"
        _write(unfinished, json.dumps(rows).encode())
        unfinished.replace(self._folder / MOVES)

    def _stale(self) -> Iterator[Path]:
        """Workbooks that the planner wrote for somebody beside the plan, and that are not of this set."""
        targets = {move.target for move in self._moves}
        for folder, who in self._beside.items():
            yield from (path for path in folder.glob("*.xlsx") if path not in targets and who.has(path))


def publish(target: Path, content: bytes, *made_of: Path) -> Path:
    """Write one workbook, whole or not at all; where it is.

    Args:
        made_of: the workbooks whose contents are in it: where one of them is encrypted, so is this one, with its password.

    Raises:
        CannotWrite: if it cannot be written; what was there before stays.
    """
    with Staged(target, {target: as_secret_as(content, made_of)}) as staged:
        return staged.publish()[0]


def recover(output: Path) -> None:
    """Put right what a run that was killed has left beside a plan: the set that was there before is whole again."""
    for folder in output.parent.iterdir():
        is_named_so = re.fullmatch(re.escape(f".{output.stem}-") + r"\w{8}", folder.name)
        if is_named_so and folder.is_dir() and all(_OWN_FILES.fullmatch(path.name) for path in folder.iterdir()):
            _put_back(folder, output.parent)
            shutil.rmtree(folder)


def _put_back(folder: Path, parent: Path) -> None:
    """Undo the moves that were made, as far as they were; may be done again."""
    if not (folder / MOVES).exists():
        return
    for number, target, existed, stale in json.loads((folder / MOVES).read_bytes()):
        move = Move(number, parent / target, existed, stale)
        if move.before(folder).exists():
            shutil.move(move.before(folder), move.target)
        elif not existed and not move.staged(folder).exists():
            move.target.unlink(missing_ok=True)


def make_folder(folder: Path, ending: ExitStack) -> None:
    """Make a folder with those above it; those still empty at the end are removed again."""
    if not folder.exists():
        make_folder(folder.parent, ending)
        folder.mkdir(exist_ok=True)
        ending.callback(_remove_empty, folder)


@contextmanager
def told(output: Path) -> Iterator[None]:
    """Turn a failure of the disk into a plain message.

    Raises:
        CannotWrite: in place of any OSError.
    """
    try:
        yield
    except OSError as error:
        place = error.filename or output
        raise CannotWrite(
            f"{output} cannot be written: {error.strerror or error} ({place}). Nothing there was changed. "
            "See that the disk has room, that you may write to the folder and that the file is not open in another "
            "program, or choose another place with --output."
        ) from error


def foreign(target: Path) -> str:
    """Why a file is not replaced, as the beginning of a sentence."""
    locked = f"has a password that is in no environment variable {PREFIX}…"
    return f"{target} {locked if is_locked(target) else 'was not written by the planner'}"


def refuse_open(target: Path) -> None:
    """Refuse to replace a workbook that a program holds open: it would write its own version over the new one."""
    mark = open_mark(target)
    if mark is not None:
        raise CannotWrite(
            f"{target} is open in another program. Nothing there was changed. Close it there, or choose another place "
            f"with --output; if it is not open, delete the mark that was left behind, {mark}."
        )


def _keep(target: Path, copy: Path) -> None:
    """Copy what a place holds; the copy has its name only when it is whole."""
    half = copy.with_suffix(".half")
    shutil.copy2(target, half)
    half.rename(copy)


def _write(path: Path, content: bytes) -> None:
    """Write a file through to the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()

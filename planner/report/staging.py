"""Files that appear as a set: written to a temporary folder beside their place, then moved, all of them or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from zipfile import BadZipFile, ZipFile

from planner.findings import CannotWrite
from planner.report.books import TRADER_BOOK

LOCKS = ("~${}", ".~lock.{}#")
"""The marks that Excel and LibreOffice leave beside a workbook while it is open."""


class Staged:
    """Files in a temporary folder beside their place. A context manager: what is not published is gone at its end."""

    def __init__(self, output: Path, books: Mapping[Path, bytes]) -> None:
        """Write the files.

        Args:
            output: where the plan workbook goes.
            books: every file's place and content.

        Raises:
            CannotWrite: if they cannot be written; nothing is left behind.
        """
        self._output = output
        self._cleaning = ExitStack()
        self._files: dict[Path, Path] = {}
        with ExitStack() as undo, told(output):
            undo.callback(self._cleaning.close)
            for target in books:
                _refuse_open(target)
            self._make_folder(output.parent)
            self._folder = Path(tempfile.mkdtemp(prefix=f".{output.stem}-", dir=output.parent))
            self._cleaning.callback(shutil.rmtree, self._folder, ignore_errors=True)
            for number, (target, content) in enumerate(books.items()):
                self._files[target] = self._folder / f"{number}.xlsx"
                _write(self._files[target], content)
            undo.pop_all()

    @property
    def plan(self) -> Path:
        """The plan workbook as it is staged."""
        return self._files[self._output]

    def publish(self) -> tuple[Path, ...]:
        """Move every file into place, the plan first in the answer; earlier books of traders without one now are removed.

        Raises:
            CannotWrite: if one cannot be moved; all that was there before is back in its place.
        """
        with told(self._output), ExitStack() as undo:
            for target in sorted(self._files, key=lambda target: target == self._output):
                _refuse_open(target)
                if not target.parent.exists():
                    target.parent.mkdir()
                    undo.callback(target.parent.rmdir)
                _keep(target, self._files[target].with_suffix(".before"), undo)
                self._files[target].replace(target)
            for number, stale in enumerate(sorted(self._stale())):
                _keep(stale, self._folder / f"{number}.stale", undo)
                stale.unlink()
            undo.pop_all()
        return tuple(sorted(self._files, key=lambda target: (target != self._output, target)))

    def __enter__(self) -> Staged:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._cleaning.close()

    def _make_folder(self, folder: Path) -> None:
        """Make a folder with those above it; those still empty at the end are removed again."""
        if not folder.exists():
            self._make_folder(folder.parent)
            folder.mkdir(exist_ok=True)
            self._cleaning.callback(_remove_empty, folder)

    def _stale(self) -> Iterator[Path]:
        """Workbooks of the planner's own beside the traders' books that are not of this set."""
        for folder in {target.parent for target in self._files} - {self._output.parent}:
            yield from (path for path in folder.glob("*.xlsx") if path not in self._files and _is_trader_book(path))


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


def _keep(target: Path, copy: Path, undo: ExitStack) -> None:
    """See to it that a place holds again what it holds now, if publishing fails."""
    if target.exists():
        shutil.copy2(target, copy)
        undo.callback(shutil.move, copy, target)
    else:
        undo.callback(target.unlink, missing_ok=True)


def _refuse_open(target: Path) -> None:
    """Refuse to replace a workbook that a program holds open: it would write its own version over the new one."""
    for lock in (target.with_name(pattern.format(target.name)) for pattern in LOCKS):
        if lock.exists():
            raise CannotWrite(
                f"{target} is open in another program. Nothing there was changed. Close it there, or choose another place "
                f"with --output; if it is not open, delete the mark that was left behind, {lock}."
            )


def _write(path: Path, content: bytes) -> None:
    """Write a file through to the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _remove_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


def _is_trader_book(path: Path) -> bool:
    """Whether the planner wrote a workbook, for a trader."""
    try:
        with ZipFile(path) as archive:
            return TRADER_BOOK.encode() in archive.read("docProps/core.xml")
    except (BadZipFile, KeyError):
        return False

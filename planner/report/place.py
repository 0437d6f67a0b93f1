"""The place of an output workbook: whether it may be written there, and nobody else does; looked at before any work."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from planner.findings import AlreadyRunning, CannotWrite, Misused
from planner.report.recipients import RECIPIENTS
from planner.report.staging import foreign, make_folder, recover, refuse_open, told
from planner.workbook import FAULTS_SHEET, sheet_names

PLAN_SHEETS = frozenset({"Run", "Checks"})
"""Sheets by which a plan of the planner's own is known."""
MARKED_SHEETS = frozenset({FAULTS_SHEET})
"""The sheet by which a marked copy is known."""


def place(output: Path, own: Collection[str], book: Path | None = None) -> Path:
    """The file that an output path leads to, behind links.

    Args:
        output: the path.
        own: sheets of what the planner has written there before; any other file is left alone.
        book: the input workbook, where it is not to be named.

    Raises:
        Misused: if the path cannot be that of an output workbook.
        CannotWrite: if there is a file of somebody else's.
    """
    name = output.name
    if not name.casefold().endswith(".xlsx") or not name[: -len(".xlsx")].strip(" .") or name.startswith("~$"):
        raise Misused(f"'{output}' is no name for a workbook: it ends with .xlsx, such as plan.xlsx.")
    with told(output):
        target = _behind_links(output)
        if target.exists() and not target.is_file():
            raise Misused(f"--output {output} is not a file: name a workbook, such as {output / 'plan.xlsx'}.")
        if book is not None and book.exists() and target.exists() and target.samefile(book):
            raise Misused(f"--output {output} is the input workbook, which is never changed. Choose another place.")
        if target.exists() and target.stat().st_size and not set(own) <= set(sheet_names(target)):
            raise CannotWrite(
                f"{foreign(output)}, and is left as it is. Choose another place with --output, or move the file away."
            )
    return target


def marked_place(output: Path | None, plan: Path, book: Path) -> Path:
    """Where the marked copy of a faulty workbook goes: as asked, or beside the plan under a name that is still free.

    Raises:
        Misused, CannotWrite: as `place` says of the path that was asked for.
    """
    if output is not None:
        is_book = output.exists() and book.exists() and output.samefile(book)
        return output if is_book else place(output, MARKED_SHEETS)  # of the book itself the copy is refused, not the check
    usual = plan.with_name("faults.xlsx")
    return next((path for path in (usual, *map(_numbered(usual), range(2, 100))) if _is_free(path, book)), usual)


def _numbered(path: Path) -> Callable[[int], Path]:
    return lambda number: path.with_stem(f"{path.stem}-{number}")


def _is_free(path: Path, book: Path) -> bool:
    try:
        place(path, MARKED_SHEETS, book)
    except (Misused, CannotWrite):
        return False
    return True


@contextmanager
def reserved(output: Path, book: Path, own: Collection[str] = PLAN_SHEETS) -> Iterator[Path]:
    """Keep the place of a workbook for this run; what an earlier run left half done there is put right first.

    Args:
        own: sheets by which what the planner has written there before is known.

    Raises:
        Misused, CannotWrite: as `place` says, or if the folder cannot be made or written to.
        AlreadyRunning: if another run keeps the place.
    """
    target = place(output, own, book)
    with ExitStack() as ending:
        with told(target):
            make_folder(target.parent, ending)
            for who in RECIPIENTS:
                folder = who.folder(target)
                if folder.exists() and not folder.is_dir():
                    problem = f"{folder} is a file where the {who.name}' workbooks go"
                    raise CannotWrite(f"{problem}. Move it, or choose another --output.")
            _lock(target, ending)
            refuse_open(target)
            recover(target)
        yield target


def _behind_links(output: Path) -> Path:
    try:
        return output.resolve() if output.is_symlink() else output
    except RuntimeError as error:
        raise CannotWrite(f"{output} cannot be written: it is a link that leads to itself.") from error


def _lock(target: Path, ending: ExitStack) -> None:
    """Take the lock beside a place, given back at the end; the system takes it back from a run that is killed."""
    path = target.with_name(f".{target.name}.lock")
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
        while not path.exists():  # another run ended, and removed it, between our opening and locking it
            lock.release()
            lock.acquire()
    except Timeout:
        raise AlreadyRunning(f"Another run is writing {target}. Wait for its end, or choose another --output.") from None
    ending.callback(lock.release)
    ending.callback(_remove, path)  # before it is given back, so that it is nobody else's


def _remove(path: Path) -> None:
    with suppress(OSError):  # Windows keeps a file that is open; an old lock does no harm
        path.unlink()

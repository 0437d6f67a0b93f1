"""The only door through which workbooks come in: what a file is, what its cells hold, and a copy with marked faults.

What the cells mean is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from planner.findings import FaultyInput, Finding
from planner.workbook.book import Book, Broken, Sheet, Table, Value
from planner.workbook.container import is_encrypted
from planner.workbook.facts import Area, Position, address, letters, position
from planner.workbook.passwords import encrypted, opened

OPEN_MARKS = ("~${}", ".~lock.{}#")
"""The marks that Excel and LibreOffice leave beside a workbook while it is open."""
FAULTS_SHEET = "Faults"
"""Name of the sheet that a marked copy lists its findings on."""


def open_mark(path: Path) -> Path | None:
    """The mark that says that a program holds a workbook open, if there is one."""
    return next((mark for mark in (path.with_name(name.format(path.name)) for name in OPEN_MARKS) if mark.exists()), None)


def is_readable(path: Path) -> bool:
    """Whether a file can be opened as a workbook, so that a marked copy of it can be made."""
    try:
        Book(path)
    except FaultyInput:
        return False
    return True


def is_locked(path: Path) -> bool:
    """Whether a file is a workbook with a password that the environment does not hold."""
    return is_encrypted(path) and not is_readable(path)


def as_secret_as(content: bytes, books: Iterable[Path]) -> bytes:
    """What is made of some workbooks: encrypted with the password of the first of them that is."""
    locked = next((book for book in books if is_encrypted(book)), None)
    return content if locked is None else encrypted(content, opened(locked.read_bytes())[1])


def sheet_names(path: Path) -> tuple[str, ...]:
    """Names of a file's worksheets; none if it is no workbook that can be read."""
    try:
        return Book(path).titles if path.is_file() else ()
    except FaultyInput:
        return ()


def write_marked_copy(path_in: Path, findings: Sequence[Finding], path_out: Path) -> None:
    """Write a copy of a workbook with the faulty cells filled and commented, and a sheet that lists the findings.

    The copy holds values in place of formulas. Its `Faults` sheet and its comments are ignored when it is read, so it
    can be corrected and used as input.

    Raises:
        FaultyInput: if the workbook cannot be read at all.
        CannotWrite: if the copy cannot be written; whatever was there before is untouched.
    """
    from planner.workbook.marked import write  # openpyxl is heavy, and a clean workbook does without it

    write(path_in, findings, path_out)


__all__ = [
    "FAULTS_SHEET",
    "Area",
    "Book",
    "Broken",
    "Position",
    "Sheet",
    "Table",
    "Value",
    "address",
    "as_secret_as",
    "is_encrypted",
    "is_locked",
    "is_readable",
    "letters",
    "position",
    "sheet_names",
    "write_marked_copy",
]

"""Whether a workbook still says the same: a hash of what its cells hold, whatever Excel did to the file around them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from planner.findings import FaultyInput
from planner.workbook import Book


def fingerprint(book: Path, *terms: object) -> str | None:
    """A hash of all cells of a workbook and of the terms it is planned on; nothing where it cannot be read.

    Cell formats, column widths and who saved it when do not count; the names and the order of sheets do.
    """
    found = sha256(repr(terms).encode())
    try:
        opened = Book(book)
        for title in opened.titles:
            found.update(repr((title, opened.sheet(title).rows)).encode())
    except FaultyInput:
        return None
    return found.hexdigest()

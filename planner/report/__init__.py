"""The output workbooks: the plan, one book per trader and one per member, which appear together or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from planner.findings import CannotWrite
from planner.outputs import tables
from planner.report.books import plan_book
from planner.report.encryption import Encryption
from planner.report.own_books import own_books
from planner.report.place import MARKED_SHEETS, marked_place, place, reserved
from planner.report.recipients import RECIPIENTS
from planner.report.staging import Staged, publish, refuse_open, told
from planner.result import Result

RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))})
"""File names that Windows keeps for devices."""
LONGEST_NAME = 200
"""Bytes of the name of somebody's own file: systems allow 255, some of which its ending and a mark may take."""
MARK = 8
"""Characters that tell names apart which are the same as names of files."""


def write(result: Result, output: Path, encryption: Encryption | None = None) -> tuple[Path, ...]:
    """Write a plan workbook and, in `<its name>_traders` and `<its name>_members`, each one's own; the plan's path comes first.

    Raises:
        CannotWrite: if one of them cannot be put in place; what was there before is untouched.
    """
    with stage(result, output, encryption) as staged:
        return staged.publish()


def stage(result: Result, output: Path, encryption: Encryption | None = None) -> Staged:
    """Write the workbooks to a temporary folder beside their place, for `Staged.publish` to move.

    What is encrypted is so before it is written: what is verified is what is delivered, and nothing else has been on the disk.

    Raises:
        CannotWrite: if they cannot be written, or the plan would replace its own input.
    """
    with told(output):
        found = tables(result)
        plan = plan_book(result, found)
        books = {output: plan if encryption is None else encryption.of_plan(plan)}
        for who, own in own_books(result, found).items():
            names = file_names(own)
            books |= {
                who.folder(output) / f"{names[name]}.xlsx": book if encryption is None else encryption.of_own(name, book)
                for name, book in own.items()
            }
        _refuse_input(result.book, books)
    return Staged(output, books, RECIPIENTS)


def file_names(owners: Iterable[str]) -> dict[str, str]:
    """For each one a file name that every system accepts, and that no other of them has in any case of letters.

    A name that cannot stand as it is ends with a mark that follows from itself: a number would tell of others of that name.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for owner in owners:
        allowed = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", owner)
        base = allowed.encode()[:LONGEST_NAME].decode(errors="ignore").strip(" .") or "_"
        base = f"_{base}" if base.partition(".")[0].casefold() in RESERVED else base
        stands = base == owner and base.casefold() not in taken
        name = base if stands else f"{base} {sha256(owner.encode()).hexdigest()[:MARK]}"
        taken.add(name.casefold())
        names[owner] = name
    return names


def _refuse_input(book: Path, places: Iterable[Path]) -> None:
    """Refuse to replace the workbook that the plan is made from."""
    if book.exists() and any(place.exists() and place.samefile(book) for place in places):
        raise CannotWrite(f"{book} is the input workbook, which is never changed. Choose another place with --output.")


__all__ = [
    "MARKED_SHEETS",
    "Encryption",
    "Staged",
    "file_names",
    "marked_place",
    "place",
    "publish",
    "refuse_open",
    "reserved",
    "stage",
    "write",
]

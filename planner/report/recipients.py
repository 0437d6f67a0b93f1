"""Who gets workbooks of their own: where these lie beside a plan, and by what they are known again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.findings import FaultyInput
from planner.workbook import Book, sheet_names


@dataclass(frozen=True)
class Recipients:
    """Those who each get a workbook of their own.

    Attributes:
        name: of them all; the plan's name with it is that of their folder.
        category: the property of their books by which the planner knows that it wrote one.
        sheets: without which a file in the place of one of their books is somebody else's.
    """

    name: str
    category: str
    sheets: frozenset[str]

    def folder(self, plan: Path) -> Path:
        """Where their books go."""
        return plan.with_name(f"{plan.stem}_{self.name}")

    def may_have(self, path: Path) -> bool:
        """Whether a place is free for one of their books, or holds one."""
        return not path.is_symlink() and (not path.exists() or set(sheet_names(path)) >= self.sheets)

    def has(self, path: Path) -> bool:
        """Whether the planner wrote a workbook for one of them."""
        if path.is_symlink() or not path.is_file():
            return False
        try:
            book = Book(path)
        except FaultyInput:
            return False
        return set(book.titles) >= self.sheets and self.category.encode() in book.properties


TRADERS = Recipients("traders", "planner's buy list of one trader", frozenset({"Purchases", "Contracts"}))
MEMBERS = Recipients("members", "planner's account of one member", frozenset({"Members", "Entitlements"}))
RECIPIENTS = (TRADERS, MEMBERS)

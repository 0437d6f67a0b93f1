"""Who gets workbooks of their own: where these lie beside a plan, and by what they are known again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from planner.workbook import sheet_names

PROPERTIES = "docProps/core.xml"
"""The part of a workbook that names its category."""


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
        if not path.is_file() or not self.may_have(path):
            return False
        with ZipFile(path) as archive:
            return PROPERTIES in archive.namelist() and self.category.encode() in archive.read(PROPERTIES)


TRADERS = Recipients("traders", "planner's buy list of one trader", frozenset({"Purchases", "Contracts"}))
MEMBERS = Recipients("members", "planner's account of one member", frozenset({"Members", "Entitlements"}))
RECIPIENTS = (TRADERS, MEMBERS)

"""Sheet InputChanges: one row is a cell of the input that is not what it was when the last plan was made."""

from __future__ import annotations

from typing import ClassVar

from models.records.schema import Choice, Record, Scope, column


class Concerns(Choice):
    """What a change of the input is about."""

    OFFER = "offer"
    SUPPLIER = "supplier"
    MATERIAL = "material"
    INDEX = "index"
    TARIFF = "tariff code"
    ALL = "all"


class InputChange(Record):
    """What has changed in the input since the last plan: kept for information, to explain why the plan changes."""

    sheet: ClassVar[str] = "InputChanges"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ()

    where: str = column("Sheet of the cell.", heading="sheet")
    row: str = column("What tells its row: the names in it.", "")
    what: str = column("Heading of the cell, or: row added, row removed.", heading="column")
    before: str = column("What it was.", "")
    after: str = column("What it is.", "")
    concerns: Concerns = column("What the change is about.", Concerns.ALL)
    name: str = column("Which offer, supplier, material, index or tariff code.", "")

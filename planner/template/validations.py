"""What Excel accepts in a cell and says about it: data validation, computed from a column's declaration."""

from __future__ import annotations

from typing import Any, Literal

from openpyxl.worksheet.datavalidation import DataValidation

from models.records import SHEETS, Column
from planner import reference

TITLE_LIMIT, TEXT_LIMIT = 32, 255
"""The longest title and text that Excel takes in a message."""
OPERATORS = {">=": "greaterThanOrEqual", ">": "greaterThan", "<=": "lessThanOrEqual", "<": "lessThan"}


def validation(item: Column, first: str, source: str | None) -> DataValidation:
    """The validation of a column's cells.

    Args:
        item: the column.
        first: address of the first cell that it is applied to, such as `C2`.
        source: defined name of the values that the column refers to, where the workbook has them.
    """
    return DataValidation(
        **_accepted(item, first, source),
        errorStyle=_strictness(item),
        showErrorMessage=item.kind not in ("list", "origin"),
        errorTitle=item.heading[:TITLE_LIMIT],
        error=_refusal(item),
        showInputMessage=True,
        promptTitle=item.heading[:TITLE_LIMIT],
        prompt=reference.hint(item),
        allow_blank=True,
    )


def _accepted(item: Column, first: str, source: str | None) -> dict[str, Any]:
    """Type, operator and formulas; none where any text will do."""
    if item.choices or item.kind == "yes/no":
        return {"type": "list", "formula1": f'"{",".join(item.choices or ("yes", "no"))}"'}
    if item.kind == "date":
        return {"type": "date", "operator": "greaterThanOrEqual", "formula1": "1"}
    if item.is_figure:
        return _range(item, first)
    return {"type": "list", "formula1": source} if source else {}


def _range(item: Column, first: str) -> dict[str, Any]:
    kind = "whole" if item.kind == "integer" else "decimal"
    if item.at_least is not None and item.at_most is not None:
        return {"type": kind, "operator": "between", "formula1": repr(item.at_least), "formula2": repr(item.at_most)}
    bounds = {">=": item.at_least, ">": item.above, "<=": item.at_most, "<": item.below}
    given = [(sign, repr(value)) for sign, value in bounds.items() if value is not None]
    if len(given) == 1:
        [(sign, value)] = given
        return {"type": kind, "operator": OPERATORS[sign], "formula1": value}
    # Excel's own types know neither "any number" nor a range that is open at one end.
    whole = [f"{first}=INT({first})"] if item.kind == "integer" else []
    tests = [f"ISNUMBER({first})", *whole, *(f"{first}{sign}{value}" for sign, value in given)]
    return {"type": "custom", "formula1": f"AND({','.join(tests)})"}


def _strictness(item: Column) -> Literal["stop", "warning"]:
    """Refuse (`stop`), or ask whether it is meant (`warning`) where the planner accepts more than the list shows.

    A reference to an optional sheet is checked only when that sheet has rows, and a country may be given by its name.
    """
    if not item.refers:
        return "stop"
    target = next(record for record in SHEETS if record.sheet == item.refers.partition(".")[0])
    return "stop" if target.required or target.needed_where_named else "warning"


def _refusal(item: Column) -> str:
    """What Excel says of a value that is not accepted."""
    if item.refers:
        sheet, _, name = item.refers.partition(".")
        return f"This value is not in column {name} of sheet {sheet}. Choose one from the list, or add it there first."
    return f"Accepted: {reference.accepted(item)}."

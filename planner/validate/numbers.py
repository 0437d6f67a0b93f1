"""Cells of number columns.

Text is read where it has only one reading: `12`, `12.5`, `-3`, and `65 %` where a share is asked for. `1,234`, `1.234`,
`1 234` and everything with letters are faults.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from models.records import Column
from planner.validate.unfit import Changed, Unfit, or_blank, wrong
from planner.workbook import Value

LARGEST_NUMBER = 1e15
"""Beyond it whole numbers are no longer exact, and no quantity, price or amount lies there."""

_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
_GROUPED = re.compile(r"[+-]?\d[\d.,' \xa0\u202f]*\d")
_PERCENT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*%")
_PLACEHOLDERS = frozenset({"tbc", "tbd", "tba", "n/a", "na", "n.a.", "-", "–", "—", "?", "none", "nil", "unknown", "pending"})


def takes_percent(item: Column) -> bool:
    """Whether `65 %` makes sense: a share, a yearly rate, or a limit that may be a share."""
    return item.unit in ("share", "per year", "as measured")


def number(item: Column, value: Value) -> float:
    """A number."""
    if isinstance(value, bool):
        raise wrong(item, "is TRUE or FALSE, not a number")
    if not isinstance(value, float):
        raise Unfit(
            "is a date or time, not a number: Excel may have changed it (1-5 and 1.5 become dates)",
            f"Give the cell a number format, and type the number again{or_blank(item)}.",
        )
    if not math.isfinite(value) or abs(value) > LARGEST_NUMBER:
        raise wrong(item, f"is not a number that can be meant (the largest accepted is {LARGEST_NUMBER:.0e})")
    return value


def number_from_text(item: Column, text: str) -> Changed:
    """A number that Excel holds as text."""
    percent = _PERCENT.fullmatch(text)
    if percent and takes_percent(item):
        return Changed(float(Decimal(percent[1]) / 100), "is text; read as the percentage")
    if _PLAIN_NUMBER.fullmatch(text) and not _THOUSANDS.fullmatch(text):
        return Changed(number(item, float(text)), "is text; read as the number")
    sign = " %" if takes_percent(item) and text.endswith("%") else ""
    figure = text.removesuffix("%").rstrip() if sign else text
    if _GROUPED.fullmatch(figure):
        readings = " or ".join(f"{reading}{sign}" for reading in _readings(figure)) or "nothing known"
        raise Unfit(f"is text that could be {readings}", "Type the number itself, without separators, in a number format.")
    if text.casefold() in _PLACEHOLDERS:
        raise Unfit("is not a number", f"Type the number{or_blank(item)}.")
    raise wrong(item, "is text, not a number")


def _readings(text: str) -> list[str]:
    """A number with separators, read with a decimal point and with a decimal comma."""
    digits = re.sub(r"['\s]", "", text)
    attempts = (digits.replace(",", ""), digits.replace(".", "").replace(",", "."))
    return sorted({f"{float(attempt):.15g}" for attempt in attempts if _PLAIN_NUMBER.fullmatch(attempt)}, key=float)


def whole(item: Column, value: Value) -> Any:
    """A whole number."""
    found = number(item, value)
    if not found.is_integer():
        raise wrong(item, "is not a whole number")
    return int(found)


def whole_from_text(item: Column, text: str) -> Any:
    """A whole number that Excel holds as text."""
    found = number_from_text(item, text)
    return Changed(whole(item, found.value), found.how)

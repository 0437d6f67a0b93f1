"""How the figures and texts of an output column are shown: number formats, widths, and which texts are wrapped."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil, inf

from planner.outputs.schema import DECIMALS, Form, Row, Shown

GAP = "_W"
"""Number format: room as wide as a W, so that figures do not touch the text to their right."""
LARGE: Mapping[Form, tuple[int, int]] = {"quantity": (1000, 0), "figure": (1000, 0), "price": (1000, 2), "small": (1, 2)}
"""For forms whose figures differ by orders of magnitude: from what figure on how many decimals are enough."""
UNITS: Mapping[str, str] = {"of the cost": "0.000%", "USD, discounted": "#,##0", "s": "#,##0.0"}
"""Number format of a figure in a column of mixed facts, by its unit."""

NARROWEST, WIDEST, WIDEST_SENTENCE = 9, 46, 80
LETTER = 0.9
"""Width of a letter, on average, where a digit's is 1."""
USUAL = 0.9
"""A column of sentences is as wide as this share of them needs; the others are wrapped."""
SHORT_SENTENCE = 30
ARROW = 5
"""Room for the filter's arrow beside a heading's longest word."""


def number_format(item: Shown, values: Sequence[object]) -> str:
    """The number format of a column: as many decimals as its values need, within what its form allows.

    Text is `@`, so that Excel makes no number or date of a name that is edited; cells of that format do not show long text.
    """
    if item.form not in DECIMALS:
        return {"date": f"yyyy-mm-dd{GAP}", "text": "@"}.get(item.form, "General")
    places = decimals(item, values)
    if item.form == "share":
        return f"{_digits('0', places)}%{GAP}"
    least, enough = LARGE.get(item.form, (0, places))
    if places <= enough or any(isinstance(value, int | float) and value < 0 for value in values):
        # sections with conditions drop the sign
        return f"{_digits('#,##0', places)}{GAP}"
    return f"[>={least}]{_digits('#,##0', enough)}{GAP};[=0]0{GAP};{_digits('#,##0', places)}{GAP}"


def decimals(item: Shown, values: Sequence[object]) -> int:
    """The fewest decimals that show every value of a column in full, within what its form allows.

    Large figures need no more than are enough for them.
    """
    scale = 100 if item.form == "share" else 1
    needed = [_needed(item.form, value * scale) for value in values if isinstance(value, int | float)]
    return max(needed, default=DECIMALS[item.form][0])


def width(item: Shown, rows: Sequence[Row], *, whole: bool = False) -> float:
    """Wide enough for the longest word of the heading and for the cells, but for texts so long that they are wrapped.

    Args:
        whole: wide enough for every cell, and for the heading in one line.
    """
    values = [getattr(row, item.name) for row in rows]
    words = max(len(word) for word in item.title.split())
    places = decimals(item, values) if item.form in DECIMALS else 0
    lengths = sorted(_length(value, places) for value in values) or [0]
    cells, widest = lengths[-1], float(WIDEST)
    if whole:
        words, widest = len(item.title), inf
    elif item.form in ("sentence", "any"):
        usual = lengths[int(USUAL * (len(lengths) - 1))]
        cells, widest = min(cells, max(usual, SHORT_SENTENCE)), WIDEST_SENTENCE
    if item.form not in DECIMALS:
        cells = ceil(cells * LETTER)
    return max(words + ARROW, NARROWEST, min(cells + 3, widest))


def lines(text: object, wide: float) -> int:
    """Number of lines that a text takes in a column."""
    letters = int((wide - 1) / LETTER)
    if not isinstance(text, str) or (len(text) <= letters and "\n" not in text):
        return 1
    return sum(max(1, len(textwrap.wrap(part, letters))) for part in text.split("\n"))


def _needed(form: Form, number: float) -> int:
    """The decimals that a figure needs."""
    fewest, most = DECIMALS[form]
    least, enough = LARGE.get(form, (inf, most))
    most = enough if number >= least else most
    for places in range(fewest, most):
        if abs(round(number, places) - number) < 1e-9 * max(1.0, abs(number)):
            return places
    return most


def _digits(whole: str, places: int) -> str:
    return f"{whole}.{'0' * places}" if places else whole


def _length(value: object, places: int) -> int:
    """Number of characters of a cell as it is shown, at most."""
    if isinstance(value, float | int):
        return len(f"{value:,.{places}f}")
    return 10 if isinstance(value, date) else len(str(value or ""))

"""A line of a summary, and the words in which figures stand in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from planner.outputs.schema import Form


@dataclass(frozen=True)
class Fact:
    """One line of the summary.

    Attributes:
        figure: the headline, a number or a word.
        unit: of the figure.
        detail: one sentence.
        sheet: where the figure can be traced to.
    """

    label: str
    figure: float | str | None
    form: Form
    unit: str
    detail: str
    sheet: str


def usd(amount: float) -> str:
    """`USD 1,234,568`, with cents below a thousand; in words where nothing bounds it."""
    if not isfinite(amount):
        return "an amount that is not known"
    return f"USD {amount:,.0f}" if abs(amount) >= 1000 else f"USD {amount:,.2f}"


def percent(share: float) -> str:
    """`12.3 %`, with three digits below ten."""
    hundredths = round(share * 100, 9)  # 1 − 0.9 is ten of them
    return f"{hundredths:.3g} %" if abs(hundredths) < 10 else f"{hundredths:.1f} %"


def counted(number: int, singular: str, plural: str = "") -> str:
    """`1 order`, `1,234 orders`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"

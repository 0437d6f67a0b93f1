"""How an output sheet is declared: one frozen dataclass per sheet, each field annotated with what is `Shown` of it.

The declaration is the only one there is. The writer takes headings, units, number formats, comments and colours from it,
and the readers of a written plan know the columns by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, get_type_hints

Form = Literal[
    "text", "sentence", "date", "any", "quantity", "money", "dollars", "price", "share", "days", "count", "figure", "small"
]
"""What a column or a line of a summary holds, which decides its number format, its alignment and its width."""

DECIMALS: Mapping[Form, tuple[int, int]] = {
    "quantity": (0, 3),
    "money": (2, 2),
    "dollars": (0, 0),
    "price": (2, 4),
    "share": (1, 2),
    "days": (0, 1),
    "count": (0, 0),
    "figure": (0, 4),
    "small": (0, 6),
}
"""Least and most decimals of each form of figure; what is stored keeps its full precision."""

Mark = Literal["", "words", "zero", "positive"]
"""Which cells of a column stand out: telling words (missed, binding, …), zeros, or figures above zero."""


@dataclass(frozen=True)
class Shown:
    """What is declared about one column.

    Attributes:
        sentence: its meaning, shown as a comment on the heading.
        form: what it holds.
        unit: what the figure is measured in; `unit` stands for the unit of the row's own material.
        heading: as printed, without the unit; the field's name where none is given.
        mark: which cells stand out.
        internal: depends on others, or is a planning figure that nobody pays: left out of traders' and members' own books.
        name: of the field.
    """

    sentence: str
    form: Form = "text"
    unit: str = ""
    heading: str = ""
    mark: Mark = ""
    internal: bool = False
    name: str = ""

    @property
    def title(self) -> str:
        """The heading with its unit: `quantity [unit]`."""
        return f"{self.heading} [{self.unit}]" if self.unit else self.heading


def in_usd(sentence: str, heading: str = "", mark: Mark = "") -> Shown:
    """A column of money."""
    return Shown(sentence, "money", unit="USD", heading=heading, mark=mark)


def in_unit(sentence: str, heading: str = "", mark: Mark = "") -> Shown:
    """A column of quantities in the unit of the row's material."""
    return Shown(sentence, "quantity", unit="unit", heading=heading, mark=mark)


class Row:
    """One row of one output sheet. Subclasses are frozen dataclasses, each field `Annotated[type, Shown(…)]`."""

    sheet: ClassVar[str]
    keys: ClassVar[int] = 1
    """How many of the first columns say which row it is: they are repeated on every printed page."""


def columns(record: type[Row]) -> tuple[Shown, ...]:
    """The columns of a record's sheet, in the order in which they are declared."""
    hints = get_type_hints(record, include_extras=True)
    declared = {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}
    return tuple(replace(item, name=name, heading=item.heading or name.replace("_", " ")) for name, item in declared.items())

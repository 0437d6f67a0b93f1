"""The data dictionary: every sheet and column of the input workbook, in words.

Everything here is computed from the records. The template's comments, input messages and headings use the same words.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import date
from typing import Any

from models.records import SHEETS, Column, Record, Settings, columns
from models.records.schema import Kind

HEADINGS = ("column", "type", "unit", "range or choices", "blank cell", "refers to", "meaning")
"""What the dictionary says of a column."""

TYPES: dict[Kind, str] = {
    "text": "text",
    "number": "number",
    "integer": "whole number",
    "date": "date",
    "yes/no": "yes or no",
    "choice": "choice",
    "country": "country (code or name)",
    "territory": "country (code or name) or bloc",
    "origin": "countries with shares",
    "list": "one or several names, separated by semicolons",
}

BASES = ("source", "estimate", "assumed")
"""What a `… basis` column says of the figure beside it."""


def sentence(record: type[Record]) -> str:
    """What one row of the sheet is."""
    return " ".join((inspect.getdoc(record) or "").split())


def unit(item: Column) -> str:
    """The unit as printed; `unit` stands for the material's own."""
    return item.unit.replace("{unit}", "unit")


def heading(item: Column) -> str:
    """The heading as printed: `annual demand [unit/yr]`."""
    return f"{item.heading} [{unit(item)}]" if item.unit else item.heading


def is_percentage(item: Column) -> bool:
    """Whether the figure is a share of something, shown as a percentage."""
    return item.unit in ("share", "per year")


def limits(item: Column) -> str:
    """The range or the choices, in words; empty where there are none."""
    if item.choices:
        return "; ".join(item.choices)
    if item.at_least is not None and item.at_most is not None:
        return f"{_figure(item, item.at_least)} to {_figure(item, item.at_most)}"
    bounds = {"at least": item.at_least, "above": item.above, "at most": item.at_most, "below": item.below}
    return " and ".join(f"{words} {_figure(item, value)}" for words, value in bounds.items() if value is not None)


def accepted(item: Column) -> str:
    """What may stand in a cell, in words: `month; quarter` or `number, at least 0`."""
    return limits(item) if item.choices else ", ".join(filter(None, (TYPES[item.kind], limits(item))))


def blank(item: Column) -> str:
    """What a blank cell means, in words."""
    if item.required:
        return "required"
    return item.blank or _value(item, item.default)


def meaning(item: Column) -> str:
    """The column's sentence, with the other headings under which it is known."""
    known = ", ".join(item.aliases)
    return f"{item.sentence} Also read as: {known}." if known else item.sentence


def explanation(item: Column) -> str:
    """All that is declared about a column, one line per fact: the comment on its heading."""
    facts = {
        "Type": TYPES[item.kind],
        "Unit": unit(item),
        "Choices" if item.choices else "Range": limits(item),
        "Blank cell": blank(item),
        "Refers to": item.refers.replace(".", ", column "),
    }
    return "\n".join((meaning(item), *(f"{name}: {words}" for name, words in facts.items() if words)))


def hint(item: Column) -> str:
    """The column's sentence, what is accepted, and what a blank cell means: the message beside a selected cell."""
    presence = "Required" if item.required else f"Blank: {blank(item)}"
    return f"{item.sentence}\nAccepted: {accepted(item)}.\n{presence}."


def basis_column(item: Column) -> Column:
    """The `… basis` column that may stand beside a figure."""
    words = f"Where the figure in `{item.heading}` comes from."
    return _plain(f"{item.heading} basis", "choice", words, BASES, "not stated")


def attribute_column(name: str) -> Column:
    """A further numeric column of a sheet that keeps attributes."""
    return _plain(name, "number", "An attribute that Policy rules may name.")


def markdown() -> str:
    """The data dictionary as Markdown."""
    return "\n".join(_lines()) + "\n"


def dictionary() -> list[tuple[str, ...]]:
    """The data dictionary as a table: each column's sheet, and what HEADINGS names."""
    return [(record.sheet, *_row(item)) for record in SHEETS for item in columns(record)]


def _lines() -> Iterator[str]:
    yield "# Data dictionary of the input workbook"
    yield ""
    yield (
        f"Sheets {_required_sheets()} are required; any other sheet that is absent or empty switches its feature off. "
        "A heading matches whatever its case, spaces or underscores, and text in brackets is a note. "
        "`unit` stands for the unit of the row's own material. A figure may have a column "
        f"`<its heading> basis` beside it that says where it comes from: {', '.join(BASES)}."
    )
    for record in SHEETS:
        yield from ("", f"## {record.sheet}", "", sentence(record), "")
        yield ("Required." if record.required else "Optional.") + f" {_key(record)}"
        if record.keeps_attributes:
            yield "Further numeric columns are kept as attributes that Policy rules may name."
        yield from ("", _markdown_row(HEADINGS), _markdown_row(("---",) * len(HEADINGS)))
        yield from (_markdown_row(_row(item)) for item in columns(record))


def _row(item: Column) -> tuple[str, ...]:
    refers = item.refers.replace(".", ", ")
    return (item.heading, TYPES[item.kind], unit(item), limits(item), blank(item), refers, meaning(item))


def _markdown_row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _required_sheets() -> str:
    names = [f"`{record.sheet}`" for record in SHEETS if record.required]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _key(record: type[Record]) -> str:
    headings = {item.name: item.heading for item in columns(record)}
    if record is Settings:
        return "One row per key."
    if not record.key:
        return "No key: rows may repeat."
    return f"Key: {' and '.join(f'`{headings[name]}`' for name in record.key)}, which no two rows share."


def _value(item: Column, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _figure(item, value)
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return str(value) if value else "none"


def _figure(item: Column, value: float) -> str:
    if is_percentage(item):
        return f"{value * 100:.15g} %"
    return f"{value:,.15g}" if abs(value) >= 10_000 else f"{value:.15g}"


def _plain(heading: str, kind: Kind, sentence: str, choices: tuple[str, ...] = (), blank: str = "") -> Column:
    """An optional column that no record declares."""
    return Column(
        name=heading,
        heading=heading,
        kind=kind,
        sentence=sentence,
        unit="",
        required=False,
        default=None,
        blank=blank,
        refers="",
        aliases=(),
        choices=choices,
        at_least=None,
        above=None,
        at_most=None,
        below=None,
    )

"""What headings say beyond their column's name: attributes that no rule looks at, units that are not the column's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress

from models.records import MASS_IN_TONNES, Column, Material, PriceUnit, Record, columns
from planner.reference import BASES
from planner.validate.log import Log
from planner.validate.names import MISSPELT, nearest_heading
from planner.validate.rows import Rows
from planner.workbook import address

_NOTE = re.compile(r"\[([^\[\]]*)\]|\(([^()]*)\)")
_PER = re.compile(r"(?:/|\bper\b)\s*(oz t|short ton|long ton|[^\W\d_]+)")
_WORD = re.compile(r"oz t|[^\W\d_]+|[€£¥₹$%]")
_CURRENCY_SIGNS: Mapping[str, str] = {"€": "EUR", "£": "GBP", "¥": "JPY or CNY", "₹": "INR", "RMB": "CNY"}
_CURRENCIES = frozenset(
    {"EUR", "GBP", "JPY", "CNY", "RMB", "AUD", "CAD", "CHF", "INR", "KRW", "ZAR", "BRL", "RUB", "SEK", "NOK", "DKK", "PLN"}
    | {"TRY", "MXN", "SGD", "HKD", "CLP", "KZT", "UAH", "AED", "SAR", "IDR"}
)
_TIMES: Mapping[str, str] = {
    "yr": "yr", "year": "yr", "years": "yr", "annum": "yr", "pa": "yr", "month": "month", "months": "month",
    "mo": "month", "week": "week", "weeks": "week", "wk": "week", "day": "days", "days": "days", "quarter": "quarter",
}  # fmt: skip
_MULTIPLES = frozenset({"k", "thousand", "tsd", "m", "mn", "mio", "million", "mm", "bn", "billion"})


def report_attributes(rows: Rows, record: type[Record], looked_at: Collection[str], log: Log) -> None:
    """Warn of figures under headings that are not declared, unless a Policy rule looks at them."""
    known = [item.heading for item in columns(record)]
    for name, column in rows.kept.items():
        layout, cell = rows.layout, address(rows.layout.heading_row, column)
        heading = layout.others[column]
        message = f"the column '{heading}' is kept as the attribute '{name}', for Policy rules"
        if name in looked_at or name.split()[-1] in BASES:
            log.note(layout.title, message, cell, heading)
            continue
        guess = nearest_heading(name, known, MISSPELT)
        meant = f"; is '{guess}' meant?" if guess else ""
        problem = f"{message}, and no rule looks at it: the plan leaves it out{meant}"
        log.warning(layout.title, cell, heading, problem, "Correct the heading if it is a slip, or leave it as a note.")


def report_units(rows: Rows, record: type[Record], units: Mapping[str, str], log: Log) -> None:
    """Warn of a unit in a heading's brackets that is not the column's.

    Args:
        rows: the sheet.
        record: what its rows are.
        units: the unit of each material.
        log: takes the findings.
    """
    layout = rows.layout
    own = {
        getattr(row, "unit", None) if record is Material else units.get(getattr(row, "material", "")) for row in rows.records
    }
    for item in columns(record):
        if item.unit and item.name in layout.columns:
            column = layout.columns[item.name]
            heading = str(layout.sheet.value(layout.heading_row, column))
            note = " ".join(part for found in _NOTE.findall(heading) for part in found)
            for said, meant in _contradictions(item, note, {unit for unit in own if unit}):
                problem = f"the heading of {item.heading} says {said}, and its figures are read in {meant}"
                remedy = "Convert the figures, or correct the heading."
                log.warning(layout.title, address(layout.heading_row, column), heading, problem, remedy)


def _contradictions(item: Column, note: str, own: Collection[str]) -> Iterator[tuple[str, str]]:
    """What a note says of a column's unit that is not so, and what is: for its currency, its mass and its time."""
    words = _WORD.findall(note)
    per = _PER.search(note)
    if "USD/{unit}" in item.unit and per and not _is_unit(per[1], own):
        yield per[0], f"USD per {' or '.join(sorted(own)) or 'unit of the material'}"
    for word in words:
        currency = _CURRENCY_SIGNS.get(word, word)
        mass, time = _mass(word), _TIMES.get(word.casefold())
        if "USD" in item.unit and currency != "USD" and (word in _CURRENCY_SIGNS or word in _CURRENCIES):
            yield currency, "USD"
        elif "USD" in item.unit and word != "USD" and word.endswith("USD"):
            yield word, "USD"
        elif "USD" in item.unit and "/" not in item.unit and word.casefold() in _MULTIPLES:
            yield word, "USD, each counted as one"
        elif "{unit}" in item.unit and mass and own and mass not in own:
            yield mass, " and ".join(sorted(own))
        elif time and (right := _time(item)) and right != time:
            yield word, "days" if right == "days" else "figures of a year"


def _is_unit(word: str, own: Collection[str]) -> bool:
    """Whether a price may be said to be per something: a unit of mass is looked at by itself."""
    return _mass(word) is not None or word.casefold() in {"unit", *(unit.casefold() for unit in own)}


def _mass(word: str) -> str | None:
    """The unit of mass that a word stands for; Mt is a million tonnes, and MT is the trade's tonne."""
    if word in MASS_IN_TONNES:
        return word
    with suppress(ValueError):
        return PriceUnit(word).value
    return None


def _time(item: Column) -> str | None:
    found = re.search(r"\b(yr|year|days)\b", item.unit)
    return _TIMES[found[1]] if found else None

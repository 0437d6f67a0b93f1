"""What a cell may hold: one reader per kind of column.

Nothing is guessed. A cell that can be read in one way only, though it is not written as it should be, is read and
reported; a cell that can be read in two ways, or in none, is a fault. The decisions about numbers and dates stand in
their modules; the others:

- A whole number in a text column is read as text and reported (order number 4711, template version 1), but not in a
  column by which rows refer to each other: there Excel may have made 7 of 007, or 100000 of 1E5, in one sheet and not
  in the other. Any other number and any date in a text column is a fault.
- Yes and no are yes, no, y, n, true, false, 1 and 0 in any case; an `x` is a fault: where a blank cell means yes, it
  could mean either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from models.records import SHEETS, Column, Record, columns
from models.records.schema import Kind
from planner.validate.countries import country
from planner.validate.dates import date_from_text, date_from_value
from planner.validate.numbers import LARGEST_NUMBER, number, number_from_text, whole, whole_from_text
from planner.validate.places import countries_from_text, country_from_text, list_from_text, origin_from_text
from planner.validate.unfit import AROUND, Changed, Unfit, wrong
from planner.workbook import Broken, Value

EXCEL_ERRORS = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!")
)
REFERRED = frozenset(item.refers for record in SHEETS for item in columns(record) if item.refers)
"""Every `Sheet.column` that other columns refer to."""

LONGEST_TEXT = 32_767
"""Characters that Excel keeps in a cell."""

_YES_NO = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}

Reader = Callable[[Value], Any]


def reader(record: type[Record], item: Column, names: frozenset[str] = frozenset()) -> Reader:
    """The reader of a column's filled cells: a cell's value → the field's value, or `Changed`; raises `Unfit`.

    Args:
        record: the sheet.
        item: the column.
        names: what a list may name although it holds commas.
    """
    from_text, from_value = _READERS[item.kind]
    if item.kind == "list":
        from_text = countries_from_text if item.refers == "Countries.iso3" else partial(list_from_text, names)
    if item.kind == "text" and is_identifier(record, item):
        from_value = _not_a_name

    @lru_cache(maxsize=None, typed=True)  # most columns repeat their values; TRUE is not 1
    def read(value: Value) -> Any:
        if isinstance(value, Broken):
            raise Unfit(value.problem, value.remedy)
        if not isinstance(value, str):
            return from_value(item, value)
        if len(value) > LONGEST_TEXT:
            raise Unfit(f"has {len(value):,} characters, more than Excel's {LONGEST_TEXT:,}", "Shorten it.")
        text = value.strip(AROUND)
        if text in EXCEL_ERRORS:
            raise Unfit("is an Excel error", "Correct the formula, or type the value.")
        found = from_text(item, text)
        if text != value and not isinstance(found, Changed):
            return Changed(found, "read without the spaces around it")
        return found

    return read


def is_identifier(record: type[Record], item: Column) -> bool:
    """Whether rows refer to each other by this column."""
    return bool(item.refers) or f"{record.sheet}.{item.name}" in REFERRED or item.name in record.key


def _text(item: Column, text: str) -> Any:
    return text


def _territory(item: Column, text: str) -> Any:
    """A country by its code, however it is named; a bloc as it is called."""
    return country(text) or text


def _number_as_text(item: Column, value: Value) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_NUMBER:
        return Changed(str(int(value)), "is a number; read as text (leading zeros, if it had any, are lost)")
    return _not_a_name(item, value)


def _not_a_name(item: Column, value: Value) -> Any:
    if isinstance(value, bool):
        problem = "is TRUE or FALSE, not a name"
    elif isinstance(value, float):
        problem = "is a number, not a name: Excel may have changed it (007 becomes 7, 1E5 becomes 100000)"
    else:
        problem = "is a date or time, not a name: Excel may have changed it (SEP-2, 3-4 and 1/2 become dates)"
    raise Unfit(problem, "Type an apostrophe before the name ('007), so that Excel keeps it as text.")


def _yes_no(item: Column, value: Value) -> Any:
    if isinstance(value, bool | float) and value in (0, 1):
        return bool(value)
    raise wrong(item, "is neither yes nor no")


def _yes_no_from_text(item: Column, text: str) -> Any:
    found = yes_or_no(text)
    if found is None:
        raise wrong(item, "is neither yes nor no")
    return found


def yes_or_no(text: str) -> bool | None:
    """What a word for yes or no means; nothing for any other."""
    return _YES_NO.get(text.casefold())


def _yes_no_in_list(item: Column, value: Value) -> Any:
    """A list may name yes or no, of which Excel makes TRUE or FALSE."""
    if not isinstance(value, bool):
        raise wrong(item, "is not text")
    return ("yes" if value else "no",)


def _not_text(item: Column, value: Value) -> Any:
    raise wrong(item, "is not text")


_READERS: Mapping[Kind, tuple[Callable[[Column, str], Any], Callable[[Column, Value], Any]]] = {
    "text": (_text, _number_as_text),
    "number": (number_from_text, number),
    "integer": (whole_from_text, whole),
    "date": (date_from_text, date_from_value),
    "yes/no": (_yes_no_from_text, _yes_no),
    "choice": (_text, _not_text),
    "country": (country_from_text, _not_text),
    "territory": (_territory, _not_text),
    "origin": (origin_from_text, _not_text),
    "list": (partial(list_from_text, frozenset()), _yes_no_in_list),
}

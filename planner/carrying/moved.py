"""What has changed in the input since the last plan, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from models.case import Case
from models.records import SHEETS, Actual, Concerns, InputChange, OpenOrder, Previous, Record, Settings, columns

ADDED, REMOVED = "row added", "row removed"
OWN = (InputChange, Previous, Actual)
"""Sheets that tell of plans and events, and are no input that moves: of events `otherwise` tells."""


def input_changes(before: Case, after: Case) -> tuple[InputChange, ...]:
    """Every cell that is not as it was, sheet by sheet; rows without a key are added and removed as a whole."""
    found = [*_changed(before, before.settings, after.settings, Settings)]
    for record in (record for record in SHEETS if record not in (Settings, *OWN)):
        found += _of_sheet(after, record, before.tables()[record], after.tables()[record])
    return tuple(found)


def otherwise(rows: Iterable[Actual], orders: Iterable[OpenOrder]) -> Iterator[InputChange]:
    """What happened otherwise than planned, as changes of what the plan of a material begins with.

    Args:
        rows: that no earlier plan has seen.
        orders: that they may be about.
    """
    material_of = {order.order: order.material for order in orders}
    for row in rows:
        material = row.material or material_of.get(row.order or "")
        if material:
            told = f"{row.order or material} {row.kind.value} on {row.date}"
            yield InputChange(where=row.sheet, row=told, what=ADDED, concerns=Concerns.MATERIAL, name=material)


def _of_sheet(case: Case, record: type[Record], before: Sequence[Record], after: Sequence[Record]) -> Iterator[InputChange]:
    if not record.key:
        first, second = Counter(map(_content, before)), Counter(map(_content, after))
        gone, new = first - second, second - first
        yield from (_one(row, REMOVED) for row in before if gone[_content(row)])
        yield from (_one(row, ADDED) for row in after if new[_content(row)])
        return
    known = {_key(row): row for row in before}
    now = {_key(row): row for row in after}
    yield from (_one(row, REMOVED) for key, row in known.items() if key not in now)
    for key, row in now.items():
        if key not in known:
            yield _one(row, ADDED)
        elif known[key] != row:
            yield from _changed(case, known[key], row, record)


def _changed(case: Case, before: Record, after: Record, record: type[Record]) -> Iterator[InputChange]:
    for item in columns(record):
        first, second = getattr(before, item.name), getattr(after, item.name)
        if first != second:
            yield _one(after, item.heading, _text(first), _text(second))


def _one(row: Record, what: str, before: str = "", after: str = "") -> InputChange:
    concerns, name = _about(row)
    words = " ".join(filter(None, (_text(getattr(row, part)) for part in row.key)))
    return InputChange(where=row.sheet, row=words or name, what=what, before=before, after=after, concerns=concerns, name=name)


def _about(row: Record) -> tuple[Concerns, str]:
    """What a row is about: the narrowest thing that it names."""
    for concerns, field in (
        (Concerns.OFFER, "offer"), (Concerns.MATERIAL, "material"), (Concerns.INDEX, "index"),
        (Concerns.TARIFF, "tariff_code"), (Concerns.SUPPLIER, "supplier"),
    ):  # fmt: skip
        name = getattr(row, field, None)
        if name:
            return concerns, str(name)
    return Concerns.ALL, ""


def _key(row: Record) -> tuple[Any, ...]:
    return tuple(getattr(row, part) for part in row.key)


def _content(row: Record) -> str:
    return row.model_dump_json()


def _text(value: Any) -> str:
    """A value as a cell shows it."""
    if value is None or value == () or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, date):
        return value.isoformat()
    return "; ".join(map(_text, value)) if isinstance(value, tuple) else str(getattr(value, "value", value))

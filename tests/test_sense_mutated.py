"""Whatever a few cells of the sensible workbook are changed to: checks end, and a case without a fault can be modelled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.records import SHEETS, Column, Record, Settings, columns
from models.records.schema import Kind
from tests.sense.book import Rows, case_of, found_in, month, sensible
from tests.sense.example import FAULT
from tests.solving import solve

VALUES: Mapping[Kind, tuple[object, ...]] = {
    "text": ("", "kg", "ingot", "vault", "each material", "all", "niche", "supplier", "bloc", "lead days", "route", "country"),
    "number": (0.0, 1e-6, 0.01, 0.5, 1.0, 2.0, 5.0, 20.0, 100.0, 3660.0, 1e6, 1e15, -300.0),
    "integer": (1, 2, 12, 2030),
    "date": (
        date(1901, 1, 1),
        date(2026, 12, 31),
        month(1),
        month(2, 10),
        month(4),
        month(6, 30),
        month(7),
        date(9999, 12, 31),
    ),
    "yes/no": (True, False),
    "country": ("CHN", "DEU", None),
    "origin": ((), (("CHN", 1.0),), (("CHN", 0.5), ("AUS", 0.5))),
    "list": ((), ("CHN",), ("each",), ("covered",), ("EU",), ("each", "CHN"), ("nowhere",), ("unknown",)),
}


@st.composite
def changed(draw: st.DrawFn) -> Rows:
    """The sensible workbook with one to three cells or rows changed."""
    rows = sensible()
    for _ in range(draw(st.integers(1, 3))):
        record = draw(st.sampled_from([record for record in SHEETS if rows.get(record)]))
        number = draw(st.integers(0, len(rows[record]) - 1))
        if record is not Settings and draw(st.integers(0, 9)) == 0:
            del rows[record][number]
            continue
        item = draw(st.sampled_from([item for item in columns(record) if item.name not in record.key]))
        value = draw(st.sampled_from(_values(record, item, rows)))
        rows[record][number].pop(item.name, None)
        if value is not None:
            rows[record][number][item.name] = value
    return rows


def _values(record: type[Record], item: Column, rows: Rows) -> tuple[object, ...]:
    """What a cell may be changed to: a name that there is, or anything of its kind, or nothing where it may be blank."""
    blank = () if item.required else (None,)
    sheet, _, name = item.refers.partition(".")
    if item.kind == "text" and sheet:
        named: list[Any] = [row[name] for other in SHEETS if other.sheet == sheet for row in rows[other]]
        return (*named, *blank) or (None,)
    return (*(item.choices or VALUES[item.kind]), *blank)


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(changed())
def test_a_changed_workbook_is_doubted_or_can_be_modelled(rows: Rows) -> None:
    try:
        case = case_of(rows)
    except ValueError:  # the reader refuses it before any check sees it
        assume(False)
    doubts = found_in(case)
    if not any(doubt.severity is FAULT for doubt in doubts):
        solved = solve(case)
        assert not (solved.feasible and any("no plan can exist" in doubt.message for doubt in doubts))

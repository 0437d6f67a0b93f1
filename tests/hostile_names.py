"""The sample result with names that a spreadsheet would take for something else, or that XML cannot hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from models.case import Case
from models.plan import Plan
from planner.result import Result
from tests.report_samples import FIRST, HERON, LAPWING, SECOND, result_of, sample_result

HOSTILE = {
    "g1": "=1+1",
    "g2": "+cmd|' /C calc'!A0",
    "s1": "-2",
    "s2": "@SUM(A1)",
    "gallium": "a\x01b<&>\"'",
    "antimony": "_x0041_ ",
    FIRST: '=HYPERLINK("http://x")',
    SECOND: "../con",
    HERON: "=1*1",
    LAPWING: "@con",
    "Alder": "007",
    "Birch": "2027-01-01",
    "North": "\ufffe zwölf 氢",
    "South": "two\nlines",
    "West": "w" * 300,
}
"""Names that a spreadsheet would take for something else, or that XML cannot hold."""


def renamed(plan: Plan, name: Callable[[str], str]) -> Plan:
    """A plan in whose case every offer, supplier, trader, member, material and depot goes by another name."""
    fields = ("offer", "supplier", "trader", "member", "material", "depot")

    def row(record: Any) -> Any:
        changed = {key: name(value) for key in fields if isinstance(value := getattr(record, key, None), str)}
        if hasattr(record, "scope_"):
            changed |= {"scope_": name(record.scope_)}
        if hasattr(record, "within"):
            changed |= {"within": tuple(map(name, record.within))}
        return record.model_copy(update=changed)

    tables = {key: tuple(map(row, value)) for key, value in vars(plan.case).items() if isinstance(value, tuple) and value}
    case = replace(plan.case, **{key: value for key, value in tables.items() if key in Case.__dataclass_fields__})
    return Plan(
        case,
        tuple(replace(item, offer=name(item.offer), trader=name(item.trader)) for item in plan.purchases),
        tuple(replace(item, offer=name(item.offer), trader=name(item.trader)) for item in plan.contracts),
        tuple(
            replace(item, material=name(item.material), place=" / ".join(map(name, item.place.split(" / "))))
            for item in plan.moves
        ),
        allotments=tuple(replace(item, member=name(item.member), material=name(item.material)) for item in plan.allotments),
    )


def hostile_result() -> Result:
    """The sample case's plan, all of whose names are hostile."""
    return result_of(renamed(sample_result().plan, lambda name: HOSTILE.get(name, name)))

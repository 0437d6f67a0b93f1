"""Whether what a row is about is a material, a group of them, or all."""

from __future__ import annotations

from collections.abc import Iterator

from models.case import Case
from models.records import Record
from planner.sense.doubt import Doubt, fault
from planner.validate.names import did_you_mean, listed

ALL = "all"


def groups(case: Case) -> list[str]:
    """The groups of materials, in alphabetical order."""
    return sorted({record.group for record in case.materials if record.group})


def scopes(case: Case, *others: str) -> tuple[str, ...]:
    """Everything that a row can be about."""
    return (*case.material, *groups(case), ALL, *others)


def unknown_scope(case: Case, record: type[Record], row: int, what: str, scope: str, *others: str) -> Iterator[Doubt]:
    """A fault where a row is about no material.

    Args:
        what: the row, as a sentence begins with it.
        others: words that stand for materials, beside `all`.
    """
    if case.in_scope(scope):
        return
    message = f"{what}: scope '{scope}' is no material and no group{did_you_mean(scope, scopes(case, *others))}"
    words = " or ".join(f"'{word}'" for word in (ALL, *others))
    remedy = f"Name a material, a group ({listed(groups(case)) or 'there are none'}), or {words}."
    yield fault(record, row, "scope_", message, remedy)

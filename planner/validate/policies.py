"""Values that Policy rules name: countries by their codes, yes and no in one spelling, as the other sheets have them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.records import Offer, Policy, Record, Supplier, columns
from models.rules.policy.limits import stages
from planner.validate.cells import yes_or_no
from planner.validate.countries import country
from planner.validate.log import Log
from planner.validate.rows import Rows

YES_NO = frozenset(item.name for record in (Offer, Supplier) for item in columns(record) if item.kind == "yes/no")
"""Columns that say yes or no."""


def names_with_commas(tables: Iterable[Sequence[Record]]) -> frozenset[str]:
    """Every text of some records that holds a comma, and would be taken for two where names are listed."""
    values = {value for rows in tables for row in rows for value in vars(row).values() if isinstance(value, str | tuple)}
    texts = (text for value in values for text in (value if isinstance(value, tuple) else (value,)))
    return frozenset(text for text in texts if isinstance(text, str) and "," in text)


def spell_values(rows: Rows, blocs: frozenset[str], log: Log) -> None:
    """Replace what the rules name by what it is called elsewhere, and say so."""
    for position, (number, rule) in enumerate(zip(rows.layout.rows, rows.records, strict=True)):
        if not isinstance(rule, Policy) or position in rows.unread:
            continue
        changes = {}
        for name, heading in (("within", "in"), ("exempt", "except")):
            values = getattr(rule, name)
            spelt = tuple(_spelt(rule, name, value, blocs) for value in values)
            if spelt != values:
                cell = number, rows.layout.columns[name]
                log.changed(rows.layout.title, heading, cell, rows.layout.sheet.value(*cell), f"read as {'; '.join(spelt)}")
                changes[name] = spelt
        if changes:
            rows.records[position] = rule.model_copy(update=changes)


def _spelt(rule: Policy, name: str, value: str, blocs: frozenset[str]) -> str:
    attribute = rule.attribute.casefold().replace(" ", "_")
    if attribute in YES_NO:
        meant = yes_or_no(value)
        return value if meant is None else "yes" if meant else "no"
    counts_blocs = attribute == "bloc" and name == "within"
    if value in blocs or counts_blocs or not (stages(rule) or attribute == "route"):
        return value
    return country(value) or value

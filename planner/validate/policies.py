"""What rules, contingencies and shocks name: countries by their codes, yes and no in one spelling, as elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.origins import stages
from models.records import Contingency, Hazard, Hits, Offer, Policy, Record, Shock, Supplier, columns
from models.rules.policy.limits import EACH
from planner.validate.cells import yes_or_no
from planner.validate.countries import country
from planner.validate.log import Log
from planner.validate.rows import Rows

YES_NO = frozenset(item.name for record in (Offer, Supplier) for item in columns(record) if item.kind == "yes/no")
"""Columns that say yes or no."""
TELLING = frozenset({"attribute", "stage", "hits"})
"""Columns that tell what a row's names are names of."""


def names_with_commas(tables: Iterable[Sequence[Record]]) -> frozenset[str]:
    """Every text of some records that holds a comma, and would be taken for two where names are listed."""
    values = {value for rows in tables for row in rows for value in vars(row).values() if isinstance(value, str | tuple)}
    texts = (text for value in values for text in (value if isinstance(value, tuple) else (value,)))
    return frozenset(text for text in texts if isinstance(text, str) and "," in text)


def spell_values(rows: Rows, known: frozenset[str], log: Log) -> None:
    """Replace what rules, contingencies or shocks name by what it is called elsewhere, and say so.

    Args:
        known: blocs, and for contingencies suppliers and plants: names that no country is meant by.
    """
    for position, (number, row) in enumerate(zip(rows.layout.rows, rows.records, strict=True)):
        unread = rows.unread.get(position, set())
        if not isinstance(row, Policy | Contingency | Shock | Hazard) or unread & TELLING:
            continue
        changes: dict[str, str | tuple[str, ...]] = {}
        for item in (item for item in columns(type(row)) if item.name not in unread):
            named = getattr(row, item.name)
            if item.kind == "list":
                spelt: str | tuple[str, ...] = tuple(_spelt(row, item.name, value, known) for value in named)
            elif isinstance(row, Shock | Hazard) and item.name == "name":
                spelt = _spelt(row, item.name, named, known)
            else:
                continue
            if spelt != named:
                cell = number, rows.layout.columns[item.name]
                words = spelt if isinstance(spelt, str) else "; ".join(spelt)
                log.changed(rows.layout.title, item.heading, cell, rows.layout.sheet.value(*cell), f"read as {words}")
                changes[item.name] = spelt
        if changes:
            rows.records[position] = row.model_copy(update=changes)


def _spelt(rule: Policy | Contingency | Shock | Hazard, name: str, value: str, known: frozenset[str]) -> str:
    if isinstance(rule, Shock | Hazard):
        return (country(value) or value) if rule.hits in (Hits.COUNTRY, Hits.ROUTE) else value
    if isinstance(rule, Contingency):
        return value if value in known else country(value) or value
    if name == "within" and value.casefold() == EACH:
        return EACH
    attribute = rule.attribute.casefold().replace(" ", "_")
    if attribute in YES_NO:
        meant = yes_or_no(value)
        return value if meant is None else "yes" if meant else "no"
    counts_blocs = attribute == "bloc" and name == "within"
    if value in known or counts_blocs or not (stages(rule) or attribute == "route"):
        return value
    return country(value) or value

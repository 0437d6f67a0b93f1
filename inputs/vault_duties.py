"""The duties of the Vault example: what its tariff lines are charged by origin, and what changes or is added on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from planner_examples.tables import Figure, Row, by, day, figure, read, weakest

COLUMN_2 = frozenset({"RUS", "PRK"})
HOME, CHINA, AGREEMENT = "USA", "CHN", "US FTA"
FREE = Figure(0.0, "source")


def tariff_code(tariff: Mapping[str, str]) -> str | None:
    """The line that is charged; none where it was not read, or where the benchmark is a price with duty paid."""
    return tariff["tariff line"] if tariff["price includes duty"] == "no" and tariff["tariff line"] else None


def duties() -> Iterator[Row]:
    """Each line once: general rate, home, agreement countries, column 2, and what is added for China."""
    changes = {(row["symbol"], row["kind"], row["origin"]): row for row in read("duty_changes")}
    told: set[str] = set()
    for tariff in read("tariffs"):
        code = tariff_code(tariff)
        if code is None or code in told:
            continue
        told.add(code)
        for kind, origin, rate in _stack(tariff):
            change = changes.pop((tariff["symbol"], kind, origin), None)
            row: Row = {"tariff_code": code, "kind": kind, "origin": origin, "rate": rate, "source": tariff["source"]}
            begins = day(change["from"]) if change else None
            yield row | {"to_date": begins - timedelta(days=1) if begins else None}
            if change:
                yield row | {"rate": figure(change, "rate"), "from_date": begins, "source": change["source"]}
    lines = by("symbol", "tariffs")
    for (symbol, kind, origin), change in changes.items():
        yield {"tariff_code": lines[symbol]["tariff line"], "kind": kind, "origin": origin, "rate": figure(change, "rate"),
               "from_date": day(change["from"]), "source": change["source"]}  # fmt: skip


def duty(tariff: Mapping[str, str], country: str) -> Figure:
    """All that a line is charged from a country, before any change, as one rate."""
    stack = {(kind, origin): rate for kind, origin, rate in _stack(tariff) if rate is not None}
    blocs = by("country", "countries")[country]["blocs"].split(";")
    base = next(stack["MFN", origin] for origin in (country, *blocs, "") if ("MFN", origin) in stack)
    added = stack.get(("Section 301", country), FREE)
    return Figure(round(base.value + added.value, 6), weakest(base.basis, added.basis))


def _stack(tariff: Mapping[str, str]) -> Iterator[tuple[str, str, Figure | None]]:
    """Kind, origin and rate of a line's duties."""
    yield "MFN", "", figure(tariff, "general rate")
    yield "MFN", HOME, FREE
    if tariff["free for agreement countries"] == "yes":
        yield "MFN", AGREEMENT, FREE
    second = figure(tariff, "column 2 rate")
    for origin in sorted(COLUMN_2 & by("country", "countries").keys()) if second else ():
        yield "MFN", origin, second
    added = figure(tariff, "added for China")
    if added is not None and added.value:
        yield "Section 301", CHINA, added

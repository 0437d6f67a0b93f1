"""What is asked of an archive: the last nights, everything of one run, and how a measure of a material went over nights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from planner.archive.reading import Archive, Line
from planner.findings import Misused

COST = "cost, discounted"
"""The headline figure that nights are compared by."""


@dataclass(frozen=True)
class Night:
    """A run of a case in a list of nights.

    Attributes:
        status: its exit status.
        published: whether its plan was.
        begins: first day of its plan.
        gap: as a share of the objective; cost: of the published plan, discounted, USD; change: of it to the plan before.
        seconds: wall clock.
    """

    case: str
    run: str
    started: datetime
    status: int
    published: bool
    message: str
    begins: str | None
    gap: float | None
    cost: float | None
    change: float | None
    seconds: float


@dataclass(frozen=True)
class Story:
    """Everything of one run.

    Attributes:
        run: the columns of `runs`.
        figures: name, unit and value of each headline figure.
        sheets: rows of each table of its plan; tables without any are left out.
    """

    run: Mapping[str, Any]
    figures: Sequence[tuple[str, str, float]]
    sheets: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Measure:
    """What a trend may show of a material.

    Attributes:
        sentence: what it is.
        unit: `unit` stands for the material's own.
        figures: their names; a chart of several cases draws the first.
        sql: their values for each case and run, from some table.
        otherwise: their value in a plan of which the table has no row.
    """

    sentence: str
    unit: str
    figures: tuple[str, ...]
    sql: str
    otherwise: float | None = None


@dataclass(frozen=True)
class Point:
    """A measure of a material in the plan of one night; a figure is missing where the plan has none."""

    case: str
    run: str
    started: datetime
    unit: str
    figures: tuple[float | None, ...]


def _rows(table: str) -> str:
    """The material's rows of each night; CROSS tells SQLite to go from the nights to the rows, and not the other way."""
    own = "p.material = :material AND p.case_name = nights.case_name AND p.run = nights.run"
    return f"FROM nights CROSS JOIN {table} p WHERE {own}"


def _at_period_ends(column: str) -> str:
    """The first, the least and the last of what stands in the sheet Cover for each period."""
    plan = "PARTITION BY p.case_name, p.run"
    return (
        f"SELECT DISTINCT p.case_name, p.run, FIRST_VALUE({column}) OVER ({plan} ORDER BY sheet_row) AS f0, "
        f"MIN({column}) OVER ({plan}) AS f1, FIRST_VALUE({column}) OVER ({plan} ORDER BY sheet_row DESC) AS f2 "
        f"{_rows('plan_cover')}"
    )


def _of_orders(value: str) -> str:
    """A figure of all orders of a plan."""
    return f"SELECT p.case_name, p.run, {value} AS f0 {_rows('plan_purchases')} GROUP BY p.case_name, p.run"


PERIOD_ENDS = ("first", "least", "last")
MEASURES: Mapping[str, Measure] = {
    "cover": Measure("days of cover at period ends", "days", PERIOD_ENDS, _at_period_ends("days_of_cover")),
    "stock": Measure("stock at period ends", "unit", PERIOD_ENDS, _at_period_ends("stock")),
    "bought": Measure("what the plan buys", "unit", ("total",), _of_orders("SUM(quantity)"), 0.0),
    "cost": Measure("landed cost of what the plan buys", "USD", ("total",), _of_orders("SUM(landed_cost)"), 0.0),
    "price": Measure(
        "mean landed cost of what the plan buys", "USD/unit", ("mean",), _of_orders("SUM(landed_cost) / SUM(quantity)")
    ),
}

_NIGHTS = """
SELECT * FROM (
  SELECT r.case_name, r.run, r.started, r.status, r.published, r.message, r.begins, r.gap, r.seconds, f.value AS cost,
    f.value - LAG(f.value) OVER (PARTITION BY r.case_name, f.figure ORDER BY r.run) AS change,
    ROW_NUMBER() OVER (PARTITION BY r.case_name ORDER BY r.run DESC) AS back
  FROM runs r LEFT JOIN figures f ON f.case_name = r.case_name AND f.run = r.run AND f.figure = :cost
  WHERE CAST(:case_name AS TEXT) IS NULL OR r.case_name = :case_name
) AS found WHERE back <= :last ORDER BY case_name, run
"""
_MATERIALS = """
WITH RECURSIVE found(material) AS (
  SELECT MIN(material) FROM plan_cover
  UNION ALL
  SELECT (SELECT MIN(material) FROM plan_cover WHERE material > found.material) FROM found WHERE found.material IS NOT NULL
) SELECT material FROM found WHERE material IS NOT NULL
"""
"""Every material once, each found in the index after the one before."""
_TREND = """
WITH nights AS (
  SELECT case_name, run, started,
    (SELECT unit FROM plan_cover c WHERE c.material = :material AND c.case_name = planned.case_name AND c.run = planned.run
     LIMIT 1) AS unit
  FROM (
    SELECT case_name, run, started, ROW_NUMBER() OVER (PARTITION BY case_name ORDER BY run DESC) AS back
    FROM runs WHERE published AND (CAST(:case_name AS TEXT) IS NULL OR case_name = :case_name)
  ) AS planned WHERE back <= :last
), found AS ({figures})
SELECT nights.case_name, nights.run, nights.started, nights.unit, {names}
FROM nights LEFT JOIN found ON found.case_name = nights.case_name AND found.run = nights.run
WHERE nights.unit IS NOT NULL
ORDER BY nights.case_name, nights.run
"""


def nights(archive: Archive, last: int, case: str | None) -> list[Night]:
    """The last runs of every case, or of one.

    Raises:
        Misused: there is no such case.
    """
    found = archive.ask(_NIGHTS, cost=COST, case_name=case, last=last)
    if not found and case is not None:
        raise Misused(f"There is no case {case!r} in the archive. There are {_listed(_cases(archive))}.")
    return [
        Night(
            row["case_name"], row["run"], moment(row["started"]), row["status"], bool(row["published"]), row["message"],
            None if row["begins"] is None else str(row["begins"]), row["gap"], row["cost"], row["change"], row["seconds"],
        )
        for row in found
    ]  # fmt: skip


def story(archive: Archive, run: str, case: str | None) -> Story:
    """Everything of one run.

    Raises:
        Misused: there is none of the name, or several cases have one.
    """
    found = [row for row in archive.ask("SELECT * FROM runs WHERE run = :run", run=run) if case in (None, row["case_name"])]
    if not found:
        whose = "" if case is None else f" of the case {case!r}"
        raise Misused(f"There is no run {run!r}{whose} in the archive. planner history lists the last ones.")
    if len(found) > 1:
        cases = _listed([row["case_name"] for row in found])
        raise Misused(f"Several cases have a run {run}: {cases}. Name one with --case.")
    key = {"case_name": found[0]["case_name"], "run": run}
    own = "WHERE case_name = :case_name AND run = :run"
    figures = [(row["figure"], row["unit"], row["value"]) for row in archive.ask(f"SELECT * FROM figures {own}", **key)]
    sheets = {
        name: [_without_key(row) for row in archive.ask(f"SELECT * FROM {name} {own} ORDER BY sheet_row", **key)]
        for name in archive.tables() if name.startswith("plan_")
    }  # fmt: skip
    values = dict(found[0]) | {name: moment(found[0][name]) for name in ("started", "ended")}
    values["published"] = bool(values["published"])
    return Story(values, figures, {name: rows for name, rows in sheets.items() if rows})


def trend(archive: Archive, material: str, measure: Measure, last: int, case: str | None) -> list[Point]:
    """A measure of a material in the last published plans of every case that plans it, or of one case."""
    names = [f"f{at}" for at in range(len(measure.figures))]
    sql = _TREND.format(figures=measure.sql, names=", ".join(names))
    return [
        Point(
            row["case_name"], row["run"], moment(row["started"]), measure.unit.replace("unit", row["unit"]),
            tuple(measure.otherwise if row[name] is None else row[name] for name in names),
        )
        for row in archive.ask(sql, material=material, case_name=case, last=last)
    ]  # fmt: skip


def material_called(archive: Archive, words: str) -> str:
    """The material that is meant: by its whole name, or by a part of it that no other has.

    Raises:
        Misused: there is none, or several are.
    """
    known = [row["material"] for row in archive.ask(_MATERIALS)]
    same = [name for name in known if name.casefold() == words.casefold()]
    meant = same or [name for name in known if words.casefold() in name.casefold()]
    if len(meant) != 1:
        what = "Several materials are" if meant else "No material of a published plan is"
        raise Misused(f"{what} called {words!r}: choose from {_listed(meant or known)}.")
    return str(meant[0])


def moment(value: str | datetime) -> datetime:
    """A moment as either driver gives it; SQLite holds them as texts, in UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _cases(archive: Archive) -> list[str]:
    return [row["case_name"] for row in archive.ask("SELECT DISTINCT case_name FROM runs ORDER BY case_name")]


def _without_key(row: Line) -> dict[str, Any]:
    return {name: value for name, value in dict(row).items() if name not in ("case_name", "run", "sheet_row")}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"

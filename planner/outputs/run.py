"""Sheets Run and Marginal values: how the plan was found, and what its binding limits are worth."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, ClassVar

from planner.outputs.checks import rule_name
from planner.outputs.schema import Row, Shown

if TYPE_CHECKING:
    from planner.result import Result

LAST_DAY = "plan ends"
GAP, OF_COST = "proven gap", "of the cost"
PLAN, BASELINE = "plan", "without Policy"
FOR_PROTECTION, FOR_BASELINE = ", protection", f", {BASELINE}"
"""What facts of the other two searches are called by, after their names."""
CHARGE, ORDER = "charge", "order"


@dataclass(frozen=True)
class RunRow(Row):
    """One fact about the run."""

    sheet: ClassVar[str] = "Run"

    what: Annotated[str, Shown("The fact.")]
    value: Annotated[str | float, Shown("Its value.", "any")]
    unit: Annotated[str, Shown("Unit of the value.")] = ""
    place: Annotated[str, Shown("Cell or sheet of the input that a remark is about.")] = ""
    remedy: Annotated[
        str, Shown("What to do about a remark, or why a decision was made.", "sentence", heading="what to do, or why")
    ] = ""


@dataclass(frozen=True)
class MarginalValueRow(Row):
    """One binding limit, and what one more unit of it would save."""

    sheet: ClassVar[str] = "Marginal values"

    rule: Annotated[str, Shown("Rule that sets the limit.")]
    limit: Annotated[str, Shown("What the limit is about.", "sentence")]
    value: Annotated[
        float,
        Shown(
            "Discounted cost saved by one more unit of the limit while awards and orders are held; for small changes only.",
            "figure",
            unit="USD/unit",
        ),
    ]


@dataclass(frozen=True)
class SearchRow(Row):
    """One figure that the next search begins with."""

    sheet: ClassVar[str] = "Search"
    keys: ClassVar[int] = 3

    model: Annotated[str, Shown(f"{PLAN}: the plan itself; {BASELINE}: the same without the Policy sheet.")]
    kind: Annotated[
        str,
        Shown(
            f"{CHARGE}: what materials were charged for a unit of a limit that they share, in USD; {ORDER}: what was ordered, "
            "in units. It explains nothing: the next solve that starts from this plan begins with it."
        ),
    ]
    name: Annotated[str, Shown("The limit or order, as the model names it.", "sentence")]
    figure: Annotated[float, Shown("The charge or quantity.", "figure")]


def search_rows(result: Result) -> tuple[SearchRow, ...]:
    """What the searches leave; of the plan no orders, which the sheet Purchases has."""
    plan, baseline = result.searches
    figures = ((PLAN, CHARGE, plan.charges), (BASELINE, CHARGE, baseline.charges), (BASELINE, ORDER, baseline.orders))
    return tuple(SearchRow(model, kind, name, value) for model, kind, found in figures for name, value in found.items())


def marginal_value_rows(result: Result) -> tuple[MarginalValueRow, ...]:
    """The binding limits, in the order in which they were found."""
    return tuple(MarginalValueRow(rule_name(row.rule), row.where, row.value) for row in result.marginal_values)


def run_rows(result: Result) -> tuple[RunRow, ...]:
    """Input, versions, options, outcome, times, decisions and remarks."""
    return (*_input(result), *_solve(result), *_times(result), *_remarks(result))


def _input(result: Result) -> Iterator[RunRow]:
    yield RunRow("input", result.book.name)
    yield RunRow("input sha256", result.sha256)
    calendar = result.plan.case.calendar
    yield RunRow("plan begins", calendar.start.isoformat())
    yield RunRow(LAST_DAY, calendar.last_day(calendar.periods).isoformat())
    yield RunRow("started", f"{result.started:%Y-%m-%d %H:%M:%S %Z}".strip())
    yield RunRow("python", platform.python_version())
    for package in ("vault-planner", "pyomo", "highspy", "openpyxl"):
        yield RunRow(package, version(package))


def _solve(result: Result) -> Iterator[RunRow]:
    options, outcome = result.options, result.outcome
    yield RunRow("gap asked for", options.gap, OF_COST)
    yield RunRow("time limit", options.time_limit, "s")
    yield RunRow("threads", options.threads)
    yield RunRow("seed", options.seed)
    yield RunRow("earlier plan to start from", result.started_from.name if result.started_from else "none")
    yield RunRow("cluster", result.cluster or "none")
    for suffix, found in (("", outcome), (FOR_PROTECTION, result.protection), (FOR_BASELINE, result.without_policy)):
        if found is not None:
            yield RunRow(f"why it stopped{suffix}", found.stopped.value)
            yield RunRow(f"what is held{suffix}", found.held.value)
            yield RunRow(f"objective{suffix}", _figure(found.objective), "USD, discounted")
            yield RunRow(f"bound{suffix}", _figure(found.bound), "USD, discounted")
            yield RunRow(f"{GAP}{suffix}", _figure(found.gap), OF_COST)
            yield RunRow(
                f"solved{suffix}", f"material by material, in {found.clusters} parts" if found.clusters else "as one programme"
            )
            if not found.clusters:
                yield RunRow(f"nodes{suffix}", found.nodes)
            yield RunRow(f"solver{suffix}", found.seconds, "s")


def _times(result: Result) -> Iterator[RunRow]:
    for stage, seconds in result.seconds.items():
        yield RunRow(f"time: {stage}", seconds, "s")
    yield RunRow("time: write and verify", "not known while this sheet is written; the command tells it with --json")


def _remarks(result: Result) -> Iterator[RunRow]:
    """The buyer's decisions with their reasons, and every warning and note."""
    case = result.plan.case
    yield RunRow("buyer's decisions", len(case.decisions))
    for row in case.decisions:
        unit = case.material[case.offer[row.offer].material].unit
        quantity = "" if row.quantity is None else f"{row.quantity:,.15g} {unit}"
        period = f"in {case.calendar.name(case.calendar.period_of(row.period))}" if row.period else ""
        buyer = f"by {row.trader}" if row.trader else ""
        words = " ".join(filter(None, (row.kind.value, row.offer, buyer, quantity, period)))
        yield RunRow("decision", words, remedy=row.reason)
    for finding in result.findings:
        yield RunRow(finding.severity.value, finding.message, place=finding.address, remedy=finding.remedy)


def _figure(value: float | None) -> str | float:
    """A number; in words where there is none, or no finite one."""
    if value is None:
        return "none"
    return value if abs(value) < float("inf") else str(value)

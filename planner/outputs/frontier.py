"""What a frontier says: its lines, and each plan with what a step more of safety costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, ClassVar

from planner.measures import Second
from planner.outputs.efficient import Frontier, knee_of, prices
from planner.outputs.fact import Fact, counted, percent, usd
from planner.outputs.schema import Row, Shown

LIMIT, REACHED = "What the measure was limited to; blank: not at all.", "What the plan comes to."
CHEAPEST, KNEE, SAFEST = "cheapest", "knee", "safest"


@dataclass(frozen=True)
class FrontierRow(Row):
    """An efficient plan, the cheapest first."""

    sheet: ClassVar[str] = "Frontier"

    point: Annotated[int, Shown("Number of the plan; a sheet of this number has its headline.", "count")]
    limit: Annotated[float | None, Shown(LIMIT)]
    reached: Annotated[float, Shown(REACHED)]
    cost: Annotated[float, Shown("Discounted cost of the plan.", "money", unit="USD")]
    bound: Annotated[float, Shown("No plan within the limit costs less.", "money", unit="USD")]
    gap: Annotated[float, Shown("Proven distance of the two, as a share of the cost.", "share")]
    proven: Annotated[str, Shown("Whether the gap that was asked for is reached.")]
    price: Annotated[
        float | None,
        Shown(
            "What a step more of safety costs, from the plan above to this one: a percentage point, a day or a dollar.",
            "price",
            unit="USD/step",
        ),
    ]
    price_at_least: Annotated[float | None, Shown("The price is no lower: both gaps allowed for.", "price", unit="USD/step")]
    price_at_most: Annotated[float | None, Shown("The price is no higher: both gaps allowed for.", "price", unit="USD/step")]
    bought: Annotated[float, Shown("Landed cost of what is bought.", "money", unit="USD")]
    contracts: Annotated[int, Shown("Contracts that are signed.", "count")]
    signed: Annotated[int | None, Shown("Of these, how many the plan above does not sign.", "count")]
    dropped: Annotated[int | None, Shown("How many the plan above signs, and this one does not.", "count")]
    remark: Annotated[str, Shown(f"{CHEAPEST}, {SAFEST}, or {KNEE}: where safety begins to cost more.")]


@dataclass(frozen=True)
class ShareFrontierRow(FrontierRow):
    """The same against a share."""

    limit: Annotated[float | None, Shown(LIMIT, "share")]
    reached: Annotated[float, Shown(REACHED, "share")]


@dataclass(frozen=True)
class DaysFrontierRow(FrontierRow):
    """The same against days."""

    limit: Annotated[float | None, Shown(LIMIT, "days", unit="days")]
    reached: Annotated[float, Shown(REACHED, "days", unit="days")]


@dataclass(frozen=True)
class MoneyFrontierRow(FrontierRow):
    """The same against money."""

    limit: Annotated[float | None, Shown(LIMIT, "money", unit="USD")]
    reached: Annotated[float, Shown(REACHED, "money", unit="USD")]


ROWS: Mapping[str, type[FrontierRow]] = {"share": ShareFrontierRow, "days": DaysFrontierRow, "money": MoneyFrontierRow}
"""The record by the form of the second measure."""


def frontier_rows(found: Frontier) -> tuple[FrontierRow, ...]:
    """Every efficient plan."""
    remarks = dict.fromkeys(range(len(found.points)), "")
    remarks |= {len(found.points) - 1: SAFEST, 0: CHEAPEST}
    knee = knee_of(found.points)
    if knee is not None:
        remarks[knee] = KNEE
    record, rows = ROWS[found.second.form], []
    for number, point in enumerate(found.points):
        before = found.points[number - 1] if number else None
        price, least, most = (None, None, None) if before is None else prices(before, point, found.second.step)
        rows.append(record(
            point=number + 1, limit=point.level, reached=point.reached, cost=point.cost, bound=point.bound, gap=point.gap,
            proven="yes" if point.is_proven else "no", price=price, price_at_least=least, price_at_most=most,
            bought=point.worth, contracts=len(point.signed),
            signed=None if before is None else len(point.signed - before.signed),
            dropped=None if before is None else len(before.signed - point.signed), remark=remarks[number],
        ))  # fmt: skip
    return tuple(rows)


def facts(found: Frontier) -> tuple[Fact, ...]:
    """The frontier in a few lines."""
    rows = frontier_rows(found)
    named = {row.remark: row for row in rows if row.remark}
    lines = [Fact("Efficient plans", len(rows), "count", "", _solved(found), "Frontier"), _end(found, rows[0], rows[0])]
    if len(rows) > 1:
        lines += [_end(found, named[name], rows[0]) for name in (KNEE, SAFEST) if name in named]
        lines += [_price(found, before, row) for before, row in pairwise(rows)]
    return tuple(lines)


def shown(second: Second, value: float) -> str:
    """A figure of the second measure as a person would write it."""
    if second.form == "money":
        return usd(value)
    return percent(value) if second.form == "share" else f"{value:,.1f} {second.unit}"


def _end(found: Frontier, row: FrontierRow, cheapest: FrontierRow) -> Fact:
    """A plan with a name, and what it costs more than the cheapest."""
    more = row.cost - cheapest.cost
    words = f", for {usd(more)} more ({percent(more / abs(cheapest.cost))})" if more and cheapest.cost else ""
    words += "; beyond it a step more of safety costs more than before" if row.remark == KNEE else ""
    detail = f"{found.second.title}: {shown(found.second, row.reached)}{words}"
    return Fact(f"{row.remark.capitalize()} plan", row.cost, "money", "USD", detail, f"Point {row.point}")


def _price(found: Frontier, before: FrontierRow, row: FrontierRow) -> Fact:
    """What a step costs between two plans."""
    detail = (
        f"from {shown(found.second, before.reached)} to {shown(found.second, row.reached)}; given both gaps between "
        f"{usd(row.price_at_least or 0.0)} and {usd(row.price_at_most or 0.0)}"
    )
    label = f"Price of a {found.second.step_words}, {before.point} to {row.point}"
    return Fact(label, row.price, "money", "USD", detail, "Frontier")


def _solved(found: Frontier) -> str:
    left = f"; {counted(found.left_out, 'other')} left out: another is as cheap and as safe" if found.left_out else ""
    proven = sum(point.is_proven for point in found.points)
    proof = "each" if found.is_proven else f"{proven} of them"
    left += "; no plan was found that is safer than the cheapest" if len(found.points) == 1 else ""
    return (
        f"{proof} proven to be within {percent(found.options.gap)} of the best possible, all checked in plain arithmetic{left}"
        f"; the workbook's hard limits hold for all. To plan with one, set {found.second.limit_in_book}"
    )

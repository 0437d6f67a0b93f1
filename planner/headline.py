"""The headline figures of one written plan: what it costs, what it buys from whom, and what it misses."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from planner.outputs import (
    ContractRow,
    CostRow,
    CoverRow,
    DiversificationRow,
    MemberRow,
    RationRow,
    RiskRow,
    RunRow,
)
from planner.outputs.costs import BOUGHT, COMMITMENT, TOTAL
from planner.outputs.diversification import MISSED as LIMIT_MISSED
from planner.outputs.run import GAP
from planner.outputs.schema import DECIMALS, Row, Shown, columns
from planner.outputs.stock import MISSED
from planner.plan_reader import Line, rows
from planner.workbook import Book

CHINA = "CHN"

Headline = tuple[str, str, float]
"""Name, form (USD, %, or a count) and value of a figure of one plan."""


def table(book: Book, record: type[Row]) -> pd.DataFrame:
    """A sheet of a plan, one column per field; blank figures are missing."""
    items = columns(record)
    cells = [[_cell(line, item) for item in items] for line in rows(book, record)]
    return pd.DataFrame(cells, columns=[item.name for item in items])


def _cell(line: Line, item: Shown) -> object:
    if item.form in DECIMALS:
        return None if line.cells[item.name] == "" else line.number_in(item.name)
    return line.text(item.name) if item.form in ("text", "sentence") else line.cells[item.name]


def headline(book: Book, orders: pd.DataFrame) -> Iterator[Headline]:
    """The figures of one plan; cost lines that come to nothing are left out."""
    costs = [line for line in rows(book, CostRow) if line.text("line") not in (BOUGHT, COMMITMENT, TOTAL)]
    cover, limits, contracts = (table(book, record) for record in (CoverRow, DiversificationRow, ContractRow))
    missed = cover[cover["result"] == MISSED]
    yield "cost, discounted", "USD", sum(line.number_in("discounted") for line in costs)
    owed = sum(line.number_in("undiscounted") for line in costs if line.text("owed") == "yes")
    yield "budget used (commitments)", "USD", owed
    for line in rows(book, RunRow):
        if line.text("what") == GAP and isinstance(line.cells["value"], float):
            yield GAP, "%", line.number_in("value")
    yield "orders", "", len(orders)
    yield "contracts", "", len(contracts)
    yield "suppliers", "", contracts["supplier"].nunique()
    yield "materials with a missed cover target", "", missed["material"].nunique()
    yield "period ends below a cover target", "", len(missed)
    yield "soft policy limits missed", "", len(limits[limits["result"] == LIMIT_MISSED])
    yield from _risk(*(table(book, record) for record in (RiskRow, MemberRow, RationRow)))
    yield "landed cost with a stage in China", "%", _share(orders, _names_china(orders))
    yield "landed cost of restricted origin", "%", _share(orders, orders["class_"] == "restricted")
    for line in costs:
        if line.cells["undiscounted"]:
            yield f"cost line: {line.text('line')}", "USD", line.number_in("undiscounted")


def _risk(risk: pd.DataFrame, members: pd.DataFrame, rations: pd.DataFrame) -> Iterator[Headline]:
    """What the scenarios cost, whatever CVaR weighs, and whom the plan serves less than it should; nothing without them."""
    if len(risk):
        tail = risk["probability"] * risk["in_the_tail"]
        yield "CVaR of the scenarios", "USD", float((tail * risk["loss"]).sum() / tail.sum())
        yield "worst loss of the scenarios", "USD", float(risk["loss"].max())
    if len(members):
        yield "commitments to members missed", "", int((members["periods_missed"] > 0).sum())
    if len(rations):
        yield "largest share that a member goes short of in a scenario", "%", float(rations["share_unmet"].max())
        yield "members' shortages in scenarios", "", int((rations["unmet"] > 0).sum())


def _names_china(orders: pd.DataFrame) -> pd.Series[bool]:
    return orders["mine"].str.contains(CHINA) | (orders["refine"] == CHINA) | (orders["owner"] == CHINA)


def _share(orders: pd.DataFrame, chosen: pd.Series[bool]) -> float:
    """Share of the landed cost of all orders."""
    total = float(orders["landed_cost"].sum())
    return float(orders.loc[chosen, "landed_cost"].sum()) / total if total else 0.0

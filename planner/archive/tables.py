"""What is in the archive: runs, their headline figures, and one table for each sheet of a plan.

    runs            a run of a case: when, how it ended, of which workbook, what it took
    figures         the headline figures of its plan
    plan_purchases, plan_stock, plan_cover, …
                    the sheets of its plan without their totals; columns are the fields of the records in `planner.outputs`,
                    which say what they mean

Every row has `case_name` and `run`; `sheet_row` is its place in the sheet. Moments are UTC, money is USD, quantities are in the
row's own unit, shares are of 1. Only a plan that was published has figures and sheets: what was not verified is nobody's.

The first two tables change by migrations. The tables of sheets follow the records: whoever opens the archive to write adds
the tables and columns that it does not have yet, which are blank for what was put in before. A column that is declared no
more stays, and is blank from then on. Only a column that keeps its name and changes its kind needs a migration.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from planner.outputs import SearchRow, Tables
from planner.outputs.schema import DECIMALS, Form, Row, Shown, columns

VERSIONS: Final = "archive_version"
"""Table of the revision; it has the archive's name, for a database may hold other programs' tables, too."""
TREND: Final = ("plan_cover", "plan_purchases")
"""Tables that trends ask for one material."""

METADATA = MetaData()
RUNS = Table(
    "runs",
    METADATA,
    Column("case_name", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("book", Text, nullable=False),
    Column("started", DateTime(timezone=True), nullable=False),
    Column("ended", DateTime(timezone=True), nullable=False),
    Column("status", Integer, nullable=False),
    Column("published", Boolean, nullable=False),
    Column("message", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("fingerprint", Text),
    Column("sha256", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("pyomo", Text, nullable=False),
    Column("highspy", Text, nullable=False),
    Column("objective", Double),
    Column("bound", Double),
    Column("gap", Double),
    Column("seconds", Double, nullable=False),
    Column("solve_seconds", Double),
    Column("memory", Double, nullable=False),
    Column("allotted", Double, nullable=False),
    Column("unread", Text, nullable=False),
    Column("begins", Date),
    PrimaryKeyConstraint("case_name", "run"),
)
FIGURES = Table(
    "figures",
    METADATA,
    Column("case_name", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("figure", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("value", Double, nullable=False),
    PrimaryKeyConstraint("case_name", "run", "figure"),
)


def column_name(item: Shown) -> str:
    """A field's name; `class_` is `class`."""
    return item.name.rstrip("_")


def _kind(form: Form) -> Any:
    if form in DECIMALS:
        return BigInteger if form == "count" else Double
    return Date if form == "date" else Text


def _sheet(record: type[Row]) -> Table:
    name = f"plan_{record.sheet.lower().replace(' ', '_')}"
    keys = (
        Column("case_name", Text, nullable=False),
        Column("run", Text, nullable=False),
        Column("sheet_row", Integer, nullable=False),
    )
    items = (Column(column_name(item), _kind(item.form)) for item in columns(record))
    table = Table(
        name, METADATA, *keys, *items, PrimaryKeyConstraint("case_name", "run", "sheet_row"), sqlite_with_rowid=False
    )  # fmt: skip
    if name in TREND:
        Index(f"{name}_by_material", table.c.material, table.c.case_name, table.c.run, table.c.sheet_row)
    return table


SHEETS: dict[type[Row], Table] = {
    record: _sheet(record) for record in Tables.records().values() if record is not SearchRow
}  # fmt: skip
"""Record of a sheet → its table; of Search there is none, which tells nobody anything but the next search."""

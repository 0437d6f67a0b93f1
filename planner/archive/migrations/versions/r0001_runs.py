"""Runs and their headline figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "runs",
        sa.Column("case_name", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("book", sa.Text, nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("published", sa.Boolean, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("pyomo", sa.Text, nullable=False),
        sa.Column("highspy", sa.Text, nullable=False),
        sa.Column("objective", sa.Double),
        sa.Column("bound", sa.Double),
        sa.Column("gap", sa.Double),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("solve_seconds", sa.Double),
        sa.Column("memory", sa.Double, nullable=False),
        sa.Column("allotted", sa.Double, nullable=False),
        sa.Column("unread", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("case_name", "run"),
    )
    op.create_table(
        "figures",
        sa.Column("case_name", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("figure", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("case_name", "run", "figure"),
    )

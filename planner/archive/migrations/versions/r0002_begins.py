"""First day of the plan of each run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; of earlier runs it is not known."""
    op.add_column("runs", sa.Column("begins", sa.Date))

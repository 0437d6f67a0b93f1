"""Alembic's entry: migrations run on the connection, and in the transaction, of whoever opens the archive."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table=context.config.attributes["versions"])
context.run_migrations()

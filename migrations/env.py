"""Alembic's entry: runs on the connection that surveyapp.storage.migrations hands over."""

from alembic import context

from surveyapp.storage.tables import Table

if "connection" not in context.config.attributes:
    raise SystemExit("run migrations through surveyapp.storage.migrations")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

"""Alembic's entry: it is handed an open connection and the metadata, and never a URL."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    transactional_ddl=False,  # the caller holds the transaction
)
context.run_migrations()

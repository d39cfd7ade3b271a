"""Bring a database to the newest shape, or back, with Alembic. `what` is "records" or "link"."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.link import LinkRow
from storage.records import Row

if TYPE_CHECKING:
    from storage.database import Database

HERE = Path(__file__).parent / "migrations"
METADATA = {"records": Row.metadata, "link": LinkRow.metadata}
logging.getLogger("alembic").setLevel(logging.WARNING)


def up(database: Database, what: str, revision: str = "head") -> None:
    """Upgrade to `revision`; does nothing, and takes no lock, when the database is there already."""
    config = _config(what)
    with database.reader.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != ScriptDirectory.from_config(config).get_current_head() or revision != "head":
        _run(database, config, command.upgrade, revision)


def down(database: Database, what: str, revision: str = "base") -> None:
    """Downgrade to `revision`; "base" is an empty database."""
    _run(database, _config(what), command.downgrade, revision)


def _config(what: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("version_locations", str(HERE / what))
    config.set_main_option("path_separator", "os")
    config.attributes["metadata"] = METADATA[what]
    return config


def _run(database: Database, config: Config, what: object, revision: str) -> None:
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        what(config, revision)  # type: ignore[operator]  # Alembic's two commands have one shape
        connection.execute(sa.text("SELECT 1"))

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

from storage.errors import Damaged
from storage.link import LinkRow
from storage.records import Row

if TYPE_CHECKING:
    from storage.database import Database

HERE = Path(__file__).parent / "migrations"
METADATA = {"records": Row.metadata, "link": LinkRow.metadata}
logging.getLogger("alembic").setLevel(logging.WARNING)


def up(database: Database, what: str, revision: str = "head") -> None:
    """Upgrade to `revision`; does nothing, and takes no lock, when the database is there already. Raises Damaged."""
    config = _config(what)
    scripts, now = ScriptDirectory.from_config(config), current(database)
    if now and now not in {script.revision for script in scripts.walk_revisions()}:
        raise Damaged("This vault was used by a newer Tillit, which changed its database. Upgrade Tillit to open it.")
    if now != scripts.get_current_head() or revision != "head":
        _run(database, config, command.upgrade, revision)


def down(database: Database, what: str, revision: str = "base") -> None:
    """Downgrade to `revision`; "base" is an empty database."""
    _run(database, _config(what), command.downgrade, revision)


def current(database: Database) -> str | None:
    """The revision a database is at; None for an empty one."""
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


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

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

from storage import broken_glass, closings, consents, erasures, memberships, requests, withdrawals  # noqa: F401  # their tables are some of the records'
from storage.errors import Damaged
from storage.link import LinkRow
from storage.records import Row

if TYPE_CHECKING:
    from storage.database import Database

HERE = Path(__file__).parent / "migrations"
METADATA = {"records": Row.metadata, "link": LinkRow.metadata}
logging.getLogger("alembic").setLevel(logging.WARNING)


def up(database: Database, what: str, revision: str = "head", *, key: bytes | None = None) -> None:
    """Upgrade to `revision`; does nothing, and takes no lock, when the database is there already.

    `key` is the link key's own, which seals its rows. Raises Damaged, and Locked where rows need a key not given.
    """
    config = _config(what, key)
    scripts, now = ScriptDirectory.from_config(config), current(database)
    if now and now not in {script.revision for script in scripts.walk_revisions()}:
        raise Damaged("This vault was used by a newer Tillit, which changed its database. Upgrade Tillit to open it.")
    if now != scripts.get_current_head() or revision != "head":
        _run(database, config, command.upgrade, revision)


def down(database: Database, what: str, revision: str = "base", *, key: bytes | None = None) -> None:
    """Downgrade to `revision`; "base" is an empty database. Raises Locked where rows need a key not given."""
    _run(database, _config(what, key), command.downgrade, revision)


def current(database: Database) -> str | None:
    """The revision a database is at; None for an empty one."""
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config(what: str, key: bytes | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("version_locations", str(HERE / what))
    config.set_main_option("path_separator", "os")
    config.attributes.update(metadata=METADATA[what], key=key)
    return config


def _run(database: Database, config: Config, what: object, revision: str) -> None:
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        what(config, revision)  # type: ignore[operator]  # Alembic's two commands have one shape
        connection.execute(sa.text("SELECT 1"))

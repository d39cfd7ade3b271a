"""A SQLCipher file behind SQLAlchemy: one engine that reads, one that writes.

The key is raw (32 bytes from the key tree), so that a connection costs no key derivation. The writer starts every
transaction with BEGIN IMMEDIATE: two writers queue up instead of one of them failing in the middle. The reader
never starts one, so that an hour of transcription holds nobody up.

Source: SQLCipher API (`PRAGMA key`), SQLite's `BEGIN IMMEDIATE` and WAL pages; measured in notes on the database.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import sqlcipher3.dbapi2
from sqlalchemy.exc import DatabaseError, DBAPIError

from storage.database import Database
from storage.errors import Damaged, StorageFailed

if TYPE_CHECKING:
    from pathlib import Path

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=30000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",  # sorting must not spill rows to a temporary file
    "PRAGMA secure_delete=ON",
)
CHECKS = ("PRAGMA cipher_integrity_check", "PRAGMA integrity_check")
AROUND_IT = {  # result codes that speak of the disk and its rights, not of what the file holds
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
CLOSED = "The vault's database cannot be opened. Check that the disk is well, not full, and yours to use."
UNSCRUBBED = "What was destroyed is still in the database's log, because somebody is reading. Do it again later."


class Sqlcipher(Database):
    """One SQLCipher file. `jobs` expects the driver to begin before a write (its "IMMEDIATE" mode)."""

    kind = "sqlcipher"

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._engine = partial(_engine, path, key)
        self.reader = self._engine()
        self.writer = self._engine()
        self.jobs = self._engine(isolation="IMMEDIATE")
        sa.event.listen(self.writer, "begin", _begin_immediate)

    def check(self) -> None:
        """Raise Damaged if the file does not open under its key, StorageFailed if the disk does not let it."""
        try:
            with self.reader.connect() as connection:
                connection.execute(sa.text("SELECT count(*) FROM sqlite_master"))
        except DatabaseError as error:
            if _around_it(error):
                raise StorageFailed(CLOSED) from None
            raise Damaged("The vault's database does not open under its key. Restore it from a backup.") from None

    def scrub(self, *tables: str) -> None:  # noqa: ARG002  # the file is one; its tables need not be told apart
        """Bring the write-ahead log into the file and empty it. Raises StorageFailed while somebody reads from it.

        Freed pages of the file were overwritten when their rows went (`secure_delete`). Blocks of the disk that the
        log lay on are the disk's; what was in them is encrypted under the database's key.
        """
        try:
            with self.reader.connect() as connection:
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        except DBAPIError:
            raise StorageFailed(CLOSED) from None
        if busy:
            raise StorageFailed(UNSCRUBBED)

    def faults(self) -> list[str]:
        """Pages that do not authenticate (SQLCipher), and rows and indexes that do not fit together (SQLite)."""
        engine = self._engine()  # a connection of its own: one that was in use would vouch for pages from its memory
        try:
            return [fault for check in CHECKS for fault in _found(engine, check)]
        finally:
            engine.dispose()


def _found(engine: sa.Engine, check: str) -> list[str]:
    try:
        with engine.connect() as connection:
            return [line for (line,) in connection.exec_driver_sql(check) if line != "ok"]
    except DatabaseError as error:
        if _around_it(error):
            raise StorageFailed(CLOSED) from None
        return ["The database does not open under its key."]


def _around_it(error: DatabaseError) -> bool:
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in AROUND_IT  # the low byte is the kind


def _engine(path: Path, key: bytes, isolation: str | None = None) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=path.absolute().as_uri(), query={"uri": "true", "mode": "rw"}),
        module=sqlcipher3.dbapi2,
        poolclass=sa.pool.QueuePool,
        connect_args={"check_same_thread": False, "timeout": 30},
        hide_parameters=True,  # an error must not carry a row's values
    )

    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401  # a DB-API connection has no type
        connection.isolation_level = None
        connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        for pragma in PRAGMAS:
            connection.execute(pragma)
        connection.isolation_level = isolation

    sa.event.listen(engine, "connect", prepare)
    return engine


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")

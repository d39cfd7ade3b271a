"""A SQLCipher file behind SQLAlchemy: one engine that reads, one that writes.

The key is raw (32 bytes from the key tree), so that a connection costs no key derivation. The writer starts every
transaction with BEGIN IMMEDIATE: two writers queue up instead of one of them failing in the middle. The reader
never starts one, so that an hour of transcription holds nobody up.

Source: SQLCipher API (`PRAGMA key`), SQLite's `BEGIN IMMEDIATE` and WAL pages; measured in notes on the database.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import sqlcipher3.dbapi2
from sqlalchemy.exc import DatabaseError

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
AROUND_IT = {  # result codes that speak of the disk and its rights, not of what the file holds
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}


class Database:
    """One SQLCipher file, which is there: opening never makes one.

    `reader` sees committed rows, `writer` holds one transaction at a time, and `jobs` is for the job engine, which
    opens its transactions itself and expects the driver to do so before a write (its "IMMEDIATE" mode).
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self.reader = _engine(path, key)
        self.writer = _engine(path, key)
        self.jobs = _engine(path, key, isolation="IMMEDIATE")
        sa.event.listen(self.writer, "begin", _begin_immediate)

    def check(self) -> None:
        """Raise Damaged if the file does not open under its key, StorageFailed if the disk does not let it."""
        try:
            with self.reader.connect() as connection:
                connection.execute(sa.text("SELECT count(*) FROM sqlite_master"))
        except DatabaseError as error:
            if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in AROUND_IT:  # the low byte is the kind
                raise StorageFailed(
                    "The vault's database cannot be opened. Check that the disk is well, not full, and yours to use.",
                ) from None
            raise Damaged(
                "The vault's database does not open under its key. Restore it from a backup.",
            ) from None

    def close(self) -> None:
        """Let every connection go."""
        self.reader.dispose()
        self.writer.dispose()
        self.jobs.dispose()


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

"""A schema of a PostgreSQL server behind SQLAlchemy and psycopg: the same contract as the SQLCipher file.

A writer's transaction begins by taking the schema's advisory lock, and so queues up as BEGIN IMMEDIATE makes it
queue up in SQLite; under READ COMMITTED every statement after that sees all that was committed before it. Readers
take no lock and cannot write. What is not sealed by the house (codes, states, times) the server's administrator can
read; what is sealed is bound to its row.

Source: PostgreSQL 15 manual, 13.2 (READ COMMITTED), 13.3.5 (advisory locks), VACUUM, F.2 (amcheck), 30.2 (checksums).
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from storage import postgres_server
from storage.database import Database
from storage.errors import AlreadyThere, BadInput, Damaged, StorageFailed
from storage.postgres_server import AWAY, WAIT, engine

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCKS = {"records": 0x74696C6C69740001, "link": 0x74696C6C69740002}  # "tillit" and a number
JOBS = "dbos"  # the schema of the job engine's tables
PAGE = 500  # rows read at a time
AGAIN = 0.5  # seconds until rows that somebody may still see are looked at again
LASTING = ("fsync", "full_page_writes")  # with one of them off, a power cut may lose what was kept
USABLE = "SELECT has_schema_privilege(oid, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = :schema"
TABLES = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = :schema ORDER BY tablename"
AMCHECK = """
    SELECT x.relname, x.relkind, x.oid, quote_ident(n.nspname) AS functions
    FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    JOIN pg_catalog.pg_proc f ON f.pronamespace = n.oid AND has_function_privilege(f.oid, 'EXECUTE')
    JOIN pg_catalog.pg_class x ON (x.relkind = 'r' AND f.proname = 'verify_heapam')
        OR (x.relkind = 'i' AND f.proname = 'bt_index_check' AND f.pronargs = 2)
    LEFT JOIN pg_catalog.pg_am a ON a.oid = x.relam
    WHERE e.extname = 'amcheck' AND x.relnamespace = to_regnamespace(:schema) AND x.relpersistence = 'p'
      AND (x.relkind = 'r' OR a.amname = 'btree')
    ORDER BY x.relname"""
FUNCTIONS = {
    "i": "SELECT {functions}.bt_index_check(CAST(:oid AS regclass), true)",
    "r": "SELECT count(*) FROM {functions}.verify_heapam(CAST(:oid AS regclass))",
}
MISSING = "The vault's schema is not in that PostgreSQL database. Restore it from a backup, or correct vault.toml."
TAKEN = (
    "That PostgreSQL database holds a vault's tables already, or those of one whose making was stopped. Name another "
    "database; only if nobody needs what is in it, drop the schema and try again."
)
KEPT = "What was destroyed can still be read by a transaction that is open since before. End it, and do it again."


class Postgres(Database):
    """The schema "records" or "link" of the database that `url` names; its `jobs` are kept in a schema "dbos"."""

    kind = "postgresql"

    def __init__(self, url: str, schema: str) -> None:
        if schema not in LOCKS:
            raise BadInput("PostgreSQL keeps a vault's records or its link key, and nothing else.")
        place = postgres_server.address(url)
        self.schema = schema
        self.reader = engine(place, schema, default_transaction_read_only="on")
        self.writer = engine(place, schema)
        self.jobs = engine(place, JOBS, translated=False, idle_in_transaction_session_timeout="60s")
        self._upkeep = engine(place, schema, statement_timeout="0")
        sa.event.listen(self.writer, "begin", self._queue_up)

    @classmethod
    def create(cls, url: str, schema: str) -> Postgres:
        """Make the schema, and open it. Raises AlreadyThere if it has tables, BadInput, StorageFailed."""
        made = cls(url, schema)
        with made._upkeep.begin() as connection:
            if connection.execute(sa.text("SHOW server_encoding")).scalar_one() != "UTF8":
                raise BadInput("That PostgreSQL database does not keep UTF-8. Make one with `createdb -E UTF8`.")
            if _tables(connection, schema):
                raise AlreadyThere(TAKEN)
            connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
        return made

    def check(self) -> None:
        """Raise Damaged if the schema is not there, StorageFailed if the server cannot be used."""
        ours = sa.text(
            "SELECT has_schema_privilege(oid, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = :schema"
        )
        with self.reader.connect() as connection:
            usable = connection.execute(ours, {"schema": self.schema}).scalar_one_or_none()
        if usable is None:
            raise Damaged(MISSING)
        if not usable:  # it would be passed over in silence, and look empty
            raise StorageFailed(AWAY, code="42501")

    def scrub(self, *tables: str) -> None:
        """Write the tables and their indexes anew, without the rows that are gone (VACUUM FULL).

        Raises StorageFailed as long as an older transaction could see one of them. Out of reach are the server's
        write-ahead log, which holds old rows until its segments are used again (after some checkpoints) and wherever
        they are archived or replicated to, the server's own backups, and blocks its file system has freed.
        """
        with self._upkeep.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in tables or _tables(connection, self.schema):
                _write_anew(connection, sa.table(table, schema=self.schema))

    def faults(self) -> list[str]:
        """What the server finds when every row is read, and its extension amcheck where that is installed.

        A changed bit in a page is found where data checksums are on (`initdb --data-checksums`), and only in pages
        that are read from the disk: those the server holds in memory are as they were when it read them.
        """
        schemas = (self.schema, JOBS) if self.schema == "records" else (self.schema,)
        return [*self._unsafe(), *(fault for schema in schemas for fault in self._misread(schema))]

    def close(self) -> None:
        """Let every connection go."""
        super().close()
        self._upkeep.dispose()

    def _queue_up(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_catalog.pg_advisory_xact_lock({LOCKS[self.schema]})")

    def _unsafe(self) -> Iterator[str]:
        with self._upkeep.connect() as connection:
            for name in LASTING:
                if connection.execute(sa.text(f"SHOW {name}")).scalar_one() == "off":
                    yield f"The server's setting {name} is off: a power cut may lose what was kept."

    def _misread(self, schema: str) -> Iterator[str]:
        with self._upkeep.connect() as connection:
            tables = _tables(connection, schema)
            checks = connection.execute(sa.text(AMCHECK), {"schema": schema}).all()
        for table in tables:
            if not self._readable(table, schema):
                yield f"The table {schema}.{table} cannot be read to its end."
        for check in checks:
            if not self._sound(check):
                yield f"The server's check of {schema}.{check.relname} (amcheck) fails."

    def _readable(self, table: str, schema: str) -> bool:
        whole: sa.Select[Any] = sa.select(sa.literal_column("t")).select_from(
            sa.table(table, schema=schema).alias("t")
        )
        try:
            with self._upkeep.connect() as connection:
                for _ in connection.execution_options(yield_per=PAGE).execute(whole):
                    pass
        except Damaged:
            return False
        return True

    def _sound(self, check: sa.Row[Any]) -> bool:
        function = sa.text(FUNCTIONS[check.relkind].format(functions=check.functions))
        try:
            with self._upkeep.connect() as connection:
                return not connection.execute(function, {"oid": check.oid}).scalar_one()
        except Damaged:
            return False


def _tables(connection: sa.Connection, schema: str) -> list[str]:
    return list(connection.execute(sa.text(TABLES), {"schema": schema}).scalars())


def _write_anew(connection: sa.Connection, table: sa.TableClause) -> None:
    until = time.monotonic() + WAIT
    while _still_seen(connection, table):
        if time.monotonic() > until:
            raise StorageFailed(KEPT)
        time.sleep(AGAIN)


def _still_seen(connection: sa.Connection, table: sa.TableClause) -> bool:
    """Rewrite the table; whether rows that are gone had to be kept, which the server says in its own language."""
    said: list[str] = []
    server: Any = connection.connection.driver_connection
    server.add_notice_handler(note := lambda notice: said.append(notice.message_detail or ""))
    try:
        name = connection.dialect.identifier_preparer.format_table(table)
        connection.exec_driver_sql(f"VACUUM (FULL, VERBOSE) {name}")
    finally:
        server.remove_notice_handler(note)
    kept = [int(number[0]) for number in map(re.compile(r"\d+").search, said) if number]
    return not kept or any(kept)  # it says nothing where it may not do it

"""A snapshot: every row of every table as of one moment, in one age file to the root's recipient.

    {"tillit snapshot": {"format": 1, "vault": …, "what": …, "revision": …, "time": …, "checkpoint": …, "tables": …}}
    {"person": {…}}                     tables in an order in which they can be put back
    {"rows": 1234}

Participants' keys and the headers of artefacts are not in it; see storage.backup.owned. Nor is what was heard of a
recording under way: it would stay in every snapshot after its rows are gone, and a restored vault hears it again. So
`age -d -i root.txt` shows everything in it to whoever has the root and no Tillit, and nothing by which a shredded
participant opens.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.migration import MigrationContext

from storage import migrate
from storage.backup import rows
from storage.backup.manifest import NONE
from storage.backup.repository import SNAPSHOTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.backup.terms import Source

FORMAT = 1
LEFT_OUT = ("heard",)
HEAD = "tillit snapshot"
_TIME = "%Y%m%dT%H%M%S.%fZ"


def path_of(name: str) -> str:
    """Where a snapshot lies in the repository."""
    return f"{SNAPSHOTS}/{name}.age"


def next_name(newest: str) -> str:
    """A name for a snapshot made now: its time in UTC, later than the newest one's even where a clock was set back."""
    moment = datetime.now(UTC)
    if newest != NONE:
        moment = max(moment, datetime.strptime(newest, _TIME).replace(tzinfo=UTC) + timedelta(microseconds=1))
    return moment.strftime(_TIME)


class Lines:
    """The lines of a snapshot, read from the database as they are asked for; `count` is the rows there were."""

    def __init__(self, connection: sa.Connection, source: Source, name: str) -> None:
        self._connection, self._source, self._name = connection, source, name
        described = rows.shape(migrate.METADATA[source.what])
        self._shape = {table: columns for table, columns in described.items() if table not in LEFT_OUT}
        self._tables = [migrate.METADATA[source.what].tables[table] for table in self._shape]
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        yield rows.line(HEAD, self._about())
        for table in self._tables:
            for row in self._connection.execute(_query(table)).mappings():
                self.count += 1
                yield rows.line(table.name, self._row(table.name, row))
        yield rows.line(rows.END, self.count)

    def _about(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "vault": self._source.vault_id,
            "what": self._source.what,
            "revision": MigrationContext.configure(self._connection).get_current_revision(),
            "time": self._name,
            "checkpoint": self._source.checkpoint,
            "tables": self._shape,
        }

    def _row(self, table: str, row: sa.RowMapping) -> dict[str, Any]:
        apart = {"header": ""} if table == "artefact" else {}
        return rows.encoded(self._shape[table], row) | apart


def _query(table: sa.Table) -> sa.Select[Any]:
    query = sa.select(table).execution_options(yield_per=rows.PAGE)
    return query.where(table.c.parent_id.is_(None)) if table.name == "key" else query

"""Reading snapshots and keys files back, line by line, into a database."""

from __future__ import annotations

import io
from contextlib import contextmanager
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, ProgrammingError

from storage import age
from storage.backup import owned, repository, rows, snapshots
from storage.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.backup.manifest import Manifest
    from storage.backup.rows import Shape

    Lines = Iterator[tuple[str, Any]]

BLOCK = 1 << 16  # the payload's own


@contextmanager
def opened(path: Path, identity: age.Identity) -> Iterator[Lines]:
    """The lines of a sealed file, authenticated as they are read. Raises Damaged."""
    with repository.open_file(path) as file:
        try:
            file_key = age.open_header(age.read_header(file), [identity])
        except age.NoMatch:
            raise Damaged(
                "The backup was sealed to another root. Restore with the root of its time, or name a newer snapshot.",
            ) from None
        with io.BufferedReader(age.open_payload(file, file_key), BLOCK) as plain:
            yield rows.lines(plain)


def about(lines: Lines, manifest: Manifest) -> dict[str, Any]:
    """The first line of a snapshot. Raises Damaged if it is not the one the manifest means."""
    name, content = next(lines, ("", {}))
    wanted = {
        "format": snapshots.FORMAT,
        "vault": manifest.vault_id,
        "what": manifest.what,
        "time": manifest.newest,
    }
    if name != snapshots.HEAD or not content.items() >= wanted.items():
        raise Damaged("A snapshot is not the one its manifest names, or a newer Tillit wrote it. Upgrade Tillit.")
    return dict(content)


class Loader:
    """Puts rows of one shape into a database, in the caller's transaction, some hundred at a time."""

    def __init__(self, connection: sa.Connection, shape: Shape) -> None:
        self._connection, self._shape = connection, shape
        self._tables = rows.tables(shape)

    def empty(self) -> None:
        """Remove every row, children before parents."""
        for table in reversed(self._tables.values()):
            self._connection.execute(table.delete())

    def snapshot(self, lines: Lines) -> int:
        """Every row of a snapshot; returns how many."""
        return _load(lines, self._insert)

    def owned(self, lines: Lines, participant: str) -> None:
        """A participant's key, and the headers of artefacts whose rows are there already."""
        if next(lines, None) != (owned.HEAD, {"participant": participant}):
            raise Damaged(rows.BROKEN)

        def write(name: str, some: list[dict[str, Any]]) -> None:
            if name == "artefact":
                self._set_headers(some)
            else:
                self._insert(name, some)

        _load(lines, write)

    def _insert(self, name: str, some: list[dict[str, Any]]) -> None:
        insert, values = self._table(name).insert(), self._decoded(name, some)
        try:
            self._connection.execute(insert, values)
        except (DataError, IntegrityError, InterfaceError, ProgrammingError):  # the rows' fault, not the disk's
            raise Damaged(rows.BROKEN) from None

    def _set_headers(self, some: list[dict[str, Any]]) -> None:
        table = self._table("artefact")
        update = table.update().where(table.c.id == sa.bindparam("of")).values(header=sa.bindparam("sealed"))
        headers = self._decoded("artefact", some)
        self._connection.execute(update, [{"of": one["id"], "sealed": one["header"]} for one in headers])

    def _table(self, name: str) -> sa.Table:
        if name not in self._tables:
            raise Damaged(rows.BROKEN)
        return self._tables[name]

    def _decoded(self, name: str, some: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [rows.decoded(self._shape[name], row) for row in some]


def _load(lines: Lines, write: Callable[[str, list[dict[str, Any]]], None]) -> int:
    """Write neighbouring lines of one name together. Raises Damaged if there are more or fewer than the last says."""
    count = 0
    for name, group in groupby(lines, key=itemgetter(0)):
        contents = (content for _, content in group)
        if name == rows.END:
            if [*contents] != [count] or next(lines, None) is not None:
                break
            return count
        while some := list(islice(contents, rows.PAGE)):
            write(name, some)
            count += len(some)
    raise Damaged(rows.BROKEN)

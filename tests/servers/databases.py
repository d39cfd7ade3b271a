"""A place for databases of each kind, so that one test shows the same of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from storage import files, migrate
from storage.postgres import Postgres
from storage.sqlcipher import Sqlcipher

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.database import Database
    from tests.servers.postgres import Cluster

KEY = bytes(range(32))


@dataclass
class Place:
    """Where a test's databases are: a folder, or a database of a cluster."""

    kind: str
    folder: Path
    cluster: Cluster | None = None
    url: str = ""
    _open: list[Database] = field(default_factory=list)

    def create(self, what: str) -> Database:
        """A new one, without a table."""
        if self.cluster is None:
            files.write_in_place(self.file(what), b"")
        else:
            self.url = self.url or self.cluster.database()
            Postgres.create(self.url, what).close()
        return self.open(what)

    def made(self, what: str) -> Database:
        """A new one in the newest shape."""
        database = self.create(what)
        migrate.up(database, what, key=KEY)
        return database

    def open(self, what: str) -> Database:
        """The one that is there."""
        self._open.append(Sqlcipher(self.file(what), KEY) if self.cluster is None else Postgres(self.url, what))
        return self._open[-1]

    def file(self, what: str) -> Path:
        """SQLCipher's file."""
        return self.folder / f"{what}.db"

    def close(self) -> None:
        """Close all that were opened."""
        while self._open:
            self._open.pop().close()


@pytest.fixture(params=["sqlcipher", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A folder, then a server's database; the server is started only when its turn comes."""
    cluster = None
    if request.param == "postgresql":
        cluster = cast("Cluster", request.getfixturevalue("postgres"))
    here = Place(request.param, tmp_path, cluster)
    yield here
    here.close()
    if cluster is not None and here.url:
        cluster.give_back(here.url)

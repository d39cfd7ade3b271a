"""A process that counts on in a database: `python -m tests.servers.committing <kind> <file or address> <times>`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.postgres import Postgres
from storage.records import Person
from storage.sqlcipher import Sqlcipher
from tests.servers.databases import KEY

if TYPE_CHECKING:
    from storage.database import Database


def main(kind: str, place: str, times: int) -> None:
    """Add a person as many times, each named by how many there were."""
    database: Database = Postgres(place, "records") if kind == "postgresql" else Sqlcipher(Path(place), KEY)
    for _ in range(times):
        with Session(database.writer) as session, session.begin():
            number = session.scalar(sa.select(sa.func.count()).select_from(Person))
            session.add(Person(handle=str(number)))
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

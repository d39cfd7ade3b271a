"""What the house asks of a database, asked of both kinds."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.errors import Damaged, StorageFailed
from storage.records import Person

if TYPE_CHECKING:
    from pathlib import Path

    from storage.database import Database
    from tests.servers.databases import Place

PATIENCE = 60  # seconds
PAGE = {"sqlcipher": 4096, "postgresql": 8192}


def test_what_one_writer_kept_the_next_one_sees(place: Place) -> None:
    """Four threads that count on from what they read lose no number: from its begin on, a writer is alone."""
    database = place.made("records")
    threads = [threading.Thread(target=_count_on, args=(place.open("records"), 10)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(_handles(database), key=int) == [str(number) for number in range(40)]


def test_what_is_asked_inside_a_transaction_stays_true(place: Place) -> None:
    """A writer sees what was committed while it waited for its turn, though it came before that."""
    database, other = place.made("records"), place.open("records")
    seen: list[list[str]] = []
    waiting = threading.Event()

    def late() -> None:
        sa.event.listen(other.writer, "before_cursor_execute", lambda *_: waiting.set())
        with Session(other.writer) as session, session.begin():
            seen.append(list(session.scalars(sa.select(Person.handle))))

    with Session(database.writer) as session, session.begin():
        session.add(Person(handle="astrid"))
        session.flush()
        thread = threading.Thread(target=late)
        thread.start()
        assert waiting.wait(PATIENCE)
    thread.join()
    assert seen == [["astrid"]]


def test_a_reader_sees_what_is_committed_and_nothing_else(place: Place) -> None:
    """A row is there for one open reader from its commit on, and one that was rolled back never."""
    database = place.made("records")
    with database.reader.connect() as reader:
        with Session(database.writer) as session, session.begin():
            session.add(Person(handle="astrid"))
            session.flush()
            assert reader.execute(sa.select(Person.handle)).all() == []
        assert reader.execute(sa.select(Person.handle)).all() == [("astrid",)]
    with Session(database.writer) as session:
        session.add(Person(handle="nobody"))
        session.flush()
    assert _handles(database) == ["astrid"]


def test_a_database_that_is_there_passes_its_check(place: Place) -> None:
    """A database opens, opens again, and has no faults, full or empty."""
    place.create("link").check()
    database = place.made("records")
    _fill(database)
    database.check()
    place.open("records").check()
    assert database.faults() == []


def test_a_database_that_is_not_there_fails_its_check(place: Place) -> None:
    """Opening makes nothing: what is missing is missed, in a sentence without a path or an address."""
    missing = place.open("records") if place.cluster is None else _nowhere(place)
    with pytest.raises((StorageFailed, Damaged)) as caught:
        missing.check()
    assert str(place.folder) not in caught.value.sentence
    assert "host=" not in caught.value.sentence


def test_scrubbing_leaves_the_rows_that_are_there(place: Place) -> None:
    """After rows were deleted and the tables scrubbed, the others are as they were and the database is well."""
    database = place.made("records")
    _count_on(database, 20)
    with database.writer.begin() as connection:
        connection.execute(sa.delete(Person).where(Person.handle != "7"))
    database.scrub("person")
    database.scrub()
    assert _handles(database) == ["7"]
    assert database.faults() == []


@pytest.mark.parametrize("at", [100, 2000, 4000])
def test_a_changed_bit_on_the_disk_is_found(place: Place, at: int) -> None:
    """One bit of a page that changes while nobody has the database open is a fault, and reading goes on after it."""
    database = place.made("records")
    _fill(database)
    path = _file_of(place, "person")
    place.close()
    if place.cluster is not None:
        place.cluster.stop()
    _flip(path, PAGE[place.kind] * (path.stat().st_size // PAGE[place.kind] - 1) + at)
    if place.cluster is not None:
        place.cluster.start()
    faults = place.open("records").faults()
    assert faults
    assert not any("astrid" in fault for fault in faults)


def _count_on(database: Database, times: int) -> None:
    for _ in range(times):
        with Session(database.writer) as session, session.begin():
            number = session.scalar(sa.select(sa.func.count()).select_from(Person))
            session.add(Person(handle=str(number)))


def _fill(database: Database) -> None:
    with Session(database.writer) as session, session.begin():
        session.add_all(Person(handle=str(number)) for number in range(300))


def _handles(database: Database) -> list[str]:
    with database.reader.connect() as connection:
        return list(connection.execute(sa.select(Person.handle)).scalars())


def _nowhere(place: Place) -> Database:
    assert place.cluster is not None
    place.url = place.cluster.database()
    return place.open("records")


def _file_of(place: Place, table: str) -> Path:
    if place.cluster is None:
        return place.file("records")
    name = place.url.partition("@/")[2].partition("?")[0]
    place.cluster.do("CHECKPOINT")
    [(path,)] = place.cluster.do(f"SELECT pg_relation_filepath('records.{table}')", name)
    return place.cluster.data / str(path)


def _flip(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        [byte] = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 1]))

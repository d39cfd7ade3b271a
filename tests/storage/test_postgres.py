"""What is PostgreSQL's own: which addresses are taken, what its errors become, what its files say."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage import migrate, postgres_server
from storage import postgres as module
from storage.errors import AlreadyThere, BadInput, Damaged, StorageFailed
from storage.postgres import Postgres
from storage.records import Person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.postgres import Cluster

STRONG = "sslmode=verify-full"
MANY = ["postgresql://tillit@/tillit?host=/run/a&host=/run/b", "postgresql://tillit@127.0.0.1:5433/tillit"]
NETWORK = "postgresql://tillit@db.university.no/tillit"


@pytest.fixture
def records(postgres: Cluster) -> Iterator[Postgres]:
    """An empty vault's records."""
    url = postgres.database()
    database = Postgres.create(url, "records")
    migrate.up(database, "records")
    yield database
    database.close()
    postgres.give_back(url)


@pytest.mark.parametrize(
    "url", ["postgresql:///tillit", "postgresql://[::1]/tillit", "postgresql+psycopg://localhost/tillit",
            f"{NETWORK}?{STRONG}", f"{NETWORK}?sslmode=require", *MANY]
)  # fmt: skip
def test_an_address_on_this_machine_or_under_tls_is_taken(url: str) -> None:
    """Sockets, loopback and TLS do; nothing is connected yet."""
    Postgres(url, "records").close()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://tillit:secret@localhost/tillit", "password"),
        ("postgresql://tillit@localhost/tillit?password=secret", "password"),
        (NETWORK, "sslmode"),
        (f"{NETWORK}?sslmode=prefer", "sslmode"),
        ("postgresql://tillit@/tillit?host=/run/a&host=db.university.no", "sslmode"),
        ("postgresql://tillit@127.0.0.1,db.university.no/tillit", "sslmode"),
        ("postgresql://tillit@localhost/tillit?hostaddr=192.0.2.1", "something else"),
        ("postgresql://tillit@localhost/tillit?options=-csearch_path%3Dpublic", "something else"),
        ("postgresql://tillit@localhost/tillit?service=other", "something else"),
        ("mysql://localhost/tillit", "something else"),
        ("not an address", "something else"),
    ],
)
def test_an_address_that_would_tell_a_secret_is_refused(url: str, why: str) -> None:
    """A password in it, a road in the open or what could lead elsewhere is BadInput, and is not repeated."""
    with pytest.raises(BadInput, match=why) as caught:
        Postgres(url, "records")
    assert not {"secret", "university", "192.0.2.1"} & set(caught.value.sentence.replace(".", " ").split())


def test_where_a_connection_went_is_looked_at_too(postgres: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address without a host goes where the environment says; to a server elsewhere it is not used."""
    monkeypatch.setenv("PGHOST", str(postgres.folder))
    Postgres("postgresql://tillit@/postgres", "records").reader.connect().close()
    monkeypatch.setattr(postgres_server, "_on_this_machine", lambda host: not host.startswith("/"))
    with pytest.raises(BadInput, match="not on this machine"):
        Postgres("postgresql://tillit@/postgres", "records").reader.connect()


def test_a_schema_is_made_once_and_only_where_text_is_utf_8(postgres: Cluster) -> None:
    """A second vault does not move into the tables of the first, and another encoding is refused."""
    url = postgres.database()
    migrate.up(Postgres.create(url, "link"), "link")
    with pytest.raises(AlreadyThere):
        Postgres.create(url, "link")
    Postgres.create(url, "records").close()
    with pytest.raises(BadInput, match="UTF-8"):
        Postgres.create(postgres.database("ENCODING latin1 LOCALE 'C' TEMPLATE template0"), "link")
    with pytest.raises(BadInput):
        Postgres(url, "public")


def test_another_user_of_the_server_sees_nothing(postgres: Cluster, records: Postgres) -> None:
    """A schema belongs to who made it; another user of the database has no way in, and is told no tale of damage."""
    postgres.do("CREATE ROLE neighbour LOGIN")
    neighbour = Postgres(records.reader.url.set(username="neighbour").render_as_string(), "records")
    with pytest.raises(StorageFailed, match="42501"):
        neighbour.check()
    with neighbour.reader.connect() as connection, pytest.raises(StorageFailed, match="42501"):
        connection.execute(sa.text("SELECT * FROM records.person"))
    neighbour.close()


def test_a_reader_cannot_write(records: Postgres) -> None:
    """What went through the reader by mistake fails instead of slipping past the writers' queue."""
    with Session(records.reader) as session, pytest.raises(StorageFailed, match="25006"), session.begin():
        session.add(Person(handle="astrid"))
    assert _read(records) == []


def test_commits_are_durable_whatever_the_server_says(postgres: Cluster) -> None:
    """A server told to answer before the disk has it is told otherwise by every connection."""
    url = postgres.database()
    name = url.partition("@/")[2].partition("?")[0]
    postgres.do(f"ALTER DATABASE {name} SET synchronous_commit = off")
    database = Postgres.create(url, "records")
    for engine in (database.reader, database.writer, database.jobs):
        with engine.connect() as connection:
            assert connection.execute(sa.text("SHOW synchronous_commit")).scalar_one() == "on"
    database.close()


def test_a_connection_that_is_lost_is_a_failure_of_storage(postgres: Cluster, records: Postgres) -> None:
    """In the middle of a transaction it is StorageFailed and nothing was kept; the next transaction connects anew."""
    with Session(records.writer) as session:
        session.add(Person(handle="astrid"))
        session.flush()
        pid = session.scalar(sa.text("SELECT pg_backend_pid()"))
        postgres.do(f"SELECT pg_terminate_backend({pid}, 10000)")
        with pytest.raises(StorageFailed):
            session.commit()
    with Session(records.writer) as session, session.begin():
        session.add(Person(handle="ivar"))
    assert _read(records) == ["ivar"]


def test_a_server_that_is_away_is_a_failure_of_storage(postgres: Cluster, records: Postgres) -> None:
    """While it is down everything is StorageFailed; after a crash and a start, what was committed is there."""
    with Session(records.writer) as session, session.begin():
        session.add(Person(handle="astrid"))
    postgres.stop(signal.SIGQUIT)
    for act in (records.check, records.scrub, records.faults, lambda: _read(records)):
        with pytest.raises(StorageFailed, match="PostgreSQL"):
            act()
    postgres.start()
    assert _read(records) == ["astrid"]


@pytest.mark.parametrize(
    ("code", "becomes"),
    [("53100", StorageFailed), ("53300", StorageFailed), ("58030", StorageFailed), ("57P01", StorageFailed),
     ("55P03", StorageFailed), ("XX001", Damaged), ("23505", DBAPIError), ("42P01", DBAPIError)],
)  # fmt: skip
def test_what_the_server_says_of_itself_is_told_apart(records: Postgres, code: str, becomes: type[Exception]) -> None:
    """A full disk, a failing one or too many guests is StorageFailed, a spoilt page Damaged; the rest stays."""
    with pytest.raises(becomes) as caught, records.writer.begin() as connection:
        connection.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'Kari Nordmann' USING ERRCODE = '{code}'; END $$")
    assert becomes is DBAPIError or "Kari" not in str(caught.value)


def test_nobody_waits_for_ever(postgres: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that does not get its turn is told so, and gets it when the other is done."""
    monkeypatch.setitem(postgres_server.SETTINGS, "lock_timeout", "50ms")
    url = postgres.database()
    first, second = Postgres.create(url, "records"), Postgres(url, "records")
    with first.writer.begin(), pytest.raises(StorageFailed, match="Try again"), second.writer.begin():
        pass
    with second.writer.begin():
        pass
    first.close()
    second.close()


def test_nothing_is_called_destroyed_that_can_still_be_read(
    postgres: Cluster, records: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as an older transaction could see a deleted row, scrubbing fails and says why; then it is gone."""
    monkeypatch.setattr(module, "WAIT", 0)
    with Session(records.writer) as session, session.begin():
        session.add(Person(handle="Solveig Haukedal"))
    assert b"Solveig" in _heap(postgres)
    with records.jobs.connect().execution_options(isolation_level="REPEATABLE READ") as older:
        older.execute(sa.text("SELECT 1"))
        with records.writer.begin() as connection:
            connection.execute(sa.delete(Person))
        with pytest.raises(StorageFailed, match="open since before"):
            records.scrub("person")
    records.scrub("person")
    assert b"Solveig" not in _heap(postgres)


def test_the_servers_own_checks_are_asked_where_they_are_installed(postgres: Cluster, records: Postgres) -> None:
    """With amcheck an index that lost an entry is a fault; a setting that risks what was kept is one too."""
    with Session(records.writer) as session, session.begin():
        session.add_all(Person(handle=str(number)) for number in range(5))
    name, set_ready = str(records.reader.url.database), "UPDATE pg_index SET indisready = "
    index = " WHERE indexrelid = 'records.person_handle_key'::regclass"
    postgres.do("CREATE EXTENSION amcheck", name)
    assert records.faults() == []
    postgres.do(set_ready + "false" + index, name)
    postgres.do("INSERT INTO records.person (id, created, handle) VALUES ('x', now(), 'not in the index')", name)
    postgres.do(set_ready + "true" + index, name)
    postgres.do("ALTER SYSTEM SET full_page_writes = off")
    postgres.do("SELECT pg_reload_conf()")
    records.close()
    faults = records.faults()
    postgres.do("ALTER SYSTEM RESET full_page_writes")
    postgres.do("SELECT pg_reload_conf()")
    postgres.do("DROP EXTENSION amcheck", name)
    assert ["full_page_writes" in faults[0], "person_handle_key" in faults[1]] == [True, True]


def _read(database: Postgres) -> list[str]:
    with Session(database.reader) as session:
        return list(session.scalars(sa.select(Person.handle)))


def _heap(postgres: Cluster) -> bytes:
    postgres.do("CHECKPOINT")
    return b"".join(path.read_bytes() for path in sorted((postgres.data / "base").rglob("*")) if path.is_file())

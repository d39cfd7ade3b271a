"""What somebody finds who has the PostgreSQL server's disk or its administrator's rights: nobody's name."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import columns, migrate, places
from storage.errors import Damaged
from storage.link import Form, Name, Naming, Seed
from storage.postgres import Postgres
from storage.records import Heard, Participant, Person, Recording, Row, Study, Voice, now
from storage.requests import Request
from storage.sealed import SEALING, Sealing
from tests.faults.canaries import found
from tests.house_fixtures import LATER, TODAY
from tests.servers.databases import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.servers.postgres import Cluster

PLAIN = "study-code-that-is-no-secret"
ATTRIBUTE, FILE_NAME = '{"age": "61 canary of Bømlo"}', "intervju canary Øvrebø.wav"
WORDS, VOICE = "hun het Canary Solbakken", "[0.3141592653, -0.2718281828]"
FORMS, SURROGATE = ["Solveig Canary Haukedal", "Solveig Canary"], "Ingebjørg Canary Furu"
ASKED, WHY = '{"surrogate": "Canary Birthe"}', "the brother is Canary Torvald"
SEED = secrets.token_bytes(32)
SECRETS = [secret.encode() for secret in (ATTRIBUTE, FILE_NAME, WORDS, VOICE, ASKED, WHY, *FORMS, SURROGATE)]
PARTICIPANTS_KEY = bytes(32)


@pytest.fixture
def planted(postgres: Cluster) -> Iterator[tuple[Postgres, Postgres]]:
    """Records and link key in one server, with a secret in every column that is sealed; written twice over."""
    url = postgres.database()
    records, link = Postgres.create(url, "records"), Postgres.create(url, "link")
    migrate.up(records, "records")
    migrate.up(link, "link", key=KEY)
    _plant_records(records)
    _plant_link(link)
    yield records, link
    records.close()
    link.close()
    postgres.give_back(url)


def test_no_file_of_the_server_names_anybody(postgres: Cluster, planted: tuple[Postgres, Postgres]) -> None:
    """Heap, indexes, statistics, write-ahead log and the server's own log hold the study's code, and no secret."""
    for database in planted:
        with database.jobs.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    with pytest.raises(Damaged), _session(planted[1], bytes(32)) as session:
        session.scalars(sa.select(Name)).all()
    postgres.do("CHECKPOINT")
    assert found([postgres.data], [*SECRETS, SEED]) == []
    places_of_the_code = found([postgres.data / "base", postgres.data / "pg_wal"], [PLAIN.encode()])
    assert len(places_of_the_code) > 1  # the search is not blind, to the write-ahead log neither


def test_the_server_is_not_told_names_when_it_refuses(postgres: Cluster, planted: tuple[Postgres, Postgres]) -> None:
    """A name that is there already is refused by its mark; neither the error nor the server's log has the name."""
    with pytest.raises(sa.exc.IntegrityError) as caught, _session(planted[1]) as session, session.begin():
        session.add(Name(id="n9", study_id="s1", kind="PER", surrogate=SURROGATE, number=2))
    assert "Canary" not in str(caught.value)
    assert "n9" not in str(caught.value)
    assert found([postgres.data / "server.log"], SECRETS) == []
    assert "surrogate_mark" in (postgres.data / "server.log").read_text()


@pytest.mark.parametrize("how", ["edited", "swapped", "replayed"])
def test_attributes_open_only_where_they_stand(planted: tuple[Postgres, Postgres], how: str) -> None:
    """A participant's attributes that were edited, swapped or put back from an older version are Damaged."""
    (first, old), (_, other) = _sealed(planted[0], "participant", "sealed_attributes")
    with Session(planted[0].writer) as session, session.begin():
        participant = session.get_one(Participant, first)
        assert columns.unseal(PARTICIPANTS_KEY, places.attributes(participant), old) == ATTRIBUTE
        if how == "replayed":
            participant.attributes_version = 2
            participant.sealed_attributes = columns.seal(PARTICIPANTS_KEY, places.attributes(participant), "{}")
    values = {"edited": _edited(old), "swapped": other, "replayed": old}
    _put(planted[0], "participant", first, {"sealed_attributes": values[how]})
    with Session(planted[0].reader) as session:
        participant = session.get_one(Participant, first)
    with pytest.raises(Damaged):
        columns.unseal(PARTICIPANTS_KEY, places.attributes(participant), participant.sealed_attributes or b"")


@pytest.mark.parametrize("how", ["edited", "swapped", "moved"])
@pytest.mark.parametrize(
    ("kind", "column", "place", "moved"),
    [
        (Heard, "sealed_text", places.heard, {"number": 2}),
        (Heard, "sealed_text", places.heard, {"fingerprint": "other weights"}),
        (Voice, "sealed_voice", places.voice, {"participant_id": None, "person_id": "p"}),
        (Request, "sealed_payload", places.asked, {"action": "export_key"}),
        (Request, "sealed_payload", places.asked, {"resource": "Recording/r2"}),
    ],
    ids=["batch", "weights", "voice", "action", "resource"],
)
def test_words_heard_voices_and_requests_open_only_where_they_stand(
    planted: tuple[Postgres, Postgres],
    kind: type[Heard | Request | Voice],
    column: str,
    place: Callable[[Any], str],
    moved: dict[str, Any],
    how: str,
) -> None:
    """Edited, swapped with another's, or made another batch's, person's, action's or thing's, they are Damaged."""
    (first, old), (_, other) = _sealed(planted[0], kind.__tablename__, column)
    spoilt = {"edited": {column: _edited(old)}, "swapped": {column: other}, "moved": moved}
    _put(planted[0], kind.__tablename__, first, spoilt[how])
    with Session(planted[0].reader) as session:
        row = session.get_one(kind, first)
    with pytest.raises(Damaged):
        columns.unseal(PARTICIPANTS_KEY, place(row), getattr(row, column))


@pytest.mark.parametrize("how", ["edited", "swapped"])
def test_a_files_name_opens_only_where_it_stands(planted: tuple[Postgres, Postgres], how: str) -> None:
    """The name a recording came under, which never changes, is Damaged when edited or swapped with another's."""
    (first, old), (_, other) = _sealed(planted[0], "recording", "sealed_origin")
    _put(planted[0], "recording", first, {"sealed_origin": {"edited": _edited(old), "swapped": other}[how]})
    with Session(planted[0].reader) as session:
        recording = session.get_one(Recording, first)
    with pytest.raises(Damaged):
        columns.unseal(PARTICIPANTS_KEY, places.origin(recording), recording.sealed_origin or b"")


def _plant_records(records: Postgres) -> None:
    with Session(records.writer) as session, session.begin():
        session.add(Person(id="p", handle="astrid"))
        session.add(Study(id="s1", code=PLAIN, title="T", approval="A", starts=TODAY, ends=LATER, language="no"))
        session.flush()
        for number in (1, 2):
            participant = Participant(id=f"a{number}", study_id="s1", code=f"P{number}")
            session.add(participant)
            session.flush()
            recording = Recording(
                id=f"r{number}", study_id="s1", participant_id=participant.id, number=1, sha256="ab", size=3 << 30,
                facts={}, model="base", by_person_id="p",
            )  # fmt: skip
            participant.attributes_version = 1
            participant.sealed_attributes = columns.seal(PARTICIPANTS_KEY, places.attributes(participant), ATTRIBUTE)
            recording.sealed_origin = columns.seal(PARTICIPANTS_KEY, places.origin(recording), FILE_NAME)
            heard = Heard(id=f"h{number}", recording_id=recording.id, participant_id=participant.id, number=1,
                          fingerprint="weights")  # fmt: skip
            heard.sealed_text = columns.seal(PARTICIPANTS_KEY, places.heard(heard), WORDS)
            voice = Voice(id=f"v{number}", study_id="s1", participant_id=participant.id)
            voice.sealed_voice = columns.seal(PARTICIPANTS_KEY, places.voice(voice), VOICE)
            session.add(recording)
            session.flush()
            request = Request(
                id=f"q{number}", study_id="s1", participant_id=participant.id, number=number, action="reidentify",
                resource=f"Recording/{recording.id}", digest="", by_person_id="p", expires=now(),
            )  # fmt: skip
            request.sealed_payload = columns.seal(PARTICIPANTS_KEY, places.asked(request), ASKED)
            session.add_all([heard, voice, request])


def _plant_link(link: Postgres) -> None:
    with _session(link) as session, session.begin():
        name = Name(id="n1", study_id="s1", kind="PER", surrogate="Canary Ingebjørg", number=1)
        name.forms = [Form(form=form) for form in FORMS]
        decided = Naming(study_id="s1", number=1, verb="rename", what=SURROGATE, why=WHY, by_person_id="p")
        session.add_all([name, Seed(id="s1", seed=SEED.hex()), decided])
    with _session(link) as session, session.begin():
        session.get_one(Name, "n1").surrogate = SURROGATE


def _session(link: Postgres, key: bytes = KEY) -> Session:
    return Session(link.writer, info={SEALING: Sealing(key)})


def _sealed(records: Postgres, table: str, column: str) -> list[tuple[str, bytes]]:
    known = Row.metadata.tables[table]
    with records.reader.connect() as connection:
        rows = connection.execute(sa.select(known.c.id, known.c[column]).order_by(known.c.id)).all()
    return [(row[0], row[1]) for row in rows]


def _put(records: Postgres, table: str, row: str, values: dict[str, Any]) -> None:
    known = Row.metadata.tables[table]
    with records.writer.begin() as connection:
        connection.execute(sa.update(known).where(known.c.id == row).values(values))


def _edited(sealed: bytes) -> bytes:
    return sealed[:-1] + bytes([sealed[-1] ^ 1])

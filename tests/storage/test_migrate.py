"""Migrations, up and down with rows loaded, in both kinds of database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.orm import Session

from storage import age, migrate
from storage.errors import Damaged, Locked
from storage.link import Form, Name, Seed
from storage.sealed import SEALING, Sealing
from tests.servers.databases import KEY

if TYPE_CHECKING:
    from storage.database import Database
    from tests.servers.databases import Place

THEN = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC).replace(tzinfo=None)
IDENTITY = age.HybridIdentity.generate()
NAMES: dict[str, list[dict[str, Any]]] = {  # as they were kept at first
    "name": [
        {"id": "n1", "study_id": "s1", "kind": "PER", "surrogate": "Ane", "gender": "f", "confirmed": True},
        {"id": "n2", "study_id": "s1", "kind": "LOC", "surrogate": "Furuvik", "gender": None, "confirmed": False},
        {"id": "n3", "study_id": "s2", "kind": "PER", "surrogate": "Ane", "gender": None, "confirmed": False},
    ],
    "form": [
        {"id": "f1", "name_id": "n1", "form": "Marit Ødegård"},
        {"id": "f2", "name_id": "n1", "form": "Marit"},
        {"id": "f3", "name_id": "n2", "form": "Marit"},
    ],
    "seed": [{"id": "s1", "seed": bytes(range(32))}],
}
PERSON, STUDY = {"id": "p1", "handle": "astrid"}, {"id": "s1", "code": "rus", "title": "T", "approval": "REK 1"}
RECORDS: dict[str, list[dict[str, Any]]] = {
    "person": [PERSON],
    "study": [
        {**STUDY, "starts": date(2026, 1, 1), "ends": date(2027, 1, 1), "language": "no", "review": "required",
         "model": "base"},
    ],
    "participant": [
        {"id": "a1", "study_id": "s1", "code": "P07", "sealed_attributes": b"\0sealed"},
        {"id": "a2", "study_id": "s1", "code": "P08", "sealed_attributes": None},
    ],
    "recording": [
        {"id": "r1", "study_id": "s1", "participant_id": "a1", "number": 1, "sha256": "ab", "size": 3 << 30,
         "facts": {"duration": 3600.5}, "stage": "received", "problem": None, "attempt": 1, "model": "base",
         "language": None, "sealed_filename": b"\1", "by_person_id": "p1"},
    ],
    "artefact": [
        {"id": "o1", "recording_id": "r1", "participant_id": "a1", "kind": "original", "version": 1, "header": b"age",
         "blob": "cd", "sealed_blob": b"\2", "size": 3 << 30, "made_by": {"stage": "admit"}},
    ],
    "key": [
        {"id": "k1", "owner_id": "a1", "parent_id": "s1", "recipient": str(IDENTITY.recipient()),
         "sealed_identity": b"\3"},
    ],
    "ledger_entry": [
        {"id": "l0", "position": 0, "leaf": b"{}", "openings": {"sha256": ["00", "ab"]}, "participant_id": "a1"},
        {"id": "l1", "position": 1, "leaf": b"{}", "openings": {}, "participant_id": None},
    ],
}  # fmt: skip
NEWEST: dict[str, list[dict[str, Any]]] = {  # those of them that became something else
    "study": [{**RECORDS["study"][0], "voices": "never", "speakers": 2, "style": "verbatim",
               "pseudonyms": "names"}],
    "recording": [
        {("sealed_origin" if name == "sealed_filename" else name): value
         for name, value in RECORDS["recording"][0].items()}
        | {"facts": {"duration": 3600.5, "parts": [{"duration": 3600.5}]}, "origin_version": 1}
    ],
}  # fmt: skip


@pytest.mark.parametrize("what", ["records", "link"])
def test_migrations_make_exactly_what_the_models_say(place: Place, what: str) -> None:
    """After every migration the database and the models do not differ, and the way down leaves nothing."""
    database = place.made(what)
    assert _differences(database, what) == []
    migrate.down(database, what)
    with database.reader.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]


def test_names_are_sealed_on_the_way_up_and_opened_on_the_way_down(place: Place) -> None:
    """Up, down and up again with names loaded: each is there each time, sealed above and as it was below."""
    database = place.create("link")
    migrate.up(database, "link", "0001")
    _fill(database, NAMES)
    for _ in range(2):
        migrate.up(database, "link", key=KEY)
        assert _differences(database, "link") == []
        assert _open_names(database) == {("s1", "Ane", ("Marit", "Marit Ødegård")), ("s1", "Furuvik", ("Marit",)),
                                         ("s2", "Ane", ())}  # fmt: skip
        assert b"Marit" not in _everything(database)
        migrate.down(database, "link", "0001", key=KEY)
        assert _rows(database, NAMES) == NAMES


@pytest.mark.parametrize("key", [None, bytes(32)], ids=["no key", "another key"])
def test_names_do_not_move_without_their_key(place: Place, key: bytes | None) -> None:
    """Without the key, or with another on the way down, nothing is changed and nothing is lost."""
    database = place.create("link")
    migrate.up(database, "link", "0001")
    _fill(database, NAMES)
    with pytest.raises(Locked):
        migrate.up(database, "link")
    assert _rows(database, NAMES) == NAMES
    migrate.up(database, "link", key=KEY)
    with pytest.raises((Locked, Damaged)):
        migrate.down(database, "link", "0001", key=key)
    assert len(_open_names(database)) == 3


def test_records_keep_their_rows_up_and_down(place: Place) -> None:
    """Every row comes through up, down and up again; what opens commitments is sealed to whom it is about."""
    database = place.create("records")
    migrate.up(database, "records", "0001")
    _fill(database, RECORDS)
    without = {table: [{k: v for k, v in row.items() if k != "openings"} for row in rows]
               for table, rows in RECORDS.items()}  # fmt: skip
    for turn in range(2):
        migrate.up(database, "records")
        assert _differences(database, "records") == []
        assert _rows(database, NEWEST) == NEWEST
        staying = {table: rows for table, rows in without.items() if table not in NEWEST}
        assert _rows(database, staying) == staying
        sealed = _rows(database, {"ledger_entry": [{"id": "", "sealed_openings": b""}]})["ledger_entry"]
        assert [bool(row["sealed_openings"]) for row in sealed] == [turn == 0, False]
        if turn == 0:
            opened = age.decrypt(sealed[0]["sealed_openings"], [IDENTITY])
            assert json.loads(opened) == {"sha256": ["00", "ab"]}
        migrate.down(database, "records", "0001")
        assert _rows(database, without) == without


@pytest.mark.parametrize("whose", [{}, {"participant_id": "a1", "person_id": "p1"}], ids=["nobody's", "two's"])
def test_a_voice_is_of_one_participant_or_person(place: Place, whose: dict[str, str]) -> None:
    """Either kind of database refuses a voice that is nobody's, or a participant's and a person's at once."""
    database = place.create("records")
    migrate.up(database, "records", "0001")
    _fill(database, RECORDS)
    migrate.up(database, "records")
    voice = {"id": "v1", "study_id": "s1", "sealed_voice": b"sealed"}
    with pytest.raises(sa.exc.IntegrityError):
        _fill(database, {"voice": [voice | whose]})
    _fill(database, {"voice": [voice | {"participant_id": "a1"}]})
    _fill(database, {"voice": [voice | {"id": "v2", "person_id": "p1"}]})
    with pytest.raises(sa.exc.IntegrityError):
        _fill(database, {"voice": [voice | {"id": "v3", "person_id": "p1"}]})


def test_a_migration_that_fails_leaves_the_shape_before_it(place: Place) -> None:
    """Tables and rows change together or not at all: a row that cannot be moved keeps every table as it was."""
    database = place.create("link")
    migrate.up(database, "link", "0001")
    _fill(database, NAMES)
    with pytest.raises(Locked):
        migrate.up(database, "link")
    assert migrate.current(database) == "0001"
    with database.reader.connect() as connection:
        columns = {column["name"] for column in sa.inspect(connection).get_columns("name")}
    assert "surrogate" in columns
    assert "sealed_surrogate" not in columns


def _differences(database: Database, what: str) -> list[Any]:
    with database.reader.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), migrate.METADATA[what]))


def _fill(database: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    with database.writer.begin() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        for table, some in rows.items():
            connection.execute(metadata.tables[table].insert(), [{**row, "created": THEN} for row in some])


def _rows(database: Database, like: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The columns that `like` has, of its tables."""
    found = {}
    with database.reader.connect() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        for name, rows in like.items():
            table = metadata.tables[name]
            query = sa.select(*[table.c[column] for column in rows[0]]).order_by(table.c.id)
            found[name] = [dict(row) for row in connection.execute(query).mappings()]
    return found


def _open_names(database: Database) -> set[tuple[str, str, tuple[str, ...]]]:
    with Session(database.reader, info={SEALING: Sealing(KEY)}) as session:
        assert [row.seed for row in session.scalars(sa.select(Seed))] == [bytes(range(32)).hex()]
        assert session.scalar(sa.select(sa.func.count()).select_from(Form)) == len(NAMES["form"])
        return {
            (name.study_id, name.surrogate, tuple(sorted(form.form for form in name.forms)))
            for name in session.scalars(sa.select(Name))
        }


def _everything(database: Database) -> bytes:
    with database.reader.connect() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        rows = [tuple(row) for table in metadata.sorted_tables for row in connection.execute(sa.select(table))]
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)

"""The migration of decisions: verdicts from before come through it up and down."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import migrate
from tests.storage.test_migrate import RECORDS, _fill, _rows

if TYPE_CHECKING:
    from storage.database import Database
    from tests.servers.databases import Place

THEN = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC).replace(tzinfo=None)
BEFORE = [
    {"id": "d1", "recording_id": "r1", "mention": "0-12", "verdict": "confirm", "by_person_id": "p1", "number": 1},
    {"id": "d2", "recording_id": "r1", "mention": "1-3", "verdict": "covered", "by_person_id": "p1", "number": 2},
]


def test_verdicts_come_through_up_and_down(place: Place) -> None:
    """Up, down and up again: the same verdicts; what was decided since is dropped on the way down."""
    database = place.create("records")
    migrate.up(database, "records", "0004")
    _fill(database, {**RECORDS_OF_NOW, "decision": BEFORE})
    for _ in range(2):
        migrate.up(database, "records", "0005")
        rows = _rows(
            database, {"decision": [{"id": "", "mention": "", "verb": "", "number": 0, "sealed_payload": b""}]}
        )
        assert [(row["mention"], row["verb"], row["sealed_payload"]) for row in rows["decision"]] == [
            ("0-12", "confirm", None),
            ("1-3", "covered", None),
        ]
        _decided_since(database)
        migrate.down(database, "records", "0004")
        assert _rows(database, {"decision": BEFORE}) == {"decision": BEFORE}


def _decided_since(database: Database) -> None:
    since = {
        "id": "d3",
        "recording_id": "r1",
        "verb": "add",
        "number": 3,
        "sealed_payload": b"sealed",
        "created": THEN,
    }
    with database.writer.begin() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection, only=["decision"])
        connection.execute(metadata.tables["decision"].insert(), [since])


RECORDS_OF_NOW = {
    "person": RECORDS["person"],
    "study": RECORDS["study"],
    "participant": RECORDS["participant"],
    "recording": [
        {
            ("sealed_origin" if name == "sealed_filename" else name): value
            for name, value in RECORDS["recording"][0].items()
        }
        | {"origin_version": 1}
    ],
}

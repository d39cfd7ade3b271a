"""Rows against each other: headers that could open, keys under keys, tombstones where something was destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import age
from storage.closings import Closing
from storage.fsck.finding import Finding
from storage.records import Artefact, Heard, Key, Participant, Study, Tombstone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.database import Database

PAGE = 500
NO_HEADER = "The header of this sealed file is not one that any key could open. Restore the row from a backup."
EMPTIED = "The header of this sealed file is gone, and there is no tombstone that says so. Restore it from a backup."
NO_KEY = "This key is gone, and there is no tombstone that says so: nothing under it opens. Restore it from a backup."
HEARD = (
    "What was heard of a recording is still here, and its participant's key was destroyed. Shred again to clear up."
)


def examine(database: Database) -> Iterator[Finding]:
    """Broken ties; each row is named once. Raises DBAPIError."""
    with database.reader.connect() as connection:
        dead = set(connection.scalars(sa.select(Tombstone.participant_id)))
        yield from _headers(connection, dead)
        yield from _keys(connection, dead)
        yield from _heard(connection, dead)


def _headers(connection: sa.Connection, dead: set[str]) -> Iterator[Finding]:
    header = sa.cast(Artefact.header, sa.LargeBinary).label("header")  # whatever somebody may have put there
    query = sa.select(Artefact.id, Artefact.participant_id, header).execution_options(yield_per=PAGE)
    for artefact in connection.execute(query):
        if not artefact.header:
            if artefact.participant_id not in dead:
                yield Finding("row altered", f"artefact/{artefact.id}", EMPTIED)
        elif not _could_open(artefact.header):
            yield Finding("row altered", f"artefact/{artefact.id}", NO_HEADER)


def _could_open(header: bytes) -> bool:
    try:
        age.open_header(header, [])
    except age.NoMatch:  # well-formed, for keys that are not here
        return True
    except age.AgeError:
        return False
    return True


def _keys(connection: sa.Connection, dead: set[str]) -> Iterator[Finding]:
    """Who should have a key: open studies, living participants, and whatever another key is sealed to."""
    there = set(connection.scalars(sa.select(Key.owner_id)))
    closed = sa.select(Closing.study_id).where(Closing.position.is_not(None))
    wanted = {
        *connection.scalars(sa.select(Study.id).where(Study.id.not_in(closed))),
        *connection.scalars(sa.select(Participant.id)),
        *connection.scalars(sa.select(Key.parent_id).where(Key.parent_id.is_not(None))),
    }
    for owner in sorted(wanted - there - dead):
        yield Finding("row missing", f"key/{owner}", NO_KEY)


def _heard(connection: sa.Connection, dead: set[str]) -> Iterator[Finding]:
    """The ledger has no digest of these rows, and so cannot say that they were destroyed."""
    for row in connection.execute(sa.select(Heard.id, Heard.participant_id).order_by(Heard.id)):
        if row.participant_id in dead:
            yield Finding("row extra", f"heard/{row.id}", HEARD)

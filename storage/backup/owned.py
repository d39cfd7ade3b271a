"""What a backup keeps of each participant apart from everybody else: their key and their artefacts' headers.

Without these, what is theirs in a snapshot and among the payloads is noise. They lie in a file of their own for each
participant, so that a shredded one's can be removed from every snapshot at once, by whoever cannot open any of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import erasures, objects, tombstones
from storage.backup import rows
from storage.erasures import Erasure
from storage.errors import Damaged
from storage.records import Artefact, Key, Row, Tombstone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from storage.erasures import Inscription

HEAD = "tillit keys"
SHAPE = rows.shape(Row.metadata)
_KEY = sa.select(*Key.__table__.columns).where(Key.parent_id.is_not(None)).order_by(Key.owner_id)
_HEADERS = sa.select(Artefact.id, Artefact.header).where(Artefact.header != b"").order_by(Artefact.id)


@dataclass(frozen=True)
class Payload:
    """A sealed object of the vault: its name, its size in bytes, and its SHA-256 if that is known."""

    name: str
    size: int
    sha256: str | None


def tombstones_in(connection: sa.Connection, vkey: str) -> dict[str, str]:
    """The tombstone of every shredded participant in the records. Raises Damaged for one this vault did not sign."""
    notes = connection.execute(sa.select(Tombstone.note)).scalars()
    return {tombstones.read(vkey, note).participant_id: note for note in notes}


def erasures_in(connection: sa.Connection, vkey: str) -> dict[str, str]:
    """The note of every erasure in the records, by its name. Raises Damaged for one this vault did not sign."""
    return {erasures.name(vkey, note): note for note in connection.execute(sa.select(Erasure.note)).scalars()}


def notes(texts: Collection[str], vkey: str) -> tuple[dict[str, str], dict[str, str]]:
    """Tombstones by participant, and erasures by their names. Raises Damaged for what this vault did not sign."""
    stones = [text for text in texts if not erasures.is_one(text)]
    parts = {erasures.name(vkey, text): text for text in texts if erasures.is_one(text)}
    return {tombstones.read(vkey, text).participant_id: text for text in stones}, parts


def has_any(connection: sa.Connection, said: Inscription) -> bool:
    """Whether something that was destroyed alone is in the records."""
    living = sa.select(Artefact.id).where(Artefact.id.in_(said.artefacts), Artefact.header != b"")
    return connection.execute(living.limit(1)).first() is not None


def keys(connection: sa.Connection, buried: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Each living participant's id, and their key and headers as lines. Raises Damaged."""
    for key in connection.execute(_KEY).mappings().all():
        if not objects.is_name(key["owner_id"]):  # it will be one in a path
            raise Damaged("A key's row names its owner in a way Tillit never does. Run `tillit fsck`.")
        if key["owner_id"] not in buried:
            yield key["owner_id"], _lines(connection, key)


def payloads(connection: sa.Connection, buried: Collection[str]) -> list[Payload]:
    """Every payload that has a header."""
    columns = sa.select(Artefact.blob, Artefact.size, Artefact.payload_sha256, Artefact.participant_id)
    found = connection.execute(columns.where(Artefact.header != b"").order_by(Artefact.blob))
    return [Payload(name, size, sha256) for name, size, sha256, owner in found if owner not in buried]


def names_of(connection: sa.Connection, buried: Collection[str]) -> list[str]:
    """The names of these participants' payloads."""
    owners = connection.execute(sa.select(Artefact.participant_id, Artefact.blob))
    return [name for owner, name in owners if owner in buried and objects.is_name(name)]


def mark(recipient: object, lines: bytes) -> str:
    """Names the content of a keys file and whom it is sealed to, 32 hex digits: another root needs another file."""
    return hashlib.sha256(f"{recipient}\n".encode() + lines).hexdigest()[:32]


def _lines(connection: sa.Connection, key: sa.RowMapping) -> bytes:
    owner = key["owner_id"]
    headers = connection.execute(_HEADERS.where(Artefact.participant_id == owner)).mappings().all()
    held = [("key", key), *(("artefact", header) for header in headers)]
    lines = [rows.line(table, rows.encoded(SHAPE[table], row)) for table, row in held]
    return b"".join([rows.line(HEAD, {"participant": owner}), *lines, rows.line(rows.END, len(lines))])

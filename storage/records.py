"""What the house keeps about studies, people, consent, recordings and what was made of them.

Rows hold codes, states and times. What belongs to a participant (attributes, the names of uploaded files, the words
heard so far, a voice) is in columns called `sealed_…`, under that participant's key, bound to table, column, row and
version. Real names are not here at all: they live with the link key, in a database of their own.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ORIGIN = 2  # how `Recording.sealed_origin` is written now


def new_id() -> str:
    """An opaque id: 32 hex digits, random."""
    return uuid.uuid4().hex


def now() -> datetime:
    """The time in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment in UTC; SQLite would drop the zone."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """To UTC without a zone."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Back to UTC."""
        return value.replace(tzinfo=UTC) if value else None


class Row(DeclarativeBase):
    """Every table of the records database."""

    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy's own idiom
        datetime: UtcDateTime,
        dict[str, Any]: sa.JSON,
        list[str]: sa.JSON,
    }

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    created: Mapped[datetime] = mapped_column(default=now)


class Person(Row):
    """Somebody who works here; `handle` is what they type after `--as`."""

    __tablename__ = "person"
    handle: Mapped[str] = mapped_column(unique=True)


class Membership(Row):
    """A person's role: in a study, or in the vault as a whole when `study_id` is NULL."""

    __tablename__ = "membership"
    __table_args__ = (sa.UniqueConstraint("person_id", "study_id", "role"),)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    study_id: Mapped[str | None] = mapped_column(sa.ForeignKey("study.id"))
    role: Mapped[str]


class Study(Row):
    """A study under an ethics approval; `review` is "required" or "not required", `voices` "never" or "kept".

    `speakers` is how many speak in its interviews, NULL where that is found out; `style` "verbatim" or "plain";
    `pseudonyms` names a set of policies/pseudonyms.toml; `review_policy` is of policies/review_policy.py.
    From `controller` on it is what an ethics office asks, see policies/study_facts.py; `changes` is what was before.
    """

    __tablename__ = "study"
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    approval: Mapped[str]
    starts: Mapped[date]
    ends: Mapped[date]
    language: Mapped[str]
    review: Mapped[str] = mapped_column(default="required")
    review_policy: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON, default=list, server_default="[]")
    model: Mapped[str] = mapped_column(default="base")
    voices: Mapped[str] = mapped_column(default="never", server_default="never")
    speakers: Mapped[int | None]
    style: Mapped[str] = mapped_column(default="verbatim", server_default="verbatim")
    pseudonyms: Mapped[str] = mapped_column(default="names", server_default="names")
    controller: Mapped[str] = mapped_column(default="", server_default="")
    legal_basis: Mapped[str] = mapped_column(default="", server_default="")
    special_categories: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    offence_data: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    processors: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON, default=list, server_default="[]")
    sample: Mapped[int | None]
    cohorts: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    changes: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list, server_default="[]")


class Participant(Row):
    """Somebody who is interviewed, by code alone."""

    __tablename__ = "participant"
    __table_args__ = (sa.UniqueConstraint("study_id", "code"),)
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    code: Mapped[str]
    sealed_attributes: Mapped[bytes | None]
    attributes_version: Mapped[int] = mapped_column(default=0, server_default="0")


class Recording(Row):
    """One interview as it came from the recorder; `stage` is the last stage done, `problem` why it stopped.

    Each of its parts is an artefact, "original", versions from 1. `sealed_origin` is JSON, an object a part, of file
    name, SHA-256, bytes, and what the recorder says of date and device; in `origin_version` 1 the one file's name.
    """

    __tablename__ = "recording"
    __table_args__ = (
        sa.UniqueConstraint("participant_id", "sha256"),
        sa.UniqueConstraint("participant_id", "number"),
    )
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    participant_id: Mapped[str] = mapped_column(sa.ForeignKey("participant.id"))
    number: Mapped[int]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    facts: Mapped[dict[str, Any]]
    stage: Mapped[str] = mapped_column(default="received")
    problem: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(default=1)
    model: Mapped[str]
    language: Mapped[str | None]
    sealed_origin: Mapped[bytes | None]
    origin_version: Mapped[int] = mapped_column(default=ORIGIN, server_default="1")
    by_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))


class Artefact(Row):
    """Sealed bytes made from a recording: the age header here, the payload a blob. Never changed, only added to.

    `payload_sha256` is of the sealed payload, so that it can be checked without a key. Rotation writes a new header,
    and the destruction of the participant's key an empty one.
    """

    __tablename__ = "artefact"
    __table_args__ = (sa.UniqueConstraint("recording_id", "kind", "version"),)
    recording_id: Mapped[str] = mapped_column(sa.ForeignKey("recording.id"))
    participant_id: Mapped[str] = mapped_column(sa.ForeignKey("participant.id"))
    kind: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    header: Mapped[bytes]
    blob: Mapped[str]
    sealed_blob: Mapped[bytes]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    payload_sha256: Mapped[str | None]
    made_by: Mapped[dict[str, Any]]


class Heard(Row):
    """What the recogniser made of one batch of a recording under way, so that a kill loses only those in flight.

    `fingerprint` names weights and parameters: with others it is heard anew. Gone when the transcript is sealed.
    """

    __tablename__ = "heard"
    __table_args__ = (sa.UniqueConstraint("recording_id", "fingerprint", "number"),)
    recording_id: Mapped[str] = mapped_column(sa.ForeignKey("recording.id"))
    participant_id: Mapped[str] = mapped_column(sa.ForeignKey("participant.id"))
    number: Mapped[int]
    fingerprint: Mapped[str]
    sealed_text: Mapped[bytes]


class Voice(Row):
    """A voice's embedding, biometric data: a participant's, under their key, or a person's, under the study's."""

    __tablename__ = "voice"
    __table_args__ = (
        sa.UniqueConstraint("study_id", "participant_id"),
        sa.UniqueConstraint("study_id", "person_id"),
        sa.CheckConstraint("(participant_id IS NULL) <> (person_id IS NULL)", name="voice_of_one"),
    )
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    participant_id: Mapped[str | None] = mapped_column(sa.ForeignKey("participant.id"))
    person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))
    sealed_voice: Mapped[bytes]


class Decision(Row):
    """What somebody decided about one recording's text and names; what is in force follows from all of them, in order.

    `sealed_payload` is JSON: what it is about, and why. A row from before there was one has the id of a `mention`
    instead. `by_person_id` is NULL for what the house noted by itself.
    """

    __tablename__ = "decision"
    __table_args__ = (sa.UniqueConstraint("recording_id", "number"),)
    recording_id: Mapped[str] = mapped_column(sa.ForeignKey("recording.id"))
    mention: Mapped[str | None]
    verb: Mapped[str]
    by_person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))
    number: Mapped[int]
    sealed_payload: Mapped[bytes | None]


class Handoff(Row):
    """Who got what: the register of hand-offs; when it was asked back, and when its holder said that it is deleted."""

    __tablename__ = "handoff"
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    recipient: Mapped[str]
    purpose: Mapped[str]
    recordings: Mapped[list[str]]
    manifest: Mapped[dict[str, Any]]
    by_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    recalled: Mapped[datetime | None]
    confirmed: Mapped[datetime | None]


class Weights(Row):
    """A recogniser's weights, registered by hash; `folder` is NULL for the packaged ones."""

    __tablename__ = "weights"
    name: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str]
    folder: Mapped[str]


class Key(Row):
    """An age identity sealed to its parent's recipient; `owner_id` is a study or a participant."""

    __tablename__ = "key"
    owner_id: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[str | None]
    recipient: Mapped[str]
    sealed_identity: Mapped[bytes]


class RetiredKey(Row):
    """A study's identity before it was rotated: what interviewers sealed to it on the way still opens."""

    __tablename__ = "retired_key"
    owner_id: Mapped[str]
    recipient: Mapped[str] = mapped_column(unique=True)
    sealed_identity: Mapped[bytes]


class Tombstone(Row):
    """That a participant's key was destroyed; `note` is signed by the ledger's key and goes with every backup."""

    __tablename__ = "tombstone"
    participant_id: Mapped[str] = mapped_column(unique=True)
    study_id: Mapped[str]
    note: Mapped[str]


class LedgerEntry(Row):
    """One leaf of the ledger, byte for byte; `sealed_openings` opens its commitments, for the participant's key."""

    __tablename__ = "ledger_entry"
    position: Mapped[int] = mapped_column(unique=True)
    leaf: Mapped[bytes]
    participant_id: Mapped[str | None]
    sealed_openings: Mapped[bytes | None]


class LedgerTile(Row):
    """The hashes of 256 neighbouring nodes of the ledger's tree, so that a proof need not read every leaf.

    Derived from the leaves; `level` 0 is hashes of leaves, each level above 256 times as wide (c2sp.org/tlog-tiles).
    """

    __tablename__ = "ledger_tile"
    __table_args__ = (sa.UniqueConstraint("level", "number"),)
    level: Mapped[int]
    number: Mapped[int]
    hashes: Mapped[bytes]


class LedgerHead(Row):
    """The one row that says how long the ledger is: its frontier and the signed checkpoint."""

    __tablename__ = "ledger_head"
    size: Mapped[int]
    frontier: Mapped[bytes]
    checkpoint: Mapped[str]

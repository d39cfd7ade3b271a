"""What the ledger remembers of the rows it cannot hold: a digest of each sealed row, so that none changes unseen.

A database administrator could edit, swap, delete or roll back a row. What is sealed does not open wrongly then, but a
deleted or older row opens as if it had always been so, and a consent or a role that was put back lets somebody in.
Every unit of work therefore writes into its ledger entry
the digest of each such row as it left it, or null where it destroyed it, under "table/owner or id". What is heard of
a recording under way is not among them: it opens for its own batch alone, and a batch that is gone is heard again.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage.broken_glass import BrokenGlass
from storage.closings import Closing, Confirmation
from storage.consents import Consent, Letter, Scan
from storage.erasures import Erasure
from storage.memberships import FormerMembership
from storage.records import (
    Artefact,
    Decision,
    Key,
    Membership,
    Participant,
    Recording,
    Row,
    Study,
    Tombstone,
    Voice,
)
from storage.requests import Request
from storage.withdrawals import Hold, RetentionRule, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

ANCHORED: dict[type[Row], tuple[str, ...]] = {
    Artefact: (
        "recording_id", "participant_id", "kind", "version", "blob", "size", "header", "sealed_blob", "payload_sha256",
    ),
    BrokenGlass: (
        "study_id", "number", "person_id", "why", "until", "reviewed_by_person_id", "reviewed", "verdict", "said",
    ),
    Closing: (
        "study_id", "how", "why", "before", "since", "destroyed", "kept", "held", "position", "ended", "by_person_id",
    ),
    Confirmation: ("study_id", "person_id", "said"),
    Consent: (
        "participant_id", "purposes", "given", "how", "letter", "expires", "withdrawn_at", "by_person_id", "version",
        "letter_id", "evidence", "embargo", "amends",
    ),
    Decision: ("recording_id", "mention", "verb", "by_person_id", "number", "sealed_payload"),
    Erasure: ("participant_id", "study_id", "note"),
    Hold: (
        "study_id", "participant_id", "number", "kind", "ground", "until", "by_person_id", "lifted",
        "lifted_by_person_id",
    ),
    Key: ("owner_id", "parent_id", "recipient", "sealed_identity"),
    Letter: ("study_id", "version", "language", "sha256", "by_person_id"),
    FormerMembership: ("person_id", "study_id", "role", "since", "by_person_id", "created"),
    Membership: ("person_id", "study_id", "role"),
    Participant: ("study_id", "code", "sealed_attributes", "attributes_version"),
    Recording: ("study_id", "participant_id", "number", "sha256", "sealed_origin"),
    Request: (
        "study_id", "participant_id", "number", "action", "resource", "digest", "sealed_payload", "by_person_id",
        "approved_by_person_id", "expires", "used", "terms", "closed_by_person_id",
    ),
    RetentionRule: ("study_id", "kind", "since", "days", "ground", "by_person_id"),
    Scan: ("participant_id", "consent_id", "size", "sealed_scan"),
    Study: (
        "code", "title", "approval", "starts", "ends", "language", "review", "review_policy", "model", "voices",
        "speakers", "style", "pseudonyms", "controller", "legal_basis", "special_categories", "offence_data",
        "processors", "sample", "cohorts", "changes",
    ),
    Tombstone: ("participant_id", "study_id", "note"),
    Voice: ("study_id", "participant_id", "person_id", "sealed_voice"),
    Withdrawal: ("study_id", "participant_id", "scope", "ground", "exceptions", "counts", "position", "by_person_id"),
}  # fmt: skip


ADDED: dict[type[Row], tuple[str, ...]] = {
    Consent: ("letter_id", "evidence", "embargo", "amends"), Request: ("terms", "closed_by_person_id"),
}  # fmt: skip
"""Columns a sort of row was given later: a row that has none of them filled is digested as it was before."""


def place(row: Row) -> str:
    """What the ledger calls a row: its table and id; a key by whose it is, since rotation may replace the row."""
    return f"{row.__tablename__}/{row.owner_id if isinstance(row, Key) else row.id}"


def is_older(row: Row) -> bool:
    """Whether a row is from before digests were kept of its sort: a verdict that is not sealed."""
    return isinstance(row, Decision) and row.mention is not None


def digest(row: Row) -> str:
    """SHA-256, 64 hex digits, over the columns named above, each behind its length."""
    hashed = hashlib.sha256()
    for name in _counted(row):
        value = getattr(row, name)
        data = value if isinstance(value, bytes) else str(_as_kept(value)).encode()
        hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()


def _as_kept(value: object) -> object:
    """A list as a database gives it back: of texts, whatever else these were."""
    return json.loads(json.dumps(value)) if isinstance(value, list | dict) else value


def _counted(row: Row) -> tuple[str, ...]:
    """The columns of a row's digest, in their order."""
    kind, added = type(row), ADDED.get(type(row), ())
    older = not any(getattr(row, name) for name in added)
    return tuple(name for name in ANCHORED[kind] if not (older and name in added))


def watch(session: Session) -> dict[str, str | None]:
    """The anchors of what this session writes from now on, kept up with every flush."""
    anchors: dict[str, str | None] = {}

    def note(flushing: Session, _context: object) -> None:
        anchors.update({place(row): digest(row) for row in _changed(flushing)})
        anchors.update({place(row): None for row in flushing.deleted if type(row) in ANCHORED})

    sa.event.listen(session, "after_flush", note)
    return anchors


def _changed(session: Session) -> Iterator[Row]:
    for row in [*session.new, *session.dirty]:
        columns = ANCHORED.get(type(row), ())
        state = sa.inspect(row)
        if any(state.attrs[name].history.has_changes() for name in columns) or (columns and row in session.new):
            yield row

"""New keys for old: headers, sealed columns and identities are written anew, payloads are never touched.

Each function does one owner in the caller's transaction, so a kill leaves the old key or the new one, and everything
opens either way. Many owners are many transactions; what a kill left out is what is older than the key above it.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import age, columns, keys, places
from storage.consents import Scan
from storage.records import Artefact, Decision, Heard, Key, LedgerEntry, Participant, Recording, RetiredKey, Voice
from storage.requests import Request

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storage.keys import Keys
    from storage.permit import Permit


def participant(held: Keys, permit: Permit, session: Session, owner: str) -> int:
    """Give a participant a new identity and hand all that is theirs to it; returns how many artefacts that were."""
    old, new = held.participant(permit, owner), age.HybridIdentity.generate()
    artefacts = session.scalars(sa.select(Artefact).where(Artefact.participant_id == owner)).all()
    for artefact in artefacts:
        artefact.header = age.rewrap(artefact.header, [old], [new.recipient()])
        artefact.sealed_blob = _again(old, new, places.payload(artefact), artefact.sealed_blob)
    _columns(session, owner, old, new)
    _openings(session, owner, old, new)
    row = keys.row(session, owner)
    above = age.HybridRecipient.from_string(keys.row(session, str(row.parent_id)).recipient)
    _replace(row, new, above)
    return len(artefacts)


def study(held: Keys, permit: Permit, session: Session) -> int:
    """Give the permit's study a new identity and hand its participants' to it; returns how many those are.

    Its interviewers' voices are sealed to it anew.
    The old identity is kept under the root: recordings that interviewers sealed to it may still be on their way.
    """
    old, new = held.study(permit), age.HybridIdentity.generate()
    row = keys.row(session, permit.for_study_key())
    below = keys.below(session, row.owner_id)
    for one in below:
        one.sealed_identity = keys.sealed(keys.opened(one.sealed_identity, old), new.recipient())
    _voices(session, old, new, Voice.study_id == row.owner_id, Voice.person_id.is_not(None))
    session.add(
        RetiredKey(owner_id=row.owner_id, recipient=row.recipient, sealed_identity=row.sealed_identity),
    )
    _replace(row, new, held.root_recipient())
    return len(below)


def forget_retired(session: Session, owner: str) -> int:
    """Destroy a study's older identities; what was sealed to them and has not arrived will not open."""
    older = session.scalars(sa.select(RetiredKey).where(RetiredKey.owner_id == owner)).all()
    for one in older:
        session.delete(one)
    return len(older)


def under_root(session: Session, old: age.Identity, new: age.HybridRecipient) -> int:
    """Hand every study's identity, old ones too, from one root to the next; returns how many those are."""
    rows = [*session.scalars(sa.select(Key).where(Key.parent_id.is_(None))), *session.scalars(sa.select(RetiredKey))]
    for row in rows:
        row.sealed_identity = keys.sealed(keys.opened(row.sealed_identity, old), new)
    return len(rows)


def waiting(session: Session, owner: str) -> list[str]:
    """The study's participants whose keys are older than its own: those a stopped rotation has not come to."""
    above = keys.row(session, owner)
    return [key.owner_id for key in keys.below(session, owner) if key.created < above.created]


def _replace(row: Key, new: age.HybridIdentity, above: age.HybridRecipient) -> None:
    row.recipient = str(new.recipient())
    row.sealed_identity = keys.sealed(new, above)
    row.created = datetime.now(UTC)  # to the microsecond: `waiting` compares it


def _columns(session: Session, owner: str, old: age.HybridIdentity, new: age.HybridIdentity) -> None:
    held = session.get_one(Participant, owner)
    if held.sealed_attributes is not None:
        held.sealed_attributes = _again(old, new, places.attributes(held), held.sealed_attributes)
    for recording in session.scalars(sa.select(Recording).where(Recording.participant_id == owner)):
        if recording.sealed_origin is not None:
            recording.sealed_origin = _again(old, new, places.origin(recording), recording.sealed_origin)
    for heard in session.scalars(sa.select(Heard).where(Heard.participant_id == owner)):
        heard.sealed_text = _again(old, new, places.heard(heard), heard.sealed_text)
    for decision in session.scalars(sa.select(Decision).join(Recording).where(Recording.participant_id == owner)):
        if decision.sealed_payload is not None:
            decision.sealed_payload = _again(old, new, places.decision(decision), decision.sealed_payload)
    for request in session.scalars(sa.select(Request).where(Request.participant_id == owner)):
        if request.sealed_payload is not None:
            request.sealed_payload = _again(old, new, places.asked(request), request.sealed_payload)
    for scan in session.scalars(sa.select(Scan).where(Scan.participant_id == owner)):
        scan.sealed_scan = _again(old, new, places.scan(scan), scan.sealed_scan)
    _voices(session, old, new, Voice.participant_id == owner)


def _voices(
    session: Session, old: age.HybridIdentity, new: age.HybridIdentity, *whose: sa.ColumnElement[bool]
) -> None:
    for voice in session.scalars(sa.select(Voice).where(*whose)):
        voice.sealed_voice = _again(old, new, places.voice(voice), voice.sealed_voice)


def _openings(session: Session, owner: str, old: age.HybridIdentity, new: age.HybridIdentity) -> None:
    entries = sa.select(LedgerEntry).where(
        LedgerEntry.participant_id == owner, LedgerEntry.sealed_openings.is_not(None)
    )
    for entry in session.scalars(entries):
        file = io.BytesIO(entry.sealed_openings or b"")
        entry.sealed_openings = age.rewrap(age.read_header(file), [old], [new.recipient()]) + file.read()


def _again(old: age.HybridIdentity, new: age.HybridIdentity, place: str, value: bytes) -> bytes:
    return columns.seal(columns.key_of(new), place, columns.unseal(columns.key_of(old), place, value))

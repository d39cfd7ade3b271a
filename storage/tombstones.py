"""A tombstone: that a participant's key was destroyed, signed by the ledger's key, so that no backup undoes it.

    tillit tombstone v1
    <vault id>
    <participant id>
    <study id>
    <UTC time>

It holds opaque ids and no secret, may lie anywhere, and the more copies there are the better: a restore is given all
of them. Destroying is done here too, by `apply`, for the act that shreds and for the restore that does it once more.
Source of the envelope: c2sp.org/signed-note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import files, note
from storage.consents import Scan
from storage.errors import BadInput, Damaged
from storage.records import Artefact, Decision, Heard, Key, LedgerEntry, Participant, Recording, Voice, now
from storage.requests import Request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

FOLDER = "tombstones"
FIRST_LINE = "tillit tombstone v1"
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Inscription:
    """What a tombstone says: whose key, in which study and vault, was destroyed when."""

    vault_id: str
    participant_id: str
    study_id: str
    time: datetime


@dataclass(frozen=True)
class Destroyed:
    """What was destroyed: how many artefacts of how many bytes, the payloads to remove after the commit, and the rest.

    `others` counts recordings, decisions, voices and requests.
    """

    artefacts: int
    blobs: list[str]
    size: int = 0
    others: Mapping[str, int] = field(default_factory=dict)


def make(signer: note.Signer, vault_id: str, participant_id: str, study_id: str, time: datetime | None = None) -> str:
    """The tombstone, a signed note; `time` is now unless given. Raises BadInput for what is not an id."""
    if not all(map(_ID.fullmatch, (vault_id, participant_id, study_id))):
        raise BadInput("A tombstone names a vault, a participant and a study by their ids, 32 hex digits each.")
    moment = (time or now()).astimezone(UTC).isoformat()
    return signer.sign(f"{FIRST_LINE}\n{vault_id}\n{participant_id}\n{study_id}\n{moment}\n")


def read(vkey: str, text: str) -> Inscription:
    """What a tombstone signed by `vkey`'s vault says. Raises Damaged for any other text."""
    try:
        first, vault_id, *ids, moment, end = note.open_note(vkey, text).split("\n")
        participant_id, study_id = ids
        time = datetime.fromisoformat(moment)
    except (Damaged, ValueError):
        raise Damaged("A tombstone was not signed by this vault, or was edited. Fetch a sound copy of it.") from None
    if first != FIRST_LINE or end or not all(map(_ID.fullmatch, (vault_id, *ids))) or time.utcoffset() is None:
        raise Damaged("A note this vault signed is no tombstone. Give only what lies in a folder of tombstones.")
    return Inscription(vault_id, participant_id, study_id, time)


def apply(session: Session, participant_id: str) -> Destroyed:
    """Destroy, in the caller's transaction, everything through which what is this participant's could be opened.

    Their key goes, every header and sealed column is emptied, what opens the ledger's commitments about them goes, and
    so do their voice and what was heard of recordings under way. The rows are changed as objects, so that the
    session's anchors see them. A second time it finds nothing to do but names the payloads again.
    """
    artefacts = session.scalars(sa.select(Artefact).where(Artefact.participant_id == participant_id)).all()
    living = [artefact for artefact in artefacts if artefact.header]
    others = counted(session, participant_id)
    for artefact in artefacts:
        artefact.header = artefact.sealed_blob = b""
    for recording in session.scalars(sa.select(Recording).where(Recording.participant_id == participant_id)):
        recording.sealed_origin = None
        recording.sha256 = recording.id  # whoever has the same file could otherwise tell that it was here
    theirs = sa.select(Decision).join(Recording).where(Recording.participant_id == participant_id)
    for decision in session.scalars(theirs):
        decision.sealed_payload = None
    for participant in session.scalars(sa.select(Participant).where(Participant.id == participant_id)):
        participant.sealed_attributes = None
    for request in session.scalars(sa.select(Request).where(Request.participant_id == participant_id)):
        request.sealed_payload = None
    for whole in (
        sa.select(Key).where(Key.owner_id == participant_id, Key.parent_id.is_not(None)),
        sa.select(Voice).where(Voice.participant_id == participant_id),
        sa.select(Scan).where(Scan.participant_id == participant_id),
        sa.select(Heard).where(Heard.participant_id == participant_id),
    ):
        for row in session.scalars(whole):
            session.delete(row)
    _close_openings(session, participant_id)
    session.flush()
    size = sum(artefact.size for artefact in living)
    return Destroyed(len(living), [artefact.blob for artefact in artefacts], size, others)


def counted(session: Session, participant_id: str) -> dict[str, int]:
    """How many recordings, decisions, voices and requests of a participant's say something still."""

    def of(query: sa.Select[int]) -> int:
        return session.scalar(query) or 0

    rows = sa.select(sa.func.count())
    recordings = rows.select_from(Recording).where(
        Recording.participant_id == participant_id, Recording.sha256 != Recording.id
    )
    decisions = rows.select_from(Decision).join(Recording).where(
        Recording.participant_id == participant_id, Decision.sealed_payload.is_not(None)
    )  # fmt: skip
    requests = rows.select_from(Request).where(
        Request.participant_id == participant_id, Request.sealed_payload.is_not(None)
    )
    voices = rows.select_from(Voice).where(Voice.participant_id == participant_id)
    return {
        "recordings": of(recordings), "decisions": of(decisions), "voices": of(voices), "requests": of(requests)
    }  # fmt: skip


def _close_openings(session: Session, participant_id: str) -> None:
    session.execute(
        sa.update(LedgerEntry)
        .where(LedgerEntry.participant_id == participant_id, LedgerEntry.sealed_openings.is_not(None))
        .values(sealed_openings=None)
        .execution_options(synchronize_session=False)
    )


def publish(vault: Path, name: str, stone: str) -> None:
    """Lay a copy into the vault's folder "tombstones", under the participant's id or what an erasure is called.

    From there it goes with backups. Raises StorageFailed.
    """
    with files.usable():
        folder = vault / FOLDER
        files.make_folder(folder)
        files.write(folder / name, stone.encode())


def found(folder: Path) -> list[str]:
    """Every tombstone that lies in a folder. Raises BadInput if it cannot be read."""
    try:
        return [path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()) if not path.suffix]
    except (OSError, UnicodeDecodeError):
        raise BadInput("That folder of tombstones cannot be read. Check that it exists and is yours.") from None

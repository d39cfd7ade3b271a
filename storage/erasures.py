"""An erasure: that some of a participant's was destroyed and the rest was not, signed, so that no backup undoes it.

    tillit erasure v1
    <vault id>
    <participant id>
    <study id>
    <UTC time>
    artefact <id> <payload>      one line each
    voice <id>

A tombstone for a part: it lies where tombstones lie and goes where they go. The participant's key was replaced when it
was made, so that what is kept opens with another. Source of the envelope: c2sp.org/signed-note.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage import note
from storage.errors import Damaged
from storage.records import Artefact, Row, Voice, now

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.orm import Session

FIRST_LINE = "tillit erasure v1"
UNSOUND = "A note of an erasure was not signed by this vault, or was edited. Fetch a sound copy of it."
_ID = re.compile(r"[0-9a-f]{32}")
_ARTEFACT = re.compile(r"artefact ([0-9a-f]{32}) ([0-9a-f]+)")
_VOICE = re.compile(r"voice ([0-9a-f]{32})")


class Erasure(Row):
    """The note that some of a participant's artefacts were destroyed."""

    __tablename__ = "erasure"
    participant_id: Mapped[str] = mapped_column(sa.ForeignKey("participant.id"))
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    note: Mapped[str]


@dataclass(frozen=True)
class Inscription:
    """What such a note says: whose, in which study, which artefacts with their payloads, and which voices."""

    participant_id: str
    study_id: str
    artefacts: Mapping[str, str]
    voices: Collection[str]


def make(signer: note.Signer, vault_id: str, said: Inscription) -> str:
    """The note, signed, of now."""
    lines = [
        FIRST_LINE, vault_id, said.participant_id, said.study_id, now().isoformat(),
        *(f"artefact {one} {blob}" for one, blob in sorted(said.artefacts.items())),
        *(f"voice {one}" for one in sorted(said.voices)),
    ]  # fmt: skip
    return signer.sign("".join(f"{line}\n" for line in lines))


def is_one(text: str) -> bool:
    """Whether a note calls itself an erasure, and not a tombstone."""
    return text.startswith(f"{FIRST_LINE}\n")


def read(vkey: str, text: str) -> Inscription:
    """What a note signed by `vkey`'s vault says. Raises Damaged for any other text."""
    try:
        _, _, participant_id, study_id, _, *lines, end = note.open_note(vkey, text).split("\n")
    except (Damaged, ValueError):
        raise Damaged(UNSOUND) from None
    artefacts = {match[1]: match[2] for line in lines if (match := _ARTEFACT.fullmatch(line))}
    voices = [match[1] for line in lines if (match := _VOICE.fullmatch(line))]
    ids = all(map(_ID.fullmatch, (participant_id, study_id)))
    if not is_one(text) or end or not ids or len(artefacts) + len(voices) != len(lines):
        raise Damaged(UNSOUND)
    return Inscription(participant_id, study_id, artefacts, voices)


def name(vkey: str, text: str) -> str:
    """Under which a note lies among tombstones: whose it is, and a mark of what it says. Raises Damaged."""
    return f"{read(vkey, text).participant_id}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def apply(session: Session, said: Inscription) -> list[str]:
    """Destroy once more, in the caller's transaction, what the note says is destroyed; returns payloads to remove."""
    artefacts = sa.select(Artefact).where(Artefact.id.in_(said.artefacts))
    for row in (*session.scalars(artefacts), *session.scalars(sa.select(Voice).where(Voice.id.in_(said.voices)))):
        session.delete(row)
    session.flush()
    return list(said.artefacts.values())

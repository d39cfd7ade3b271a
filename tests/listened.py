"""Rows of a recording that is being listened to: what was heard of a batch, and whose voice it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage import places
from storage.records import Heard, Voice, new_id

if TYPE_CHECKING:
    from policies.act import Act
    from storage.records import Participant, Recording

WORDS = "Hun flyttet til Bergen da hun var seksten."
VOICE = [0.25, -0.5, 0.125]


def heard(act: Act, recording: Recording, number: int = 0, fingerprint: str = "weights/beam 5") -> Heard:
    """What was heard of one batch, sealed to the participant; the caller keeps it."""
    row = Heard(
        id=new_id(), recording_id=recording.id, participant_id=recording.participant_id, number=number,
        fingerprint=fingerprint,
    )  # fmt: skip
    row.sealed_text = act.seal_text(recording.participant_id, places.heard(row), WORDS)
    return row


def participants_voice(act: Act, participant: Participant) -> Voice:
    """A participant's voice, under their key; the caller keeps it."""
    row = Voice(id=new_id(), study_id=participant.study_id, participant_id=participant.id)
    row.sealed_voice = act.seal_text(participant.id, places.voice(row), json.dumps(VOICE))
    return row


def persons_voice(act: Act, study: str, person: str) -> Voice:
    """The voice of somebody who works here, under the study's key; the caller keeps it."""
    row = Voice(id=new_id(), study_id=study, person_id=person)
    row.sealed_voice = act.seal_for_study(places.voice(row), json.dumps(VOICE))
    return row

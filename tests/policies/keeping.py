"""A recording with artefacts, as a pipeline would have kept it, and whether each still opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies.actions import Action, Purpose
from storage import places
from storage.records import Artefact, Heard, Participant, Recording, Voice, new_id
from storage.transcript import Provenance
from tests.listened import heard, participants_voice

if TYPE_CHECKING:
    from tests.house_fixtures import House

MADE_BY = Provenance("test", "tillit", "1")
WORDS = b"Hun flyttet til Bergen."
FILE_NAME = "Kari i Bergen.wav"


def keep(house: House, participant: Participant, kinds: tuple[str, ...] = ("transcript", "original")) -> Recording:
    """Keep a recording: an artefact of each kind, its file's name, a commitment, words heard and a voice."""
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=participant.id, number=1, sha256="0" * 64, size=5,
        facts={"duration": 1.0}, model="base", by_person_id=house.desk("ivar").who.id,
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD) as act:
        recording.sealed_origin = act.seal_text(participant.id, places.origin(recording), FILE_NAME)
        act.committed["sha256"] = recording.sha256
        act.add(recording)
        for kind in kinds:
            act.seal(recording, kind, WORDS, MADE_BY)
        act.add(heard(act, recording))
        act.add(participants_voice(act, participant))
    return recording


def opened(house: House, recording: Recording) -> list[bytes]:
    """What each artefact of a recording opens to, through the door."""
    with house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE) as act:
        return [act.read(artefact) for artefact in artefacts(house, recording)]


def filename(house: House, recording: Recording) -> str:
    """The name it came under, through the door."""
    stored = stored_recording(house, recording)
    with house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE) as act:
        return act.open_text(recording.participant_id, places.origin(stored), stored.sealed_origin or b"")


def listened(house: House, recording: Recording) -> list[str]:
    """What was heard of it and its participant's voice, opened; through the door."""
    with house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE) as act:
        held = recording.participant_id
        words = act.all(sa.select(Heard).where(Heard.recording_id == recording.id))
        voices = act.all(sa.select(Voice).where(Voice.participant_id == held))
        return [
            *(act.open_text(held, places.heard(row), row.sealed_text) for row in words),
            *(act.open_text(held, places.voice(row), row.sealed_voice) for row in voices),
        ]


def artefacts(house: House, recording: Recording) -> list[Artefact]:
    """A recording's artefacts."""
    with Session(house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Artefact).where(Artefact.recording_id == recording.id)))


def stored_recording(house: House, recording: Recording) -> Recording:
    """The row as it is now."""
    with Session(house.vault.database.reader) as session:
        return session.get_one(Recording, recording.id)

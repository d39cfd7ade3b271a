"""A released interview whose sound is real and whose word times are planted."""

from __future__ import annotations

import io
import re
import wave
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import naming, pipeline, release
from ingest.audio import decode as audio
from ingest.intake import ORIGINAL
from ingest.pseudonyms.apply import mentions_of, to_bytes
from ingest.pseudonyms.finds import Find, Kind
from ingest.transcription import models
from ingest.transcription.engine import Whisper
from ingest.transcription.stretches import RATE
from ingest.work import MENTIONS, TRANSCRIPT
from policies.actions import Action, Purpose
from policies.desk import Desk
from policies.gate import Gate
from storage import lookup
from storage.records import Artefact, Recording, new_id
from storage.transcript import Provenance, Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from storage.transcript import Transcript, Word
    from tests.house_fixtures import House

MADE_BY = Provenance("test", "by hand", "1")


def heard(pcm: bytes) -> Transcript:
    """What the packaged model hears."""
    return Whisper(models.packaged()).transcribe([pcm], "en", lambda _done, _total: None)


def wav(pcm: bytes) -> bytes:
    """Samples as a recorder would have written them."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(pcm)
    return file.getvalue()


def released(house: House, code: str, pcm: bytes, text: Transcript, forms: Sequence[str]) -> Recording:
    """An interview of this sound and transcript, in which each of `forms` is found wherever it stands, released."""
    participant, data = house.participant(code), wav(pcm)
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=participant.id, number=1, sha256=new_id() * 2,
        size=len(data), facts={"duration": text.duration, "parts": [{"layout": "mono"}]}, model="base", language="en",
        stage="transcribe", by_person_id=house.desk("ivar").who.id,
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD) as act:
        act.add(recording)
        act.seal(recording, ORIGINAL, data, MADE_BY)
        act.seal(recording, TRANSCRIPT, text.to_bytes(), MADE_BY)
    robot = Desk(house.vault, Gate(house.vault), pipeline.ROBOT)
    with robot.act(Action.FIND_NAMES, recording, Purpose.TRANSCRIBE) as act:
        book = naming.load(act.names())
        mentions = mentions_of(text, _finds(text.text, forms), book)
        naming.save(act.names(), book)
        act.seal(recording, MENTIONS, to_bytes(mentions), MADE_BY)
        act.change(recording, stage="apply pseudonyms")
    release.release(house.desk("ragna"), fresh(house, recording))
    return fresh(house, recording)


def _finds(text: str, forms: Sequence[str]) -> list[Find]:
    return [
        Find(found.start(), found.end(), Kind.LOC, 1.0, ("gazetteer",))
        for form in forms
        for found in re.finditer(rf"\b{form}\b", text)
    ]


def fresh(house: House, recording: Recording) -> Recording:
    """The recording's row as it stands."""
    return lookup.by_id(house.vault.database, Recording, recording.id)


def artefacts(house: House, recording: Recording, kind: str) -> list[Artefact]:
    """Every version of a kind."""
    with house.desk("ragna").act(Action.READ_PSEUDONYMISED, recording, Purpose.ANALYSE) as act:
        query = sa.select(Artefact).where(Artefact.recording_id == recording.id, Artefact.kind == kind)
        return act.all(query.order_by(Artefact.version))


def bleeped_pcm(house: House, recording: Recording) -> bytes:
    """The newest bleeped copy, decoded."""
    made = artefacts(house, recording, "bleeped")[-1]
    with house.desk("ragna").act(Action.READ_PSEUDONYMISED, recording, Purpose.ANALYSE) as act:
        return b"".join(audio.pcm([act.open(made)]))


def changed(text: Transcript, change: Callable[[Segment], Segment]) -> Transcript:
    """The transcript with every line changed."""
    return replace(text, segments=tuple(change(segment) for segment in text.segments))


def retimed(text: Transcript, form: str, change: Callable[[Word], Word]) -> Transcript:
    """The transcript with other times for each word that holds this form."""
    return changed(
        text,
        lambda segment: replace(
            segment, words=tuple(change(word) if form in word.text else word for word in segment.words)
        ),
    )


def in_pairs(text: Transcript) -> Transcript:
    """The transcript in lines of two words."""
    words = [word for segment in text.segments for word in segment.words]
    pairs = [tuple(words[at : at + 2]) for at in range(0, len(words), 2)]
    lines = (Segment(pair[0].start, pair[-1].end, " ".join(word.text for word in pair), pair) for pair in pairs)
    return replace(text, segments=tuple(lines))

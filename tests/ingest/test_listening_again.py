"""The stages that listen, done again: after a kill, after an upgrade, over rows that do not open."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import listening
from ingest.audio import decode as audio
from ingest.work import TRANSCRIPT
from policies import ceremonies
from policies.actions import Action
from storage import lookup
from storage.errors import NotReady
from storage.records import Heard
from tests.ingest.interview import said
from tests.ingest.under_way import Killed, artefacts, dying, kept, stage, taken_in, transcript
from tests.sound import opening

if TYPE_CHECKING:
    from tests.house_fixtures import House

LONG = 70.0  # seconds: four chunks, so two batches


def test_speakers_are_not_told_where_names_were_found(house: House) -> None:
    """A vault of before there was this stage: mentions count its segments, so the transcript stays as it was."""
    recording = said(house, "P01", "My name is Kari Nordmann.")
    stage(house, recording, Action.TELL_SPEAKERS)
    assert [one.version for one in artefacts(house, TRANSCRIPT)] == [1]


def test_a_batch_that_does_not_open_is_heard_again(house: House) -> None:
    """A spoilt row costs the time to hear it, not the recording."""
    whole, broken = taken_in(house, "P01", opening(LONG)), taken_in(house, "P02", opening(LONG))
    stage(house, whole, Action.TRANSCRIBE)
    with pytest.raises(Killed):
        stage(house, broken, Action.TRANSCRIBE, dying(after=1))
    with Session(house.vault.database.writer) as session, session.begin():
        for row in session.scalars(sa.select(Heard)):
            row.sealed_text = row.sealed_text[:-1] + bytes([row.sealed_text[-1] ^ 1])
    stage(house, broken, Action.TRANSCRIBE)
    assert transcript(house, broken).segments == transcript(house, whole).segments
    assert kept(house) == []


def test_what_was_heard_with_other_names_is_not_used(house: House) -> None:
    """As many names, but others, such as in a study that knows more than are told: heard again, every batch."""
    whole, broken = taken_in(house, "P01", opening(LONG)), taken_in(house, "P02", opening(LONG))
    stage(house, whole, Action.TRANSCRIBE, names=["Stavern"])
    with pytest.raises(Killed):
        stage(house, broken, Action.TRANSCRIBE, dying(after=1), names=["Oslo"])
    told: list[float] = []
    stage(house, broken, Action.TRANSCRIBE, lambda done, _total: told.append(done), names=["Stavern"])
    assert transcript(house, broken).segments == transcript(house, whole).segments
    assert kept(house) == []


def test_what_another_version_heard_is_not_used(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an upgrade of whatever decides the words, batches are not mixed with those of before."""
    recording = taken_in(house, "P01", opening(LONG))
    prints = set[str]()
    for made in ("2, ctranslate2 4", "2, ctranslate2 5"):
        monkeypatch.setattr(listening, "made_with", lambda made=made: made)
        with pytest.raises(Killed):
            stage(house, recording, Action.TRANSCRIBE, dying(after=1))
        prints |= {row.fingerprint for row in kept(house)}
    assert len(prints) == 2


def test_a_key_rotated_meanwhile_costs_the_batches_in_flight_alone(house: House) -> None:
    """The stage stops at the next batch; done again, it opens what was kept, which was sealed to the new key."""
    recording = taken_in(house, "P01", opening(LONG))
    held = lookup.participant(house.vault.database, "rus/P01")

    def rotate(done: float, _total: float) -> None:
        if done and len(kept(house)) == 1:
            ceremonies.rotate_participant(house.desk("astrid"), held)

    with pytest.raises(NotReady):
        stage(house, recording, Action.TRANSCRIBE, rotate)
    told: list[int] = []
    stage(house, recording, Action.TRANSCRIBE, lambda *_: told.append(len(kept(house))))
    assert told[0] == 1  # the first that is done was kept before, and is not kept again
    assert transcript(house, recording).segments


def test_the_decoder_ends_where_speakers_are_not_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage that is stopped in the middle leaves no decoder waiting for somebody to take its sound."""
    recording = taken_in(house, "P01", opening(LONG))
    stage(house, recording, Action.TRANSCRIBE)
    made: list[Any] = []
    really = audio.pcm

    def noted(*given: Any, **named: Any) -> Any:
        made.append(really(*given, **named))
        return made[-1]

    monkeypatch.setattr(audio, "pcm", noted)
    with pytest.raises(Killed) as died:
        stage(house, recording, Action.TELL_SPEAKERS, dying(after=1))
    assert died.tb  # which holds the frames, and these the sound: nobody else ends the decoder
    assert [inspect.getgeneratorstate(one) for one in made] == [inspect.GEN_CLOSED]

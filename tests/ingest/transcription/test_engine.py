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
from ingest.transcription.stretches import RATE
from ingest.transcription.engine import Parameters, Whisper, machine_class
from storage.errors import BadInput, BadModel, BadRecording
from storage.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Callable

wer = runpy.run_path(str(Path(__file__).resolve().parents[3] / "benchmarks" / "wer.py"))["word_error_rate"]


def ignore(_done: float, _total: float) -> None:
    """Nobody watches."""


def hear(pcm: bytes, language: str | None = "en", parameters: Parameters | None = None) -> Transcript:
    """What the packaged model hears."""
    return Whisper(models.packaged(), parameters=parameters or Parameters()).transcribe([pcm], language, ignore)


@pytest.fixture(scope="module")
def english(jfk: bytes) -> Transcript:
    """The eleven seconds, transcribed once, the language left to find out."""
    return hear(jfk, None)


def test_english_is_heard_right(english: Transcript, shared: Callable[[str], Path]) -> None:
    """Clear English has at most one word in ten wrong, and its language is found."""
    assert english.language == "en"
    assert wer(shared("jfk.txt").read_text(), english.text) <= 0.1


def test_norwegian_is_heard_as_well_as_base_can(king: bytes, shared: Callable[[str], Path]) -> None:
    """Twelve seconds of Norwegian under its other code: more than half of the words are right."""
    heard = hear(king, "nb")
    reference = shared("king.txt").read_text().split()[: len(heard.text.split())]
    assert heard.language == "no"
    assert wer(" ".join(reference), heard.text) < 0.5


def test_times_are_in_order_and_inside(english: Transcript) -> None:
    """Segments and words run forward and end before the recording does."""
    words = [word for segment in english.segments for word in segment.words]
    assert [word.start for word in words] == sorted(word.start for word in words)
    assert all(0 <= word.start <= word.end <= english.duration == pytest.approx(11, abs=0.01) for word in words)


def test_a_segments_words_are_its_text(english: Transcript) -> None:
    """Joined by blanks, the words of a segment are its text."""
    assert english.segments
    assert all(" ".join(word.text for word in segment.words) == segment.text for segment in english.segments)


def test_a_transcript_says_what_made_it(english: Transcript) -> None:
    """Engine, versions, model, hash, every parameter, time and machine class stand in the transcript."""
    made_by = english.made_by
    assert (made_by.stage, made_by.engine, made_by.model) == ("transcribe", "faster-whisper", "base")
    assert made_by.version.startswith("1.2.1, ctranslate2 4.")
    assert made_by.model_sha256 == models.packaged().sha256
    assert made_by.parameters.items() >= Parameters().options().items()
    assert {"precision", "seed", "cores", "block_seconds", "language"} <= made_by.parameters.keys()
    assert made_by.parameters["language"] == "detected"
    assert made_by.took > 0
    assert made_by.machine == machine_class()
    assert machine_class() == f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores"


def test_a_transcript_survives_json(english: Transcript) -> None:
    """A transcript is the same after it was written and read, numpy's numbers and all."""
    assert Transcript.from_bytes(english.to_bytes()) == english


def test_the_same_sound_gives_the_same_words(king: bytes) -> None:
    """Two runs agree to the last word and time, even where the fallback samples at random."""
    rolling = Parameters(beam=1, temperatures=(0.8,))
    king = king[: 4 * RATE * 2]
    first, second = (hear(king, "no", rolling) for _ in range(2))
    assert first.segments == second.segments
    other = hear(king, "no", Parameters(beam=1, temperatures=(0.8,), seed=2))
    assert first.segments != other.segments


@pytest.mark.parametrize("sound", [b"", bytes(20 * RATE * 2)])
def test_silence_has_no_words(sound: bytes) -> None:
    """Nothing at all and twenty seconds of silence: a transcript without segments."""
    heard = hear(sound, None)
    assert (heard.segments, heard.language) == ((), "und")
    assert heard.duration == pytest.approx(len(sound) / 2 / RATE, abs=0.001)
    assert Transcript.from_bytes(heard.to_bytes()) == heard


def test_noise_has_no_words() -> None:
    """Loud noise is not speech, and a given language is kept."""
    noise = np.random.default_rng(1).normal(0, 3_000, 10 * RATE).astype("<i2").tobytes()
    heard = hear(noise, "no")
    assert (heard.segments, heard.language) == ((), "no")


def test_a_third_of_a_second_of_speech_is_a_recording(jfk: bytes) -> None:
    """The shortest cut of real speech gives a transcript, with or without a word."""
    heard = hear(jfk[2 * RATE : int(2.6 * RATE)])
    assert heard.duration == pytest.approx(0.3)
    assert Transcript.from_bytes(heard.to_bytes()) == heard


def test_a_long_recording_is_heard_to_its_end(jfk: bytes) -> None:
    """Speech after ten minutes, in the second block, has the times of the whole recording."""
    seen: list[tuple[float, float]] = []
    quiet = bytes((600 * RATE - len(jfk)) * 2)
    heard = Whisper(models.packaged()).transcribe([quiet, jfk], None, lambda *told: seen.append(told))
    assert heard.language == "en"
    assert wer("And so my fellow Americans ask not what your country can do for you "
               "ask what you can do for your country", heard.text) <= 0.1  # fmt: skip
    assert heard.segments[0].start > heard.duration - 11.1
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1] == pytest.approx(heard.duration, abs=0.001)


def test_what_progress_raises_stops_the_work(jfk: bytes) -> None:
    """A consent withdrawn while the recogniser works stops it, and the error is the caller's own."""

    class Withdrawn(Exception):
        pass

    def withdraw(_done: float, _total: float) -> None:
        raise Withdrawn

    with pytest.raises(Withdrawn):
        Whisper(models.packaged()).transcribe([jfk[: 3 * RATE * 2]], "en", withdraw)


def test_bad_input_is_refused_before_anything_loads() -> None:
    """An unknown language and half a sample are refused without the model, which here does not even exist."""
    absent = Whisper(models.Model("absent", "0" * 64, Path("/nonexistent")))
    with pytest.raises(BadInput):
        absent.transcribe([bytes(2)], "klingon", ignore)
    with pytest.raises(BadRecording):
        absent.transcribe([bytes(3)], "en", ignore)
    with pytest.raises(BadModel):
        absent.transcribe([bytes(2)], "en", ignore)


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
        hear(jfk[: 3 * RATE * 2], None)
    assert [record for record in caplog.records if record.name.startswith("faster_whisper")] == []
    assert capfd.readouterr() == ("", "")

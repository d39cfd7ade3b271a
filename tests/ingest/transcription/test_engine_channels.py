"""A speaker on each channel: both are heard, each under its own label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest.transcription.stretches import RATE
from tests.ingest.transcription.listen import hear
from tests.sound import decoded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.transcript import Transcript

LABELS = ("Participant", "Interviewer")


def said_by(heard: Transcript, speaker: str) -> str:
    """All that one of them said, without case."""
    return " ".join(segment.text for segment in heard.segments if segment.speaker == speaker).lower()


def interleaved(left: bytes, right: bytes, leak: float = 0.0) -> bytes:
    """Two channels of one recording, each leaking into the other by this factor."""
    length = max(len(left), len(right))
    both = np.stack([np.frombuffer(side.ljust(length, b"\0"), "<i2") for side in (left, right)]).astype(np.float64)
    return np.ascontiguousarray((both + leak * both[::-1]).T).astype("<i2").tobytes()


def test_two_who_speak_at_once_are_heard_under_their_labels(shared: Callable[[str], Path]) -> None:
    """Two people speak over each other, a channel each: both sentences are there, under their speakers."""
    heard = hear(decoded(shared("stereo_diarization.wav"), "stereo"), channels=LABELS)
    assert "confused complaint against the wizard who had vanished behind the curtain" in said_by(heard, "Participant")
    assert "the horizon seems extremely distant" in said_by(heard, "Interviewer")
    assert {segment.speaker for segment in heard.segments} == set(LABELS)
    assert heard.duration == pytest.approx(5.0)


def test_what_leaks_over_is_not_written_down_twice(jfk: bytes) -> None:
    """One asks and the other answers, each 16 dB weaker in the other's microphone: each sentence has one speaker."""
    question, answer = jfk[: 3 * RATE * 2], jfk[3 * RATE * 2 :]
    left = bytes(len(question)) + answer
    heard = hear(interleaved(left, question, leak=0.16), channels=LABELS)
    assert "country can do for you" in said_by(heard, "Participant")
    assert "fellow america" in said_by(heard, "Interviewer")
    assert "fellow" not in said_by(heard, "Participant")
    assert "country" not in said_by(heard, "Interviewer")
    assert [segment.start for segment in heard.segments] == sorted(segment.start for segment in heard.segments)


def test_a_silent_channel_says_nothing(jfk: bytes) -> None:
    """Where only one of two ever speaks, every segment is theirs; where nobody does, there is none."""
    heard = hear(interleaved(b"", jfk[: 5 * RATE * 2]), channels=LABELS)
    assert {segment.speaker for segment in heard.segments} == {"Interviewer"}
    silent = hear(bytes(4 * RATE * 2), None, channels=LABELS)
    assert (silent.segments, silent.language, silent.duration) == ((), "und", 2.0)

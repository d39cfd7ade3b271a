"""The whole recogniser on recordings with planted silence, noise, music, laughter and crying.

No word may stand where nobody speaks without a doubt beside it, and the speech around must still be there.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest.transcription import models
from ingest.transcription.engine import Whisper
from tests import sound
from tests.conftest import REPO
from tests.planted import KINDS, RATE, Planted, planted, stretch
from tests.sound import decoded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from storage.transcript import Transcript

SOAK = bool(os.environ.get("TILLIT_SOAK"))
SHORT = (10.0, 12.0)
Stretches = tuple[tuple[str, float, float], ...]

EDGE = 0.5
"""Seconds by which the time of a real word may reach into a planted stretch."""


def hear(samples: NDArray[np.int16], language: str) -> Transcript:
    """What the packaged model makes of it, the way recordings are transcribed."""
    return Whisper(models.packaged()).transcribe([samples.tobytes()], language, lambda _done, _total: None)


def invented(heard: Transcript, stretches: Stretches, alone: str = "") -> list[tuple[str, str]]:
    """Words in a planted stretch that nobody doubts, with its kind: more of them than the speech alone has.

    A word that was said may be timed into the stretch beside it; then it is one that is there without the stretch too.
    """
    surplus = Counter(tokens(heard.text)) - Counter(tokens(alone))
    return [
        (kind, word.text)
        for segment in heard.segments
        if not segment.doubts
        for word in segment.words
        for kind, start, end in stretches
        if start + EDGE <= word.start and word.end <= end - EDGE and surplus.keys() & set(tokens(word.text))
    ]


def tokens(text: str) -> list[str]:
    """The words without case and marks."""
    return re.findall(r"\w+", text.lower())


def right(heard: Transcript, reference: str) -> int:
    """How many of the words that were said were heard."""
    return (Counter(tokens(reference)) & Counter(tokens(heard.text))).total()


def english(seconds: float) -> NDArray[np.int16]:
    """The opening of the sample interview."""
    return np.frombuffer(sound.samples(seconds), dtype="<i2")


def assert_nothing_invented(recording: Planted, alone: NDArray[np.int16], language: str, reference: str) -> None:
    """No unmarked word in the planted stretches, and nine in ten of the words heard right without them."""
    heard, without = hear(recording.samples, language), hear(alone, language)
    assert invented(heard, recording.stretches, without.text) == []
    assert right(heard, reference) >= 0.9 * right(without, reference) > 10


def test_no_invented_sentence_survives_in_an_interview() -> None:
    """Eight kinds of other sounds between the words of an interview: nothing unmarked is written there."""
    alone, reference = english(36.0), (REPO / "samples" / "interview.txt").read_text()
    assert_nothing_invented(planted(alone, 1, lasting=SHORT), alone, "en", reference)


def test_no_invented_sentence_survives_in_norwegian(shared: Callable[[str], Path]) -> None:
    """The same in Norwegian, which the small model hears less well, with the sounds most like a voice."""
    alone = np.frombuffer(decoded(shared("king.mp3")), dtype="<i2")[: 24 * RATE]
    recording = planted(alone, 2, kinds=("laughter", "crying", "music", "silence"), lasting=SHORT)
    assert_nothing_invented(recording, alone, "no", shared("king.txt").read_text())


@pytest.mark.parametrize("kind", KINDS if SOAK else ("silence", "music", "laughter", "crying"))
def test_a_recording_of_nothing_else_has_no_unmarked_word(kind: str) -> None:
    """Six seconds in which nobody speaks give no text, or text that is doubted all over."""
    samples = stretch(kind, np.random.default_rng(7), 6.0)
    assert [segment.text for segment in hear(samples, "no").segments if not segment.doubts] == []


@pytest.mark.skipif(not SOAK, reason="takes minutes: TILLIT_SOAK=1")
@pytest.mark.parametrize("language", ["no", "en", "sv", "da"])
@pytest.mark.parametrize("seed", range(10, 16))
def test_no_invented_sentence_survives_anywhere(seed: int, language: str) -> None:
    """The long form: stretches of up to a minute, decoded in four languages, whichever is spoken."""
    alone = english(60.0)
    recording = planted(alone, seed)
    heard, without = hear(recording.samples, language), hear(alone, language)
    assert invented(heard, recording.stretches, without.text) == []

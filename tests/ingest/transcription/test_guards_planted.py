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
from ingest.transcription.blocks import RATE
from ingest.transcription.engine import Whisper
from tests import sound
from tests.ingest.transcription.conftest import decode
from tests.planted import KINDS, Planted, planted, stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from storage.transcript import Segment, Transcript, Word

SOAK = bool(os.environ.get("TILLIT_SOAK"))
SHORT = (10.0, 12.0)
EDGE = 0.5
"""Seconds by which the time of a real word may reach into a planted stretch."""


def hear(samples: NDArray[np.int16], language: str) -> Transcript:
    """What the packaged model makes of it, the way recordings are transcribed."""
    return Whisper(models.packaged()).transcribe([samples.tobytes()], language, lambda _done, _total: None)


def unmarked(heard: Transcript, stretches: tuple[tuple[str, float, float], ...]) -> list[tuple[str, str]]:
    """Words that stand in a planted stretch, in a segment nobody doubts, with the kind of the stretch."""
    return [(kind, word.text) for kind, word, segment in _inside(heard, stretches) if not segment.doubts]


def _inside(heard: Transcript, stretches: tuple[tuple[str, float, float], ...]) -> Iterator[tuple[str, Word, Segment]]:
    for segment in heard.segments:
        for word in segment.words:
            for kind, start, end in stretches:
                if start + EDGE <= word.start and word.end <= end - EDGE:
                    yield kind, word, segment


def recall(heard: Transcript, reference: Transcript) -> float:
    """The share of the reference's words that were heard."""
    wanted, found = (Counter(re.findall(r"\w+", each.text.lower())) for each in (reference, heard))
    return (wanted & found).total() / wanted.total()


def english(seconds: float) -> NDArray[np.int16]:
    """The opening of the sample interview."""
    return np.frombuffer(sound.samples(seconds), dtype="<i2")


def assert_nothing_invented(recording: Planted, alone: NDArray[np.int16], language: str) -> None:
    """The recording's planted stretches hold no unmarked word, and its speech is there."""
    heard = hear(recording.samples, language)
    assert unmarked(heard, recording.stretches) == []
    assert recall(heard, hear(alone, language)) >= 0.9


def test_no_invented_sentence_survives_in_an_interview() -> None:
    """Eight kinds of other sounds between the words of an interview: nothing unmarked is written there."""
    alone = english(48.0)
    assert_nothing_invented(planted(alone, 1, lasting=SHORT), alone, "en")


def test_no_invented_sentence_survives_in_norwegian(shared: Callable[[str], Path]) -> None:
    """The same in Norwegian, which the small model hears less well, with the sounds most like a voice."""
    alone = np.frombuffer(decode(shared("king.mp3")), dtype="<i2")[: 30 * RATE]
    kinds = ("laughter", "crying", "music", "silence")
    assert_nothing_invented(planted(alone, 2, kinds=kinds, lasting=SHORT), alone, "no")


@pytest.mark.parametrize("kind", KINDS)
def test_a_recording_of_nothing_else_has_no_unmarked_word(kind: str) -> None:
    """Twelve seconds without a person who speaks give no text, or text that is doubted all over."""
    samples = stretch(kind, np.random.default_rng(7), 12.0)
    assert [segment.text for segment in hear(samples, "no").segments if not segment.doubts] == []


@pytest.mark.skipif(not SOAK, reason="takes minutes: TILLIT_SOAK=1")
@pytest.mark.parametrize("language", ["no", "en", "sv", "da"])
@pytest.mark.parametrize("seed", range(10, 16))
def test_no_invented_sentence_survives_anywhere(seed: int, language: str) -> None:
    """The long form: stretches of up to a minute, decoded in four languages, whichever is spoken."""
    alone = english(60.0)
    recording = planted(alone, seed)
    assert unmarked(hear(recording.samples, language), recording.stretches) == []

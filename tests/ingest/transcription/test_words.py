"""From faster-whisper's segments to ours."""

from __future__ import annotations

from typing import Any

import pytest
from faster_whisper.transcribe import Segment as Heard
from faster_whisper.transcribe import Word as HeardWord

from ingest.transcription import words
from storage.transcript import Word


def heard(text: str, **changes: Any) -> Heard:
    """A segment as the library returns it, from 1 to 2 seconds, nothing doubtful about it."""
    usual: dict[str, Any] = {
        "id": 1, "seek": 0, "start": 1.0, "end": 2.0, "tokens": [], "avg_logprob": -0.2, "compression_ratio": 1.2,
        "no_speech_prob": 0.1, "words": [], "temperature": 0.0,
    }  # fmt: skip
    return Heard(text=text, **(usual | changes))


def test_text_is_one_composed_line() -> None:
    """Text is stripped, composed (NFC) and free of line breaks, because a segment is one line."""
    segment = words.segment(heard("  Bla\u030a\nba\u0308r  "), 0, 10)
    assert segment is not None
    assert segment.text == "Blå bär"


def test_an_empty_segment_is_dropped() -> None:
    """A segment of blanks is no segment."""
    assert words.segment(heard(" \n "), 0, 10) is None


def test_words_are_stripped_and_empty_ones_dropped() -> None:
    """Words lose Whisper's leading blank, and a word of nothing is left out."""
    spoken = [HeardWord(1.0, 1.5, " ja", 0.91239), HeardWord(1.5, 1.6, " ", 0.5)]
    segment = words.segment(heard("ja", words=spoken), 0, 10)
    assert segment is not None
    assert [(word.text, word.probability) for word in segment.words] == [("ja", 0.9124)]


def test_a_compound_is_one_word() -> None:
    """What the library splits at a hyphen is one word again, as it stands in the text; unspaced scripts stay split."""
    spoken = [HeardWord(1.0, 1.5, " corona", 0.9), HeardWord(1.5, 2.0, "-viruset?", 0.6), HeardWord(2, 3, " Ja", 1)]
    segment = words.segment(heard(" corona-viruset? Ja", words=spoken), 0, 10)
    assert segment is not None
    assert segment.words == (Word(1.0, 2.0, "corona-viruset?", 0.6), Word(2.0, 3.0, "Ja", 1.0))
    spoken = [HeardWord(1.0, 1.5, "你", 0.9), HeardWord(1.5, 2.0, "好", 0.6)]
    segment = words.segment(heard("你好", words=spoken), 0, 10)
    assert segment is not None
    assert [word.text for word in segment.words] == ["你", "好"]


def test_times_move_with_their_block_and_stay_inside_the_recording() -> None:
    """A block's start is added, the end is cut at the recording's, and time never runs backwards."""
    spoken = [HeardWord(5.0, 99.0, "ut", 1.0), HeardWord(2.0, 1.0, "inn", 1.0)]
    segment = words.segment(heard("ut", start=1.0, end=99.0, words=spoken), 600.0, 610.0)
    assert segment is not None
    assert (segment.start, segment.end) == (601.0, 610.0)
    assert [(word.start, word.end) for word in segment.words] == [(605.0, 610.0), (602.0, 602.0)]


@pytest.mark.parametrize(
    ("scores", "doubts"),
    [
        ({}, ()),
        ({"avg_logprob": -1.01}, ("low confidence",)),
        ({"compression_ratio": 2.5}, ("repeats itself",)),
        ({"no_speech_prob": 0.7}, ("may not be speech",)),
        ({"avg_logprob": -2, "compression_ratio": 9, "no_speech_prob": 1},
         ("low confidence", "repeats itself", "may not be speech")),
    ],
)  # fmt: skip
def test_doubtful_scores_become_doubts(scores: dict[str, float], doubts: tuple[str, ...]) -> None:
    """Each score beyond Whisper's threshold is a reason for the reviewer to look."""
    segment = words.segment(heard("ja", **scores), 0, 10)
    assert segment is not None
    assert segment.doubts == doubts

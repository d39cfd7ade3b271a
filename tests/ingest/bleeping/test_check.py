"""Word times held against the sound: a cut follows the speech, by half a second at most."""

from __future__ import annotations

import pytest

from ingest.bleeping import check, spans
from ingest.bleeping.spans import Cut, Reach
from storage.transcript import Segment, Word
from tests.ingest.bleeping.test_spans import mention, transcript

# "the" and "sister" a second and a half from the name on either side.
WORDS = (Word(10.0, 10.3, "the"), Word(11.8, 12.2, "Kari"), Word(13.8, 14.2, "sister"))
SEGMENT = Segment(10.0, 14.2, "the Kari sister", WORDS)
OTHERS = [(10.0, 10.3), (13.8, 14.2)]


def _checked(*speech: tuple[float, float], segment: Segment = SEGMENT) -> Cut:
    text = transcript(segment)
    (found,) = check.checked(spans.cuts(text, [mention("Kari", segment)]), text, sorted([*OTHERS, *speech]))
    return found


def test_a_word_with_speech_under_it_stays_as_it_is() -> None:
    """Where voice activity and the word's time agree, nothing is moved."""
    assert (_checked((11.8, 12.2)).start, _checked((11.8, 12.2)).end) == (11.8, 12.2)


def test_speech_that_goes_on_over_the_edge_is_covered_to_its_pause() -> None:
    """The cut is as long as what is spoken on, on both sides."""
    found = _checked((11.5, 12.6))
    assert (found.start, found.end, found.reach) == (11.5, 12.6, Reach.WORDS)


def test_speech_that_belongs_to_the_next_word_is_left_to_it() -> None:
    """In talk without a pause a cut ends where the next word begins."""
    words = (Word(11.4, 11.8, "the"), Word(11.8, 12.2, "Kari"), Word(12.3, 12.7, "sister"))
    segment = Segment(11.4, 12.7, "the Kari sister", words)
    found = _checked((11.0, 13.0), segment=segment)
    assert (found.start, found.end) == (11.8, 12.3)


def test_speech_that_goes_on_for_longer_takes_the_whole_line() -> None:
    """More than half a second of speech that is no word's may be the rest of the name."""
    found = _checked((11.8, 12.9))
    assert (found.start, found.end, found.reach) == (10.0, 14.2, Reach.SEGMENT)


def test_a_word_beside_its_speech_is_widened_to_it() -> None:
    """With hardly any speech under the word, but some just after, both are covered."""
    found = _checked((12.15, 12.5))
    assert found.start <= 11.8
    assert found.end >= 12.5
    assert found.reach is Reach.WORDS


def test_a_word_in_silence_takes_the_whole_line() -> None:
    """Where nobody speaks within half a second, the name was said somewhere else in the line."""
    assert _checked().reach is Reach.SEGMENT


@pytest.mark.parametrize("speech", [[], [(0.0, 60.0)]])
def test_a_line_that_is_covered_whole_stays_so(speech: list[tuple[float, float]]) -> None:
    """There is nothing to hold against the sound."""
    segment = Segment(10.0, 14.2, "the Kari sister")
    text = transcript(segment)
    (before,) = spans.cuts(text, [mention("Kari", segment)])
    assert check.checked([before], text, speech) == [before]


def test_another_speakers_word_over_the_name_moves_nothing_inwards() -> None:
    """Words of two channels may overlap; the cut never gets smaller than the word."""
    other = Segment(11.9, 12.1, "yes", (Word(11.9, 12.1, "yes"),))
    text = transcript(SEGMENT, other)
    (found,) = check.checked(spans.cuts(text, [mention("Kari", SEGMENT)]), text, [(11.8, 12.2)])
    assert found.start <= 11.8
    assert found.end >= 12.2

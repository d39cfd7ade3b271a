"""Every word gets the speaker whose turn it is in, and segments part where the speaker changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.speakers.assign import OVERLAPPED, assigned
from ingest.speakers.turns import Turn
from storage.errors import BadInput
from storage.transcript import Provenance, Segment, Transcript, Word

NAMES = ("S1", "S2", "S3")


def segment(start: float, text: str, *, each: float = 0.5, doubts: tuple[str, ...] = ()) -> Segment:
    """Words of half a second, one after another."""
    words = tuple(
        Word(round(start + number * each, 3), round(start + (number + 1) * each, 3), word)
        for number, word in enumerate(text.split())
    )
    return Segment(start, words[-1].end, text, words, doubts=doubts)


def transcript(*segments: Segment) -> Transcript:
    """A transcript of these."""
    return Transcript("en", 60.0, segments, Provenance("transcribe", "hand", "1"))


def spoken(result: Transcript) -> list[tuple[str | None, str]]:
    """Who says what."""
    return [(part.speaker, part.text) for part in result.segments]


def test_a_segment_is_parted_where_the_speaker_changes() -> None:
    """One segment with question and answer becomes two, each with its words, times and punctuation."""
    turns = [Turn(0.0, 1.5, 0), Turn(1.5, 3.0, 1)]
    result = assigned(transcript(segment(0.0, "Were you there? Yes, all day.")), turns, NAMES)
    assert spoken(result) == [("S1", "Were you there?"), ("S2", "Yes, all day.")]
    assert [(part.start, part.end) for part in result.segments] == [(0.0, 1.5), (1.5, 3.0)]
    assert [word.text for word in result.segments[1].words] == ["Yes,", "all", "day."]


def test_a_word_in_no_turn_goes_to_the_nearest() -> None:
    """A word heard in a pause belongs to the turn it is nearest to."""
    turns = [Turn(0.0, 1.0, 0), Turn(10.0, 12.0, 1)]
    result = assigned(transcript(segment(2.0, "alone"), segment(9.0, "near")), turns, NAMES)
    assert spoken(result) == [("S1", "alone"), ("S2", "near")]


def test_an_edge_that_touches_the_next_turn_parts_nothing() -> None:
    """Turns are not exact to the tenth of a second: one word half in the other's turn is no turn of its own."""
    turns = [Turn(0.0, 1.7, 0), Turn(1.7, 2.1, 1), Turn(2.1, 5.0, 0)]
    result = assigned(transcript(segment(0.0, "I went home and then to bed")), turns, NAMES)
    assert spoken(result) == [("S1", "I went home and then to bed")]


def test_a_word_of_ones_own_is_kept() -> None:
    """A listener's `yes`, said while the other is silent, stays the listener's."""
    turns = [Turn(0.0, 1.5, 0), Turn(1.5, 2.0, 1), Turn(2.0, 4.0, 0)]
    result = assigned(transcript(segment(0.0, "I went home. Yes. And then to bed")), turns, NAMES)
    assert spoken(result) == [("S1", "I went home."), ("S2", "Yes."), ("S1", "And then to bed")]


def test_overlapped_words_stay_with_the_speaker_and_are_doubted() -> None:
    """While both speak, the words go on belonging to who was speaking, and a reviewer is told."""
    turns = [
        Turn(0.0, 1.0, 0),
        Turn(1.0, 2.0, 0, overlapped=True),
        Turn(1.0, 2.0, 1, overlapped=True),
        Turn(2.0, 3.0, 0),
    ]
    result = assigned(transcript(segment(0.0, "one two three four five six", doubts=("old",))), turns, NAMES)
    assert spoken(result) == [("S1", "one two three four five six")]
    assert result.segments[0].doubts == ("old", OVERLAPPED)


def test_only_the_part_that_is_overlapped_is_doubted() -> None:
    """The doubt goes to the part whose words it concerns."""
    turns = [Turn(0.0, 1.0, 0), Turn(1.0, 2.0, 1, overlapped=True), Turn(1.0, 2.0, 2, overlapped=True)]
    result = assigned(transcript(segment(0.0, "one two. three four")), turns, NAMES)
    assert [part.doubts for part in result.segments] == [(), (OVERLAPPED,)]


def test_a_segment_without_words_goes_whole() -> None:
    """Where only the segment's times are known it gets one speaker and keeps its text."""
    turns = [Turn(0.0, 1.0, 0), Turn(1.0, 5.0, 1)]
    result = assigned(transcript(Segment(0.5, 4.0, "as it  was")), turns, NAMES)
    assert result.segments == (Segment(0.5, 4.0, "as it  was", speaker="S2"),)


def test_without_turns_nothing_changes() -> None:
    """A recording in which no voice was found keeps its transcript as it is."""
    before = transcript(segment(0.0, "one two"))
    assert assigned(before, [], NAMES) is before


def test_every_speaker_needs_a_label() -> None:
    """A speaker without a label is refused, and not dropped."""
    with pytest.raises(BadInput, match="label"):
        assigned(transcript(segment(0.0, "one")), [Turn(0.0, 1.0, 3)], NAMES)


TURNS = st.lists(
    st.builds(
        lambda start, length, speaker, both: Turn(start, start + length, speaker, both),
        st.floats(0, 50).map(lambda x: round(x, 2)),
        st.floats(0.1, 8).map(lambda x: round(x, 2)),
        st.integers(0, 2),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)
SEGMENTS = st.lists(st.lists(st.text("abc.,?", min_size=1, max_size=4), min_size=1, max_size=8), max_size=6)


@given(turns=TURNS, texts=SEGMENTS)
def test_nothing_is_lost_and_order_is_kept(turns: list[Turn], texts: list[list[str]]) -> None:
    """Whatever the turns, the words are the same in the same order, each part has one speaker and no blank text."""
    segments = [segment(number * 9.0, " ".join(words)) for number, words in enumerate(texts)]
    result = assigned(transcript(*segments), turns, NAMES)
    assert [word for part in result.segments for word in part.words] == [
        word for part in segments for word in part.words
    ]
    assert " ".join(part.text for part in result.segments) == " ".join(part.text for part in segments)
    assert all(part.speaker in NAMES and part.text and part.start <= part.end for part in result.segments)

"""Sentences of what was heard, with their words, speakers and doubts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.transcription.guards import Doubt
from ingest.transcription.segments import segments
from storage.transcript import Word
from tests.ingest.transcription.listen import said

if TYPE_CHECKING:
    from ingest.transcription.heard import Heard

STORY = "We moved there when I was nine. My mother worked at the school."
LOOP = "We were so very tired then. " * 9


def with_pause(text: str, after: int, seconds: float) -> Heard:
    """The words with a pause after some of them."""
    heard = said(text)
    late = tuple(replace(word, start=word.start + seconds, end=word.end + seconds) for word in heard.words[after:])
    words = heard.words[:after] + late
    spans = ((words[0].start, words[after - 1].end), (words[after].start, words[-1].end))
    return replace(heard, words=words, end=words[-1].end, speech=spans)


@pytest.mark.parametrize(
    ("heard", "texts"),
    [
        (said(STORY), ["We moved there when I was nine.", "My mother worked at the school."]),
        (said("Yes. Right. It was like that."), ["Yes. Right. It was like that."]),
        (said("and then she left"), ["and then she left"]),
        (with_pause("and then she left us", 3, 2.0), ["and then she", "left us"]),
        (with_pause("and then she left us", 3, 1.0), ["and then she left us"]),
        (said(""), []),
        (said("... —"), []),
    ],
    ids=["sentences", "short ones stay together", "none", "long pause", "short pause", "empty", "marks alone"],
)
def test_a_segment_is_a_sentence_or_what_stands_between_pauses(heard: Heard, texts: list[str]) -> None:
    """Sentences of four words and more stand alone, a pause of 1.5 seconds ends any, and marks alone are none."""
    assert [segment.text for segment in segments([heard])] == texts


@given(st.lists(st.sampled_from(["ja.", "nei,", "Dr.", "og", "hm…", "3,5", "♪", "«Åse»", "?", "."]), max_size=25))
def test_a_segments_text_is_its_words(words: list[str]) -> None:
    """However it is divided, no word is lost but marks alone, text is words, and times are the words' own."""
    found = segments([said(" ".join(words))])
    assert all(segment.text == " ".join(word.text for word in segment.words) for segment in found)
    assert all((one.start, one.end) == (one.words[0].start, one.words[-1].end) for one in found)
    kept = [word.text for segment in found for word in segment.words if any(map(str.isalnum, word.text))]
    assert kept == [word for word in words if any(map(str.isalnum, word))]


def test_a_doubt_is_on_the_sentence_it_is_about() -> None:
    """Where one sentence goes round in circles, the ones before it are not doubted."""
    found = segments([said(STORY + " " + LOOP, each=0.3)])
    assert [bool(segment.doubts) for segment in found[:2]] == [False, False]
    assert {segment.doubts for segment in found[2:]} == {(Doubt.REPEATS.value,)}


def test_a_doubt_about_the_chunk_is_on_every_sentence_of_it() -> None:
    """What the recogniser is unsure of as a whole is doubted sentence by sentence; another chunk is not."""
    found = segments([said(STORY, log_probability=-1.4), said(STORY, 30.0)])
    assert [segment.doubts for segment in found] == [(Doubt.LOW_CONFIDENCE.value,)] * 2 + [()] * 2


def test_a_chunk_that_lost_its_marks_is_doubted_for_it() -> None:
    """Among punctuated chunks, one without marks and capitals says so, however the chunks came in."""
    bare = STORY.lower().replace(".", "")
    chunks = [said(STORY), said(bare, 60.0), said(STORY, 30.0)]
    (only,) = [one for one in segments(chunks) if one.doubts]
    assert (only.text, only.doubts) == (bare, (Doubt.UNPUNCTUATED.value,))


def test_marks_that_are_doubted_stay() -> None:
    """A note sign that nobody said is shown with its doubt, not dropped in silence."""
    (segment,) = segments([said("♪")])
    assert segment.doubts


def test_speakers_are_told_by_their_channel() -> None:
    """With a channel a speaker, segments of both come in order of time under their labels."""
    chunks = [said("And where was that then?", 4.0, channel=1), said("We moved there.", 1.0), said("To town.", 7.0)]
    assert [(one.speaker, one.start) for one in segments(chunks, ("Participant", "Interviewer"))] == [
        ("Participant", 1.0),
        ("Interviewer", 4.0),
        ("Participant", 7.0),
    ]
    assert {one.speaker for one in segments(chunks)} == {None}


@given(st.permutations([said(STORY), said(STORY, 7.5, channel=1), said(STORY, 15.0), said("Hm.", 15.0, channel=1)]))
def test_the_order_batches_were_done_in_does_not_matter(chunks: list[Heard]) -> None:
    """Workers finish in any order, and the transcript is the same."""
    assert segments(chunks, "AB") == segments(sorted(chunks, key=lambda one: (one.start, one.channel)), "AB")


def test_overlapping_words_do_not_make_a_pause() -> None:
    """Words whose times run into each other are one line."""
    words = (Word(0, 3, "en"), Word(1, 1.2, "to"), Word(2.5, 3, "tre"))
    assert len(segments([replace(said("en to tre"), words=words)])) == 1


def test_speech_of_which_nothing_was_made_out_is_marked() -> None:
    """Where somebody speaks and not a word is written, a mark stands, doubted, for the reviewer to listen to."""
    heard = replace(said(""), start=10.0, end=20.0, speech=((11.0, 19.0),))
    (mark,) = segments([heard])
    assert (mark.text, mark.words, mark.start, mark.end) == ("(…)", (), 11.0, 19.0)
    assert mark.doubts == (Doubt.SPARSE.value,)
    assert segments([replace(heard, speech=())]) == ()

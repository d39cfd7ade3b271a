"""Listening again: what is heard together, which names count, and which the text says anyway."""

from __future__ import annotations

import pytest

from ingest.bleeping import again
from ingest.bleeping.again import Kept, Name
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.linking import Book, Entity
from storage.transcript import Segment, Transcript, Word
from tests.ingest.bleeping.test_spans import line, mention, transcript

BOOK = Book([Entity("kari", Kind.PER, {"Kari Nordmann"}, "Anne Berg", "f")], seed=b"seed")


@pytest.mark.parametrize(
    ("spans", "heard_together"),
    [
        ([], []),
        ([(1_000, 2_000)], [(0, 30_000)]),
        ([(10_000, 11_000), (18_000, 19_000)], [(0, 30_000)]),
        ([(10_000, 11_000), (40_000, 41_000)], [(0, 30_000), (25_500, 55_500)]),
        ([(10_000, 28_000), (30_000, 50_000)], [(4_000, 34_000), (25_000, 55_000)]),
        ([(10_000, 50_000)], [(7_000, 53_000)]),
        ([(58_000, 59_000)], [(30_000, 60_000)]),
    ],
)
def test_neighbours_are_heard_together(spans: list[tuple[int, int]], heard_together: list[tuple[int, int]]) -> None:
    """Every stretch has three seconds around it at least, and windows are full, as far as there is sound."""
    assert again.groups(spans, 60_000) == heard_together


def test_of_a_short_sound_all_is_heard() -> None:
    """A window is not longer than that."""
    assert again.groups([(1_000, 2_000), (9_000, 9_500)], 10_000) == [(0, 10_000)]


def _heard(*texts: str) -> list[Name]:
    """The names in these lines, heard in a window that starts at 100 seconds."""
    segments = tuple(line(text, 5.0 * number) for number, text in enumerate(texts))
    window = [(100_000, 160_000)]
    ((span, found),) = again.names([b""], window, lambda _: transcript(*segments), BOOK)
    assert span == window[0]
    return found


def test_a_name_is_found_with_its_time_in_the_recording() -> None:
    """A surname alone, in the genitive and in a second line counts, at the time of its words."""
    assert _heard("there was nobody at home", "that is Nordmanns car here") == [
        Name(105.8, 106.2, ("kari",), ("nordmanns",))
    ]


def test_a_name_of_several_words_is_one() -> None:
    """From the first word to the last."""
    (found,) = _heard("I saw Kari Nordmann there.")
    assert (found.start, found.end, found.words) == (100.8, 101.6, ("kari", "nordmann"))


def test_a_surrogate_is_no_name() -> None:
    """Nor is anything else."""
    assert _heard("Anne Berg was there.", "Nobody else was.") == []


def test_a_name_in_a_line_without_words_has_the_time_of_the_line() -> None:
    """It is not lost because nobody can say where in the line it stands."""
    segment = Segment(2.0, 6.0, "There was Nordmann")
    ((_, (found,)),) = again.names([b""], [(10_000, 20_000)], lambda _: transcript(segment), BOOK)
    assert (found.start, found.end) == (12.0, 16.0)


def test_what_the_text_says_there_is_no_leak() -> None:
    """A word that stands in the text that leaves, at that time, tells no more in the sound; elsewhere it does."""
    text = transcript(line("They sold Martin there, but Martin came."))
    marked = Kept.of(text, [mention("Martin came", text.segments[0])])
    assert marked.stands(Name(10.8, 11.2, ("x",), ("martin",)))
    assert not marked.stands(Name(13.0, 13.4, ("x",), ("martin",)))
    assert not marked.stands(Name(10.8, 11.6, ("x",), ("martin", "olsen")))


def test_of_a_line_whose_words_are_not_its_text_nothing_stands() -> None:
    """There nobody can say which word a person let through."""
    words = (Word(10.0, 10.4, "Martin"),)
    text = transcript(Segment(10.0, 12.0, "Something else", words))
    assert not Kept.of(text, []).stands(Name(10.0, 10.4, ("x",), ("martin",)))


def test_every_window_is_heard_in_order() -> None:
    """Whichever is done first."""
    spans = [(at * 10_000, at * 10_000 + 5_000) for at in range(7)]

    def hear(pcm: bytes) -> Transcript:
        return transcript(line("Nordmann") if pcm[0] % 2 else line("nobody"))

    found = list(again.names([bytes([at]) for at in range(7)], spans, hear, BOOK))
    assert [span for span, _ in found] == spans
    assert [bool(names) for _, names in found] == [False, True, False, True, False, True, False]

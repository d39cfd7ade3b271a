"""From mentions to stretches: the words touched and their padding, or the whole line, or nothing at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.bleeping import spans
from ingest.bleeping.spans import Cut, Reach
from ingest.pseudonyms.apply import Mention
from ingest.pseudonyms.finds import Kind
from storage.errors import NotReady
from storage.transcript import Provenance, Segment, Transcript, Word

LINE = "Then I met Kari Nordmann, who lived there."


def transcript(*segments: Segment) -> Transcript:
    """A minute of these."""
    return Transcript("en", 60.0, segments, Provenance("transcribe", "by hand", "1"))


def line(text: str = LINE, start: float = 10.0, each: float = 0.4) -> Segment:
    """A line whose words follow each other without a pause."""
    words = tuple(
        Word(round(start + each * place, 3), round(start + each * (place + 1), 3), word)
        for place, word in enumerate(text.split())
    )
    return Segment(start, words[-1].end, text, words)


def mention(form: str, segment: Segment, number: int = 0, entity: str = "kari") -> Mention:
    """A find of these words."""
    start = segment.text.index(form)
    return Mention("1", number, start, start + len(form), Kind.PER, 1.0, ("person",), entity)


def _cut(segment: Segment, form: str = "Kari Nordmann") -> Cut:
    (found,) = spans.cuts(transcript(segment), [mention(form, segment)])
    return found


def test_the_words_of_a_mention_are_cut_with_their_marks() -> None:
    """Two words are one cut, from the start of the first to the end of the second."""
    assert _cut(line()) == Cut(0, "kari", 3, 5, 11.2, 12.0)


def test_a_mention_within_a_word_takes_the_word() -> None:
    """Of a compound the whole is cut: nobody can say where in it the name ends."""
    segment = line("Vi er alle Tøyen-gutter her.")
    assert (_cut(segment, "Tøyen").start, _cut(segment, "Tøyen").end) == (11.2, 11.6)


def test_a_stretch_is_padded_on_both_sides() -> None:
    """A quarter of a second before and after, in milliseconds."""
    assert spans.stretches([_cut(line())], 60_000) == [(10_950, 12_250)]


def test_stretches_that_touch_are_one() -> None:
    """Two names with one word between them are one stretch; one far away stays by itself."""
    segment = line("Kari and Ola met Per and nobody else ever did.")
    marked = [mention(name, segment) for name in ("Kari", "Ola", "else")]
    found = spans.stretches(spans.cuts(transcript(segment), marked), 60_000)
    assert found == [(9_750, 11_450), (12_550, 13_450)]


def test_a_stretch_ends_with_the_sound() -> None:
    """Padding does not reach before the first sample or beyond the last."""
    segment = line("Kari", 0.0)
    assert spans.stretches(spans.cuts(transcript(segment), [mention("Kari", segment)]), 500) == [(0, 500)]


@pytest.mark.parametrize(
    ("start", "end"),
    [(11.2, 11.2), (11.2, 11.21), (11.2, 16.3), (11.6, 11.2), (9.0, 11.6), (11.2, 70.0), (float("nan"), 11.6)],
    ids=["no time", "10 ms", "longer than 5 s", "backwards", "before its line", "after its line", "not a number"],
)
def test_a_time_that_cannot_be_true_takes_the_whole_line(start: float, end: float) -> None:
    """Whatever is wrong with the word's time, the line is covered from its start to its end, and counted."""
    segment = line()
    words = [replace(word, start=start, end=end) if word.text == "Kari" else word for word in segment.words]
    found = _cut(replace(segment, words=tuple(words)))
    assert (found.start, found.end, found.reach) == (segment.start, segment.end, Reach.SEGMENT)
    assert spans.lines([found, found]) == 1


def test_words_out_of_order_take_the_whole_line() -> None:
    """If a word elsewhere in the line comes before the one before it, no time in the line is believed."""
    segment = line()
    first, second, *rest = segment.words
    swapped = (replace(first, start=second.start, end=second.end), replace(second, start=first.start, end=first.end))
    assert _cut(replace(segment, words=(*swapped, *rest))).reach is Reach.SEGMENT


@pytest.mark.parametrize("words", [(), ("Other", "words"), (*LINE.split()[:-1],), (*LINE.split(), "more")])
def test_words_that_are_not_the_text_take_the_whole_line(words: tuple[str, ...]) -> None:
    """Without words, with others, with one too few or too many, a place in the text says nothing of time."""
    timed = tuple(Word(10.0 + n / 10, 10.1 + n / 10, word) for n, word in enumerate(words))
    assert _cut(replace(line(), words=timed)).reach is Reach.SEGMENT


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (10.0, 10.0),
        (12.0, 10.0),
        (10.0, 10.05),
        (-3.0, 10.0),
        (10.0, 90.0),
        (float("nan"), 12.0),
        (10.0, float("inf")),
    ],
)
def test_a_line_whose_times_cannot_be_true_is_refused(start: float, end: float) -> None:
    """No time, backwards, too short for its words, outside the sound: nothing is bleeped, and it is said where."""
    with pytest.raises(NotReady, match="times cannot be true"):
        _cut(replace(line(), words=(), start=start, end=end))


def test_a_mention_of_no_line_is_refused() -> None:
    """A find that belongs to another transcript covers nothing here."""
    with pytest.raises(NotReady, match="does not fit"):
        spans.cuts(transcript(line()), [mention("Kari", line(), 1)])


def test_a_cut_widens_to_its_neighbours_and_then_to_its_line() -> None:
    """First the word before and the one after, then the line, then no more."""
    text = transcript(line())
    neighbours = spans.wider(text, _cut(line()))
    assert neighbours == Cut(0, "kari", 2, 6, 10.8, 12.4, Reach.NEIGHBOURS)
    whole = spans.wider(text, neighbours)
    assert whole is not None
    assert (whole.start, whole.end, whole.reach) == (10.0, 13.2, Reach.SEGMENT)
    assert spans.wider(text, whole) is None


def test_a_line_of_three_words_widens_to_all_of_it_at_once() -> None:
    """When the neighbours are the line, there is no step between."""
    segment = line("met Kari there")
    found = spans.wider(transcript(segment), _cut(segment, "Kari"))
    assert found is not None
    assert found.reach is Reach.SEGMENT


def test_times_are_said_in_minutes_and_seconds() -> None:
    """As a player shows them, beyond an hour too."""
    assert [spans.clock(seconds) for seconds in (0, 61.9, 3725)] == ["00:00", "01:01", "62:05"]

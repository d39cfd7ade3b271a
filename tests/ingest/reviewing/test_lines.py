"""Edits of one segment: what shows, what is hidden, and what time the words have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pseudonyms.rewriting import rewritten
from ingest.reviewing.lines import Line, changes, untouched
from ingest.reviewing.places import Place, raw
from storage.transcript import Segment, Word

TEXTS = st.text(alphabet=st.sampled_from("ab Åé.,-🙂"), max_size=24)


def _edited(raw_text: str, *texts: str) -> Line:
    """A line under edits numbered from 1, each typed over the text as it read then."""
    line, standing = Line(raw_text), set[int]()
    for number, text in enumerate(texts, 1):
        hunks = list(line.shown(standing).hunks(text))
        line.edit(number, hunks)
        standing.add(number)
    return line


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("jeg møtte mrtin der", "jeg møtte Martin der", [(10, 15, "Martin")]),
        ("Tor Vald kom", "Torvald kom", [(0, 8, "Torvald")]),
        ("Kari kom", "Kari Berg kom", [(5, 5, "Berg ")]),
        ("Kari eh kom", "Kari kom", [(5, 8, "")]),
        ("a b", "c d", [(0, 3, "c d")]),
        ("same", "same", []),
        ("", "new", [(0, 0, "new")]),
    ],
)
def test_whole_words_change(old: str, new: str, expected: list[tuple[int, int, str]]) -> None:
    """What differs is put in whole words, and neighbours change together."""
    assert changes(old, new) == expected


@given(TEXTS, TEXTS)
def test_changes_make_the_new_text(old: str, new: str) -> None:
    """The changes, put in their places, make the text that was typed."""
    at, pieces = 0, []
    for start, end, put in changes(old, new):
        pieces += [old[at:start], put]
        at = end
    assert "".join([*pieces, old[at:]]) == new


@given(TEXTS, st.lists(TEXTS, max_size=4), st.sets(st.integers(1, 4)))
def test_whatever_stands_the_times_are_kept_and_nothing_stands_is_the_raw_text(
    raw_text: str, texts: list[str], standing: set[int]
) -> None:
    """All edits give the last text, none the raw text, and any of them a segment whose words make up its text."""
    line = _edited(raw_text, *texts)
    every = set(range(1, len(texts) + 1))
    assert line.shown(every).text == (texts[-1] if texts else raw_text)
    assert line.shown(set()).text == raw_text
    shown = line.shown(standing & every)
    words = tuple(Word(float(at), at + 1.0, word) for at, word in enumerate(raw_text.split()))
    segment = rewritten(Segment(0.0, 9.0, raw_text, words), shown.edits())
    assert segment.text == shown.text
    if words:
        assert [word.text for word in segment.words] == shown.text.split()
        assert all(one.end <= other.start + 1e-9 for one, other in zip(segment.words, segment.words[1:], strict=False))


def test_words_that_stay_keep_their_times_and_typed_ones_share() -> None:
    """Only the word that was corrected, or stands beside what was typed, has another time."""
    segment = Segment(
        0.0,
        4.0,
        "jeg møtte mrtin der",
        tuple(Word(n, n + 1.0, w) for n, w in enumerate(["jeg", "møtte", "mrtin", "der"])),
    )
    line = _edited(segment.text, "jeg møtte Martin Berg der i går")
    words = rewritten(segment, line.shown({1}).edits()).words
    assert [(word.text, word.start) for word in words][:2] == [("jeg", 0), ("møtte", 1)]
    assert [word.text for word in words] == ["jeg", "møtte", "Martin", "Berg", "der", "i", "går"]
    assert words[2].start == 2
    assert words[3].end == 3


def test_a_place_moves_with_its_words_and_says_when_it_is_broken() -> None:
    """A place behind an edit moves; one edited in part is what is left of it; one edited away is nowhere."""
    line = _edited("so Kari Berg left Oslo", "so then Kari left Oslo")
    shown = line.shown({1})
    oslo, name = shown.span(raw(0, 18, 22)), shown.span(raw(0, 3, 12))
    assert oslo is not None
    assert (shown.text[oslo.start : oslo.end], oslo.whole) == ("Oslo", True)
    assert name is not None
    assert (shown.text[name.start : name.end].strip(), name.whole) == ("Kari", False)
    assert shown.span(raw(0, 8, 12)) is None
    assert line.shown(set()).span(raw(0, 3, 12)) is not None


def test_typed_words_are_a_place_of_their_own() -> None:
    """What was typed is known by its edit, also when another edit comes before it in the text."""
    line = _edited("he left", "Martin left", "Then Martin left")
    shown = line.shown({1, 2})
    place = Place(0, shown.runs(5, 11))
    assert [run.owner for run in place.runs] == [1]
    span = line.shown({1}).span(place)
    assert span is not None
    assert (span.start, span.whole) == (0, True)
    assert line.shown({2}).span(place) is None


def test_an_edit_that_others_built_on_is_known() -> None:
    """Whoever typed over what an edit typed is named, and nobody else."""
    line = Line("he left town")
    first = list(line.shown(set()).hunks("Mrtin left town"))
    line.edit(1, first)
    line.edit(2, list(line.shown({1}).hunks("Mrtin left Oslo")))
    assert line.builds_on({2}, 1, first) is None
    line.edit(3, list(line.shown({1, 2}).hunks("Martin left Oslo")))
    assert line.builds_on({2, 3}, 1, first) == 3


def test_a_text_of_three_hours_is_compared_at_once() -> None:
    """Two long texts that differ in a word differ in that word, and two that differ throughout are one change."""
    long = "ord og " * 40_000
    assert changes(long, long.replace("ord", "Ord", 1)) == [(0, 3, "Ord")]
    assert len(changes(long, "andre " * 30_000)) == 1
    assert untouched(long).text == long

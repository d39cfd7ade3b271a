"""Windows: every word is judged once, with what is said around it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.pseudonyms.pieces import MOST_PIECES
from ingest.pseudonyms.windows import AROUND, WIDE, windows

LENGTHS = st.lists(st.integers(1, MOST_PIECES), max_size=600)


@given(LENGTHS)
def test_every_word_is_judged_once_and_in_order(lengths: list[int]) -> None:
    """The judged words of all windows, one after another, are all the words."""
    assert [at for one in windows(lengths) for at in range(one.first, one.last)] == list(range(len(lengths)))


@given(LENGTHS)
def test_a_window_fits_what_the_tagger_reads(lengths: list[int]) -> None:
    """No window has more pieces than may be, and what is judged lies inside it."""
    for one in windows(lengths):
        assert sum(lengths[one.start : one.end]) <= WIDE
        assert one.start <= one.first < one.last <= one.end


@given(LENGTHS)
def test_a_word_is_judged_with_the_words_around_it(lengths: list[int]) -> None:
    """On both sides of what is judged some pieces are read, unless the text begins or ends there."""
    found = list(windows(lengths))
    for one in found:
        assert one.start == 0 or sum(lengths[one.start : one.first]) > AROUND - MOST_PIECES
        assert one.end == len(lengths) or sum(lengths[one.last : one.end]) > AROUND - MOST_PIECES
    assert all(before.last == after.first for before, after in pairwise(found))


def test_no_words_need_no_window() -> None:
    """An empty text is read in no window at all."""
    assert list(windows([])) == []

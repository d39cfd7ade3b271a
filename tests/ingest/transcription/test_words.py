"""From the aligned parts of words to words in the recording."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.transcription.words import placed, tidy
from tests.ingest.transcription.listen import chunk


def part(word: str, start: float, end: float, probability: float = 0.9) -> dict[str, Any]:
    """A part as the library returns it."""
    return {"word": word, "start": start, "end": end, "probability": probability, "tokens": [1]}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([" corona", "-viruset", " kom"], ["corona-viruset", "kom"]),
        ([" 1", ",5", " kg"], ["1,5", "kg"]),
        ([" it", "'s", " so"], ["it's", "so"]),
        (["Ja", " -", " nei"], ["Ja", "-", "nei"]),
        (["-Ja", ",", " vel"], ["-Ja,", "vel"]),
        (["", " ", " ja", ""], ["ja"]),
        ([" \u212bs", " A\u030as"], ["Ås", "Ås"]),
        (["今日", "は"], ["今日", "は"]),
        ([], []),
    ],
)
def test_parts_become_the_words_people_see(parts: list[str], words: list[str]) -> None:
    """What is written without a blank is one word, empty parts are none, and letters are composed."""
    found = [part(text, place, place + 0.5) for place, text in enumerate(parts)]
    assert [word.text for word in placed(found, chunk((0, 20)))] == words


def test_a_joined_word_lasts_as_long_as_its_parts_and_is_no_surer() -> None:
    """From the first part's start to the last one's end, as probable as the least probable."""
    (word,) = placed([part(" corona", 1, 2, 0.9), part("-viruset", 2, 3, 0.4)], chunk((100, 110)))
    assert (word.start, word.end, word.probability) == (101, 103, 0.4)


def test_a_word_is_cut_to_the_speech_it_reaches_into() -> None:
    """The pause that the attention gives to the words beside it is taken off them."""
    made = chunk((0, 10), speech=[(1, 2), (4, 5)])
    found = [part(" før", 0.2, 1.5), part(" pause", 1.5, 3), part(" etter", 3, 5.8)]
    assert [(word.start, word.end) for word in placed(found, made)] == [(1, 1.5), (1.5, 2), (4, 5)]


def test_a_word_where_nobody_speaks_stays_there() -> None:
    """An invented word keeps its time in the silence, where the guards look for it."""
    (word,) = placed([part(" Takk.", 6, 7)], chunk((0, 10), speech=[(1, 2)]))
    assert (word.start, word.end) == (6, 7)


def test_no_word_reaches_over_what_was_left_out() -> None:
    """A word timed across a minute that nobody heard is short, and the next one is after that minute."""
    made = chunk((0, 2), (62, 64), speech=[(0.4, 1.6), (62.4, 63.6)])
    first, last = placed([part(" og", 1.0, 2.5), part(" så", 2.5, 3)], made)
    assert (first.start, first.end, last.start, last.end) == (1.0, 1.6, 62.5, 63.0)
    (joined,) = placed([part(" 1", 1.4, 1.6), part(",5", 1.6, 3.5)], made)
    assert (joined.start, joined.end) == (62.4, 63.5)


@given(
    st.lists(
        st.tuples(st.sampled_from([" ja", "-a", " .", "b", " "]), st.floats(-1, 40), st.floats(-1, 40)), max_size=9
    )
)
def test_words_are_in_order_and_inside_their_chunk(drawn: list[tuple[str, float, float]]) -> None:
    """Whatever the alignment says, no word ends before it begins, precedes the one before, or leaves the chunk."""
    made = chunk((5, 8), (20, 31), (31.5, 36), speech=[(5.5, 7.5), (20.4, 25), (26, 30), (32, 35.6)])
    words = placed([part(*one) for one in drawn], made)
    assert all(5 <= word.start <= word.end <= 36 for word in words)
    assert all(before.start <= after.start for before, after in pairwise(words))
    assert all(word.text == tidy(word.text) != "" for word in words)


def test_text_is_one_line_of_composed_letters() -> None:
    """Line breaks, tabs and double blanks become one blank each, and letters are NFC."""
    assert tidy(" A\u030ase\t  var\nher\u2028i dag ") == "Åse var her i dag"

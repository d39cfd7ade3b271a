"""Names spelt differently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pseudonyms.spelling import alike, hints, loose, near, sound


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("christian", "kristian"), ("cathrine", "katrine"), ("thomas", "tomas"), ("marthe", "marte")),
        *(("nordtveit", "nordtvedt"), ("haukedal", "haukdal"), ("wilhelm", "vilhelm"), ("aase", "åse")),
        *(("sarah", "sara"), ("zebulon", "sebulon"), ("hjørdis", "jørdis"), ("kjetil", "kjettil"), ("erik", "eric")),
    ],
)
def test_misspellings_and_sound_alikes_are_alike(one: str, other: str) -> None:
    """Either way round, and an index finds them by a hint they share."""
    assert alike(one, other)
    assert alike(other, one)
    assert hints(one) & hints(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("maria", "marie"), ("anna", "anne"), ("kari", "karin"), ("liv", "siv"), ("hansen", "hagen")),
        *(("solveig", "solfrid"), ("per", "pål"), ("kari", "kari"), ("", ""), ("a", "b"), ("😀😀😀", "😀😀")),
        *(("12345", "12346"), ("ane", "anne"), ("mona", "monica")),
    ],
)
def test_different_names_are_not(one: str, other: str) -> None:
    """Two known names, short ones, equal ones, and what is no word."""
    assert not alike(one, other)


@given(st.text(max_size=9), st.text(max_size=9))
def test_whatever_is_near_or_sounds_alike_shares_a_hint(one: str, other: str) -> None:
    """The index misses nobody."""
    one, other = one.casefold(), other.casefold()
    if near(one, other) or sound(one) == sound(other) or loose(one) == loose(other):
        assert hints(one) & hints(other)


@given(st.text(alphabet="aknhcdt", max_size=6), st.data())
def test_one_letter_off_shares_a_hint(word: str, data: st.DataObject) -> None:
    """However a letter is changed."""
    at = data.draw(st.integers(0, len(word)))
    letter = data.draw(st.sampled_from("aknæ"))
    for other in (word[:at] + letter + word[at:], word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :]):
        assert near(word, other)
        assert hints(word) & hints(other)

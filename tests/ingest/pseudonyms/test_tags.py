"""Tags by language, and what they stand for."""

from __future__ import annotations

import pytest

from ingest.pseudonyms import tags


@pytest.mark.parametrize("language", tags.TAGS)
def test_a_tag_says_what_it_stands_for(language: str) -> None:
    """In capitals with a number as in texts, or as the link key has it, and in every language."""
    for what, word in tags.words(language).items():
        assert tags.stands_for(tags.tag(what, language, 12)) == what
        assert tags.stands_for(f"[{word}]") == tags.stands_for(f"[{word} 2]") == what


def test_no_word_stands_for_two_things() -> None:
    """Whatever the language: a tag in the link key is read without knowing which it was."""
    meanings = [(word, what) for words in tags.TAGS.values() for what, word in words.items()]
    assert len({word for word, _ in meanings}) == len(set(meanings))


def test_what_has_no_tag_of_its_own_is_a_detail() -> None:
    """A sort nobody listed, and a language nobody listed, which is told in bokmål."""
    assert tags.tag("shoe_size", "en", 1) == "[DETAIL 1]"
    assert tags.tag("loc", "fi", 1) == "[STED 1]"


@pytest.mark.parametrize("text", ["Malene", "[Malene]", "[telefon", "telefon", "[]", "[person] her", "[1]"])
def test_what_is_no_tag_stands_for_nothing(text: str) -> None:
    """Names in brackets, halves and more than a tag."""
    assert tags.stands_for(text) is None

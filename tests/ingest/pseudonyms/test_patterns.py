"""Numbers, addresses and the like; every number here is made up or a published example."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.patterns import Patterns, sort_of
from ingest.pseudonyms.patterns.counting import digits_by_word
from ingest.pseudonyms.patterns.dictated import dictated
from ingest.pseudonyms.tokens import Token, lines, vocabulary
from tests.ingest.pseudonyms import harmless, identifying

PIECES = (
    *(
        "a",
        "1",
        "a-",
        "a.",
        "A ",
        "en ",
        "1 ",
        "www.",
        "@",
        "+4",
        "født ",
        "null sju ",
        "a punktum ",
        "k a ",
        "K som i A ",
    ),
    *(
        "storgata ",
        "storgata 5 ",
        "Karls gate ",
        "12 ",
        "den sjette ",
        "den sjette i ",
        "mars ",
        "og ",
        "to og ",
        "hundre ",
    ),
    *("krøllalfa ", "12 elm ", "elm street ", "konto ", "12-", "AB12 ", "saksnummer ", "5003 ", "double "),
)


def found(text: str, language: str = "no") -> list[tuple[str, str]]:
    """What the patterns find: the stretch and its sort."""
    return [(text[find.start : find.end], sort_of(find.recognisers)) for find in Patterns().find(text, language)]


@pytest.mark.parametrize(("language", "text", "stretch", "sort"), identifying.ALL)
def test_what_identifies_by_its_form_is_found(language: str, text: str, stretch: str, sort: str) -> None:
    """Each form is found whole and under its sort."""
    assert (stretch, sort) in found(text, language)


@pytest.mark.parametrize(("language", "text", "stretch", "sort"), identifying.ALL)
def test_nothing_else_of_those_sentences_is_found(language: str, text: str, stretch: str, sort: str) -> None:
    """What overlaps with the form may be found in another way too, but no word beside it."""
    del sort
    start = text.index(stretch)
    finds = Patterns().find(text, language)
    assert [text[one.start : one.end] for one in finds if one.end <= start or one.start >= start + len(stretch)] == []


@pytest.mark.parametrize(("language", "text"), harmless.ALL)
def test_ordinary_numbers_are_left_alone(language: str, text: str) -> None:
    """Amounts, years, doses, ages, times, counting and wrong check digits that mean nothing else are no finds."""
    assert found(text, language) == []


def test_the_tables_are_as_long_as_they_should_be() -> None:
    """A hundred and twenty sentences to find in and eighty to leave alone, in all five languages."""
    assert len(identifying.ALL) >= 120
    assert len(harmless.ALL) >= 80
    assert set(Counter(row[0] for row in identifying.ALL)) == {"no", "nn", "da", "sv", "en"}
    assert set(Counter(row[0] for row in harmless.ALL)) == {"no", "nn", "da", "sv", "en"}


def test_right_check_digits_are_surer_than_wrong_ones() -> None:
    """A national id with a misheard digit is still found, with less certainty."""
    right, wrong = (
        max(find.score for find in Patterns().find(number, "no")) for number in ("15108695088", "15108695077")
    )
    assert wrong < right


def test_an_id_said_digit_by_digit_is_checked_too() -> None:
    """A fødselsnummer in words is as sure as one in digits."""
    digits = {digit: word for word, digit in digits_by_word().items() if word in _WORDS}
    said = " ".join(digits[digit] for digit in "15108695088")
    assert [find.score for find in Patterns().find(said, "no")] == [0.99]


_WORDS = vocabulary("null en to tre fire fem seks sju åtte ni")


def test_a_number_does_not_reach_over_the_end_of_a_line() -> None:
    """A speaker's number is not put together with the next one's words."""
    assert [stretch for stretch, _ in found("åttini førtiseks\nelleve tjueto")] == []


def test_to_is_a_number_in_norwegian_only() -> None:
    """English `to` ends a run of digits."""
    said = "call nine eight to seven six to five four"
    assert found(said, "en") == []
    assert found(said.replace("call", "ring"), "no") != []


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=200)
    | st.text("0123456789 -.+@:/abA\n٣", max_size=120)
    | st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.sampled_from(["no", "en"]),
)
def test_patterns_bear_any_text(text: str, language: str) -> None:
    """No text breaks a pattern; finds lie within the text, on one line, and are IDs."""
    for find in Patterns().find(text, language):
        assert 0 <= find.start < find.end <= len(text)
        assert "\n" not in text[find.start : find.end]
        assert find.kind is Kind.ID


@pytest.mark.parametrize("piece", PIECES)
def test_patterns_do_not_choke_on_long_monotony(piece: str) -> None:
    """Five thousand of anything is looked through in one go."""
    Patterns().find(piece * 5_000, "no")


def test_a_run_of_digits_is_read_once() -> None:
    """Each word of a monologue of number words is looked at a fixed number of times, however long it is."""

    class Counted(Sequence[Token]):
        """Tokens that count how often they are asked for."""

        def __init__(self, tokens: Sequence[Token]) -> None:
            self.tokens = tokens
            self.asked = 0

        def __len__(self) -> int:
            return len(self.tokens)

        def __getitem__(self, at: Any) -> Any:
            self.asked += 1
            return self.tokens[at]

    def asked(words: int) -> int:
        (tokens,) = lines("sju null fire " * words)
        counted = Counted(tokens)
        list(dictated(counted, english=False))
        return counted.asked

    assert asked(2_000) <= 2.2 * asked(1_000)

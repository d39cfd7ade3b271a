"""The last look before a text leaves."""

import pytest

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.leaks import left_behind
from ingest.pseudonyms.linking import Book, Entity


@pytest.fixture
def book() -> Book:
    """A study of a few names."""
    return Book(
        [
            Entity("kari", Kind.PER, {"Kari Nordtveit", "Nordtveit"}, "Malene Brandt", "f"),
            Entity("liv", Kind.PER, {"Liv"}, "Benthe", "f"),
            Entity("low", Kind.PER, {"magnhild von qvistad"}, "dagny von holm"),
            Entity("place", Kind.LOC, {"Flekkefjord"}, "Furuvik"),
            Entity("phone", Kind.ID, {"22 33 44 55"}, "[telefon]"),
            Entity("mail", Kind.ID, {"kari@eksempel.no"}, "[e-post]"),
        ],
        seed=b"seed",
    )


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Så kom Kari Nordtveit.", ["kari"]),
        ("det var nordtveits hus", ["kari"]),
        ("Bare Kari var der.", ["kari"]),
        ("KARI NORDTVEIT", ["kari"]),
        ("Vi dro til Flekefjord.", ["place"]),
        ("Vi dro til Flekkefjords havn", ["place"]),
        ("vi dro til flekkefjor", ["place"]),
        ("Ring 22334455 eller 22-33-44-55", ["phone"]),
        ("Skriv til KARI@eksempel.no", ["kari", "mail"]),
        ("Så sa Liv det.", ["liv"]),
        ("så sa magnhild det", ["low"]),
        ("Kari\ni Flekkefjord 22 33 44 55", ["kari", "phone", "place"]),
    ],
)
def test_a_real_form_is_seen(book: Book, text: str, ids: list[str]) -> None:
    """Whole, in part, in the genitive, in any case, misspelt by a letter, or with other blanks between digits."""
    assert left_behind(text, book) == ids


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Så kom Malene Brandt til Furuvik, Brandts hus, [telefon] og [e-post].",
        "et godt liv er ikke lett",
        "karikatur og nordtveitfolk",
        "122 33 44 556",
        "von alt dette",
        "Han het Kåre, og hun karret på.",
    ],
)
def test_surrogates_and_other_words_are_let_through(book: Book, text: str) -> None:
    """Surrogates, everyday words, longer words and longer numbers are no leak."""
    assert left_behind(text, book) == []


def test_a_surrogate_one_letter_from_a_real_form_is_let_through() -> None:
    """A later real Marit does not make an earlier surrogate Marita a leak."""
    book = Book([Entity("a", Kind.PER, {"Kari"}, "Marita"), Entity("b", Kind.PER, {"Marit"}, "Else")], seed=b"seed")
    assert left_behind("Da kom Marita.", book) == []
    assert left_behind("Da kom Marit.", book) == ["b"]


def test_an_empty_book_finds_nothing() -> None:
    """Without names there is nothing to leave behind."""
    assert left_behind("Kari Nordtveit 22 33 44 55", Book(seed=b"seed")) == []

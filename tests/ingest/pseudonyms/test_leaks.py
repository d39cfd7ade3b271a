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


def test_a_surrogate_that_begins_as_a_real_place_does_is_let_through() -> None:
    """Bergeneset is not in Bergen, in the genitive and in a compound neither; what begins with Bergen alone may be."""
    named = [Entity("a", Kind.LOC, {"Bergen"}, "Drøbak"), Entity("b", Kind.LOC, {"Moss"}, "Bergeneset")]
    book = Book(named, seed=b"seed")
    assert left_behind("Vi dro til Bergeneset, Bergenesets havn, en bergenesetkvinne.", book) == []
    assert left_behind("Hun var bergenskvinne.", book) == ["a"]


def test_a_surrogate_that_reads_as_a_genitive_is_let_through() -> None:
    """With AA among the names, the surrogate Aas is none of theirs; AA's is."""
    book = Book([Entity("a", Kind.ORG, {"AA"}, "[ORG 1]"), Entity("b", Kind.PER, {"Kari"}, "Aas")], seed=b"seed")
    assert left_behind("Så kom Aas.", book) == []
    assert left_behind("Så kom AA's folk.", book) == ["a"]


def test_half_of_a_name_heard_as_two_words_is_a_word() -> None:
    """A name that a person marked as `odd var` does not make a name of every `var`."""
    book = Book([Entity("a", Kind.PER, {"odd var"}, "torolf")], seed=b"seed")
    assert left_behind("det var odd var som var der", book) == ["a"]
    assert left_behind("det var ikke sånn det var", book) == []


def test_an_empty_book_finds_nothing() -> None:
    """Without names there is nothing to leave behind."""
    assert left_behind("Kari Nordtveit 22 33 44 55", Book(seed=b"seed")) == []

"""Who may be one, for a person to decide."""

import pytest

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.linking import Book

SEED = b"a secret of the study, 32 bytes.."


def why(*said: str, kind: Kind = Kind.PER) -> list[str]:
    """The reasons to think names of different interviews one, the best first."""
    book = Book(seed=SEED)
    for number, surface in enumerate(said):
        book.resolve(surface, kind, interview=f"interview {number}")
    return [suggestion.why for suggestion in book.suggestions()]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Kari Nordtveit", "Kari Nordtvedt", "misspelt"),
        ("Kari Nordtveit", "Kari", "first name"),
        ("Kari", "Kari", "first name"),
        ("Kari Nordtveit", "Nordtveit", "surname"),
        ("Kari Nordtveit", "K. Nordtveit", "surname"),
        ("Kari Nordtveit", "Kari Nordtveit Haug", "first name"),
        ("Karl Nordtveit", "Kalle", "nickname"),
        ("Karl Nordtveit", "Kalle Nordtveit", "nickname"),
        ("Aleksander", "Aleks", "nickname"),
        ("Per Vik", "lille-Per", "nickname"),
        ("Elisabeth Vik", "Lise", "nickname"),
        ("Zebulon", "Zebullon", "misspelt"),
    ],
)
def test_what_may_be_one_is_suggested_with_a_reason(one: str, other: str, reason: str) -> None:
    """Whichever was said first."""
    assert why(one, other) == why(other, one) == [reason]


@pytest.mark.parametrize(
    ("one", "other"), [("Kari Vik", "Per Vik"), ("Maria", "Marie"), ("herr Vik", "Kari Vik"), ("Kari", "Bergen")]
)
def test_what_is_clearly_two_is_not(one: str, other: str) -> None:
    """Other first names, other genders, two well-known names a letter apart."""
    assert why(one, other) == []


def test_places_and_organisations_are_suggested_by_spelling() -> None:
    """A company spelt in two ways may be one."""
    assert why("Knausedalen", "Knauseddalen", kind=Kind.LOC) == ["misspelt"]
    assert why("Equinor", "Ekvinor", kind=Kind.ORG) == ["misspelt"]


def test_the_likeliest_come_first_and_no_pair_twice() -> None:
    """A misspelt full name before a first name, and a first name many bear not at all."""
    assert why("Kari Nordtveit", "Kari Nordtvedt", "Kari")[0] == "misspelt"
    assert (
        why("Kari") == why(*(f"Kari {last}" for last in ("Vik", "Lund", "Moen", "Dahl", "Berg", "Holm")), "Kari") == []
    )
    book = Book(seed=SEED)
    for number in range(6):
        book.resolve("Kari", Kind.PER, interview=str(number))
    pairs = [frozenset((suggestion.one, suggestion.other)) for suggestion in book.suggestions()]
    assert len(pairs) == len(set(pairs)) == 5


def test_the_two_of_an_interview_are_offered_for_its_bare_name() -> None:
    """A bare Kari beside two Karis may be either."""
    book = Book(seed=SEED)
    two = [book.resolve(name, Kind.PER, interview="one") for name in ("Kari Nordtveit", "Kari Haukedal")]
    bare = book.resolve("Kari", Kind.PER, interview="one")
    assert {(one.one, one.other) for one in book.suggestions()} == {(full.id, bare.id) for full in two}

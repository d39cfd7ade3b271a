"""Of whom a surrogate could be the name: age, sex, background, shape."""

import pytest

from ingest.pseudonyms import backgrounds, cohorts, nicknames, persons
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.linking import Book

SEED = b"a secret of the study, 32 bytes.."


def surrogate(name: str, language: str = "no") -> str:
    """What a fresh study gives for a person."""
    return Book(seed=SEED).resolve(name, Kind.PER, language=language).surrogate


@pytest.mark.parametrize("name", ["Gerd", "Turid", "Kari", "Odd", "Geir", "Per", "Linda", "Sander", "Thea", "Torgeir"])
def test_a_first_name_is_replaced_by_one_of_its_time(name: str) -> None:
    """Of the same sex, at most a decade older or younger, and about as common."""
    old, new = cohorts.births(name), cohorts.births(surrogate(name))
    assert old is not None
    assert new is not None
    assert old.sex == new.sex == cohorts.gender(new.name)
    assert abs(old.peak - new.peak) <= 10
    assert abs(old.level - new.level) <= 1


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("Hodan Warsame", "somali"),
        ("Agnieszka Kowalczyk", "pl_PL"),
        ("Shazia Bhatti", "urdu"),
        ("Svitlana Bondarenko", "slavic"),
    ],
)
def test_a_name_from_elsewhere_gets_one_from_there(name: str, home: str) -> None:
    """First name and surname both, and the same gender."""
    first, last = surrogate(name).split()
    assert first in backgrounds.names(home, "f", "f")
    assert last in backgrounds.names(home, "s")


def test_an_unlisted_first_name_follows_the_surname() -> None:
    """Nobody knows Xasno, but Warsame says where she comes from."""
    assert surrogate("Xasno Warsame").split()[0] in backgrounds.names("somali", "f")


@pytest.mark.parametrize("name", ["Kalle", "Maggen", "Pelle"])
def test_a_pet_name_gets_a_pet_name(name: str) -> None:
    """Of the same gender."""
    new = nicknames.short(surrogate(name))
    assert new is not None
    assert new.gender == persons.gender(name.casefold())


def test_diminutives_double_names_and_initials_keep_their_shape() -> None:
    """lille- and -mann stay, two names stay two, an initial becomes another one."""
    assert surrogate("lille-Per").startswith("lille-")
    assert surrogate("Per-mann").endswith("-mann")
    assert surrogate("Lille Per").startswith("Lille ")
    assert len(surrogate("Anne-Marie").split("-")) == 2
    assert len(surrogate("Per Olav").split()) == 2
    assert surrogate("K. Nordtveit")[1:3] == ". "
    assert surrogate("K. Nordtveit")[0] != "K"


def test_initials_of_many_interviews_are_told_apart() -> None:
    """Also when the alphabet has run out."""
    book = Book(seed=SEED)
    made = [book.resolve("K.", Kind.PER, interview=str(number)).surrogate for number in range(25)]
    assert len(set(made)) == 25


@pytest.mark.parametrize("language", ["no", "nn", "da", "sv", "en"])
def test_every_language_has_names(language: str) -> None:
    """A surrogate of two words, neither of them real."""
    new = surrogate("Kari Nordtveit", language)
    assert len(new.split()) == 2
    assert not {"Kari", "Nordtveit"} & set(new.split())

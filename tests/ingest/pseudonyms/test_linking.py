"""Which mentions speak of the same person."""

import pytest

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.linking import Book, Entity

SEED = b"a secret of the study, 32 bytes.."


@pytest.fixture
def book() -> Book:
    """An empty book."""
    return Book(seed=SEED)


@pytest.mark.parametrize("surface", ["Kari", "Karis", "Kari's", "kari", "KARI", "Kari’s"])
def test_a_genitive_or_another_case_is_the_same_person(book: Book, surface: str) -> None:
    """However a name is written, it is one entity."""
    assert book.resolve(surface, Kind.PER) is book.resolve("Kari", Kind.PER)


@pytest.mark.parametrize("name", ["Tveitnes", "McDonald's", "Ingrids"])
def test_a_name_that_is_said_to_be_whole_keeps_its_end(name: str) -> None:
    """What somebody wrote down as a name is in no genitive, whatever it ends in; in a text it is the same name."""
    book = Book(seed=SEED)
    book.expect([name], whole=True)
    assert book.resolve(name, Kind.ORG).forms == {name}
    later = Book(book, seed=SEED)
    assert later.resolve(name, Kind.ORG).forms == {name}


@pytest.mark.parametrize(
    "surface", ["Nordtveit", "fru Nordtveit", "Dr. Nordtveit", "Nordtveits", "Kari Anne Nordtveit"]
)
def test_a_surname_a_title_or_a_middle_name_leads_to_the_only_bearer(book: Book, surface: str) -> None:
    """With one Nordtveit in the study, each of these is her."""
    kari = book.resolve("Kari Nordtveit", Kind.PER)
    assert book.resolve(surface, Kind.PER) is kari


def test_a_surname_that_two_bear_is_neither(book: Book) -> None:
    """With two Nordtveits a bare Nordtveit is a person apart, under the surname's surrogate."""
    kari, per = book.resolve("Kari Nordtveit", Kind.PER), book.resolve("Per Nordtveit", Kind.PER)
    bare = book.resolve("Nordtveit", Kind.PER)
    assert len({kari.id, per.id, bare.id}) == 3
    assert bare.surrogate == kari.surrogate.split()[1] == per.surrogate.split()[1]


def test_a_title_of_the_other_gender_is_somebody_else(book: Book) -> None:
    """Herr Nordtveit is not Kari."""
    assert book.resolve("herr Nordtveit", Kind.PER) is not book.resolve("Kari Nordtveit", Kind.PER)
    assert book.resolve("fru Haukedal", Kind.PER).gender == "f"


def test_two_people_of_one_first_name_stay_two(book: Book) -> None:
    """Kari Nordtveit, Kari Haukedal and a bare Kari are three entities that share a first name's surrogate."""
    names = [book.resolve(name, Kind.PER) for name in ("Kari Nordtveit", "Kari Haukedal", "Kari")]
    assert len({entity.id for entity in names}) == 3
    assert len({entity.surrogate for entity in names}) == 3
    assert len({entity.surrogate.split()[0] for entity in names}) == 1


def test_a_surname_met_first_grows_to_a_full_name(book: Book) -> None:
    """The part already in use stays, and the full name builds on it."""
    before = book.resolve("Qvistnes", Kind.PER).surrogate
    after = book.resolve("Magnhild Qvistnes", Kind.PER)
    assert after.surrogate.split()[1] == before
    assert after is book.resolve("Qvistnes", Kind.PER)


def test_a_place_and_a_person_of_one_name_are_two(book: Book) -> None:
    """Moss the town is not Moss the man."""
    assert book.resolve("Moss", Kind.LOC) is not book.resolve("Moss", Kind.PER)


def test_one_number_in_two_spellings_is_one(book: Book) -> None:
    """Blanks in a telephone number make no difference."""
    assert book.resolve("22 33 44 55", Kind.ID, sort="phone") is book.resolve("22334455", Kind.ID, sort="phone")


def test_what_is_new_and_what_has_changed_is_told_apart() -> None:
    """A loaded entity that learns a form is changed, not new; one that learns nothing is neither."""
    loaded = Entity("e1", Kind.PER, {"Kari Nordtveit"}, "Malene Brandt", "f")
    book = Book([loaded], seed=SEED)
    book.resolve("Kari Nordtveits", Kind.PER)
    assert (book.new, book.changed) == ([], [])
    book.resolve("Nordtveit", Kind.PER)
    book.resolve("Bergen", Kind.LOC, lambda: "e2")
    assert [entity.id for entity in book.new] == ["e2"]
    assert book.changed == [loaded]
    assert sorted(book.forms()) == ["Bergen", "Kari Nordtveit", "Nordtveit"]
    assert ("Bergen", Kind.LOC) in list(book.names())


def test_a_surrogate_that_turns_out_to_be_real_is_told() -> None:
    """When somebody real bears a name given as a surrogate before, the book says whose it was."""
    book = Book([Entity("e1", Kind.PER, {"Kari"}, "Malene", "f")], seed=SEED)
    assert book.clashes() == []
    book.resolve("Malene", Kind.PER)
    assert book.clashes() == ["e1"]

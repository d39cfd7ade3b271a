"""Who is meant within an interview, and across interviews."""

import pytest

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.linking import Book, Entity
from storage.errors import BadInput

SEED = b"a secret of the study, 32 bytes.."


class Interviews:
    """A book, asked in short."""

    def __init__(self) -> None:
        self.book = Book(seed=SEED)

    def __call__(self, surface: str, interview: str = "one", kind: Kind = Kind.PER) -> Entity:
        """Who is meant in an interview."""
        return self.book.resolve(surface, kind, interview=interview)


@pytest.fixture
def who() -> Interviews:
    """An empty study."""
    return Interviews()


@pytest.mark.parametrize(
    "surface",
    [
        *("Karl", "Nordtveit", "herr Nordtveit", "Karls", "Kalle", "Karl Erik", "Karl Nordtveit", "K. Nordtveit"),
        *("Karl E. Nordtveit", "Karl-Erik Nordtveit", "Nordtvedt", "Carl", "karl erik nordtveits", "Kalle Nordtveit"),
        *("Karl Erik Nordtvedt", "KARL", "Karl Erik Nordtveit Haug"),
    ],
)
def test_every_way_to_speak_of_the_only_one_leads_there(who: Interviews, surface: str) -> None:
    """Parts, titles, genitives, initials, pet names and what a recogniser makes of them are one person."""
    karl = who("Karl Erik Nordtveit")
    assert who(surface) is karl


@pytest.mark.parametrize(
    "surface", ["Per", "Haukedal", "fru Nordtveit", "Karl Haukedal", "Per Nordtveit", "lille-Karl"]
)
def test_others_are_somebody_else(who: Interviews, surface: str) -> None:
    """Another name, another gender, another surname with the same first name: another person."""
    karl = who("Karl Erik Nordtveit")
    assert who(surface) is not karl


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Maria Berg", "Marie"),
        ("Anne Berg", "Anna"),
        ("Hanne Berg", "Hans"),
        ("Mari Berg", "Marit"),
        ("Liv Vik", "Siv"),
    ],
)
def test_two_known_names_a_letter_apart_are_two_people(who: Interviews, one: str, other: str) -> None:
    """Maria is not Marie, though a recogniser might mishear her."""
    assert who(one) is not who(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Katrine Vik", "Cathrine"), ("Marthe Vik", "Marte"), ("Erik Vik", "Eric")]
)
def test_names_that_sound_the_same_are_one_in_an_interview(who: Interviews, one: str, other: str) -> None:
    """By ear nobody can tell Marthe from Marte."""
    assert who(one) is who(other)


def test_with_two_of_a_first_name_a_bare_one_is_nobodys(who: Interviews) -> None:
    """With two Karis in an interview, a bare Kari is a third name, the same throughout, under the shared surrogate."""
    two = [who("Kari Nordtveit"), who("Kari Haukedal")]
    bare = who("Kari")
    assert bare not in two
    assert who("Karis") is bare
    assert bare.surrogate == two[0].surrogate.split()[0] == two[1].surrogate.split()[0]
    assert bare.interview == "one"


def test_a_title_tells_which_of_two_of_a_surname(who: Interviews) -> None:
    """Of Kari and Per Nordtveit, fru Nordtveit is Kari."""
    kari, per = who("Kari Nordtveit"), who("Per Nordtveit")
    assert who("fru Nordtveit") is kari
    assert who("herr Nordtveit") is per
    assert who("Nordtveit") not in (kari, per)


def test_a_full_name_is_one_person_in_every_interview(who: Interviews) -> None:
    """Also where a middle name or its initial is missing."""
    kari = who("Kari Anne Nordtveit")
    assert who("Kari Nordtveit", "two") is who("Kari A. Nordtveit", "three") is kari
    assert kari.interview == ""
    assert who("Kari", "two") is kari


def test_middle_names_that_differ_are_two_people(who: Interviews) -> None:
    """Anne Kari and Anne Lise Hansen are sisters, and a mere Anne Hansen may be either."""
    one, two = who("Anne Kari Hansen"), who("Anne Lise Hansen", "two")
    assert one is not two
    assert who("Anne Hansen", "three") not in (one, two)


@pytest.mark.parametrize("name", ["Kari", "Nordtveit", "Kalle", "Per Olav"])
def test_a_bare_name_belongs_to_its_interview(who: Interviews, name: str) -> None:
    """Said in two interviews without more, it is two people with two surrogates."""
    one, two = who(name), who(name, "two")
    assert one is not two
    assert one.surrogate != two.surrogate
    assert (one.interview, two.interview) == ("one", "two")


def test_somebody_known_elsewhere_does_not_take_a_bare_name(who: Interviews) -> None:
    """Kari Nordtveit of the first interview is not the Kari, or the Nordtveit, of the second."""
    kari = who("Kari Nordtveit")
    assert who("Kari", "two") is not kari
    assert who("Nordtveit", "two") is not kari


def test_who_is_known_to_be_in_an_interview_takes_its_bare_names(who: Interviews) -> None:
    """When names are added to an interview later, its people are those that were found in it before."""
    kari = who("Kari Nordtveit")
    again = Interviews()
    again.book = Book(who.book, seed=SEED)
    again.book.hear([kari.id, "unknown"], "one")
    assert again("Kari") is kari


def test_a_first_name_grows_to_a_full_name_within_its_interview(who: Interviews) -> None:
    """Whoever was Kari alone and turns out to be Kari Nordtveit keeps the first name's surrogate."""
    kari = who("Kari")
    before = kari.surrogate
    assert who("Kari Nordtveit") is kari
    assert kari.surrogate.split()[0] == before
    assert kari.interview == ""
    assert who("Kari Nordtveit", "two") is kari


def test_a_name_of_the_roster_is_meant_in_every_interview(who: Interviews) -> None:
    """What was given for the whole study is the only one of that name, unless an interview has its own."""
    zeb = who("Zebulon", "")
    assert who("Zebulon", "two") is zeb
    full = who("Zebulon Vik", "three")
    assert who("Zebulon", "three") is full is not zeb


def test_the_first_and_last_word_of_a_double_name_lead_there(who: Interviews) -> None:
    """Anne-Marie is Anne Marie, and Per Olav Nordtveit may be called Olav."""
    anne = who("Anne-Marie Vik")
    assert who("Anne Marie") is anne
    per = who("Per Olav Nordtveit")
    assert who("Per Olav") is who("Olav") is who("Per") is per


@pytest.mark.parametrize("surface", ["Bergens", "bergenskvinne", "Bergen-gutt", "bergensere", "BERGEN", "bergen"])
def test_a_places_inflections_and_compounds_are_that_place(who: Interviews, surface: str) -> None:
    """Whichever is said first, and in whichever interview."""
    assert who(surface, "two", Kind.LOC) is who("Bergen", "one", Kind.LOC)
    assert {form.casefold() for form in who("Bergen", "one", Kind.LOC).forms} == {"bergen"}


def test_a_misheard_place_is_the_one_of_the_interview(who: Interviews) -> None:
    """But never another place that there is."""
    knausen = who("Knausedalen", kind=Kind.LOC)
    assert who("Knausedalen", kind=Kind.LOC) is who("Knauseddalen", kind=Kind.LOC) is knausen
    assert who("Hamar", kind=Kind.LOC) is not who("Hammar", kind=Kind.LOC)


@pytest.mark.parametrize("surface", ["", " ", "😀", "…", "'"])
def test_what_says_nothing_is_refused(who: Interviews, surface: str) -> None:
    """A name without a letter or digit is none."""
    with pytest.raises(BadInput):
        who(surface)


@pytest.mark.parametrize("surface", ["X", "שרה", "محمد", "K.", "😀 Kari", "fru", "Å", "李", "O'Brien", "von"])
def test_odd_names_get_a_surrogate(who: Interviews, surface: str) -> None:
    """One letter, other scripts and a title alone are entities like others, found again."""
    entity = who(surface)
    assert entity.surrogate
    assert entity.surrogate.casefold() != surface.casefold()
    assert who(surface) is entity


def test_entities_are_numbered_within_their_kind() -> None:
    """From one on, also after loading, and never again a number that a merged one had."""
    book = Book(seed=SEED)
    people = [book.resolve(name, Kind.PER) for name in ("Kari Vik", "Per Vik")]
    assert [one.number for one in people] == [1, 2]
    assert book.resolve("Bergen", Kind.LOC).number == 1
    book.merge(people[0].id, people[1].id)
    assert book.resolve("Liv Vik", Kind.PER).number == 3
    assert Book(book, seed=SEED, numbered={Kind.PER: 7}).resolve("Ola Vik", Kind.PER).number == 8


def test_a_first_name_tells_an_age() -> None:
    """Gerd was born in the 1930s, Sander in the 1990s or later, and nobody knows about Zebulon."""
    book = Book(seed=SEED)
    assert book.resolve("Gerd Vik", Kind.PER).cohort == 1930
    assert (book.resolve("Sander Vik", Kind.PER).cohort or 0) >= 1990
    assert book.resolve("Zebulon Vik", Kind.PER).cohort is None

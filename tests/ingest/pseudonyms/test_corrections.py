"""What a person changes about the entities of a study."""

import pytest

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.linking import Book, Entity
from storage.errors import BadInput, NotFound, TillitError

SEED = b"a secret of the study, 32 bytes.."


def study() -> tuple[Book, Entity, Entity, Entity]:
    """A book with two people and a town, as loaded."""
    made = Book(seed=SEED)
    people = [made.resolve(name, Kind.PER, interview="one") for name in ("Kari Nordtveit", "Per")]
    book = Book([*people, made.resolve("Bergen", Kind.LOC)], seed=SEED)
    kari, per, bergen = book
    return book, kari, per, bergen


def test_a_merge_unites_forms_under_the_first_surrogate() -> None:
    """The one that is gone leads to the other from then on, by id and by name."""
    book, kari, per, _ = study()
    before = kari.surrogate
    assert book.merge(kari.id, per.id) is kari
    assert (kari.forms, kari.surrogate) == ({"Kari Nordtveit", "Per"}, before)
    assert book[per.id] is kari
    assert per.id in book
    assert len(list(book)) == 2
    assert book.resolve("Per", Kind.PER, interview="one") is kari
    assert (book.new, book.changed, book.gone) == ([], [kari], {per.id: kari.id})


def test_a_merge_of_a_merge_leads_to_the_last() -> None:
    """Ids that are gone are followed to whoever they are now."""
    book = Book(seed=SEED)
    one, two, three = (book.resolve("Kari", Kind.PER, interview=interview) for interview in "abc")
    book.merge(two.id, one.id)
    book.merge(three.id, two.id)
    assert book[one.id] is book[two.id] is three
    assert book.resolve("Kari", Kind.PER, interview="a") is three


def test_only_like_and_like_are_merged() -> None:
    """A person is no town, nobody is merged with themselves, and there must be somebody."""
    book, kari, _, bergen = study()
    with pytest.raises(BadInput):
        book.merge(kari.id, bergen.id)
    with pytest.raises(BadInput):
        book.merge(kari.id, kari.id)
    with pytest.raises(NotFound):
        book.merge(kari.id, "nobody")


def test_a_split_gives_the_forms_a_surrogate_of_their_own() -> None:
    """Who was merged in error is apart again, forms, gender and all, and found by name where they were said."""
    book, kari, per, _ = study()
    had, age = per.surrogate, per.cohort
    book.merge(kari.id, per.id)
    made = book.split(kari.id, {"Per"}, lambda: "apart", interview="one")
    assert (made.id, made.forms, made.gender, made.cohort, made.interview) == ("apart", {"Per"}, "m", age, "one")
    assert made.surrogate == had
    assert (kari.forms, kari.gender) == ({"Kari Nordtveit"}, "f")
    assert book.resolve("Per", Kind.PER, interview="one") is made
    assert made.number == 3


def test_a_split_off_first_name_has_another_surrogate_than_the_full_name() -> None:
    """It is said to be somebody else, so it does not read as the same."""
    book = Book(seed=SEED)
    kari = book.resolve("Kari Nordtveit", Kind.PER, interview="one")
    assert book.resolve("Kari", Kind.PER, interview="one") is kari
    apart = book.split(kari.id, {"Kari"}, interview="one")
    assert apart.surrogate != kari.surrogate.split()[0]
    assert book.resolve("Kari", Kind.PER, interview="one") is apart
    assert book.resolve("Kari Nordtveit", Kind.PER, interview="one") is kari


def test_a_split_of_all_forms_leaves_them_to_both() -> None:
    """One name of two people stays both people's; what is no form cannot be split off."""
    book, _, per, _ = study()
    other = book.split(per.id, {"Per"}, interview="two")
    assert per.forms == other.forms == {"Per"}
    assert per.surrogate != other.surrogate
    assert book.resolve("Per", Kind.PER, interview="two") is other
    with pytest.raises(BadInput):
        book.split(per.id, {"Kari"})


@pytest.mark.parametrize(
    "surrogate",
    [
        "",
        " ",
        "a\nb",
        "x" * 81,
        "Kari",
        "kari",
        "Per Dahl",
        "Bergen",
        "…",
        " Siv",
        "Siv ",
        "Siv\u2028Vik",
        "Anne Nordtveit",
    ],
)
def test_a_surrogate_that_cannot_be_is_refused_without_saying_it(surrogate: str) -> None:
    """Real names, blanks and more than a line are no pseudonyms, and the refusal does not repeat them."""
    book, _, per, _ = study()
    before = per.surrogate
    with pytest.raises(TillitError) as caught:
        book.rename(per.id, surrogate)
    assert not surrogate.strip() or surrogate not in str(caught.value)
    assert (per.surrogate, book.changed) == (before, [])


def test_a_surrogate_in_use_is_refused() -> None:
    """Nobody is called as somebody else is, whatever the case; one's own in another case is fine."""
    book, kari, per, _ = study()
    with pytest.raises(BadInput):
        book.rename(per.id, kari.surrogate.upper())
    book.rename(per.id, per.surrogate.upper())
    assert per.surrogate.isupper()


def test_a_rename_is_kept_and_no_later_name_gets_it() -> None:
    """The new surrogate stands, and the entity is noted as changed."""
    book, _, per, _ = study()
    book.rename(per.id, "Halvard")
    assert (per.surrogate, book.changed) == ("Halvard", [per])
    assert book.clashes() == []


def test_the_next_best_surrogate_is_another() -> None:
    """Without a wish there is a new one of the same shape."""
    book, kari, _, bergen = study()
    before = kari.surrogate, bergen.surrogate
    for entity in (kari, bergen):
        book.rename(entity.id, None)
    assert before[0] != kari.surrogate
    assert before[1] != bergen.surrogate
    assert len(kari.surrogate.split()) == 2

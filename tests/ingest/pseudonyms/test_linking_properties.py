"""What holds for any interviews of any study."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.pseudonyms.apply import mentions_of
from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.linking import Book, Entity
from ingest.pseudonyms.rendering import render
from tests.ingest.pseudonyms.passages import transcript

SEED = b"a secret of the study, 32 bytes.."
PEOPLE = (
    *("Kari", "Kari Nordtveit", "Kari Haukedal", "Nordtveit", "Karis", "kari", "Kari Anne Nordtveit", "K. Nordtveit"),
    *(
        "Karl",
        "Kalle",
        "Karl Nordtveit",
        "Carl",
        "Nordtvedt",
        "Marie",
        "Maria",
        "Anne-Marie Vik",
        "Per Olav",
        "Lille-Per",
    ),
    *("Hodan Warsame", "Agnieszka", "שרה", "X", "Zebulon", "Zebulon Vik", "Vik", "von Vik", "Emma", "emmas"),
)
PLACES = ("Bergen", "Bergens", "bergenskvinne", "Knausen", "Knausen-gutt", "Norge", "Storgata", "Oslo")
INTERVIEW = st.lists(st.sampled_from(PEOPLE + PLACES), max_size=8)


def hold(book: Book, interview: str, said: list[str]) -> list[str]:
    """Link what is said in an interview; returns the entity of each."""
    lines, finds, at = said, [], 0
    for surface in lines:
        kind = Kind.LOC if surface in PLACES else Kind.PER
        finds.append(Find(at, at + len(surface), kind, 1, ("x",)))
        at += len(surface) + 1
    return [mention.entity for mention in mentions_of(transcript(lines), finds, book, interview=interview)]


def loaded(book: Book) -> Book:
    """The book as it comes back from the link key."""
    return Book([replace(entity, forms=set(entity.forms)) for entity in book], seed=SEED)


def shown(book: Book, said: list[str], entities: list[str]) -> list[str]:
    """How an interview reads."""
    return [render(book[entity], surface, "no") for surface, entity in zip(said, entities, strict=True)]


@settings(max_examples=40, deadline=None)
@given(st.lists(INTERVIEW, min_size=2, max_size=4))
def test_interviews_added_later_change_nothing(interviews: list[list[str]]) -> None:
    """What an interview reads like when it is new, it reads like when the study is full, loaded or not."""
    book = Book(seed=SEED)
    first: list[tuple[list[str], list[str], list[str]]] = []
    for number, said in enumerate(interviews):
        book = loaded(book)
        entities = hold(book, str(number), said)
        first.append((said, entities, shown(book, said, entities)))
    for said, entities, read in first:
        assert shown(book, said, entities) == read


@settings(max_examples=40, deadline=None)
@given(st.lists(INTERVIEW, min_size=1, max_size=3))
def test_no_surrogate_is_real_and_none_is_given_twice(interviews: list[list[str]]) -> None:
    """Whatever is known when surrogates are drawn."""
    book = Book(seed=SEED)
    book.expect(surface for said in interviews for surface in said)
    for number, said in enumerate(interviews):
        hold(book, str(number), said)
    surrogates = [entity.surrogate.casefold() for entity in book]
    assert len(surrogates) == len(set(surrogates))
    assert book.clashes() == []


@settings(max_examples=40, deadline=None)
@given(INTERVIEW, st.randoms(use_true_random=False))
def test_within_an_interview_the_order_of_what_is_said_makes_no_difference(said: list[str], random: object) -> None:
    """The same people under the same surrogates, whoever is spoken of first."""
    mixed = list(said)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # Hypothesis's own Random

    def people(order: list[str]) -> dict[str, str]:
        book = Book(seed=SEED)
        return {
            surface: book[entity].surrogate for surface, entity in zip(order, hold(book, "one", order), strict=True)
        }

    assert people(said) == people(mixed)


@settings(max_examples=30, deadline=None)
@given(INTERVIEW)
def test_an_interview_linked_again_finds_the_same(said: list[str]) -> None:
    """With nothing new or changed, also when those spoken of are told beforehand."""
    book = Book(seed=SEED)
    entities = hold(book, "one", said)
    again = loaded(book)
    again.hear(entities, "one")
    assert hold(again, "one", said) == entities
    assert (again.new, again.changed) == ([], [])


@settings(max_examples=30, deadline=None)
@given(INTERVIEW, st.data())
def test_a_merge_and_a_split_give_the_entities_back(said: list[str], data: st.DataObject) -> None:
    """Forms, gender and age are what they were before; numbers are new and surrogates each one's own."""
    book = Book(seed=SEED)
    hold(book, "one", said)
    people = [entity for entity in book if entity.kind is Kind.PER]
    if len(people) < 2:
        return
    one, other = data.draw(st.permutations(people))[:2]
    before = [set(one.forms), set(other.forms)]
    book.merge(one.id, other.id)
    apart: Entity = book.split(one.id, before[1], interview="one")
    assert [one.forms, apart.forms] == before
    assert len({entity.surrogate for entity in book}) == len(list(book))
    assert len({entity.number for entity in book if entity.kind is Kind.PER}) == len(people)


def test_a_first_name_that_is_told_apart_is_somebody_else() -> None:
    """Beside Anne Hansen, lille Anne is another, and so is whoever is called Anne after that."""
    lines = ["Anne Hansen kom,", "og bestemor Anne kom,", "men Anne gikk"]
    finds = [Find(0, 11, Kind.PER, 1, ("x",)), Find(29, 33, Kind.PER, 1, ("x",)), Find(43, 47, Kind.PER, 1, ("x",))]
    full, told, bare = mentions_of(transcript(lines), finds, Book(seed=SEED), interview="one")
    assert full.entity != told.entity == bare.entity

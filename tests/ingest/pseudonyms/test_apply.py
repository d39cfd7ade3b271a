"""Mentions, and transcripts with surrogates in place of names."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.pseudonyms.apply import Mention, from_bytes, left_behind, mentions_of, pseudonymise, to_bytes
from ingest.pseudonyms.finder import find_names
from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.linking import Book
from storage.errors import BadInput, Damaged, TillitError
from storage.transcript import Segment, Transcript, Word
from tests.ingest.pseudonyms.passages import ALL, BOKMAAL, ENGLISH, MADE_BY, NYNORSK, transcript

SEED = b"a secret of the study, 32 bytes.."
PEOPLE = ("Kari", "Karis", "Kari Nordtveit", "Nordtveit", "Lars", "Lars Haukedal", "Solveig", "Bergen", "Bergens")
FILL = ("og", "så", "kom", "hjem", "med", "en", "venn", "😀", "ja,", "sa", "שלום", "22 33 44 55")


def through(raw: Transcript, book: Book) -> tuple[list[Mention], Transcript]:
    """Find, link and replace."""
    mentions = mentions_of(raw, find_names(raw.text, raw.language), book)
    return mentions, pseudonymise(raw, mentions, book)


def said(text: Transcript) -> list[str]:
    """What the words say, segment by segment."""
    return [" ".join(word.text for word in segment.words) for segment in text.segments]


@pytest.mark.parametrize(("language", "lines", "names"), ALL)
def test_no_real_name_is_left_in_text_or_words(language: str, lines: tuple[str, ...], names: tuple[str, ...]) -> None:
    """In each language, the names are gone from the text and from the words, and both say the same."""
    book = Book(seed=SEED)
    _, new = through(transcript(lines, language), book)
    assert [name for name in names if name in new.text] == []
    assert said(new) == new.text.split("\n")
    assert left_behind(new.text, book) == []


def test_genitives_and_small_letters_are_copied() -> None:
    """Karis becomes Malenes, Hans' what the surrogate asks for, and kari stays small."""
    book = Book(seed=SEED)
    _, new = through(transcript(["Det var Karis bil og Hans' hus, sa Kari.", "så kom kari hjem fra bergen"]), book)
    kari, hans = book.resolve("Kari", Kind.PER).surrogate, book.resolve("Hans", Kind.PER).surrogate
    assert f"{kari}s bil" in new.text
    assert f"{hans}s hus" in new.text or f"{hans}' hus" in new.text
    assert f"så kom {kari.lower()} hjem" in new.text


def test_an_english_genitive_keeps_its_apostrophe() -> None:
    """Margaret's sister stays somebody's sister."""
    book = Book(seed=SEED)
    _, new = through(transcript(ENGLISH, "en"), book)
    assert f"{book.resolve('Margaret', Kind.PER).surrogate}'s sister" in new.text


def test_full_name_surname_and_title_read_as_one_person() -> None:
    """Whoever is introduced by a full name is known by its parts afterwards, whichever is said first."""
    book = Book(seed=SEED)
    lines = ["Da kom fru Haukedal inn.", "Jeg kjente Solveig Haukedal fra før.", "Haukedals stemme var lav."]
    _, new = through(transcript(lines), book)
    first, last = book.resolve("Solveig Haukedal", Kind.PER).surrogate.split()
    assert new.text.split("\n") == [
        f"Da kom fru {last} inn.",
        f"Jeg kjente {first} {last} fra før.",
        f"{last}s stemme var lav." if last[-1] not in "sxz" else f"{last}' stemme var lav.",
    ]


def test_names_are_the_same_in_every_interview_and_stay_so() -> None:
    """An interview added later changes nothing in the earlier ones, and shares their surrogates."""
    book = Book(seed=SEED)
    first = transcript(BOKMAAL)
    mentions, before = through(first, book)
    later = Book([dataclasses.replace(entity) for entity in book], seed=SEED)
    through(transcript(NYNORSK, "nn"), later)
    _, third = through(transcript(["Kari Nordtveit var i Bergen med Lars."]), later)
    assert pseudonymise(first, mentions, later) == before
    for name, kind in (("Kari Nordtveit", Kind.PER), ("Bergen", Kind.LOC), ("Lars", Kind.PER)):
        assert book.resolve(name, kind).surrogate in third.text


def test_a_longer_name_learnt_later_changes_nothing_said_before() -> None:
    """When Kari Nordtveit turns out to be Kari Anne Nordtveit, the first interview still reads as it did."""
    book = Book(seed=SEED)
    raw = transcript(["Kari Nordtveit sa det.", "Det var Nordtveits hus."])
    mentions, before = through(raw, book)
    through(transcript(["Kari Anne Nordtveit kom."]), book)
    assert pseudonymise(raw, mentions, book) == before
    assert len(book.resolve("Kari Nordtveit", Kind.PER).surrogate.split()) == 3


def test_running_twice_gives_the_same() -> None:
    """A stage that is run again after a kill finds the same mentions, makes no new entity and the same text."""
    book = Book(seed=SEED)
    first = through(transcript(BOKMAAL), book)
    again = Book([dataclasses.replace(entity) for entity in book], seed=SEED)
    assert through(transcript(BOKMAAL), again) == first
    assert (again.new, again.changed) == ([], [])


def test_words_keep_their_times() -> None:
    """A surrogate of two words shares the time of the one it replaces, one of one takes that of two; the rest stay."""
    words = (Word(0, 1, "Så", 0.9), Word(1, 2, "Kari,"), Word(2, 4, "Anne"), Word(4, 5, "Vik."))
    raw = Transcript("no", 5, (Segment(0, 5, "Så Kari, Anne Vik.", words),), MADE_BY)
    book = Book(seed=SEED)
    one, two = book.resolve("Kari", Kind.PER), book.resolve("Oslo", Kind.LOC)
    one.surrogate, two.surrogate = "Ab Cd", "Furuvik"
    mentions = [
        Mention("1", 0, 3, 7, Kind.PER, 1, ("x",), one.id),
        Mention("2", 0, 9, 17, Kind.LOC, 1, ("x",), two.id),
    ]
    (segment,) = pseudonymise(raw, mentions, book).segments
    assert segment.text == "Så Ab Cd, Furuvik."
    assert [word.text for word in segment.words] == ["Så", "Ab", "Cd,", "Furuvik."]
    assert [(word.start, word.end) for word in segment.words] == [(0, 1), (1, 1.4), (1.4, 2), (2, 5)]


def test_words_that_do_not_match_the_text_are_made_anew() -> None:
    """A name that stands in the words but not in the text is not carried over."""
    raw = Transcript("no", 4, (Segment(0, 4, "Hei Kari", (Word(0, 2, "Hei"), Word(2, 4, "Karri"))),), MADE_BY)
    book = Book(seed=SEED)
    kari = book.resolve("Kari", Kind.PER)
    new = pseudonymise(raw, [Mention("1", 0, 4, 8, Kind.PER, 1, ("x",), kari.id)], book)
    assert said(new) == [f"Hei {kari.surrogate}"]
    assert (new.segments[0].words[0].start, new.segments[0].words[-1].end) == (0, 4)


def test_a_mention_that_takes_in_blanks_is_replaced_in_the_words_too() -> None:
    """A reviewer's sloppy selection leaks nothing."""
    raw = transcript(["Hei Kari du"])
    book = Book(seed=SEED)
    kari = book.resolve("Kari", Kind.PER)
    new = pseudonymise(raw, [Mention("1", 0, 3, 9, Kind.PER, 1, ("x",), kari.id)], book)
    assert "Kari" not in new.text + "".join(said(new))


def test_mentions_hold_no_real_form_and_survive_the_journey() -> None:
    """Mentions go to bytes and back unchanged, and no name stands in the bytes."""
    mentions, _ = through(transcript(BOKMAAL), Book(seed=SEED))
    data = to_bytes(mentions)
    assert from_bytes(data) == mentions
    assert not [name for name in (b"Kari", b"Nordtveit", b"Bergen", b"22 33") if name in data]
    assert from_bytes(to_bytes([])) == []


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[1]", b'[{"id": "Kari"}]', b'{"Kari": 1}', b"null", b"\xff\xfe", b'["Kari"]']
)
def test_damaged_mentions_are_refused_without_their_text(data: bytes) -> None:
    """What is not a list of mentions is said to be damaged, in words that hold nothing of it."""
    with pytest.raises(Damaged) as caught:
        from_bytes(data)
    assert "Kari" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("segment", "start", "end", "entity"),
    [(0, 4, 99, "known"), (7, 0, 4, "known"), (0, 4, 4, "known"), (-1, 0, 4, "known"), (0, 4, 8, "unknown")],
)
def test_a_mention_that_does_not_fit_is_refused_without_its_text(
    segment: int, start: int, end: int, entity: str
) -> None:
    """Offsets outside the text and unknown entities raise, and the sentence holds no text."""
    book = Book(seed=SEED)
    book.resolve("Kari", Kind.PER, lambda: "known")
    with pytest.raises(TillitError) as caught:
        pseudonymise(transcript(["Hei Kari"]), [Mention("m", segment, start, end, Kind.PER, 1, (), entity)], book)
    assert "Kari" not in str(caught.value) + repr(caught.value.facts)


def test_overlapping_mentions_are_refused() -> None:
    """Two mentions of one letter cannot both be replaced."""
    book = Book(seed=SEED)
    kari = book.resolve("Kari", Kind.PER)
    overlapping = [Mention(str(at), 0, at, 8, Kind.PER, 1, (), kari.id) for at in (4, 5)]
    with pytest.raises(BadInput):
        pseudonymise(transcript(["Hei Kari"]), overlapping, book)


def test_a_find_across_segments_is_refused() -> None:
    """Finds belong to one segment."""
    with pytest.raises(BadInput):
        mentions_of(transcript(["Hei", "Kari"]), [Find(0, 6, Kind.PER, 1, ())], Book(seed=SEED))


def test_finds_of_blanks_and_marks_are_no_mentions() -> None:
    """What holds neither letter nor digit names nobody."""
    finds = [Find(0, 1, Kind.PER, 1, ()), Find(3, 5, Kind.LOC, 1, ())]
    assert mentions_of(transcript(["- a  b"]), finds, Book(seed=SEED)) == []


@pytest.mark.parametrize("lines", [[], [""], ["", ""], ["", "Kari er her", ""]])
def test_empty_segments_are_borne(lines: list[str]) -> None:
    """Silence before, after and instead of speech changes no offset."""
    book = Book(seed=SEED)
    _, new = through(transcript(lines), book)
    assert len(new.segments) == len(lines)
    assert "Kari" not in new.text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PEOPLE + FILL), max_size=8).map(" ".join), max_size=6))
def test_whatever_was_found_is_gone(lines: list[str]) -> None:
    """For any talk of these people: valid mentions, same result twice, words as the text, no sure form left."""
    book = Book(seed=SEED)
    raw = transcript(lines)
    mentions, new = through(raw, book)
    assert all(0 <= m.start < m.end <= len(raw.segments[m.segment].text) for m in mentions)
    assert pseudonymise(raw, mentions, book) == new
    assert said(new) == [segment.text for segment in new.segments]
    sure = {mention.entity for mention in mentions if mention.score >= 0.5}
    assert sure.isdisjoint(left_behind(new.text, book))


def test_two_names_side_by_side_stay_two_words() -> None:
    """What is left of a find beside a longer one keeps the blank between them in the text."""
    book = Book(seed=SEED)
    _, new = through(transcript(["Lars Bergen Bergen Bergen"]), book)
    assert said(new) == [segment.text for segment in new.segments]

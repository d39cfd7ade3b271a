"""Transcripts under any rules: text and words agree, what is kept stays, and what is left is seen."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.pseudonyms.apply import Mention, kept, mentions_of, pseudonymise
from ingest.pseudonyms.finder import find_names
from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.leaks import left_at
from ingest.pseudonyms.linking import Book
from ingest.pseudonyms.rules import DEFAULT, Rules, Way, rules_named
from tests.ingest.pseudonyms.passages import BOKMAAL, transcript

if TYPE_CHECKING:
    from storage.transcript import Transcript

SEED = b"a secret of the study, 32 bytes.."
SAID = ("Kari Nordtveit", "Karis", "Lars", "Bergen", "bergens", "Bergenskvinne", "Tøyen-gutt", "Nordland", "Blå Kors'")
SAID_KINDS = (Kind.PER, Kind.PER, Kind.PER, Kind.LOC, Kind.LOC, Kind.LOC, Kind.LOC, Kind.LOC, Kind.ORG)
NUMBERS = ("22 33 44 55", "12.03.1971", "53 år")
FILL = ("og", "så", "kom", "hjem,", "😀", "ja.", "שלום")
ANY_RULES = st.builds(
    Rules,
    st.fixed_dictionaries({kind: st.sampled_from(Way) for kind in Kind}),
    st.dictionaries(st.sampled_from(["date", "phone"]), st.sampled_from(Way)),
    st.booleans(),
)


def named(pieces: list[str]) -> tuple[Transcript, list[Mention], Book]:
    """A line a piece and filler, every piece that is a name a find of its kind, linked."""
    raw = transcript([f"ja {piece} da" for piece in pieces], "no")
    kinds = dict(zip(SAID, SAID_KINDS, strict=True)) | dict.fromkeys(NUMBERS, Kind.ID)
    finds, at = [], 0
    for piece in pieces:
        if piece in kinds:
            finds.append(Find(at + 3, at + 3 + len(piece), kinds[piece], 1.0, ("person",)))
        at += len(f"ja {piece} da") + 1
    book = Book(seed=SEED)
    return raw, mentions_of(raw, finds, book), book


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SAID + NUMBERS + FILL), max_size=8), ANY_RULES)
def test_words_say_what_the_text_says_under_any_rules(pieces: list[str], rules: Rules) -> None:
    """Whatever stands for a name, text and words agree and times run forwards in the segment; twice gives the same."""
    raw, mentions, book = named(pieces)
    new = pseudonymise(raw, mentions, book, rules)
    for before, after in zip(raw.segments, new.segments, strict=True):
        assert " ".join(word.text for word in after.words) == after.text
        times = [moment for word in after.words for moment in (word.start, word.end)]
        assert times == sorted(times)
        assert (after.start, after.end, times[0], times[-1]) == (before.start, before.end, before.start, before.end)
    assert pseudonymise(raw, mentions, book, rules) == new


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(SAID + NUMBERS), min_size=1, max_size=8), ANY_RULES)
def test_nothing_but_what_is_kept_is_left_under_any_rules(pieces: list[str], rules: Rules) -> None:
    """The look before a release finds no name in what was replaced, not even in [tettsted i Nordland]."""
    raw, mentions, book = named(pieces)
    new = pseudonymise(raw, mentions, book, rules)
    staying = {mention.entity for mention in kept(mentions, book, rules)}
    assert {entity for left in left_at(new.text, book, rules) for entity in left.entities} - staying == set()
    if not staying:
        assert left_at(new.text, book, rules) == []
    if all(way is not Way.KEEP for way in (*rules.ways.values(), *rules.sorts.values())):
        assert staying == set()


def test_what_is_kept_is_not_touched_and_not_reported() -> None:
    """Places stay where the rules keep them, at every place they are said; a person's name is still looked for."""
    raw, mentions, book = named(["Bergen", "Lars"])
    rules = dataclasses.replace(DEFAULT, ways={**DEFAULT.ways, Kind.LOC: Way.KEEP})
    new = pseudonymise(raw, mentions, book, rules)
    assert new.segments[0] == raw.segments[0]
    assert [mention.kind for mention in kept(mentions, book, rules)] == [Kind.LOC]
    assert left_at(new.text, book, rules) == []
    assert [left.kind for left in left_at(raw.text, book, rules)] == [Kind.PER]
    assert [left.kind for left in left_at(raw.text, book)] == [Kind.LOC, Kind.PER]


def test_a_surrogate_nobody_sees_hides_no_name() -> None:
    """Where persons are tags, a real name that happens to be somebody's unused surrogate is reported."""
    book = Book(seed=SEED)
    one, other = book.resolve("Kari", Kind.PER), book.resolve("Magnhild", Kind.PER)
    one.surrogate = "Magnhild"
    tags = rules_named("tags")
    assert [left.entities for left in left_at("Da kom Magnhild.", book, tags)] == [(other.id,)]


@pytest.mark.parametrize("name", ["names", "tags", "places-generalised", "strict"])
def test_the_shipped_sets_leave_no_name(name: str) -> None:
    """An interview under each set: no real name is left, and every mention of one entity reads alike."""
    rules, raw, book = rules_named(name), transcript(BOKMAAL), Book(seed=SEED)
    mentions = mentions_of(raw, find_names(raw.text, "no"), book)
    new = pseudonymise(raw, mentions, book, rules)
    assert left_at(new.text, book, rules) == []
    if name == "strict":
        assert not any(entity.surrogate in new.text for entity in book if entity.kind in {Kind.PER, Kind.LOC})

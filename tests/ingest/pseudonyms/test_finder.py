"""The whole stack of finders, on invented interviews."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.pseudonyms.finder import default_taggers, find_known, find_names
from ingest.pseudonyms.finds import Find, Kind, Tagger
from ingest.pseudonyms.known import KnownNames
from ingest.pseudonyms.patterns import Patterns
from storage.errors import BadInput
from tests.ingest.pseudonyms.passages import ALL, BOKMAAL


def masked(text: str, finds: list[Find]) -> str:
    """The text with every found letter starred."""
    for find in finds:
        text = text[: find.start] + "*" * (find.end - find.start) + text[find.end :]
    return text


@pytest.mark.parametrize(("language", "lines", "names"), ALL)
def test_every_name_of_an_interview_is_found(language: str, lines: tuple[str, ...], names: tuple[str, ...]) -> None:
    """In bokmål, nynorsk, English, Danish and without capitals, none of the invented names is left in the open."""
    text = "\n".join(lines)
    rest = masked(text, find_names(text, language))
    assert [name for name in names if name in rest] == []


def test_a_found_name_is_found_everywhere() -> None:
    """A name one tagger sees once is found in the genitive and by its parts on other lines."""

    class Once:
        name, version = "once", "1"

        def find(self, text: str, language: str) -> list[Find]:
            """The first line's full name."""
            del language
            return [Find(0, len("Zelda Quill"), Kind.PER, 0.9, (self.name,))] if text else []

    text = "Zelda Quill var der.\nDet var Zeldas idé, og Quill visste det.\nquill er en fjær, sa Zelda"
    finds = find_names(text, "no", [Once()])
    assert [text[find.start : find.end] for find in finds] == ["Zelda Quill", "Zeldas", "Quill", "Zelda"]


class Wavering:
    """Takes each occurrence of Zelm for the next of some kinds, all as surely."""

    name, version = "wavering", "1"

    def __init__(self, *kinds: Kind) -> None:
        self._kinds = kinds

    def find(self, text: str, language: str) -> list[Find]:
        """Every Zelm."""
        del language
        starts = [at for at in range(len(text)) if text.startswith("Zelm", at)]
        return [Find(at, at + 4, kind, 0.6, (self.name,)) for at, kind in zip(starts, self._kinds, strict=True)]


@pytest.mark.parametrize(
    ("read", "found"),
    [
        ([Kind.LOC, Kind.ORG, Kind.LOC], [Kind.LOC, Kind.ORG, Kind.LOC]),
        ([Kind.LOC, Kind.PER, Kind.LOC], [Kind.LOC, Kind.LOC, Kind.LOC]),
        ([Kind.PER, Kind.ORG, Kind.PER], [Kind.PER, Kind.PER, Kind.PER]),
        ([*[Kind.LOC] * 5, Kind.ORG], [Kind.LOC] * 6),
    ],
    ids=["both", "no person", "a person", "a slip"],
)
def test_a_name_is_a_persons_throughout_or_never(read: list[Kind], found: list[Kind]) -> None:
    """Weight settles it; a place and an organisation of one name may both be meant, if each is so often enough."""
    finds = find_names("Til Zelm. " * len(read), "no", [Wavering(*read)])
    assert [find.kind for find in finds] == found


def test_in_a_study_a_name_is_of_one_kind_throughout() -> None:
    """Else one name would become two entities with two surrogates."""
    text = "I Zelm. Fra Zelm. Til Zelm."
    finds = find_names(text, "no", [Wavering(Kind.LOC, Kind.ORG, Kind.LOC)])
    assert {find.kind for find in find_known(text, "no", finds, [])} == {Kind.LOC}
    assert {find.kind for find in find_known(text, "no", finds, [("Zelm", Kind.ORG)])} == {Kind.ORG}


def test_taggers_say_who_they_are() -> None:
    """Every tagger of the stack has a name and a version, and its finds carry its mark."""
    assert all(tagger.name and tagger.version for tagger in default_taggers())
    assert all(find.recognisers for find in find_names("\n".join(BOKMAAL), "no"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n\n\n",
        " ",
        "👩‍👩‍👧 Kari 😀 Bergen",
        "אני גר ב Oslo עם Kari",
        "ﬁ Ⅷ ß İstanbul Kari",
        "-",
        "'s",
        "...",
    ],
)
def test_odd_texts_are_borne(text: str) -> None:
    """Emoji, right-to-left script, ligatures and nothing at all give valid finds."""
    for find in find_names(text, "no"):
        assert text[find.start : find.end].strip()


def test_one_huge_line_is_borne() -> None:
    """A segment of thirty thousand words is looked through like any other."""
    text = "så sa Kari Nordtveit at vi dro " * 4_300
    assert sum(text[find.start : find.end] == "Kari Nordtveit" for find in find_names(text, "no")) == 4_300


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120) | st.lists(st.sampled_from(" ".join(BOKMAAL).split()), max_size=30).map(" ".join))
def test_finds_lie_in_the_text_in_order_on_one_line(text: str) -> None:
    """Whatever the text, finds are sorted, apart, within it and never across a newline."""
    finds = find_names(text, "no")
    assert all(0 <= find.start < find.end <= len(text) for find in finds)
    assert all(one.end <= other.start for one, other in pairwise(finds))
    assert all("\n" not in text[find.start : find.end] for find in finds)


def test_a_name_the_study_knows_is_found_and_is_of_its_kind() -> None:
    """Whole, in the genitive, in another case, and a person's by each part, whatever the taggers make of it."""
    text = "Zelda Quill drev Kvitbo.\nZeldas bror hatet kvitbo.\nHos Kvitbos naboer, og på Hamar"
    known = [("Zelda Quill", Kind.PER), ("Kvitbo", Kind.ORG), ("Hamar", Kind.ORG)]
    finds = find_known(text, "no", [Find(17, 23, Kind.LOC, 0.9, ("a tagger",))], known)
    assert [(text[find.start : find.end], find.kind) for find in finds] == [
        ("Zelda Quill", Kind.PER), ("Kvitbo", Kind.ORG), ("Zeldas", Kind.PER), ("kvitbo", Kind.ORG),
        ("Kvitbos", Kind.ORG), ("Hamar", Kind.ORG),
    ]  # fmt: skip


def test_a_name_known_as_of_two_kinds_is_what_the_taggers_say() -> None:
    """Moss the town and Moss the man are both in the study: the sentence decides."""
    known = [("Moss", Kind.PER), ("Moss", Kind.LOC)]
    for kind in (Kind.PER, Kind.LOC):
        assert [find.kind for find in find_known("Moss", "no", [Find(0, 4, kind, 0.9, ("a tagger",))], known)] == [
            kind
        ]


def test_nothing_known_changes_nothing() -> None:
    """Where the study knows no name, the finds are what they were, and a number that holds a name stays a number."""
    text = "\n".join(BOKMAAL)
    finds = find_names(text, "no")
    assert find_known(text, "no", finds, []) == finds
    [found] = find_known("kari@no.no", "no", [Find(0, 10, Kind.ID, 0.9, ("patterns",))], [("kari", Kind.PER)])
    assert (found.start, found.end, found.kind) == (0, 10, Kind.ID)


class Strict:
    """A tagger with a threshold, which it tells as the score of its only find."""

    name, version = "strict", "1"

    def __init__(self) -> None:
        self.threshold = 0.8

    def find(self, text: str, language: str) -> list[Find]:
        """The first letter."""
        del language
        return [Find(0, 1, Kind.ORG, self.threshold, (self.name,))] if text else []


def test_a_threshold_is_handed_to_the_taggers_that_have_one() -> None:
    """For this text only: the tagger keeps its own, which None stands for."""
    stack: list[Tagger] = [Strict(), *default_taggers()[:2]]
    assert [find.score for find in find_names("x", "no", stack, threshold=0.3)] == [0.3]
    assert [find.score for find in find_names("x", "no", stack)] == [0.8]


@pytest.mark.parametrize("threshold", [0, 1, -1, 2, float("nan")])
def test_a_threshold_outside_its_range_is_refused(threshold: float) -> None:
    """A chance of none, or of all, would find everything or nothing."""
    with pytest.raises(BadInput, match="between 0 and 1"):
        find_names("Kari", "no", threshold=threshold)


def test_what_is_carried_to_small_letters_is_a_suggestion() -> None:
    """With a capital a carried name is as sure as ever; without one its score is lower, and says so."""
    found = KnownNames([("Zelda Quill", Kind.PER)], "propagated").find("Så kom Zelda Quill\nså gikk zelda quill", "no")
    assert [find.score for find in found] == [0.6, 0.4]


def test_a_single_letter_is_carried_as_a_capital_only() -> None:
    """K is somebody; the k of a list is not."""
    found = KnownNames([("K", Kind.PER)], "propagated", sure=True).find("så kom K\nog k og så", "no")
    assert [(find.start, find.end) for find in found] == [(7, 8)]


def test_each_word_is_looked_at_a_fixed_number_of_times() -> None:
    """A line twice as long takes twice the looks, not four times: counted, not timed."""
    looks = 0

    class Line(str):
        __slots__ = ()

        def __getitem__(self, at: Any) -> str:
            nonlocal looks
            cut = super().__getitem__(at)
            looks += len(cut)
            return cut

    def looked(times: int) -> int:
        nonlocal looks
        looks = 0
        find_names(Line("så sa fru Kari Nordtveit i Bergen at hun het Zelm da " * times), "no", default_taggers()[:2])
        return looks

    assert looked(400) <= 2.1 * looked(200)


def test_a_found_name_is_not_said_to_be_carried_to_where_it_was_found() -> None:
    """Only at its other occurrences does a find owe itself to another."""

    class Once:
        name, version = "once", "1"

        def find(self, text: str, language: str) -> list[Find]:
            """The first name of the text."""
            del text, language
            return [Find(0, len("Zelda"), Kind.PER, 0.9, (self.name,))]

    finds = find_names("Zelda kom. Så gikk Zelda.", "no", [Once()])
    assert [find.recognisers for find in finds] == [("once",), ("propagated",)]


class Naming:
    """Takes some words for organisations wherever asked to, and only there."""

    name, version = "naming", "1"

    def __init__(self, *stretches: tuple[int, int]) -> None:
        self._stretches = stretches

    def find(self, text: str, language: str) -> list[Find]:
        """The stretches of the text, start and end."""
        del text, language
        return [Find(start, end, Kind.ORG, 0.9, (self.name,)) for start, end in self._stretches]


def test_a_word_taken_for_an_organisation_once_in_many_times_is_not_carried() -> None:
    """A slip would else mark a word of the language throughout; what the lists know, or is found often, is."""
    text = "Regjeringen sa det. " * 6
    assert len(find_names(text, "no", [Naming((0, 11))])) == 1
    assert len(find_names(text, "no", [Naming((0, 11), (20, 31), (40, 51))])) == 6
    assert len(find_names("Solveig sa det. " * 6, "no", [Naming((0, 7))])) == 6


def test_a_newspaper_called_by_its_address_is_an_organisation() -> None:
    """A bare domain that a tagger takes for a name is no number; one with a path stays an address."""
    text, named = "Dagbladet.no skrev det", Naming((0, 12))
    assert {find.kind for find in find_names(text, "no", [Patterns(), named])} == {Kind.ORG}
    assert {find.kind for find in find_names(text, "no", [Patterns()])} == {Kind.ID}
    assert {find.kind for find in find_names("Dagbladet.no/kari skrev", "no", [Patterns(), named])} == {Kind.ID}

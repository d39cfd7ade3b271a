"""The invented passages are well formed, many, varied, and their two halves are apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Literal

import pytest

from benchmarks.passages import FOLDER, Gold, Passage, Split, parse, passages, split_of
from ingest.pseudonyms.finds import Kind
from storage.errors import BadInput

HEADER = "id: x1 language: no form: written dialect: none\n"
SPLITS: tuple[Split, ...] = ("dev", "test", "study")
HALVES: tuple[Literal["dev", "test"], ...] = ("dev", "test")
READ: dict[Split, tuple[Passage, ...]] = {split: tuple(passages(split)) for split in SPLITS}
APART = READ["dev"] + READ["test"]


def surfaces(passage: Passage) -> dict[str, set[str]]:
    """Every form in which each entity of a passage is named."""
    forms = defaultdict[str, set[str]](set)
    for gold in passage.mentions:
        forms[gold.entity].add(passage.text[gold.start : gold.end])
    return forms


def full_names(passage: Passage) -> set[tuple[str, ...]]:
    """The words of each name of more than one word a passage's persons have, whatever their case."""
    people = (names for entity, names in surfaces(passage).items() if entity.startswith("p"))
    return {tuple(name.casefold().split()) for names in people for name in names if " " in name}


def test_markup_is_taken_out_and_offsets_count_code_points() -> None:
    """Names of two lines are where the offsets say, also behind a letter outside the basic plane."""
    passage = parse(HEADER + "😀 [Kari Øye|PER|p1]s?\nTil [Ås|LOC|l1], [12 B|ID|s-i20].\n")
    assert passage.text == "😀 Kari Øyes?\nTil Ås, 12 B."
    assert passage.mentions == (
        Gold(2, 10, Kind.PER, "p1"),
        Gold(17, 19, Kind.LOC, "l1"),
        Gold(21, 25, Kind.ID, "s-i20"),
    )


def test_the_header_is_read() -> None:
    """Id, language, form and dialect come from the first line, which is no part of the text."""
    passage = parse("id: y22 language: nn form: heard dialect: sunnmøre\nja\n")
    assert passage == Passage("y22", "nn", "heard", "sunnmøre", "ja", ())


@pytest.mark.parametrize(
    "line",
    [
        *("[Kari|PER|p1", "Kari|PER|p1]", "[Kari]", "[Kari|PER]", "[Kari|MISC|p1]", "[Kari|PER|l1]", "[|PER|p1]"),
        *("[ Kari|PER|p1]", "[Kari |PER|p1]", "[Kari|PER|p]", "[Kari|PER|p0]", "[[Kari|PER|p1] Vik|PER|p1]", "a|b"),
    ],
)
def test_malformed_markup_is_refused_with_its_line_and_without_its_text(line: str) -> None:
    """The sentence tells which line it is, counted from the header, and no word of it."""
    with pytest.raises(BadInput, match="line 3") as caught:
        parse(HEADER + "God dag.\n" + line + "\n")
    assert "Kari" not in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        *("", "\n", HEADER, HEADER + "\n", "God dag.\n", HEADER.replace("language: no", "language: en") + "ja\n"),
        *(HEADER.replace("written", "spoken") + "ja\n", HEADER.replace(" dialect: none", "") + "ja\n"),
    ],
)
def test_a_file_without_header_or_text_is_refused(source: str) -> None:
    """What does not begin with a whole header, or ends after it, is no passage."""
    with pytest.raises(BadInput, match="Line 1"):
        parse(source)


def test_there_are_enough_and_every_sort() -> None:
    """At least 150 apart from the study, 100 of them for the test, half as heard, in five languages and dialects."""
    assert len(APART) >= 150
    assert len(READ["test"]) >= 100
    assert 2 * sum(passage.form == "heard" for passage in APART) == len(APART)
    languages = Counter(passage.language for passage in APART if passage.dialect == "none")
    assert languages["no"] >= 70
    assert languages["nn"] >= 50
    assert min(languages["da"], languages["sv"]) >= 5
    assert sum(passage.dialect != "none" for passage in APART) >= 40
    assert sum(not passage.mentions for passage in APART) >= 15
    assert sum(gold.kind is Kind.ID for passage in APART for gold in passage.mentions) >= 12


def test_passages_are_as_long_as_an_answer() -> None:
    """A passage has 50 to 120 words, an interview of the study 250 to 350."""
    assert all(50 <= len(passage.text.split()) <= 120 for passage in APART)
    assert all(250 <= len(passage.text.split()) <= 350 for passage in READ["study"])


def test_no_id_stands_twice_and_each_file_is_called_by_its_id() -> None:
    """An id names one passage, in whichever folder."""
    ids = [passage.id for split in SPLITS for passage in READ[split]]
    assert len(ids) == len(set(ids))
    assert ids == [path.stem for split in SPLITS for path in sorted((FOLDER / split).glob("*.txt"))]


@pytest.mark.parametrize("split", HALVES)
def test_the_hash_of_its_id_put_each_passage_where_it_is(split: Literal["dev", "test"]) -> None:
    """Nobody chose which passages are for the test."""
    assert {split_of(passage.id) for passage in READ[split]} == {split}


def test_nobody_of_dev_is_in_test() -> None:
    """No full name is used in both halves, so that having seen one tells nothing of the other."""
    dev, test = ({name for passage in READ[split] for name in full_names(passage)} for split in HALVES)
    assert dev & test == set()


@pytest.mark.parametrize("split", SPLITS)
def test_mentions_lie_in_their_text_in_order(split: Split) -> None:
    """Mentions are whole words within one line, and none lies in another."""
    for passage in READ[split]:
        assert all(one.end <= other.start for one, other in pairwise(passage.mentions))
        for gold in passage.mentions:
            surface = passage.text[gold.start : gold.end]
            assert surface == surface.strip()
            assert "\n" not in surface
            assert not passage.text[gold.start - 1 : gold.start].isalnum()
            assert not passage.text[gold.end : gold.end + 1].isalnum()


def test_the_study_has_people_who_come_back() -> None:
    """Eighteen interviews share ids beginning with s-; one person is in six by full name, others share first names."""
    assert len(READ["study"]) == 18
    assert all(gold.entity.startswith("s-") for passage in READ["study"] for gold in passage.mentions)
    assert not any(gold.entity.startswith("s-") for passage in APART for gold in passage.mentions)
    people = defaultdict[str, set[str]](set)
    for passage in READ["study"]:
        for entity, names in surfaces(passage).items():
            for name in names:
                people[name].add(entity)
    assert sum("Anne Hansen" in passage.text for passage in READ["study"]) >= 6
    assert {name for name, whose in people.items() if len(whose) > 1} >= {"Anne", "Hansen", "Terje", "Kari", "Odd"}

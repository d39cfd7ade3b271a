"""The shipped rules for pseudonyms load, and what is wrong in a file of them is told with its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ingest.pseudonyms import tags
from ingest.pseudonyms.rules import DEFAULT, rules_named
from policies import pseudonym_rules
from policies.pseudonym_rules import KINDS, SORTS, Way, named, read, sets
from storage.errors import BadInput, NotFound

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
# A comment.
[names]
says = "Other names."
PER = "surrogate"
LOC = "surrogate"
ORG = "tag"
ID = "tag"
marked = false

[names.sorts]
date = "generalise"
"""


def test_the_shipped_file_has_the_four_sets() -> None:
    """Each set says what it does, and has a way for each kind."""
    assert list(sets()) == ["names", "tags", "places-generalised", "strict"]
    for one in sets().values():
        assert one.says.endswith(".")
        assert tuple(one.ways) == KINDS


def test_what_a_study_has_that_chose_nothing_is_the_set_names() -> None:
    """The house's default and the file's first set are the same."""
    assert rules_named("names") == DEFAULT
    assert not DEFAULT.marked


def test_strict_lets_no_name_and_no_made_up_name_through() -> None:
    """Every kind becomes a tag, and nothing is excepted."""
    strict = named("strict")
    assert set(strict.ways.values()) == {Way.TAG}
    assert (strict.sorts, strict.marked) == ({}, True)


def test_every_sort_has_a_tag_in_every_language() -> None:
    """What the rules may speak of is what a number may be told by."""
    for words in tags.TAGS.values():
        assert set(words) == {*SORTS, "per", "loc", "org", "id"}


def test_the_file_names_every_sort_and_way() -> None:
    """Whoever reads the comments learns all the words that may be used."""
    text = pseudonym_rules.FILE.read_text(encoding="utf-8")
    comments = " ".join(line for line in text.splitlines() if line.startswith("#"))
    assert [word for word in (*SORTS, *KINDS, *Way) if not re.search(rf"\b{word}\b", comments)] == []


def test_a_file_of_ones_own_is_read() -> None:
    """Ways, exceptions and marks are as written."""
    (one,) = read(GOOD.replace("marked = false", "marked = true")).values()
    assert one.ways == {"PER": Way.SURROGATE, "LOC": Way.SURROGATE, "ORG": Way.TAG, "ID": Way.TAG}
    assert (one.sorts, one.marked) == ({"date": Way.GENERALISE}, True)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('PER = "surrogate"', 'PER = "surogate"', 4),
        ('PER = "surrogate"', "PER = 1", 4),
        ('PER = "surrogate"', 'PER = ["tag"]', 4),
        ('PER = "surrogate"\n', "", 2),
        ('ID = "tag"\n', "", 2),
        ('ORG = "tag"', 'ORG = "tag"\nFAC = "tag"', 7),
        ('ORG = "tag"', 'ORG = "tag', 6),
        ('ORG = "tag"', 'ORG = "tag"\nORG = "tag"', 7),
        ("marked = false", 'marked = "no"', 8),
        ("marked = false", "marked = 0", 8),
        ("marked = false\n", "", 2),
        ('says = "Other names."', "says = 3", 3),
        ('says = "Other names."', 'says = " "', 3),
        ('says = "Other names."\n', "", 2),
        ('date = "generalise"', 'data = "generalise"', 11),
        ('date = "generalise"', 'date = "round"', 11),
        ('date = "generalise"', "date = { a = 1 }", 11),
        ("[names.sorts]\ndate", 'sorts = { date = "round" }\n#', 10),
        ("[names.sorts]\ndate", "sorts = 3\n#", 10),
        ("# A comment.", "colour = 3", 1),
        ("# A comment.", "[", 1),
        ("[names]", "[nomes]", 1),
        ('date = "generalise"', 'date = "generalise"\n[other]', 12),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int) -> None:
    """A word misspelt, a kind left out, a value of another type: BadInput, the line, and nothing quoted."""
    text = GOOD.replace(old, new, 1)
    with pytest.raises(BadInput, match=rf"^pseudonyms\.toml, line {line}: "):
        read(text)


def test_an_empty_file_lacks_the_default() -> None:
    """Without the set that studies have which chose none, nothing is read."""
    with pytest.raises(BadInput, match="names"):
        read("")


def test_a_set_that_is_not_there_is_not_found() -> None:
    """The sentence says which there are."""
    with pytest.raises(NotFound, match="names, tags, places-generalised, strict"):
        named("loose")


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, or in another encoding: a sentence, and no path."""
    for content in (None, b"\xff\xfe"):
        path = tmp_path / "pseudonyms.toml"
        if content:
            path.write_bytes(content)
        monkeypatch.setattr(pseudonym_rules, "FILE", path)
        sets.cache_clear()
        with pytest.raises(BadInput) as caught:
            sets()
        assert str(tmp_path) not in caught.value.sentence
    sets.cache_clear()

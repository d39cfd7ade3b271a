"""The invented sentences the tagger learns speech from can all be filled, and their tags are what the slots say."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from training.names.lists import Lists
from training.names.spoken import (
    LANGUAGES,
    ORGANISATIONS,
    PEOPLE,
    PLACES,
    SLOT,
    filled,
    organisations,
    sentences,
    templates,
)

FEWEST = {"no": 450, "nn": 350, "da": 80, "sv": 80, "en": 150}
LONGEST = 80  # words
BIRTHS = Path(__file__).resolve().parents[3] / "shared" / "names" / "ssb-first-names.csv"
TAG = re.compile(r"O|[BI]-(PER|LOC|ORG)")


class Few:
    """A name of each sort, some of two words."""

    def first(self, rng: random.Random, gender: str | None) -> str:
        """By gender."""
        return {"f": "Solveig", "m": "Lars"}.get(gender or rng.choice("fm"), "Kim")

    def surname(self, rng: random.Random) -> str:
        """One of two."""
        return rng.choice(("Haugen", "Moe"))

    def nickname(self, rng: random.Random) -> str:
        """One of two."""
        return rng.choice(("Bamse", "Lille-Per"))

    def place(self, rng: random.Random) -> str:
        """One of two."""
        return rng.choice(("Bergen", "Mo i Rana"))

    def area(self, rng: random.Random) -> str:
        """One of two."""
        return rng.choice(("Bjørkelia", "Nedre Haugen"))

    def country(self, rng: random.Random) -> str:
        """One of two."""
        return rng.choice(("Polen", "Sri Lanka"))


def dice(seed: int) -> random.Random:
    """A source of chance that can be repeated."""
    return random.Random(seed)  # noqa: S311 - no secret is drawn, only examples


def one(template: str, language: str = "no", seed: int = 1) -> list[tuple[str, str]]:
    """A template filled: pairs of token and tag."""
    tokens, tags = filled(template, dice(seed), Few(), language)
    return list(zip(tokens, tags, strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_templates_and_none_is_long_or_twice(language: str) -> None:
    """A language has as many different templates as was wanted, each of at most eighty words."""
    lines = templates(language)
    assert len(set(lines)) == len(lines) >= FEWEST[language]
    assert max(len(line.split()) for line in lines) <= LONGEST


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_known_slots_are_used(language: str) -> None:
    """Every brace belongs to a slot that can be filled, in the templates and in the names of organisations."""
    known = PEOPLE | PLACES | set(ORGANISATIONS)
    patterns = [pattern for sort in organisations(language).values() for pattern in sort]
    for line in (*templates(language), *patterns):
        assert {slot[1] for slot in SLOT.finditer(line)} <= known, line
        assert not set("{}") & set(SLOT.sub("", line)), line
        assert all(len(SLOT.findall(word)) <= 1 for word in re.sub(r"[\[\]|]", " ", line).split()), line
    assert set(organisations(language)) == {sort for sort in ORGANISATIONS.values() if sort}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quarter_of_the_templates_names_nobody(language: str) -> None:
    """Silence is learnt too: at least every fourth template has no slot at all."""
    bare = [line for line in templates(language) if not SLOT.search(line)]
    assert len(bare) >= 0.25 * len(templates(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_filled_sentence_is_well_tagged(language: str) -> None:
    """Tokens and tags go together, no token holds a blank or a brace, and no I- stands without what it continues."""
    for tokens, tags in sentences(dice(5), Few(), language, 3 * len(templates(language))):
        assert len(tokens) == len(tags) > 0
        assert all(token and not re.search(r"[\s{}\[\]|]", token) for token in tokens), tokens
        for before, tag in zip(["O", *tags], tags, strict=False):
            assert TAG.fullmatch(tag)
            assert not tag.startswith("I-") or before[2:] == tag[2:], (tokens, tags)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_is_a_mention(language: str) -> None:
    """A sentence has exactly as many names as its template has slots."""
    for template in templates(language):
        if "[" not in template:
            tags = [tag for _, tag in one(template, language)]
            assert sum(tag.startswith("B-") for tag in tags) == len(SLOT.findall(template)), template


def test_the_same_seed_gives_the_same_sentences() -> None:
    """Training can be repeated."""
    first, second = (list(sentences(dice(7), Few(), "no", 700)) for _ in range(2))
    assert first == second
    assert first != list(sentences(dice(8), Few(), "no", 700))


def test_every_template_comes_before_one_comes_again() -> None:
    """As many sentences as templates use each of them once."""
    wanted = sum(len(SLOT.findall(line)) for line in templates("en"))
    drawn = [tags for _, tags in sentences(dice(2), Few(), "en", len(templates("en")))]
    assert sum(tag.startswith("B-") for tags in drawn for tag in tags) == wanted


def test_punctuation_stands_apart() -> None:
    """Marks are tokens of their own, and an initial keeps its full stop."""
    assert one("«{M}, ja?» {I+.} ...")[:5] == [("«", "O"), ("Lars", "B-PER"), (",", "O"), ("ja", "O"), ("?", "O")]
    assert one("{I+.} {S}.")[0][0].endswith(".")
    assert one("Jeg...") == [("Jeg", "O"), ("...", "O")]


def test_what_is_written_on_to_a_slot_belongs_to_the_name() -> None:
    """Genitives and compounds are one word, and a small slot makes a small word."""
    assert one("{M}s") == [("Lars'", "B-PER")]
    assert one("{W}s bil") == [("Solveigs", "B-PER"), ("bil", "O")]
    assert {one("{p+skvinne}", seed=seed)[-1] for seed in range(9)} <= {
        ("bergenskvinne", "B-LOC"),
        ("ranaskvinne", "I-LOC"),
    }


def test_the_english_genitive_is_a_word_of_its_own() -> None:
    """As in the English treebank."""
    assert one("{W}'s car", "en") == [("Solveig", "B-PER"), ("'s", "O"), ("car", "O")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_fill_every_slot_with_words(language: str) -> None:
    """Names of the real lists go into every template, with no mark in them that would be a token."""
    if not BIRTHS.exists():
        pytest.skip("the table of births lies beside the project, not in it")
    names = Lists(language, BIRTHS)
    for tokens, tags in sentences(dice(3), names, language, 2 * len(templates(language))):
        assert all(
            re.match(r"\w", token) for token, tag in zip(tokens, tags, strict=True) if tag[2:] in {"PER", "LOC"}
        )


def test_names_are_drawn_by_gender_and_the_rare_ones_too() -> None:
    """Both coins fall: the commonest names come often, and most draws still differ."""
    if not BIRTHS.exists():
        pytest.skip("the table of births lies beside the project, not in it")
    names = Lists("no", BIRTHS)
    rng = dice(4)
    women = [names.first(rng, "f") for _ in range(2000)]
    assert women.count("Anne") > 10
    assert len(set(women)) > 500
    assert women.count("Lars") == 0

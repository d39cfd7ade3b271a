"""What the tagger's training does to names: their labels have to follow them, and nothing else may change."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from training.names.misheard import Sentence, mentions, misheard, parted, printed

WORDS = st.sampled_from(["Vigleik", "Konstanse", "Solheim", "Odda", "jeg", "traff", "og", "på", "i"])
NAMED = st.tuples(st.lists(WORDS, min_size=1, max_size=3), st.sampled_from(["PER", "LOC", "ORG"]))
PLAIN = st.tuples(st.lists(WORDS, min_size=1, max_size=3), st.just(""))


@st.composite
def sentences(draw: st.DrawFn) -> Sentence:
    """A sentence with names of one to three words in it."""
    tokens, tags = list[str](), list[str]()
    for words, kind in draw(st.lists(st.one_of(NAMED, PLAIN), min_size=1, max_size=6)):
        tokens += words
        tags += [(f"I-{kind}" if at else f"B-{kind}") if kind else "O" for at in range(len(words))]
    return Sentence(tokens, [True] * len(tokens), tags)


def outside(sentence: Sentence) -> list[str]:
    """The words in no name."""
    return [token for token, tag in zip(sentence.tokens, sentence.tags, strict=True) if tag == "O"]


def kinds(sentence: Sentence) -> list[str]:
    """The kinds of the names, in order."""
    return [kind for _, _, kind in mentions(sentence.tags) if kind]


@given(sentences(), st.randoms(use_true_random=False))
def test_labels_follow_mangled_names(sentence: Sentence, rng: random.Random) -> None:
    """As many names of the same kinds are left, each begun once, and the words between them are as they were."""
    heard = misheard(sentence, rng)
    assert len(heard.tokens) == len(heard.tags) == len(heard.spaces)
    assert kinds(heard) == kinds(sentence)
    assert outside(heard) == outside(sentence)


@given(sentences(), st.randoms(use_true_random=False))
def test_false_stops_and_capitals_change_no_word(sentence: Sentence, rng: random.Random) -> None:
    """But for the stops that were put in, the same words stand in the same order under the same labels."""
    heard = printed(sentence, rng)
    kept = [
        (token.lower(), tag) for token, tag in zip(heard.tokens, heard.tags, strict=True) if (token, tag) != (".", "O")
    ]
    assert kept == [(token.lower(), tag) for token, tag in zip(sentence.tokens, sentence.tags, strict=True)]


def test_names_are_mangled_at_all() -> None:
    """In a thousand hearings some are cut in two, some run together, some a letter off, and most as they were."""
    sentence = Sentence(["Vigleik", "Solheim"], [True, True], ["B-PER", "I-PER"])
    rng = random.Random(7)  # noqa: S311  # no secret
    heard = [misheard(sentence, rng).tokens for _ in range(1_000)]
    assert {1, 2, 3} <= {len(tokens) for tokens in heard}
    same = sum(list(tokens) == list(sentence.tokens) for tokens in heard)
    assert 700 < same < 950
    assert any(len(tokens) == 2 and list(tokens) != list(sentence.tokens) for tokens in heard)


@given(st.text(alphabet="abcdefgæøå", min_size=5, max_size=12), st.randoms(use_true_random=False))
def test_a_name_cut_in_two_is_the_same_letters(word: str, rng: random.Random) -> None:
    """Both halves have two letters at least; short words stay whole."""
    halves = parted(word, rng)
    assert "".join(halves) == word
    assert min(map(len, halves)) >= 2
    assert parted(word[:4], rng) == [word[:4]]

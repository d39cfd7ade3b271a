"""Written sentences made to sound like speech a recogniser wrote down: other names, no capitals, no marks, fillers."""

from __future__ import annotations

import string
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from training.names.misheard import Sentence, mentions, misheard, printed, slip

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from training.names.spoken import Names

SWAPPED: Final = 0.4
"""The share of runs whose names are changed for others, and in these 0.7 of the names."""

_SAID: Final = "eh øh mm liksom altså ikke_sant ikkje_sant på_en_måte på_ein_måte hm ja nei da sånn uh um like ehm"
FILLERS: Final = tuple(word.replace("_", " ") for word in _SAID.split())
_MARKS: Final = frozenset(string.punctuation) | frozenset("«»–—“”’…#")
_OPENS: Final = frozenset("«“([")
_CLOSES: Final = frozenset(".,;:!?…»”)]%")


def written(tokens: Sequence[str], tags: Sequence[str]) -> Sentence:
    """A sentence with the blanks that a writer puts between its tokens."""
    after = [*tokens[1:], ""]
    spaces = [token not in _OPENS and not _joins(following) for token, following in zip(tokens, after, strict=True)]
    return Sentence(tokens, spaces, tags)


def _joins(token: str) -> bool:
    return bool(token) and (all(letter in _CLOSES for letter in token) or token in {"'s", "’s", "n't"})


def noisy(
    run: Sequence[Sentence], rng: random.Random, names: Names, *, coded: bool, mangled: bool = True
) -> list[Sentence]:
    """A run of sentences as one recogniser might have heard it; in `coded` ones people have no names.

    Where names may be `mangled` some are misheard, and in some runs neither stops nor capitals can be trusted.
    """
    if coded or rng.random() < SWAPPED:
        known: dict[str, list[str]] = {}
        share = 1.0 if coded else 0.7
        run = [_renamed(sentence, rng, names, known, share) for sentence in run]
    change = _change(rng) if mangled else _milder(rng)
    return [change(sentence) for sentence in run]


def _change(rng: random.Random) -> Callable[[Sentence], Sentence]:
    """What becomes of every sentence of a run."""
    chance = rng.random()
    if chance < 0.38:
        return lambda sentence: _heard(misheard(sentence, rng), rng, lower=True, marks=0.0)
    if chance < 0.45:
        return lambda sentence: _heard(misheard(sentence, rng), rng, lower=True, marks=1.0)
    if chance < 0.50:
        return lambda sentence: _heard(sentence, rng, lower=False, marks=0.3)
    if chance < 0.62:
        return lambda sentence: printed(_heard(misheard(sentence, rng), rng, lower=False, marks=0.5), rng)
    return _shouted if chance < 0.64 else lambda sentence: sentence


def _milder(rng: random.Random) -> Callable[[Sentence], Sentence]:
    """The same where capitals and marks go, and names are heard right."""
    chance = rng.random()
    if chance < 0.40:
        return lambda sentence: _heard(sentence, rng, lower=True, marks=0.0)
    if chance < 0.47:
        return lambda sentence: _heard(sentence, rng, lower=True, marks=1.0)
    if chance < 0.55:
        return lambda sentence: _heard(sentence, rng, lower=False, marks=0.3)
    return _shouted if chance < 0.57 else lambda sentence: sentence


def _shouted(sentence: Sentence) -> Sentence:
    return replace(sentence, tokens=[token.upper() for token in sentence.tokens])


def _heard(sentence: Sentence, rng: random.Random, *, lower: bool, marks: float) -> Sentence:
    """Without most marks, with fillers and words said twice."""
    tokens, spaces, tags = list[str](), list[bool](), list[str]()
    pending = False
    for token, space, tag in zip(sentence.tokens, sentence.spaces, sentence.tags, strict=True):
        if all(letter in _MARKS for letter in token) and rng.random() >= marks:
            spaces[-1:] = [True] * len(spaces[-1:])
            pending = pending or tag.startswith("B")
            continue
        opened = tag if not (pending and tag.startswith("I")) else "B" + tag[1:]
        pending = False
        if tag[0] != "I" and rng.random() < 0.03:
            extra = rng.choice(FILLERS).split() if rng.random() < 0.7 or tag != "O" else [token]
            tokens += [word.lower() if lower else word for word in extra]
            spaces += [True] * len(extra)
            tags += ["O"] * len(extra)
        tokens.append(token.lower() if lower else token)
        spaces.append(space)
        tags.append(opened)
    return Sentence(tokens, spaces, tags)


def _renamed(
    sentence: Sentence, rng: random.Random, names: Names, known: dict[str, list[str]], share: float
) -> Sentence:
    """Other people and places in the same grammar; the same name in a run becomes the same other one."""
    tokens, spaces, tags = list[str](), list[bool](), list[str]()
    for start, end, kind in mentions(sentence.tags):
        old = list(sentence.tokens[start:end])
        new = _other(old, kind, rng, names, known) if kind in {"PER", "LOC"} and rng.random() < share else None
        if new is None:
            tokens += old
            spaces += sentence.spaces[start:end]
            tags += sentence.tags[start:end]
            continue
        tokens += new
        spaces += [True] * (len(new) - 1) + [sentence.spaces[end - 1]]
        tags += [f"B-{kind}", *[f"I-{kind}"] * (len(new) - 1)]
    return Sentence(tokens, spaces, tags)


def _other(
    old: list[str], kind: str, rng: random.Random, names: Names, known: dict[str, list[str]]
) -> list[str] | None:
    bare, genitive = _bare(old[-1])
    if kind == "LOC" and (len(old) > 1 or "-" in old[0]):
        return None
    key = " ".join([*old[:-1], bare])
    if key not in known:
        known[key] = (_person(old, rng, names) if kind == "PER" else names.place(rng)).split()
    new = list(known[key])
    if rng.random() < 0.1:
        new[-1] = slip(new[-1], rng)
    if (genitive and rng.random() < 0.8) or rng.random() < 0.03:
        new[-1] += "s" if new[-1][-1:] not in "sxz" else "'"
    return new


def _person(old: list[str], rng: random.Random, names: Names) -> str:
    if len(old) == 1:
        return names.first(rng, None) if rng.random() < 0.7 else names.surname(rng)
    middle = f" {names.first(rng, None)}" if rng.random() < 0.08 else ""
    return f"{names.first(rng, None)}{middle} {names.surname(rng)}"


def _bare(word: str) -> tuple[str, bool]:
    """A word without a genitive s, which words that end in us, as, is or ss mostly have not."""
    lower = word.lower()
    genitive = len(word) > 3 and lower.endswith("s") and not lower.endswith(("ss", "us", "as", "is", "os", "es"))
    return (word[:-1], True) if genitive else (word, False)

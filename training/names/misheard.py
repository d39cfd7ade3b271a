"""Names as a recogniser mangles them: a letter off, cut in two, run together, without capital, after a false stop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence

_SPELT: Final = (
    "ch>k c>k k>c th>t t>th ph>f aa>å å>aa w>v v>w ll>l nn>n ss>s n>nn l>ll gj>j hj>j z>s x>ks e>a i>y y>i ei>ai ie>i "
    "rd>r ld>l nd>n d>"
)
_SLIPS: Final = tuple(tuple(pair.split(">")) for pair in _SPELT.split())

SLIPPED: Final = 0.08
PARTED: Final = 0.06
JOINED: Final = 0.04
"""Shares of names that are spelt as they sound, cut in two, or have two of their words run together."""

FALSE_STOP: Final = 0.04
STOP_AT_NAME: Final = 0.12
SMALL: Final = 0.35
"""Where capitals and stops cannot be trusted: stops before a word and before a name, names without a capital."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens, whether a blank follows each, and their IOB2 tags."""

    tokens: Sequence[str]
    spaces: Sequence[bool]
    tags: Sequence[str]


@dataclass(slots=True)
class _Made:
    """A sentence under way."""

    tokens: list[str] = field(default_factory=list)
    spaces: list[bool] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    def add(self, token: str, tag: str, *, space: bool) -> None:
        self.tokens.append(token)
        self.spaces.append(space)
        self.tags.append(tag)


def mentions(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Stretches of tokens: each mention with its kind, each other token by itself with none."""
    found: list[tuple[int, int, str]] = []
    for at, tag in enumerate(tags):
        if tag.startswith("I") and found and found[-1][2] == tag[2:]:
            found[-1] = (found[-1][0], at + 1, tag[2:])
        else:
            found.append((at, at + 1, tag[2:]))
    return found


def misheard(sentence: Sentence, rng: random.Random) -> Sentence:
    """Some of its names mangled; the labels follow."""
    made = _Made()
    for start, end, kind in mentions(sentence.tags):
        tokens = list(sentence.tokens[start:end])
        heard = _mangled(tokens, rng) if kind else tokens
        spaces = sentence.spaces[start:end] if len(heard) == len(tokens) else _blanks(heard, sentence.spaces[end - 1])
        for at, (token, space) in enumerate(zip(heard, spaces, strict=True)):
            made.add(token, (f"I-{kind}" if at else f"B-{kind}") if kind else sentence.tags[start], space=space)
    return Sentence(made.tokens, made.spaces, made.tags)


def _blanks(heard: list[str], last: bool) -> list[bool]:
    return [True] * (len(heard) - 1) + [last]


def _mangled(tokens: list[str], rng: random.Random) -> list[str]:
    at, chance = rng.randrange(len(tokens)), rng.random()
    if chance < SLIPPED:
        return [*tokens[:at], slip(tokens[at], rng), *tokens[at + 1 :]]
    if chance < SLIPPED + PARTED:
        return [*tokens[:at], *parted(tokens[at], rng), *tokens[at + 1 :]]
    if chance < SLIPPED + PARTED + JOINED and at + 1 < len(tokens) and (tokens[at] + tokens[at + 1]).isalpha():
        return [*tokens[:at], tokens[at] + tokens[at + 1].lower(), *tokens[at + 2 :]]
    return tokens


def slip(word: str, rng: random.Random) -> str:
    """A name spelt as it sounds."""
    lower = word.lower()
    fitting = [(old, new) for old, new in _SLIPS if lower.find(old, 1) > 0]
    if len(word) < 4 or not fitting:
        return word
    old, new = rng.choice(fitting)
    at = lower.find(old, 1)
    return word[:at] + new + word[at + len(old) :]


def parted(word: str, rng: random.Random) -> list[str]:
    """A name heard as two words, at most one of them with a capital: `jo ri`, `Kunst anse`."""
    if len(word) < 5 or not word.isalpha():
        return [word]
    at = rng.randint(2, len(word) - 2)
    return [word[:at], word[at:].lower()]


def printed(sentence: Sentence, rng: random.Random) -> Sentence:
    """Capitals and stops as a recogniser sets them that is unsure of both: `søster. beate og. Hun kom fra gana`."""
    made = _Made()
    for start, end, kind in mentions(sentence.tags):
        stopped = bool(made.tokens) and rng.random() < (STOP_AT_NAME if kind else FALSE_STOP)
        if stopped and made.tokens[-1][-1:].isalnum():
            made.spaces[-1] = False
            made.add(".", "O", space=True)
        for token, space, tag in _cased(sentence, start, end, rng, stopped=stopped):
            made.add(token, tag, space=space)
    return Sentence(made.tokens, made.spaces, made.tags)


def _cased(
    sentence: Sentence, start: int, end: int, rng: random.Random, *, stopped: bool
) -> Iterator[tuple[str, bool, str]]:
    name = sentence.tags[start] != "O"
    small = name and rng.random() < SMALL
    for at in range(start, end):
        token = sentence.tokens[at].lower() if small else sentence.tokens[at]
        if at == start and stopped and not name and rng.random() < 0.6:  # what follows a stop has a capital mostly
            token = token[:1].upper() + token[1:]
        yield token, sentence.spaces[at], sentence.tags[at]

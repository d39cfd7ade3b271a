"""Invented sentences of interviews with slots for names, and how they are filled: from these a tagger learns speech.

The sentences stand in `spoken/<language>.txt`, one to three spoken sentences a line; `[a|b]` is one or the other. All
were written for this project. A slot takes a name, and whatever is written on to it without a blank belongs to it: the
genitive in `{F}s`, the rest of the word in `{P}-gutt` and `{p+skvinne}`, where the small letter makes a small initial.

    {F} {M} {W}     first name: any, a man's, a woman's      {FS} {MS} {WS}  the same with a surname
    {S} {N} {I}     surname, nickname, initial               {P} {A} {C}     town, part of town or farm, country
    {O}             organisation of any sort; {OJ} prison, {OT} treatment place or shelter, {OS} school,
                    {OW} workplace, {OC} club, {OG} office. Patterns: `spoken/organisations-<language>.txt`

What counts as a name: people by any name or nickname, without their title (`tante {W}`); places down to a farm, and
words made of them (`{P}-gutt`, which tells where someone is from); organisations with a name of their own. NAV counts
by itself, as in NorNE. What everybody has counts not: the police, the child welfare service, the municipality, the
prison; nor do languages, nationalities, months, drugs and brands of things. Many lines hold only those, or words that
are names elsewhere (`liv`, `stig`, `per`), since a tagger must learn where to keep still.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "spoken"
LANGUAGES = ("no", "nn", "da", "sv", "en")
PEOPLE = {"F", "M", "W", "S", "N", "I", "FS", "MS", "WS"}
PLACES = {"P", "A", "C", "p", "a"}
ORGANISATIONS = {
    "O": None,
    "OJ": "prison",
    "OT": "treatment",
    "OS": "school",
    "OW": "workplace",
    "OC": "club",
    "OG": "office",
}
SLOT = re.compile(r"\{(\w+)(?:\+([^{}]+))?\}")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_CHUNK = re.compile(r"^([«»\"“”(]*)(.*?)(\.\.\.|…|[.,:;!?«»\"“”)]*)([«»\"“”)]*)$")
_ENDS_LIKE_A_GENITIVE = ("s", "x", "z")
_GENDERS = {"M": "m", "W": "f"}


class Names(Protocol):
    """Where names are drawn from: each call gives one, as written, words parted by one blank."""

    def first(self, rng: random.Random, gender: str | None) -> str:
        """A first name of gender `f`, `m` or any."""

    def surname(self, rng: random.Random) -> str:
        """A surname."""

    def nickname(self, rng: random.Random) -> str:
        """What friends call someone."""

    def place(self, rng: random.Random) -> str:
        """A town or village."""

    def area(self, rng: random.Random) -> str:
        """A part of town, a farm or a street."""

    def country(self, rng: random.Random) -> str:
        """A country."""


def sentences(rng: random.Random, names: Names, language: str, count: int) -> Iterator[tuple[list[str], list[str]]]:
    """`count` filled sentences of one of `LANGUAGES`: tokens, and their IOB2 tags with PER, LOC and ORG.

    Every template comes once before one comes again. The same seed gives the same sentences.
    """
    waiting: list[str] = []
    for _ in range(count):
        if not waiting:
            waiting = list(templates(language))
            rng.shuffle(waiting)
        yield filled(waiting.pop(), rng, names, language)


@cache
def templates(language: str) -> tuple[str, ...]:
    """The templates of a language, in the order of the file."""
    return _lines(f"{language}.txt")


@cache
def organisations(language: str) -> dict[str, tuple[str, ...]]:
    """Patterns of names of organisations by their sort."""
    sorts: dict[str, tuple[str, ...]] = {}
    for line in _lines(f"organisations-{language}.txt"):
        sort, pattern = line.split(": ", 1)
        sorts[sort] = (*sorts.get(sort, ()), pattern)
    return sorts


def filled(template: str, rng: random.Random, names: Names, language: str) -> tuple[list[str], list[str]]:
    """One template with names in its slots: tokens and tags."""
    tokens: list[str] = []
    tags: list[str] = []
    for chunk in _chosen(template, rng).split():
        for token, tag in _tagged(chunk, rng, names, language):
            tokens.append(token)
            tags.append(tag)
    return tokens, tags


def _chosen(template: str, rng: random.Random) -> str:
    return _CHOICE.sub(lambda choice: rng.choice(choice[1].split("|")), template)


def _tagged(chunk: str, rng: random.Random, names: Names, language: str) -> Iterator[tuple[str, str]]:
    """A chunk without blanks, its punctuation apart."""
    before, core, after, closing = _parted(chunk)
    yield from ((mark, "O") for mark in before)
    slot = SLOT.search(core)
    if slot:
        yield from _mention(slot, rng, names, language)
    elif core:
        yield core, "O"
    if after:
        yield from ((mark, "O") for mark in ([after] if after in {"...", "…"} else after))
    yield from ((mark, "O") for mark in closing)


def _parted(chunk: str) -> tuple[str, str, str, str]:
    match = _CHUNK.match(chunk)
    before, core, after, closing = match.groups() if match else ("", chunk, "", "")
    return before, core, after, closing


def _mention(slot: re.Match[str], rng: random.Random, names: Names, language: str) -> Iterator[tuple[str, str]]:
    """The words of one name; the English genitive is a word of its own, as in the treebanks."""
    symbol, ending = slot[1], slot[2] or ""
    kind = _kind(symbol)
    name = _name(symbol, rng, names, language)
    rest = slot.string[slot.end() :]
    apart = rest if language == "en" and rest == "'s" else ""
    whole = slot.string[: slot.start()] + _joined(name, ending + (rest if not apart else ""))
    for at, word in enumerate(whole.split()):
        yield word, f"{'I' if at else 'B'}-{kind}"
    if apart:
        yield apart, "O"


def _joined(name: str, ending: str) -> str:
    """Lars has no second s: `Lars sin`, `Lars'`."""
    if ending == "s" and name.casefold().endswith(_ENDS_LIKE_A_GENITIVE):
        return f"{name}'"
    return name + ending


def _kind(symbol: str) -> str:
    return "PER" if symbol in PEOPLE else "LOC" if symbol in PLACES else "ORG"


def _name(symbol: str, rng: random.Random, names: Names, language: str) -> str:
    if symbol in PEOPLE:
        return _person(symbol, rng, names)
    if symbol in ORGANISATIONS:
        return _organisation(symbol, rng, names, language)
    place = {"P": names.place, "A": names.area, "C": names.country}[symbol.upper()](rng)
    return place.lower() if symbol.islower() else place


def _person(symbol: str, rng: random.Random, names: Names) -> str:
    if symbol == "I":
        return rng.choice("ABCDEFGHIJKLMNOPRSTUVWYØ")
    if symbol == "N":
        return names.nickname(rng)
    if symbol == "S":
        return names.surname(rng)
    first = names.first(rng, _GENDERS.get(symbol[0]))
    return f"{first} {names.surname(rng)}" if symbol.endswith("S") else first


def _organisation(symbol: str, rng: random.Random, names: Names, language: str) -> str:
    """A pattern filled; inside it everything belongs to the one name."""
    sorts = organisations(language)
    pattern = rng.choice(sorts[ORGANISATIONS[symbol] or rng.choice(sorted(sorts))])
    return SLOT.sub(lambda slot: _name(slot[1], rng, names, language), pattern)


def _lines(name: str) -> tuple[str, ...]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))

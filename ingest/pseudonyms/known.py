"""Finds names that are given: those found elsewhere in a document, or those already in a study's link key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.genitive import ways
from ingest.pseudonyms.titles import PARTICLES
from ingest.pseudonyms.tokens import is_cased, lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ingest.pseudonyms.tokens import Token

_SCORE = 0.6
_SHORTEST_PART = 3


def words(name: str) -> tuple[str, ...]:
    """A name's words, casefolded, cut as the finders cut them."""
    return tuple(token.text.casefold() for line in lines(name) for token in line)


class KnownNames:
    """Finds every occurrence of the given names, genitives among them.

    `sure` names were taken for real by somebody: a small letter hides them only where they are ordinary words too.
    """

    version = "1"

    def __init__(self, names: Iterable[tuple[str, Kind]], name: str = "known", *, sure: bool = False) -> None:
        self.name = name
        self._sure = sure
        self._by_first: dict[str, dict[tuple[str, ...], Kind]] = {}
        for form, kind in names:
            key = words(form)
            if key:
                self._by_first.setdefault(key[0], {}).setdefault(key, kind)

    def find(self, text: str, language: str) -> list[Find]:
        """Occurrences that look like names: with a capital, or where a small letter cannot mislead."""
        del language
        finds: list[Find] = []
        for tokens in lines(text):
            cased = is_cased(tokens) and not self._sure
            for at in range(len(tokens)):
                finds += self._at(tokens, at, cased=cased)
        return finds

    def _at(self, tokens: Sequence[Token], at: int, *, cased: bool) -> Iterator[Find]:
        first = tokens[at]
        starts = [self._by_first.get(stem.casefold(), {}) for stem, _ in ways(first.text)]
        if not any(starts) or not _counts(first, cased=cased):
            return
        for key, kind in (item for names in starts for item in names.items()):
            run = tokens[at : at + len(key)]
            if _matches(key, run):
                yield Find(first.start, run[-1].end, kind, _SCORE, (self.name,))


def _matches(key: tuple[str, ...], tokens: Sequence[Token]) -> bool:
    *firsts, last = (token.text.casefold() for token in tokens)
    return (*firsts,) == key[:-1] and any(stem == key[-1] for stem, _ in ways(last))


def _counts(token: Token, *, cased: bool) -> bool:
    """A capital will do, or a script that has none; a small letter only on a word that is nothing but a name."""
    if not token.text[0].islower():
        return True
    is_word = any(stem.casefold() in lists().words for stem, _ in ways(token.text))
    return not is_word and (not cased or any(lists().knows(stem) for stem, _ in ways(token.text)))


def with_parts(name: str, kind: Kind) -> Iterator[tuple[str, Kind]]:
    """A name and, of a person's name of several words, each word of three letters or more."""
    yield name, kind
    parts = name.split()
    if kind is Kind.PER and len(parts) > 1:
        yield from ((part, kind) for part in parts if len(part) >= _SHORTEST_PART and _is_telling(part))


def _is_telling(part: str) -> bool:
    """Whether a word of a person's name points at the person by itself, as `von` and a small `liv` do not."""
    folded = part.casefold()
    return folded not in PARTICLES and (part[0].isupper() or folded not in lists().words)

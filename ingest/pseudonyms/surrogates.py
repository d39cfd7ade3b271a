"""Surrogates: what stands in the text instead of a real form.

A candidate's rank is an HMAC of the name it stands for and the candidate, under the study's seed; the best candidate
not yet in use wins. So a name gets the same surrogate whichever interview comes first, unless two names want the same
one, and without the seed nobody can tell from a surrogate which name it may stand for.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from itertools import chain, count, product
from typing import TYPE_CHECKING

from ingest.pseudonyms import backgrounds, nicknames, persons, pools, tags
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.taken import pairs
from ingest.pseudonyms.titles import PARTICLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.pseudonyms.linking import Book, Entity
    from ingest.pseudonyms.pools import Pools

_INITIALS = "ABDEFGHIJKLMNOPRSTUV"
_DOUBLES = 24  # names each half of an invented double name is taken from


def choose(book: Book, entity: Entity, language: str, sort: str = "", *, shared: bool = True) -> str:
    """A surrogate for a new entity, of the same shape as its longest form, that is nobody's real form and not in use.

    `shared` says whether a word of a person's name that others bear is replaced as theirs is.
    """
    form = longest(entity)
    if entity.kind in {Kind.ORG, Kind.ID}:
        return tags.tag(sort if entity.kind is Kind.ID else "org", language, entity.number)
    if entity.kind is Kind.LOC:
        return _best(book, form, pools.places(form, language))
    return _Drawing(book, entity, language, shared=shared).person(form.split(" "), {})


def extended(book: Book, entity: Entity, form: str, language: str) -> str:
    """The surrogate of a known entity that turns out to have a longer name: the part in use stays as it is."""
    if entity.kind is not Kind.PER or len(form.split(" ")) <= max(len(known.split(" ")) for known in entity.forms):
        return entity.surrogate
    return _Drawing(book, entity, language, shared=True).person(form.split(" "), dict(pairs(entity)))


def longest(entity: Entity) -> str:
    """The form of the most words, the first in the alphabet of several."""
    return min(entity.forms, key=lambda form: (-len(form.split(" ")), form))


@dataclass(frozen=True)
class _Drawing:
    """Draws a person's surrogate word for word, so that a surname shared in life is shared in the text.

    A person known by a first name in one interview alone has a surrogate of their own, unless people of the same
    interview bear that name too.
    """

    book: Book
    entity: Entity
    language: str
    shared: bool

    def person(self, parts: list[str], own: dict[str, str]) -> str:
        """A stand-in for each part; `own` are those the person has already. Never a whole surrogate twice."""
        elsewhere = self._elsewhere(parts)
        new = [
            own.get(part.casefold()) or self._shared(part) or self._part(part, role, elsewhere)
            for part, role in zip(parts, _roles(parts), strict=True)
        ]
        if self.book.taken.is_used(" ".join(new)):
            self._set_apart(parts, new, elsewhere)
        return " ".join(new)

    def _set_apart(self, parts: list[str], new: list[str], elsewhere: str | None) -> None:
        """Another stand-in for the last word that is no initial; for the initial of who has nothing else too."""
        roles = _roles(parts)
        at = max((at for at, role in enumerate(roles) if role in "sf"), default=len(parts) - 1)
        free = [letter for letter in self._letters(parts[at]) if not self._is_used_with(new, at, letter)]
        if roles[at] == "i" and free:
            new[at] = free[0]
        else:
            new[at] = self._part(parts[at], "s" if roles[at] == "s" else "f", elsewhere, str(self.entity.number))

    def _is_used_with(self, new: list[str], at: int, part: str) -> bool:
        return self.book.taken.is_used(" ".join([*new[:at], part, *new[at + 1 :]]))

    def _letters(self, part: str) -> list[str]:
        letters = [letter + part[1:] for letter in _INITIALS if letter != part[0].upper()]
        return sorted(letters, key=lambda letter: _rank(self.book.seed, part, letter))

    def _shared(self, part: str) -> str | None:
        known = self.book.taken.stand_in(part) if self.shared else None
        if known is None or not self.entity.interview:
            return known
        return known if self.book.has_namesake(self.entity, part) else None

    def _part(self, part: str, role: str, elsewhere: str | None, salt: str = "") -> str:
        if role == "p":
            return part
        if role == "i":
            return self._letters(part)[0]
        before, name, after = nicknames.parted(part)
        halves = [self._name(half, role, elsewhere, salt) for half in name.split("-") if half]
        return before + "-".join(halves) + after

    def _name(self, name: str, role: str, elsewhere: str | None, salt: str) -> str:
        if role == "s":
            return _best(self.book, name + salt, pools.surnames(name, self.language, elsewhere))
        gender = persons.gender(name.casefold()) or self.entity.gender
        scope = f"\x00{self.entity.interview}" if self.entity.interview else ""
        return _best(self.book, name + scope + salt, pools.first_names(name, gender, self.language, elsewhere))

    @staticmethod
    def _elsewhere(parts: list[str]) -> str | None:
        homes = [backgrounds.background(part, role) for part, role in zip(parts, _roles(parts), strict=True)]
        return next((home for home in homes if home), None)


def _roles(parts: list[str]) -> list[str]:
    """What each word of a name is: `p` particle or kept as it is, `i` initial, `s` surname, `f` first name."""
    full = persons.is_full(persons.name_of(" ".join(parts)))
    if all(part.casefold() in PARTICLES for part in parts):
        return ["f"] * len(parts)
    return [_role(part, last=full and at == len(parts) - 1, alone=len(parts) == 1) for at, part in enumerate(parts)]


def _role(part: str, *, last: bool, alone: bool) -> str:
    name = part.casefold()
    if not any(character.isalnum() for character in part) or name in PARTICLES:
        return "p"
    if not alone and not last and name in nicknames.LITTLE:
        return "p"
    if len(part.rstrip(".")) == 1:
        return "i"
    is_surname = name in lists().surnames and not persons.is_first(name) if alone else last
    return "s" if is_surname else "f"


def _best(book: Book, real: str, choice: Pools) -> str:
    """The candidate of highest rank that is free; double names once the pools are empty."""
    for candidates in chain(choice, map(_doubles, choice[-1:])):
        ranked = sorted(candidates, key=lambda name: _rank(book.seed, real, name))
        free = next((name for name in ranked if not book.taken.is_barred(name)), None)
        if free is not None:
            return free
    return next(name for n in count(2) if not book.taken.is_part(name := f"{choice[-1][0]} {n}"))


def _doubles(pool: tuple[str, ...]) -> Iterator[str]:
    return (f"{one}-{other}" for one, other in product(pool[:_DOUBLES], pool[-_DOUBLES:]) if one != other)


def _rank(seed: bytes, real: str, candidate: str) -> bytes:
    message = f"{real.casefold()}\x00{candidate}".encode("utf-8", "surrogatepass")
    return hmac.digest(seed, message, "sha256")

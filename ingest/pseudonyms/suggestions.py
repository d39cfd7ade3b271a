"""Pairs of entities that may be one, for a person to decide: nothing is ever merged by likeness across interviews."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ingest.pseudonyms import nicknames, organisations
from ingest.pseudonyms.candidates import is_misheard
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.index import joined
from ingest.pseudonyms.persons import abbreviates, begins
from ingest.pseudonyms.spelling import alike, loose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ingest.pseudonyms.index import Index
    from ingest.pseudonyms.linking import Book, Entity
    from ingest.pseudonyms.persons import Name

_MOST = 5  # bearers of one name from which on a bare name says nothing about which of them it is


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Ids of two entities that may be one, and why: `misspelt`, `first name`, `surname` or `nickname`."""

    one: str
    other: str
    why: str


def suggestions(book: Book) -> list[Suggestion]:
    """Each pair once, the likeliest first; of equal ones those that have been in the study for longest."""
    found: dict[tuple[str, str], tuple[tuple[int, int, int], Suggestion]] = {}
    firms = [entity for entity in book if entity.kind is Kind.ORG]
    for entity in book:
        for weight, other, why in _of(book.index, entity, firms):
            if other is entity or {entity.gender, other.gender} == {"f", "m"}:
                continue
            one, two = sorted((entity, other), key=lambda each: each.number)
            ranked = (weight, one.number, two.number), Suggestion(one.id, two.id, why)
            pair = one.id, two.id
            found[pair] = min(found.get(pair, ranked), ranked, key=lambda each: each[0])
    return [suggestion for _, suggestion in sorted(found.values(), key=lambda each: each[0])]


def _of(index: Index, entity: Entity, firms: Sequence[Entity]) -> Iterator[tuple[int, Entity, str]]:
    """Whom an entity may be: with a weight, small where it is likely."""
    if entity.kind in {Kind.LOC, Kind.ORG}:
        yield from ((1, other, "misspelt") for other in _misspelt(index, entity))
    if entity.kind is Kind.ORG:
        yield from ((3, other, "nickname") for other in firms if _is_less(entity, other))
    if entity.kind is not Kind.PER:
        return
    for name in index.full[entity.id]:
        yield from ((0, one, "misspelt") for one in _heard(index, name) if _any(index.full[one.id], name, _sounds_so))
        yield from _shortened(index, name)
    if index.full[entity.id]:
        return
    for name in index.names[entity.id]:
        yield from _bare(index, entity, name)


def _is_less(one: Entity, other: Entity) -> bool:
    return any(organisations.is_short_for(short, name) for short in one.forms for name in other.forms)


def _bare(index: Index, entity: Entity, name: Name) -> Iterator[tuple[int, Entity, str]]:
    """For a name that is no full one: who bears it, who bears it in another interview, and what sounds like it."""
    bearing = index.bearing(name[0])
    firsts = [one for one in bearing if any(begins(name, other) for other in index.full[one.id])]
    lasts = [one for one in bearing if len(name) == 1 and any(other[-1:] == name for other in index.full[one.id])]
    if len(firsts) <= _MOST:
        yield from ((1 + len(firsts), one, "first name") for one in firsts)
    if len(lasts) <= _MOST:
        yield from ((1 + len(lasts), one, "surname") for one in lasts)
    alone = sorted((one for one in bearing if _is_alone(index, one, name)), key=lambda each: each.number)
    yield from ((5, other, "first name") for one, other in pairwise(alone) if one is entity)
    if len(name) == 1:
        yield from _pet_names(index, name[0])
        yield from ((6, one, "misspelt") for one in _heard(index, name) if _sounds(index, one, name[0]))


def _is_alone(index: Index, entity: Entity, name: Name) -> bool:
    return not index.full[entity.id] and name in index.names[entity.id]


def _pet_names(index: Index, word: str) -> Iterator[tuple[int, Entity, str]]:
    plain = nicknames.parted(word)[1]
    names = nicknames.kin(plain) | ({plain} if plain != word else set())
    found = [one for name in sorted(names) for one in index.bearing(name) if _begins_with(index, one, name)]
    found += [one for one in index.beginning(plain) if any(_is_short(plain, name[0]) for name in index.names[one.id])]
    if len({one.id for one in found}) <= 2 * _MOST:
        yield from ((4, one, "nickname") for one in found)


def _is_short(word: str, name: str) -> bool:
    return nicknames.is_short_for(word, name)


def _begins_with(index: Index, entity: Entity, word: str) -> bool:
    return any(name[0] == word for name in index.names[entity.id])


def _shortened(index: Index, name: Name) -> Iterator[tuple[int, Entity, str]]:
    """Full names with the same surname: an initial for the first name, or a pet name; or with a surname more."""
    for one in index.bearing(name[-1]):
        for other in index.full[one.id]:
            if abbreviates(name, other):
                yield 3, one, "surname"
            elif other[-1] == name[-1] and (_is_short(name[0], other[0]) or _is_short(other[0], name[0])):
                yield 2, one, "nickname"
            elif other != name and begins(name, other):
                yield 3, one, "first name"


def _heard(index: Index, name: Name) -> Iterable[Entity]:
    return {one.id: one for word in name for one in index.sounding(word, Kind.PER)}.values()


def _sounds_so(one: Name, other: Name) -> bool:
    """Misheard, or so alike that a person should look: Ane and Anne Hansen."""
    same_length = len(one) == len(other)
    return is_misheard(one, other) or (same_length and loose(" ".join(one)) == loose(" ".join(other)))


def _any(names: Iterable[Name], name: Name, fits: Callable[[Name, Name], bool]) -> bool:
    return any(name != other and fits(name, other) for other in names)


def _sounds(index: Index, entity: Entity, word: str) -> bool:
    return any(alike(word, other[0]) or alike(word, other[-1]) for other in index.names[entity.id])


def _misspelt(index: Index, entity: Entity) -> Iterator[Entity]:
    for form in sorted(entity.forms):
        said = joined(form, entity.kind)
        for other in index.sounding(said, entity.kind):
            if any(alike(said, joined(one, entity.kind)) for one in other.forms):
                yield other

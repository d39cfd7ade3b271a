"""Who is meant: the rules by which a mention belongs to a person or place already in the book.

Rules go from the surest to the least sure. The first that anybody fits decides: one is meant if there is only one, and
if there are more, none of them, for nobody but a person may choose between two people.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from ingest.pseudonyms import nicknames, organisations
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.index import initials, joined
from ingest.pseudonyms.persons import abbreviates, agree, begins, is_first, is_full, is_last
from ingest.pseudonyms.spelling import alike

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ingest.pseudonyms.index import Index
    from ingest.pseudonyms.linking import Entity
    from ingest.pseudonyms.persons import Name


@dataclass(frozen=True, slots=True)
class Said:
    """A person's name as said in an interview ("" for none in particular), with the gender it tells.

    `titled` says that a title told it, and not the first name.
    """

    name: Name
    gender: str | None
    interview: str
    titled: bool = False


def person(index: Index, said: Said) -> Entity | None:
    """The person meant, or None for somebody new."""
    rules = _full(index, said) if is_full(said.name) else _bare(index, said)
    for rule in rules:
        found = {entity.id: entity for entity in rule if not _contradicts(index, entity, said)}
        if found:
            return next(iter(found.values())) if len(found) == 1 else None
    return None


def _contradicts(index: Index, entity: Entity, said: Said) -> bool:
    """Whether the genders differ; for a name that is known to be the entity's own only a title's counts."""
    if said.name in index.names[entity.id] and not said.titled:
        return False
    return {entity.gender, said.gender} == {"f", "m"}


def place(index: Index, form: str, interview: str) -> Entity | None:
    """The only place of the interview that a word no list knows may be a misspelling of."""
    if not interview or form.casefold() in lists().places:
        return None
    said = joined(form, Kind.LOC)
    heard = [one for one in index.sounding(said, Kind.LOC) if index.is_in(one, interview)]
    found = [one for one in heard if any(_same_or_alike(said, joined(other, Kind.LOC)) for other in one.forms)]
    return found[0] if len(found) == 1 else None


def organisation(index: Index, form: str, interview: str) -> Entity | None:
    """The only organisation of the interview that a form is short for, or the other way round."""
    heard = index.heard(interview, Kind.ORG) if interview else []
    found = [one for one in heard if any(_is_less(form, other) for other in one.forms)]
    return found[0] if len(found) == 1 else None


def _is_less(one: str, other: str) -> bool:
    return organisations.is_short_for(one, other) or organisations.is_short_for(other, one)


def _same_or_alike(one: str, other: str) -> bool:
    return one == other or alike(one, other)


def _full(index: Index, said: Said) -> Iterator[Iterable[Entity]]:
    """For a name with a surname: the same throughout the study, then whatever may be the same in the interview."""
    name = said.name
    yield index.named(" ".join(name), Kind.PER)[:1]
    bearers = index.bearing(name[-1])
    yield [one for one in bearers if _all(index, one, lambda other: agree(name, other))]
    here = [one for one in bearers if index.is_in(one, said.interview)]
    if said.interview:
        yield [one for one in here if _all(index, one, lambda other: abbreviates(name, other) or agree(name, other))]
        firsts = [one for one in index.bearing(name[0]) if index.is_in(one, said.interview)]
        yield [one for one in firsts if _all(index, one, lambda other: begins(name, other) or begins(other, name))]
        yield [one for one in here if _any(index, one, lambda other: other[-len(name) :] == name)]
        yield [one for one in here if _any(index, one, lambda other: _is_pet_name(name, other))]
        yield _by_initials(index, said)
        yield _misheard(index, said)
        yield _heard_as_one(index, said)
    yield _growing(index, said)


def _misheard(index: Index, said: Said) -> list[Entity]:
    name = said.name
    heard = chain.from_iterable(index.sounding(word, Kind.PER) for word in name)
    here = {one.id: one for one in heard if index.is_in(one, said.interview)}
    return [one for one in here.values() if _any(index, one, lambda other: is_misheard(name, other))]


def _by_initials(index: Index, said: Said) -> list[Entity]:
    """T. M. B. for the only one of these initials."""
    letters = initials(said.name)
    found = index.bearing(letters) if len(said.name) * 2 == len("".join(said.name)) + len(said.name) else []
    return [one for one in found if index.is_in(one, said.interview) and _any(index, one, lambda _: True)]


def _heard_as_one(index: Index, said: Said) -> list[Entity]:
    """Tor Stein for Torstein, and the other way round."""
    whole = "".join(said.name)
    here = [one for one in index.sounding(whole, Kind.PER) if index.is_in(one, said.interview)]
    return [
        one
        for one in here
        if any(len(other) != len(said.name) and _same_or_alike(whole, "".join(other)) for other in index.names[one.id])
    ]


def _growing(index: Index, said: Said) -> list[Entity]:
    """Who has been known by a surname or first name only and now turns out to be called more, if nobody else is."""
    name = said.name
    last = [one for one in index.bearing(name[-1]) if index.is_in(one, said.interview)]
    first = [one for one in index.bearing(name[0]) if said.interview and one.interview == said.interview]
    if any(other[-1] == name[-1] for one in last for other in index.full[one.id]):
        last = []
    if any(other[0] == name[0] for one in first for other in index.full[one.id]):
        first = []
    by_last = [one for one in last if not is_first(name[-1]) and index.names[one.id] == [name[-1:]]]
    return by_last or [one for one in first if _only_bare(index, one) and _any_bare(index, one, name)]


def _bare(index: Index, said: Said) -> Iterator[Iterable[Entity]]:
    """For first names alone, or a surname alone: in the interview; in no interview in particular, surnames only."""
    same = [one for one in index.named(" ".join(said.name), Kind.PER) if _only_bare(index, one)]
    here = [one for one in same if index.is_in(one, said.interview)]
    told = [one for one in here if one.gender == said.gender]
    yield [one for one in told if one.interview == said.interview]
    yield told
    if not said.interview:
        single = len(said.name) == 1 and not is_first(said.name[0])
        yield _by_surname(index, said) if single else ()
        yield here
        return
    if index.is_apart(said.name, said.interview):
        yield here
        return
    yield from _by_part(index, said)
    yield here
    yield [one for one in same if not one.interview]
    yield _by_pet_name(index, said)
    yield _by_ear(index, said)
    yield _heard_as_one(index, said)
    yield _here(index, said, said.name[0], lambda other: len(said.name) == 1 and said.name[0] in other[1:-1])
    yield [one for one in _bearing(index, said) if _only_bare(index, one) and _any_bare(index, one, said.name)]


def _by_part(index: Index, said: Said) -> Iterator[Iterable[Entity]]:
    """By first names, and by a surname; first by what the word more likely is."""
    firsts = _here(index, said, said.name[0], lambda other: begins(said.name, other), also_bare=True)
    if len(said.name) > 1:
        yield firsts
    elif not is_first(said.name[0]):
        yield _by_surname(index, said)
        yield firsts
    else:
        yield firsts
        yield _by_surname(index, said) if is_last(said.name[0]) else ()


def _by_surname(index: Index, said: Said) -> list[Entity]:
    return _here(index, said, said.name[-1], lambda other: other[-1] == said.name[-1])


def _by_pet_name(index: Index, said: Said) -> list[Entity]:
    word = said.name[0]
    if len(said.name) > 1:
        return []
    relatives = chain(index.beginning(word), *(index.bearing(one) for one in nicknames.kin(word)))
    here = [one for one in relatives if index.is_in(one, said.interview)]
    return [one for one in here if any(_is_short(word, other[0]) for other in index.names[one.id])]


def _by_ear(index: Index, said: Said) -> list[Entity]:
    (word, *more) = said.name
    here = [one for one in index.sounding(word, Kind.PER) if not more and index.is_in(one, said.interview)]
    return [
        one for one in here if any(alike(word, other[0]) or alike(word, other[-1]) for other in index.names[one.id])
    ]


def _here(
    index: Index, said: Said, word: str, fits: Callable[[Name], bool], *, also_bare: bool = False
) -> list[Entity]:
    """Persons of the interview with a word in a full name that fits, or in any name."""
    names = index.names if also_bare else index.full
    return [
        one
        for one in index.bearing(word)
        if index.is_in(one, said.interview) and any(fits(name) for name in names[one.id])
    ]


def _bearing(index: Index, said: Said) -> list[Entity]:
    return [one for one in index.bearing(said.name[0]) if index.is_in(one, said.interview)]


def _only_bare(index: Index, entity: Entity) -> bool:
    return not index.full[entity.id]


def _any_bare(index: Index, entity: Entity, name: Name) -> bool:
    return any(begins(other, name) for other in index.names[entity.id])


def _all(index: Index, entity: Entity, fits: Callable[[Name], bool]) -> bool:
    names = index.full[entity.id]
    return bool(names) and all(map(fits, names))


def _any(index: Index, entity: Entity, fits: Callable[[Name], bool]) -> bool:
    return any(map(fits, index.full[entity.id]))


def _is_short(one: str, other: str) -> bool:
    """Whether one is surely short for the other, whichever way round."""
    return any(nicknames.is_sure(a) and nicknames.is_short_for(a, b) for a, b in ((one, other), (other, one)))


def _is_pet_name(one: Name, other: Name) -> bool:
    return one[-1] == other[-1] and _is_short(one[0], other[0])


def is_misheard(one: Name, other: Name) -> bool:
    """Whether two names are the same word for word but for misspellings."""
    same_length = len(one) == len(other)
    return same_length and all(a == b or alike(a, b) for a, b in zip(one, other, strict=True))
